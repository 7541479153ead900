from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any

from local.engine.process import Engine
from tests.local.engine.lab import Lab

REFUSED = "class Refused(Exception): pass\nraise Refused('not at this price')"


def task(arn: str, **more: Any) -> dict[str, Any]:
    return {"Act": {"Type": "Task", "Resource": arn, "TimeoutSeconds": 30, "End": True, **more}}


def test_a_failed_task_is_named_after_its_exception(lab: Lab) -> None:
    ended = lab.run(task(lab.function(REFUSED)))
    assert ended["error"] == "Refused"
    cause = json.loads(ended["cause"])
    assert cause["errorType"] == "Refused"
    assert cause["errorMessage"] == "not at this price"
    assert "main.py" in cause["stackTrace"][0]


def test_a_catcher_takes_the_exception_by_its_name(lab: Lab) -> None:
    catch = [{"ErrorEquals": ["Refused"], "Next": "Caught"}]
    ended = lab.run({**task(lab.function(REFUSED), Catch=catch), "Caught": {"Type": "Succeed"}})
    assert ended["status"] == "SUCCEEDED"
    assert json.loads(ended["output"])["Error"] == "Refused"


def test_a_failed_call_keeps_the_process_warm(lab: Lab) -> None:
    arn = lab.function("if event.get('fail'): raise ValueError('x')\nreturn os.getpid()")

    def call(event: dict[str, bool]) -> Any:
        return json.load(lab.client("lambda").invoke(FunctionName=arn, Payload=json.dumps(event))["Payload"])

    before = call({})
    assert call({"fail": True})["errorType"] == "ValueError"
    assert call({}) == before


def test_ministack_alone_calls_every_exception_a_handler_error(lab_without: Callable[[str], Lab]) -> None:
    lab = lab_without("lambda-error-name")
    assert lab.run(task(lab.function(REFUSED)))["error"] == "Runtime.HandlerError"


def test_a_process_that_dies_is_an_exit_error(lab: Lab) -> None:
    assert lab.run(task(lab.function("os._exit(3)")))["error"] == "Runtime.ExitError"


def test_a_module_that_is_missing_is_an_import_error(lab: Lab) -> None:
    arn = lab.function("return 1")
    lab.client("lambda").update_function_configuration(FunctionName=arn, Handler="elsewhere.handler")
    assert lab.run(task(arn))["error"] == "Runtime.ImportModuleError"


def test_a_handler_that_is_missing_is_named_so(lab: Lab) -> None:
    arn = lab.function("return 1")
    lab.client("lambda").update_function_configuration(FunctionName=arn, Handler="main.nobody")
    assert lab.run(task(arn))["error"] == "Runtime.HandlerNotFound"


def test_ministack_alone_calls_a_dead_process_a_handler_error(lab_without: Callable[[str], Lab]) -> None:
    lab = lab_without("lambda-exit")
    assert lab.run(task(lab.function("os._exit(3)")))["error"] == "Runtime.HandlerError"


def test_a_function_that_runs_too_long_is_timed_out_by_its_sandbox(lab: Lab) -> None:
    assert lab.run(task(lab.function("time.sleep(5)", timeout=1)))["error"] == "Sandbox.Timedout"


def slow_call(without: tuple[str, ...] = ()) -> dict[str, Any]:
    patient = {"LOCAL_PATIENCE": "4"}
    with Engine.start(platform=False, env=patient, without=without) as engine:
        lab = Lab(engine)
        return lab.run(task(lab.function("time.sleep(1.5)\nreturn 1", timeout=1), TimeoutSeconds=1))


def test_a_slow_machine_may_be_given_patience() -> None:
    assert slow_call()["status"] == "SUCCEEDED"


def test_ministack_alone_has_no_patience() -> None:
    assert slow_call(without=("patience",))["error"] == "States.Timeout"


def throttled(lab: Lab) -> str:
    arn = lab.function("return 1")
    lab.client("lambda").put_function_concurrency(FunctionName=arn, ReservedConcurrentExecutions=0)
    return str(lab.run(task(arn))["error"])


def test_a_throttled_task_is_named_so(lab: Lab) -> None:
    assert throttled(lab) == "Lambda.TooManyRequestsException"


def test_ministack_alone_calls_a_throttle_unknown(lab_without: Callable[[str], Lab]) -> None:
    assert throttled(lab_without("lambda-throttle")) == "Lambda.Unknown"


def warm_seconds(lab: Lab) -> float:
    arn = lab.function("return 1")
    client = lab.client("lambda")
    client.invoke(FunctionName=arn)
    times = []
    for _ in range(7):
        began = time.perf_counter()
        client.invoke(FunctionName=arn)
        times.append(time.perf_counter() - began)
    return sorted(times)[3]


def test_a_warm_call_that_logs_nothing_is_quick(lab: Lab) -> None:
    assert warm_seconds(lab) < 0.04


def test_ministack_alone_waits_for_a_log_that_never_comes(lab_without: Callable[[str], Lab]) -> None:
    assert warm_seconds(lab_without("lambda-log-end")) > 0.05


def test_the_log_of_a_call_is_whole_and_without_the_mark(lab: Lab) -> None:
    arn = lab.function("for n in range(30): print('line', n)\nreturn 1")
    lab.client("lambda").invoke(FunctionName=arn)
    group = "/aws/lambda/" + arn.rsplit(":", 1)[1]
    events = lab.client("logs").filter_log_events(logGroupName=group)["events"]
    lines = "\n".join(event["message"] for event in events).splitlines()
    assert [line for line in lines if line.startswith("line")] == [f"line {n}" for n in range(30)]
    assert not [line for line in lines if "end-of-invocation" in line]
