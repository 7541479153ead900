"""What starts something by itself: the alarm's transition, a run that ended badly, the clock."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest

from infra import paths
from infra.tasks import discover
from tests.definitions import machines
from tests.infra.template import Template
from tests.infra.test_stack import env_of, function_of, handler_of

TRIGGERED = [one for one in machines() if one.runbook.trigger]
# What runbook.yaml calls them, and what CONTRACT.md does.
ALARMS = {
    "heartbeat_alarm": "heartbeat-stale",
    "position_stuck_alarm": "position-stuck",
    "order_failures_alarm": "order-failures",
}
FILES = discover(paths.FUNCTIONS / "tasks")
SCHEDULED = ("watcher", "sweeper", "halt-watch", "stuck-detector", "order-detector", "preflight-daily")


def rules(template: Template, source: str | None) -> list[Mapping[str, Any]]:
    """Rules by the source of their events; None: those of the clock."""
    return [
        rule
        for rule in template.of("AWS::Events::Rule").values()
        if rule.get("EventPattern", {}).get("source") == ([source] if source else None)
    ]


def test_every_triggered_runbook_has_one_rule(template: Template) -> None:
    assert TRIGGERED
    started = [template.text(rule["Targets"][0]["Arn"]) for rule in rules(template, "aws.cloudwatch")]
    machines = template.physical("AWS::StepFunctions::StateMachine", "StateMachineName")
    assert sorted(started) == sorted(f"<{machines[f'tradai-{env_of(template)}-{one.name}']}>" for one in TRIGGERED)


def test_only_the_transition_into_alarm_starts_a_runbook(template: Template) -> None:
    named = {one.runbook.trigger.alarm for one in TRIGGERED if one.runbook.trigger}
    names = {f"tradai-{env_of(template)}-{ALARMS[one]}" for one in named}
    found = {rule["EventPattern"]["detail"]["alarmName"][0]: rule for rule in rules(template, "aws.cloudwatch")}
    assert set(found) == names
    for alarm, rule in found.items():
        assert rule["EventPattern"] == {
            "source": ["aws.cloudwatch"],
            "detail-type": ["CloudWatch Alarm State Change"],
            "detail": {
                "alarmName": [alarm],
                "state": {"value": ["ALARM"]},
                "previousState": {"value": [{"anything-but": ["ALARM"]}]},
            },
        }
        assert rule["State"] == "ENABLED"


def test_an_alarm_event_becomes_the_contracts_input(template: Template) -> None:
    event = {"detail": {"alarmName": "a-name", "state": {"timestamp": "2026-01-31T03:00:00.000+0000"}}}
    for rule in rules(template, "aws.cloudwatch"):
        transformer = rule["Targets"][0]["InputTransformer"]
        text = transformer["InputTemplate"]
        for name, path in transformer["InputPathsMap"].items():
            value: Any = event
            for key in path.removeprefix("$.").split("."):
                value = value[key]
            text = text.replace(f"<{name}>", json.dumps(value))
        assert json.loads(text) == {"alarm_name": "a-name", "alarm_at": "2026-01-31T03:00:00.000+0000"}


def test_badly_ended_runs_of_every_machine_reach_the_closer_whole(template: Template) -> None:
    (rule,) = heard_by(template, "closer", "aws.states")
    assert rule["EventPattern"]["detail-type"] == ["Step Functions Execution Status Change"]
    detail = rule["EventPattern"]["detail"]
    assert detail["status"] == ["FAILED", "TIMED_OUT", "ABORTED"]
    machines = template.physical("AWS::StepFunctions::StateMachine", "StateMachineName")
    assert sorted(arn.rpartition(":")[2] for arn in detail["stateMachineArn"]) == sorted(machines)
    assert not {"Input", "InputPath", "InputTransformer"} & set(rule["Targets"][0])


def test_every_end_of_a_runbook_and_every_change_of_an_incident_reaches_its_report_whole(
    template: Template,
) -> None:
    (ended,) = heard_by(template, "write_report", "aws.states")
    assert ended["EventPattern"]["detail-type"] == ["Step Functions Execution Status Change"]
    assert ended["EventPattern"]["detail"]["status"] == ["SUCCEEDED", "FAILED", "TIMED_OUT", "ABORTED"]
    named = {arn.rpartition(":")[2] for arn in ended["EventPattern"]["detail"]["stateMachineArn"]}
    runbooks = {one.name for one in machines() if not one.runbook.child}
    assert named == {f"tradai-{env_of(template)}-{name}" for name in runbooks}
    (changed,) = heard_by(template, "write_report", "tradai.runbooks")
    assert changed["EventPattern"] == {"source": ["tradai.runbooks"], "detail-type": ["Incident Changed"]}
    for rule in (ended, changed):
        assert not {"Input", "InputPath", "InputTransformer"} & set(rule["Targets"][0])


def test_a_report_is_tried_for_six_hours_and_then_an_alarm_says_so(template: Template) -> None:
    assert settled(template)["write_report"]["MaximumEventAgeInSeconds"] == 6 * 3600
    names = template.physical("AWS::CloudWatch::Alarm", "AlarmName")
    assert f"tradai-{env_of(template)}-report-dead-letters" in names


def heard_by(template: Template, task: str, source: str) -> list[Mapping[str, Any]]:
    return [rule for rule in rules(template, source) if handler_of(_function(template, rule)) == task]


def test_trouble_with_our_own_mail_reaches_its_task_whole_and_other_mail_does_not(template: Template) -> None:
    (rule,) = rules(template, "aws.ses")
    name = f"tradai-runbooks-{env_of(template)}"
    assert rule["EventPattern"] == {
        "source": ["aws.ses"],
        "detail": {"mail": {"tags": {"ses:configuration-set": [name]}}},
    }
    assert name in template.physical("AWS::SES::ConfigurationSet", "Name")
    assert not {"Input", "InputPath", "InputTransformer"} & set(rule["Targets"][0])
    assert handler_of(_function(template, rule)) == "note_mail_event"


def test_what_looks_by_itself_does_so_every_minute_and_preflight_by_day(template: Template) -> None:
    looking = {handler_of(_function(template, rule)): rule for rule in rules(template, None)}
    assert set(looking) == {one.name for one in FILES if one.trigger in SCHEDULED}
    triggers = {one.name: one.trigger for one in FILES}
    for task, rule in looking.items():
        seldom = {"preflight-daily": "cron(0 7 * * ? *)", "order-detector": "rate(5 minutes)"}
        expression = seldom.get(str(triggers[task]), "rate(1 minute)")
        assert (rule["ScheduleExpression"], rule["State"]) == (expression, "ENABLED")


@pytest.mark.parametrize("source", ["aws.cloudwatch", "aws.states", "aws.ses", "tradai.runbooks"])
def test_an_event_is_retried_and_then_kept_in_a_queue(template: Template, source: str) -> None:
    queues = template.of("AWS::SQS::Queue")
    for rule in rules(template, source):
        target = rule["Targets"][0]
        assert target["RetryPolicy"] == {"MaximumEventAgeInSeconds": 900, "MaximumRetryAttempts": 30}
        queue = queues[target["DeadLetterConfig"]["Arn"]["Fn::GetAtt"][0]]
        assert queue["MessageRetentionPeriod"] == 14 * 24 * 3600


def test_only_its_rules_may_write_to_a_queue_and_only_by_tls(template: Template) -> None:
    for policy in template.of("AWS::SQS::QueuePolicy").values():
        allowed = [one for one in policy["PolicyDocument"]["Statement"] if one["Effect"] == "Allow"]
        denied = [one for one in policy["PolicyDocument"]["Statement"] if one["Effect"] == "Deny"]
        for one in allowed:
            assert one["Principal"] == {"Service": "events.amazonaws.com"}
            assert one["Action"] == "sqs:SendMessage"
            arn = one["Condition"]["ArnEquals"]["aws:SourceArn"]["Fn::GetAtt"][0]
            assert arn in template.of("AWS::Events::Rule")
        assert len(allowed) == len(writers(template, policy["Queues"][0]["Ref"])) >= 1
        assert [one["Condition"] for one in denied] == [{"Bool": {"aws:SecureTransport": "false"}}]


def writers(template: Template, queue: str) -> list[Mapping[str, Any]]:
    """The rules whose dead letters lie there."""
    return [
        rule
        for rule in template.of("AWS::Events::Rule").values()
        if rule["Targets"][0].get("DeadLetterConfig", {}).get("Arn") == {"Fn::GetAtt": [queue, "Arn"]}
    ]


def settled(template: Template) -> dict[str, Mapping[str, Any]]:
    """How what is invoked without waiting is repeated, by task."""
    configs = template.of("AWS::Lambda::EventInvokeConfig").values()
    return {handler_of(function_of(template, one["FunctionName"])): one for one in configs}


@pytest.mark.parametrize(
    ("task", "queue"), [("closer", "closer"), ("note_mail_event", "mail-events"), ("write_report", "report")]
)
def test_what_fails_three_times_on_an_event_leaves_it_in_the_queue_that_it_may_write_to(
    template: Template, task: str, queue: str
) -> None:
    found = settled(template)[task]
    assert found["MaximumRetryAttempts"] == 2
    logical = found["DestinationConfig"]["OnFailure"]["Destination"]["Fn::GetAtt"][0]
    name = f"tradai-{env_of(template)}-{queue}-dead-letters"
    assert template.of("AWS::SQS::Queue")[logical]["QueueName"] == name
    role = function_of(template, found["FunctionName"])["Role"]["Fn::GetAtt"][0]
    sent = [one.resource for one in template.allowed(role) if one.action == "sqs:SendMessage"]
    assert [arn.rpartition(":")[2] for arn in sent] == [name]


@pytest.mark.parametrize("task", [one.name for one in FILES if one.trigger in SCHEDULED])
def test_a_look_that_failed_is_not_repeated_for_the_next_follows_by_itself(template: Template, task: str) -> None:
    assert settled(template)[task]["MaximumRetryAttempts"] == 0


def test_rules_may_invoke_their_function_and_nobody_else_may(template: Template) -> None:
    """But for the API: tests/infra/test_approvals_api.py."""
    permissions = template.of("AWS::Lambda::Permission").values()
    ours = [one for one in permissions if one["Principal"] == "events.amazonaws.com"]
    invoked = {handler_of(function_of(template, one["FunctionName"])) for one in ours}
    assert invoked == {one.name for one in FILES if one.trigger in {*SCHEDULED, "closer", "mail-events", "report"}}
    for permission in ours:
        assert permission["SourceArn"]["Fn::GetAtt"][0] in template.of("AWS::Events::Rule")
    assert {one["Principal"] for one in permissions} == {"events.amazonaws.com", "apigateway.amazonaws.com"}


def _function(template: Template, rule: Mapping[str, Any]) -> Mapping[str, Any]:
    return template.of("AWS::Lambda::Function")[rule["Targets"][0]["Arn"]["Fn::GetAtt"][0]]
