from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from local.engine.process import Engine
from tests.local.engine.lab import Lab

STATES: dict[str, Any] = {
    "Read": {
        "Type": "Task",
        "Resource": "arn:aws:lambda:eu-central-1:000000000000:function:none",
        "ResultSelector": {"n.$": "$.n"},
        "ResultPath": "$.read",
        "TimeoutSeconds": 5,
        "Retry": [{"ErrorEquals": ["Transient"], "IntervalSeconds": 1, "MaxAttempts": 2}],
        "Catch": [{"ErrorEquals": ["Refused"], "ResultPath": "$.error", "Next": "Refused"}],
        "Next": "Again",
    },
    "Again": {
        "Type": "Choice",
        "Choices": [{"Variable": "$.read.n", "NumericEquals": 2, "Next": "Done"}],
        "Default": "Read",
    },
    "Refused": {"Type": "Pass", "End": True},
    "Done": {"Type": "Succeed"},
}
TRANSIENT = {"Throw": {"Error": "Transient", "Cause": "throttled"}}


def walked(lab: Lab, answers: dict[str, Any]) -> tuple[str, list[str], Any]:
    """How a run with these answers of `Read` ends: status, states, output."""
    machine = lab.machine(STATES)
    mocked(lab, machine, "case", answers)
    arn = lab.start(f"{machine}#case", {"given": 1})
    end = lab.end(arn)
    return str(end["status"]), lab.entered(arn), json.loads(end.get("output") or "null")


def mocked(lab: Lab, machine: str, case: str, answers: dict[str, Any]) -> None:
    """These answers of `Read` in that test case of the machine, and no others."""
    name = machine.rpartition(":")[2]
    config = {
        "StateMachines": {name: {"TestCases": {case: {"Read": "said"}}}},
        "MockedResponses": {"said": answers},
    }
    lab.configure(_sfn_mock_config=config)


def test_a_state_that_fails_twice_and_then_answers_is_retried(lab: Lab) -> None:
    status, states, output = walked(lab, {"0-1": TRANSIENT, "2": {"Return": {"n": 2, "more": 1}}})
    assert (status, states, output) == ("SUCCEEDED", ["Read", "Again", "Done"], {"given": 1, "read": {"n": 2}})


def test_ministack_alone_keeps_to_the_first_error(lab_without: Callable[[str], Lab]) -> None:
    lab = lab_without("mocked-attempts")
    assert walked(lab, {"0-1": TRANSIENT, "2": {"Return": {"n": 2}}})[0] == "FAILED"


def test_each_visit_takes_the_next_answer(lab: Lab) -> None:
    status, states, _ = walked(lab, {"0": {"Return": {"n": 0}}, "1": {"Return": {"n": 2}}})
    assert (status, states) == ("SUCCEEDED", ["Read", "Again", "Read", "Again", "Done"])


@pytest.mark.parametrize(
    ("error", "end"), [("Refused", "SUCCEEDED"), ("Broken", "FAILED"), ("Transient", "FAILED")]
)
def test_a_mocked_error_is_caught_or_ends_the_run_as_a_real_one(lab: Lab, error: str, end: str) -> None:
    status, states, output = walked(lab, {"0-2": {"Throw": {"Error": error, "Cause": "no"}}})
    assert status == end
    if end == "SUCCEEDED":
        assert (states[-1], output["error"]) == ("Refused", {"Error": error, "Cause": "no"})


def counting(lab: Lab) -> dict[str, Any]:
    """`Read` is a real function, which says how often it was called."""
    body = "global calls\ncalls = globals().get('calls', 0) + 1\nreturn {'n': calls}"
    return {**STATES, "Read": {**STATES["Read"], "Resource": lab.function(body)}}


def ended(lab: Lab, machine: str) -> tuple[str, Any]:
    end = lab.end(lab.start(machine, {"given": 1}))
    return str(end["status"]), json.loads(end.get("output") or "null")


def test_the_case_of_all_applies_to_executions_without_one_and_fails_once_in_all_of_them(lab: Lab) -> None:
    machine = lab.machine(counting(lab))
    mocked(lab, machine, "*", {"0": {"Throw": {"Error": "Refused", "Cause": "no"}}})
    assert ended(lab, machine)[1]["error"]["Error"] == "Refused"
    assert ended(lab, machine) == ("SUCCEEDED", {"given": 1, "read": {"n": 2}}), "really called"
    mocked(lab, machine, "*", {"0": {"Throw": {"Error": "Refused", "Cause": "again"}}})
    assert ended(lab, machine)[1]["error"]["Cause"] == "again", "a new file counts anew"


def test_the_case_of_all_leaves_other_machines_and_executions_with_a_case_of_their_own_alone(lab: Lab) -> None:
    machine, other = lab.machine(counting(lab)), lab.machine(counting(lab))
    mocked(lab, machine, "*", {"0-9": {"Throw": {"Error": "Refused", "Cause": "no"}}})
    assert "error" not in ended(lab, other)[1]
    assert "error" not in ended(lab, f"{machine}#other")[1]


def test_a_mocked_error_of_what_was_done_comes_after_the_real_call(lab: Lab) -> None:
    machine = lab.machine(counting(lab))
    mocked(lab, machine, "*", {"0": {"Throw": {"Error": "Transient", "Cause": "lost"}, "Done": True}})
    arn = lab.start(machine, {"given": 1})
    assert lab.end(arn)["status"] == "SUCCEEDED"
    # The function answers 1 at first, and the run goes on at 2 only: the retry was its second call.
    assert lab.entered(arn) == ["Read", "Again", "Done"]


def test_a_mocked_stop_comes_while_the_real_call_is_at_work_and_the_answer_counts_no_more(lab: Lab) -> None:
    machine = lab.machine(counting(lab))
    mocked(lab, machine, "*", {"0": {"Stop": "by hand"}})
    arn = lab.start(machine, {"given": 1})
    end = lab.end(arn)
    assert (end["status"], end["cause"], lab.entered(arn)) == ("ABORTED", "by hand", ["Read"])
    # It was called: the second call of the same function is the next run's first one.
    assert ended(lab, machine) == ("SUCCEEDED", {"given": 1, "read": {"n": 2}})


def test_the_meter_counts_what_the_case_of_all_applies_to_as_mocked(tmp_path: Path) -> None:
    meter = tmp_path / "walked.jsonl"
    with Engine.start(platform=False, meter=meter) as engine:
        lab = Lab(engine)
        machine = lab.machine({"Done": {"Type": "Succeed"}})
        mocked(lab, machine, "*", {})
        lab.end(lab.start(machine))
    assert [json.loads(line)["mocked"] for line in meter.read_text().splitlines()] == [True]
