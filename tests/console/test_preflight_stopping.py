"""Preflight finds by day why a stop at night would not do all that it says."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from types import SimpleNamespace
from typing import Any

import pytest

from console.preflight import stopping
from console.preflight.model import Result, ask
from tests.console.test_preflight import Answers, refusal, results


def target(**suspended: bool) -> dict[str, Any]:
    found = {"MinCapacity": 1, "MaxCapacity": 4, "SuspendedState": suspended}
    return {"application-autoscaling.describe_scalable_targets": {"ScalableTargets": [found]}}


def test_says_how_the_service_is_scaled_and_what_of_it_is_suspended_already() -> None:
    none: dict[str, Any] = {"application-autoscaling.describe_scalable_targets": {"ScalableTargets": []}}
    assert results(stopping.scaling, none) == [(Result.PASS, "the service is not scaled by itself")]
    assert results(stopping.scaling, target()) == [(Result.PASS, "1 to 4 tasks")]
    half = Halted({**target(DynamicScalingInSuspended=True, ScheduledScalingSuspended=False), **guards()})
    [answer] = ask(half, [("scaling", stopping.scaling)])
    assert (answer.result, answer.value) == (Result.NOTE, "1 to 4 tasks, suspended: DynamicScalingInSuspended")


@pytest.mark.parametrize(("free", "result"), [(13, Result.PASS), (12, Result.NOTE)])
def test_says_whether_all_functions_of_a_stop_can_run_at_once(free: int, result: Result) -> None:
    limit = {"ConcurrentExecutions": 1000, "UnreservedConcurrentExecutions": free}
    ((found, told),) = results(stopping.concurrency, {"lambda.get_account_settings": {"AccountLimit": limit}})
    assert (found, told) == (result, f"1000 at once, {free} of them for functions without a share of their own")


def guards(*items: dict[str, Any]) -> dict[str, Any]:
    return {"guards": {item["guard_id"]: item for item in items}}


class Halted(Answers):
    def table(self, name: str) -> Any:
        found = self.answers["guards"]  # type: ignore[attr-defined] # set by Answers
        if isinstance(found, Exception):

            def broken(**_: Any) -> Any:
                raise found

            return SimpleNamespace(get_item=broken)
        assert name == self.names.guards_table
        return SimpleNamespace(
            get_item=lambda Key, **_: {"Item": found[k]} if (k := Key["guard_id"]) in found else {}
        )


def advice(found: Any) -> str:
    aws = Halted({**target(DynamicScalingInSuspended=True), "guards": found})
    [answer] = ask(aws, [("scaling", stopping.scaling)])
    assert answer.result is Result.NOTE
    return answer.advice


def record(**scaling: Any) -> dict[str, Any]:
    was = {"minimum": 1, "maximum": 4, "scale_in_suspended": False, "scale_out_suspended": False,
           "scheduled_suspended": False, **scaling}  # fmt: skip
    return {"guard_id": "halt/h1/service", "desired": 1, "recorded_at": "2026-01-01T00:00:00Z", "scaling": was}


ENGAGED = {"guard_id": "kill-switch", "engaged": True, "halt_id": "h1"}
ALL_OF_IT = {"scale_in_suspended": True, "scale_out_suspended": True, "scheduled_suspended": True}


@pytest.mark.parametrize(
    ("found", "says"),
    [
        (guards(), "no halt stands: a stop records it as it is, and a resume leaves it so"),
        (guards({**ENGAGED, "engaged": False}), "no halt stands: a stop records it as it is"),
        (guards(ENGAGED, record()), "the halt h1 stands; a resume puts it back as it was before"),
        (guards(ENGAGED, record(**ALL_OF_IT)), "it had been suspended before, and a resume leaves it so"),
        (guards(ENGAGED), "what was before is not recorded"),
        (guards({**ENGAGED, "strategy_ids": {"a"}}, record()), "not by the halt that stands"),
        ({"guards": refusal("AccessDeniedException")}, "whether a halt did it, and what was before, is not known"),
    ],
)
def test_what_a_suspension_means_is_said_by_whether_a_halt_stands_and_what_it_recorded(
    found: dict[str, Any], says: str
) -> None:
    assert says in advice(found["guards"])


def test_a_scalable_target_that_may_not_be_read_is_unknown() -> None:
    denied = {"application-autoscaling.describe_scalable_targets": refusal("AccessDeniedException")}
    assert [r for r, _ in results(stopping.scaling, denied)] == [Result.UNKNOWN]


def alarm(**changed: Any) -> dict[str, Any]:
    return {
        "AlarmName": "tradai-dev-drawdown", "StateValue": "OK", "Namespace": "TradAI", "MetricName": "Drawdown",
        "Period": 60, "Statistic": "Maximum", "Threshold": 5.0, "ComparisonOperator": "GreaterThanThreshold",
        "EvaluationPeriods": 3, "DatapointsToAlarm": 2, "TreatMissingData": "notBreaching", **changed,
    }  # fmt: skip


def risky(found: dict[str, Any], *names: str) -> list[tuple[Result, str]]:
    aws = Answers({"cloudwatch.describe_alarms": found})
    stop = aws.settings.emergency_stop.model_copy(update={"risk_alarms": names})
    object.__setattr__(aws, "settings", aws.settings.model_copy(update={"emergency_stop": stop}))
    return [(one.result, one.value) for one in ask(aws, [("risk", stopping.risk_alarms)])]


def test_no_risk_alarm_is_fine_and_said() -> None:
    assert risky({}) == [(Result.PASS, "none: only people stop everything")]


@pytest.mark.parametrize(
    ("changed", "result", "says"),
    [
        ({}, Result.PASS, "2 of 3 points of 60 s, missing data is `notBreaching`, is OK"),
        ({"DatapointsToAlarm": 1}, Result.NOTE, "1 of 3 points"),
        ({"TreatMissingData": "breaching"}, Result.FAIL, "it takes missing data for a breach"),
        ({"EvaluationPeriods": 1, "DatapointsToAlarm": 1}, Result.FAIL, "at least 2 are wanted"),
        ({"AlarmName": "my-heartbeat"}, Result.FAIL, "it is about heartbeats"),
        ({"Metrics": [{"Id": "e"}]}, Result.FAIL, "not one metric"),
    ],
)
def test_a_risk_alarm_whose_rule_would_not_be_believed_fails_by_day(
    changed: dict[str, Any], result: Result, says: str
) -> None:
    [(found, value)] = risky({"MetricAlarms": [alarm(**changed)]}, "tradai-dev-drawdown")
    assert found is result
    assert says in value


def test_a_risk_alarm_that_is_not_there_or_judges_other_alarms_fails() -> None:
    name = "tradai-dev-drawdown"
    assert risky({"MetricAlarms": []}, name) == [(Result.FAIL, "does not exist")]
    composite = {"MetricAlarms": [], "CompositeAlarms": [{"AlarmName": name}]}
    assert risky(composite, name) == [(Result.FAIL, "is a composite alarm")]


@contextmanager
def page(status: int) -> Iterator[str]:
    """A status page that answers everything with `status`."""

    class Page(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Page)
    Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/v1/pages/p/incidents"
    finally:
        server.shutdown()
        server.server_close()


def deployed(url: str, secret: Any = None) -> dict[str, Any]:
    stack = {"Parameters": [{"ParameterKey": "StatusPageUrl", "ParameterValue": url}]}
    return {
        "cloudformation.describe_stacks": {"Stacks": [stack]},
        "secretsmanager.describe_secret": {} if secret is None else secret,
    }


def test_a_status_page_that_nobody_configured_is_noted() -> None:
    missing = {"cloudformation.describe_stacks": refusal("ValidationError")}
    for answers in (deployed(""), missing):
        assert results(stopping.status_page, answers) == [(Result.NOTE, "not set")]


@pytest.mark.parametrize(
    ("status", "result"), [(200, Result.PASS), (401, Result.PASS), (404, Result.PASS), (503, Result.FAIL)]
)
def test_a_status_page_that_answers_is_enough_but_not_with_an_error_of_its_own(status: int, result: Result) -> None:
    with page(status) as url:
        found = results(stopping.status_page, deployed(url))
    assert found == [(result, f"answers HTTP {status}"), (Result.PASS, "exists")]


def test_a_status_page_that_does_not_answer_fails() -> None:
    with page(200) as url:
        pass
    (told, _) = results(stopping.status_page, deployed(url))
    assert told[0] is Result.FAIL
    assert "does not answer" in told[1]


@pytest.mark.parametrize(
    ("secret", "result"),
    [
        ({"Name": "x"}, Result.PASS),
        ({"Name": "x", "DeletedDate": "2026-01-31"}, Result.FAIL),
        (refusal("ResourceNotFoundException"), Result.FAIL),
        (refusal("AccessDeniedException"), Result.UNKNOWN),
    ],
)
def test_the_pages_token_must_lie_in_its_secret(secret: Any, result: Result) -> None:
    with page(200) as url:
        found = results(stopping.status_page, deployed(url, secret))
    assert [r for r, _ in found] == [Result.PASS, result]


def test_says_who_may_stop_directly() -> None:
    entities = {"PolicyRoles": [{"RoleName": "trading-operator"}], "PolicyUsers": [{"UserName": "ana"}]}
    _, direct = results(stopping.operators, {"iam.list_entities_for_policy": entities})
    assert direct == (Result.PASS, "role trading-operator, user ana")
    machine, nobody = results(stopping.operators, {"iam.list_entities_for_policy": {}})
    assert nobody == (Result.NOTE, "nobody by the stack's policy")
    assert machine[1].endswith(":stateMachine:tradai-dev-emergency-stop")


def test_without_the_policy_the_stack_is_not_deployed() -> None:
    _, gone = results(stopping.operators, {"iam.list_entities_for_policy": refusal("NoSuchEntity")})
    assert gone == (Result.FAIL, "there is no policy tradai-dev-emergency-stop-direct")


def watched(calls: int, errors: int) -> list[tuple[Result, str]]:
    class Counted(Answers):
        def client(self, service: str) -> Any:
            class Client:
                def get_metric_statistics(self, **asked: Any) -> Any:
                    named = {one["Name"]: one["Value"] for one in asked["Dimensions"]}
                    assert named == {"FunctionName": "tradai-dev-rb-watch-halt"}
                    assert asked["Namespace"] == "AWS/Lambda"
                    assert (asked["EndTime"] - asked["StartTime"]).total_seconds() == 600
                    count = {"Invocations": calls, "Errors": errors}[asked["MetricName"]]
                    return {"Datapoints": [{"Sum": 1.0}] * count}

            return Client()

    return [(one.result, one.value) for one in ask(Counted({}), [("watch", stopping.halt_watch)])]


def test_a_halt_is_watched_only_where_the_watch_ran_lately_and_did_not_fail() -> None:
    assert watched(10, 0) == [(Result.PASS, "ran 10 times in 10 minutes")]
    assert watched(0, 0) == [(Result.FAIL, "did not run for 10 minutes")]
    assert watched(10, 2) == [(Result.FAIL, "ran 10 times in 10 minutes and failed 2 times")]
