from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any

from tests.local.engine.lab import Lab, eventually, types

DONE: dict[str, Any] = {"Type": "Succeed"}


def timed(lab: Lab) -> str:
    definition = {
        "StartAt": "Wait",
        "TimeoutSeconds": 1,
        "States": {"Wait": {"Type": "Wait", "Seconds": 120, "Next": "End"}, "End": DONE},
    }
    made = lab.client("stepfunctions").create_state_machine(
        name=lab.name("timed"), definition=json.dumps(definition), roleArn=lab.role
    )
    return lab.start(made["stateMachineArn"])


def test_a_machine_that_takes_too_long_is_timed_out_and_says_so(lab: Lab) -> None:
    read = lab.inbox({"source": ["aws.states"], "detail": {"status": ["TIMED_OUT"]}})
    arn = timed(lab)
    ended = lab.end(arn)
    assert (ended["status"], ended["error"]) == ("TIMED_OUT", "States.Timeout")
    (event,) = eventually(read, bool)
    assert event["detail"]["executionArn"] == arn
    time.sleep(1.6)
    assert types(lab.history(arn))[-1] == "ExecutionTimedOut"
    assert "End" not in lab.entered(arn)


def test_ministack_alone_lets_a_machine_run_on(lab_without: Callable[[str], Lab]) -> None:
    lab = lab_without("machine-timeout")
    assert lab.end(timed(lab))["status"] == "SUCCEEDED"


def large(lab: Lab, **more: Any) -> dict[str, Any]:
    arn = lab.function("return 'x' * 300000")
    act = {"Type": "Task", "Resource": arn, "TimeoutSeconds": 30, "End": True, **more}
    return lab.run({"Act": act, "Caught": DONE})


def test_a_result_over_the_limit_fails_the_task(lab: Lab) -> None:
    all_errors = [{"ErrorEquals": ["States.ALL"], "Next": "Caught"}]
    assert large(lab, Catch=all_errors)["error"] == "States.DataLimitExceeded"
    by_name = [{"ErrorEquals": ["States.DataLimitExceeded"], "Next": "Caught"}]
    assert large(lab, Catch=by_name)["status"] == "SUCCEEDED"


def test_an_output_that_grows_over_the_limit_fails_the_run(lab: Lab) -> None:
    half = {"Type": "Pass", "Parameters": {"a.$": "$.text", "b.$": "$.text"}, "End": True}
    assert lab.run({"Double": half}, {"text": "x" * 140000})["error"] == "States.DataLimitExceeded"


def test_ministack_alone_passes_any_size(lab_without: Callable[[str], Lab]) -> None:
    assert large(lab_without("data-limit"))["status"] == "SUCCEEDED"


def seconds_of_nothing(lab: Lab) -> float:
    ended = lab.run({"Done": DONE})
    return float((ended["stopDate"] - ended["startDate"]).total_seconds())


def test_an_execution_starts_at_once(lab: Lab) -> None:
    assert min(seconds_of_nothing(lab) for _ in range(3)) < 0.1


def test_ministack_alone_pauses_before_each_execution(lab_without: Callable[[str], Lab]) -> None:
    assert seconds_of_nothing(lab_without("prompt-start")) >= 0.15


def stop_in_a_wait(lab: Lab) -> list[str]:
    wait = {"Type": "Wait", "Seconds": 60, "Next": "End"}
    arn = lab.start(lab.machine({"Wait": wait, "End": DONE}))
    eventually(lambda: lab.entered(arn), bool)
    lab.client("stepfunctions").stop_execution(executionArn=arn)
    time.sleep(1.6)
    return types(lab.history(arn))


def test_nothing_is_written_after_a_stop(lab: Lab) -> None:
    assert stop_in_a_wait(lab)[-1] == "ExecutionAborted"


def test_ministack_alone_writes_on_after_a_stop(lab_without: Callable[[str], Lab]) -> None:
    assert stop_in_a_wait(lab_without("sfn-scopes"))[-1] != "ExecutionAborted"
