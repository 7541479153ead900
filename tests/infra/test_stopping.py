"""What the stack holds ready for an emergency stop: its watch, what may start it, who may do it by hand."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest

from functions.settings import Settings
from infra.config import load_settings
from infra.errors import SetupError
from tests.infra.stacks import synthesize_tiny
from tests.infra.template import Template
from tests.infra.test_alarms import alarms
from tests.infra.test_stack import function_of, handler_of

RISK_ALARMS = ["tradai-dev-margin", "tradai-dev-drawdown"]
CONSOLE = (
    "https://eu-central-1.console.aws.amazon.com/states/home?region=eu-central-1#/statemachines/view/"
    "arn:aws:states:eu-central-1:111111111111:stateMachine:tradai-dev-emergency-stop"
)


def settings(**changed: Any) -> Settings:
    given = load_settings("dev").model_dump()
    return Settings.model_validate({**given, **changed})


def with_risk_alarms() -> Settings:
    platform = load_settings("dev").platform.model_dump()
    return settings(
        platform={**platform, "paging_topic": "tradai-dev-pages"}, emergency_stop={"risk_alarms": RISK_ALARMS}
    )


@pytest.fixture(scope="module")
def risky(tmp_path_factory: pytest.TempPathFactory) -> Template:
    """Two risk alarms, and a topic of its own for pages."""
    return synthesize_tiny(with_risk_alarms(), tmp_path_factory.mktemp("risky"))


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Template:
    """Neither of them."""
    return synthesize_tiny(load_settings("dev"), tmp_path_factory.mktemp("bare"))


def rules_to(template: Template, task: str) -> list[Mapping[str, Any]]:
    functions = template.of("AWS::Lambda::Function")
    return [
        rule
        for rule in template.of("AWS::Events::Rule").values()
        for arn in [rule["Targets"][0]["Arn"].get("Fn::GetAtt", [""])[0]]
        if arn in functions and handler_of(functions[arn]) == task
    ]


def test_exactly_the_named_alarms_are_heard_and_only_when_they_go_up(risky: Template) -> None:
    (rule,) = rules_to(risky, "judge_risk")
    assert rule["State"] == "ENABLED"
    assert rule["EventPattern"] == {
        "source": ["aws.cloudwatch"],
        "detail-type": ["CloudWatch Alarm State Change"],
        "detail": {
            "alarmName": sorted(RISK_ALARMS),
            "state": {"value": ["ALARM"]},
            "previousState": {"value": [{"anything-but": ["ALARM"]}]},
        },
    }
    assert not {"Input", "InputPath", "InputTransformer"} & set(rule["Targets"][0])


def test_a_risk_alarm_is_delivered_again_and_then_kept_in_a_queue_that_pages(risky: Template) -> None:
    (rule,) = rules_to(risky, "judge_risk")
    assert rule["Targets"][0]["RetryPolicy"] == {"MaximumEventAgeInSeconds": 900, "MaximumRetryAttempts": 30}
    queue = rule["Targets"][0]["DeadLetterConfig"]["Arn"]["Fn::GetAtt"][0]
    assert risky.of("AWS::SQS::Queue")[queue]["QueueName"] == "tradai-dev-risk-alarm-dead-letters"
    kept = [
        one
        for one in risky.of("AWS::Lambda::EventInvokeConfig").values()
        if handler_of(function_of(risky, one["FunctionName"])) == "judge_risk"
    ]
    assert [one["MaximumRetryAttempts"] for one in kept] == [2]
    assert kept[0]["DestinationConfig"]["OnFailure"]["Destination"]["Fn::GetAtt"][0] == queue
    assert pages(risky, "risk-alarm-dead-letters")


def test_only_the_rule_may_call_what_starts_a_stop(risky: Template) -> None:
    permissions = [
        one
        for one in risky.of("AWS::Lambda::Permission").values()
        if handler_of(function_of(risky, one["FunctionName"])) == "judge_risk"
    ]
    assert [one["Principal"] for one in permissions] == ["events.amazonaws.com"]


def test_where_no_risk_alarm_is_named_nothing_of_it_exists(bare: Template, prod: Template, local: Template) -> None:
    for template in (bare, prod, local):
        tasks = {handler_of(one) for one in template.of("AWS::Lambda::Function").values()}
        assert not tasks & {"judge_risk", "judge_risk_alarm"}
        queues = template.physical("AWS::SQS::Queue", "QueueName")
        assert [name for name in queues if "risk" in name] == []
        assert [name for name in alarms(template) if "risk" in name] == []


def test_names_that_one_rule_cannot_hold_end_the_synthesis(tmp_path: Any) -> None:
    many = settings(emergency_stop={"risk_alarms": [f"{at}-{'a' * 200}" for at in range(9)]})
    with pytest.raises(SetupError, match="risk_alarms: these names are more than one rule"):
        synthesize_tiny(many, tmp_path)


def pages(template: Template, name: str) -> bool:
    """Whether an alarm tells the paging topic besides the alerts topic."""
    told = [action.rpartition(":")[2] for action in alarms(template)[name]["AlarmActions"]]
    assert "tradai-dev-alerts" in told, name
    return "tradai-dev-pages" in told


def test_a_stop_that_fails_and_a_halt_that_nobody_watches_wake_people(risky: Template) -> None:
    woken = {name for name in alarms(risky) if pages(risky, name)}
    assert woken == {
        "emergency-stop-failed",
        "emergency-stop-timed-out",
        "emergency-stop-throttled",
        "halt-watch-silent",
        "halt-watch-failing",
        "risk-alarm-dead-letters",
    }


def test_without_a_paging_topic_an_alarm_tells_the_alerts_topic_once(bare: Template) -> None:
    for name, alarm in alarms(bare).items():
        assert [action.rpartition(":")[2] for action in alarm["AlarmActions"]] == ["tradai-dev-alerts"], name


def test_every_alarm_says_where_everything_is_stopped(risky: Template) -> None:
    for name, alarm in alarms(risky).items():
        text = alarm["AlarmDescription"]
        assert text.endswith(f". Stop all trading: {CONSOLE} (start execution with {{}})"), name
        assert len(text) <= 1024
    assert risky.body["Outputs"]["EmergencyStopConsoleUrl"]["Value"] == CONSOLE


def direct_policy(template: Template) -> Mapping[str, Any]:
    (policy,) = template.of("AWS::IAM::ManagedPolicy").values()
    return policy


def test_the_policy_for_a_stop_by_hand_is_given_to_nobody(bare: Template) -> None:
    policy = direct_policy(bare)
    assert policy["ManagedPolicyName"] == "tradai-dev-emergency-stop-direct"
    assert not {"Roles", "Users", "Groups"} & set(policy)
    (logical,) = bare.of("AWS::IAM::ManagedPolicy")
    assert bare.body["Outputs"]["EmergencyStopDirectPolicyArn"]["Value"] == {"Ref": logical}
    assert not [role for role in bare.of("AWS::IAM::Role").values() if "ManagedPolicyArns" in role]


def test_a_stop_by_hand_may_do_what_the_stops_tasks_may_and_read_the_outputs(bare: Template) -> None:
    """The tiny stop scales the service and reads a guard."""
    allowed = {
        (action, json.dumps(one["Resource"]))
        for one in direct_policy(bare)["PolicyDocument"]["Statement"]
        for action in ([one["Action"]] if isinstance(one["Action"], str) else one["Action"])
    }
    arn = "arn:aws:{}:eu-central-1:111111111111:{}"
    assert allowed == {
        ("ecs:UpdateService", json.dumps(arn.format("ecs", "service/tradai-dev/tradai-strategy-service-dev"))),
        ("dynamodb:GetItem", json.dumps(arn.format("dynamodb", "table/tradai-runbook-guards-dev"))),
        ("cloudformation:DescribeStacks", json.dumps(arn.format("cloudformation", "stack/tradai-dev-runbooks/*"))),
    }
