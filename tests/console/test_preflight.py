"""Preflight finds by day what would go wrong at night, and never calls the unreadable fine."""

from __future__ import annotations

from collections.abc import Iterable
from types import SimpleNamespace
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from console.aws import Aws
from console.preflight import ours, platform
from console.preflight.model import Answer, Check, Result, ask
from infra.config import load_settings


def refusal(code: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": "no"}}, "Call")


class Answers(Aws):
    """AWS with fixed answers: `service.call` -> what it returns, or an exception."""

    def __init__(self, answers: dict[str, Any], env: str = "dev") -> None:
        super().__init__(load_settings(env), boto3.session.Session(region_name="eu-central-1"))
        object.__setattr__(self, "answers", answers)

    def client(self, service: str) -> Any:
        def call(name: str) -> Any:
            def answered(**_: Any) -> Any:
                found = self.answers[f"{service}.{name}"]  # type: ignore[attr-defined] # set above
                if isinstance(found, Exception):
                    raise found
                return found

            return answered

        calls = [key.split(".")[1] for key in self.answers if key.startswith(f"{service}.")]  # type: ignore[attr-defined] # set above
        return SimpleNamespace(**{name: call(name) for name in calls})

    def table(self, name: str) -> Any:
        return self.client(f"table:{name}")


def results(check: Check, answers: dict[str, Any], env: str = "dev") -> list[tuple[Result, str]]:
    found: Iterable[Answer] = ask(Answers(answers, env), [("the check", check)])
    return [(answer.result, answer.value) for answer in found]


def described(*keys: tuple[str, str], status: str = "ACTIVE") -> dict[str, Any]:
    schema = [{"AttributeName": name, "KeyType": kind} for name, kind in keys]
    return {"Table": {"KeySchema": schema, "TableStatus": status}}


def test_a_table_with_other_keys_fails_and_says_both() -> None:
    answers = {"dynamodb.describe_table": described(("id", "HASH"))}
    answer = platform.table(Answers(answers), "orders", [("position_id", "HASH"), ("order_id", "RANGE")], "advice")
    assert answer.result is Result.FAIL
    assert answer.value == "key is id, wanted is position_id + order_id"


def test_a_table_that_is_missing_fails_and_one_that_may_not_be_read_is_unknown() -> None:
    missing = results(ours.tables, {"dynamodb.describe_table": refusal("ResourceNotFoundException")})
    assert [result for result, _ in missing] == [Result.FAIL, Result.FAIL, Result.FAIL]
    denied = results(ours.tables, {"dynamodb.describe_table": refusal("AccessDeniedException")})
    assert [result for result, _ in denied] == [Result.UNKNOWN]


@pytest.mark.parametrize(
    ("missing", "result"),
    [("breaching", Result.PASS), ("missing", Result.FAIL), ("notBreaching", Result.FAIL), (None, Result.FAIL)],
)
def test_the_heartbeat_alarm_must_take_missing_data_for_breaching(missing: str | None, result: Result) -> None:
    alarm = {"StateValue": "OK", **({"TreatMissingData": missing} if missing else {})}
    assert [r for r, _ in results(platform.alarm, {"cloudwatch.describe_alarms": {"MetricAlarms": [alarm]}})] == [
        result
    ]


def test_an_alarm_that_does_not_exist_fails() -> None:
    found = results(platform.alarm, {"cloudwatch.describe_alarms": {"MetricAlarms": []}})
    assert found == [(Result.FAIL, "does not exist")]


def service(**changes: Any) -> dict[str, Any]:
    given = {"status": "ACTIVE", "runningCount": 1, "desiredCount": 1,
             "deploymentConfiguration": {"maximumPercent": 200, "minimumHealthyPercent": 100}}  # fmt: skip
    return {"ecs.describe_services": {"services": [{**given, **changes}]}}


def test_a_running_service_passes_and_two_copies_in_a_deployment_are_noted() -> None:
    assert [r for r, _ in results(platform.service, service())] == [Result.PASS, Result.NOTE]
    one = service(deploymentConfiguration={"maximumPercent": 100, "minimumHealthyPercent": 0})
    assert [r for r, _ in results(platform.service, one)] == [Result.PASS, Result.PASS]


@pytest.mark.parametrize("change", [{"runningCount": 0}, {"desiredCount": 0, "runningCount": 0}])
def test_a_service_without_tasks_fails(change: dict[str, Any]) -> None:
    assert results(platform.service, service(**change))[0][0] is Result.FAIL


def test_a_service_that_is_not_there_fails() -> None:
    assert results(platform.service, {"ecs.describe_services": {"services": []}})[0][0] is Result.FAIL
    gone = {"ecs.describe_services": refusal("ClusterNotFoundException")}
    assert results(platform.service, gone)[0][0] is Result.FAIL


@pytest.mark.parametrize(
    ("arns", "result"),
    [
        (["arn:aws:sns:eu-central-1:111111111111:t:1"], Result.PASS),
        ([], Result.FAIL),
        (["PendingConfirmation"], Result.FAIL),
        (["arn:aws:sns:eu-central-1:111111111111:t:1", "PendingConfirmation"], Result.FAIL),
    ],
)
def test_a_topic_that_nobody_hears_fails(arns: list[str], result: Result) -> None:
    subscriptions = [{"SubscriptionArn": arn, "Endpoint": "on-call@example.com"} for arn in arns]
    answers = {"sns.get_topic_attributes": {}, "sns.list_subscriptions_by_topic": {"Subscriptions": subscriptions}}
    assert [r for r, _ in results(platform.topic, answers)] == [result]


@pytest.mark.parametrize(
    ("item", "result"),
    [
        (None, Result.PASS),
        ({"guard_id": "kill-switch", "engaged": False}, Result.PASS),
        ({"guard_id": "kill-switch", "engaged": True, "reason": "drill"}, Result.NOTE),
        ({"guard_id": "kill-switch"}, Result.NOTE),
    ],
)
def test_an_engaged_kill_switch_is_said(item: dict[str, Any] | None, result: Result) -> None:
    table = "table:tradai-runbook-guards-dev.get_item"
    assert [r for r, _ in results(ours.kill_switch, {table: {"Item": item} if item else {}})] == [result]


def test_an_unreadable_kill_switch_is_unknown() -> None:
    table = "table:tradai-runbook-guards-dev.get_item"
    assert [r for r, _ in results(ours.kill_switch, {table: refusal("AccessDenied")})] == [Result.UNKNOWN]


def test_a_strategy_without_an_account_fails_by_name() -> None:
    answers = {
        "table:tradai-trading-state-dev.scan": {"Items": [{"strategy_id": "a"}, {"strategy_id": "b"}]},
        "table:tradai-strategy-config-dev.get_item": {"Item": {"account": "main"}},
    }
    assert results(platform.accounts, answers) == [(Result.FAIL, "no account or mode for a, b")]


def test_prod_s_modes_are_said_because_they_decide_what_an_alarm_does() -> None:
    modes = {result for result, value in results(ours.modes, {}, "prod") if value == "observe"}
    assert modes == {Result.NOTE}
    assert {value for _, value in results(ours.modes, {}, "dev")} == {"act"}


def test_a_check_that_fails_stops_no_other() -> None:
    answers = {"cloudwatch.describe_alarms": refusal("AccessDenied"), "logs.describe_log_groups": {"logGroups": []}}
    found = list(ask(Answers(answers), [("alarm", platform.alarm), ("logs", platform.logs)]))
    assert [answer.result for answer in found] == [Result.UNKNOWN, Result.FAIL]
