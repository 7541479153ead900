"""Alarms on the runbooks themselves: who would say that nobody cures anything any more?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from functions import measuring
from infra.config import load_settings
from tests.definitions import machines
from tests.infra.template import Template
from tests.infra.test_stack import env_of, function_of, handler_of

STARTED_FROM_OUTSIDE = [one.name for one in machines() if not one.runbook.child]


def alarms(template: Template) -> dict[str, Mapping[str, Any]]:
    prefix = f"tradai-{env_of(template)}-"
    return {one["AlarmName"].removeprefix(prefix): one for one in template.of("AWS::CloudWatch::Alarm").values()}


@pytest.mark.parametrize(
    ("how", "metric"),
    [("failed", "ExecutionsFailed"), ("timed-out", "ExecutionsTimedOut"), ("throttled", "ExecutionThrottled")],
)
def test_runs_of_every_runbook_are_watched(template: Template, how: str, metric: str) -> None:
    machines = template.physical("AWS::StepFunctions::StateMachine", "StateMachineName")
    for runbook in STARTED_FROM_OUTSIDE:
        alarm = alarms(template)[f"{runbook}-{how}"]
        assert (alarm["Namespace"], alarm["MetricName"], alarm["Statistic"]) == ("AWS/States", metric, "Sum")
        (dimension,) = alarm["Dimensions"]
        machine = machines[f"tradai-{env_of(template)}-{runbook}"]
        assert (dimension["Name"], template.text(dimension["Value"])) == ("StateMachineArn", f"<{machine}>")


def test_every_dead_letter_queue_is_watched(template: Template) -> None:
    watched = {
        alarm["Dimensions"][0]["Value"]["Fn::GetAtt"][0]
        for alarm in alarms(template).values()
        if alarm["MetricName"] == "ApproximateNumberOfMessagesVisible"
    }
    assert watched == set(template.of("AWS::SQS::Queue"))


def test_one_case_of_trouble_is_enough_and_no_news_is_none(template: Template) -> None:
    for name, alarm in alarms(template).items():
        if name.endswith("-silent") or name in ("position-stuck", "order-failures"):
            continue
        assert alarm["ComparisonOperator"] == "GreaterThanOrEqualToThreshold", name
        threshold = 50 if name == "approvals-waiting" else 1
        assert (alarm["Threshold"], alarm["TreatMissingData"]) == (threshold, "notBreaching"), name


@pytest.mark.parametrize(
    ("name", "metric"),
    [("approvals-waiting", "ApprovalTimeSpentPercent"), ("trading-halted", "KillSwitchEngaged")],
)
def test_a_question_that_waits_and_a_halt_that_stands_are_alarms_on_what_is_published(
    template: Template, name: str, metric: str
) -> None:
    alarm = alarms(template)[name]
    assert (alarm["Namespace"], alarm["MetricName"], alarm.get("Dimensions", [])) == ("TradAI/Runbooks", metric, [])
    assert measuring.PUBLISHED[metric] == ()
    assert (alarm["Statistic"], alarm["Period"], alarm["EvaluationPeriods"]) == ("Maximum", 60, 1)
    settings = load_settings(env_of(template))
    assert alarm["AlarmName"] in settings.alarms_about_people, "no sign of how well the platform works"


@pytest.mark.parametrize(
    ("part", "task"), [("watch", "watcher"), ("sweep", "sweep_approvals"), ("halt-watch", "watch_halt")]
)
def test_a_schedule_that_does_not_run_is_an_alarm_although_there_is_no_data(
    template: Template, part: str, task: str
) -> None:
    alarm = alarms(template)[f"{part}-silent"]
    assert (alarm["MetricName"], alarm["Statistic"]) == ("Invocations", "Sum")
    assert (alarm["ComparisonOperator"], alarm["Threshold"]) == ("LessThanThreshold", 1)
    assert (alarm["TreatMissingData"], alarm["Period"], alarm["EvaluationPeriods"]) == ("breaching", 60, 3)
    assert handler_of(function_of(template, alarm["Dimensions"][0]["Value"])) == task


@pytest.mark.parametrize(
    ("alarm", "metric", "task"),
    [
        ("watch-failing", "Errors", "watcher"),
        ("sweep-failing", "Errors", "sweep_approvals"),
        ("halt-watch-failing", "Errors", "watch_halt"),
        ("approvals-page-failing", "Errors", "approvals_page"),
        ("approvals-page-throttled", "Throttles", "approvals_page"),
    ],
)
def test_a_function_that_people_depend_on_is_watched(
    template: Template, alarm: str, metric: str, task: str
) -> None:
    found = alarms(template)[alarm]
    assert (found["Namespace"], found["MetricName"], found["Statistic"]) == ("AWS/Lambda", metric, "Sum")
    assert handler_of(function_of(template, found["Dimensions"][0]["Value"])) == task


def test_a_link_that_is_answered_with_a_server_error_is_an_alarm(template: Template) -> None:
    found = alarms(template)["approvals-page-5xx"]
    assert (found["Namespace"], found["MetricName"], found["Statistic"]) == ("AWS/ApiGateway", "5xx", "Sum")
    (api,) = template.of("AWS::ApiGatewayV2::Api")
    assert found["Dimensions"] == [{"Name": "ApiId", "Value": {"Ref": api}}]


def test_every_alarm_tells_the_platforms_topic(template: Template) -> None:
    for name, alarm in alarms(template).items():
        (action,) = alarm["AlarmActions"]
        assert action.endswith(f":tradai-{env_of(template)}-alerts"), name
        assert alarm["ActionsEnabled"] is True, name
