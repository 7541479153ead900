from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from urllib.request import Request, urlopen

import pytest

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
    name = machine.rpartition(":")[2]
    config = {
        "StateMachines": {name: {"TestCases": {"case": {"Read": "said"}}}},
        "MockedResponses": {"said": answers},
    }
    body = json.dumps({"stepfunctions._sfn_mock_config": config}).encode()
    request = Request(f"{lab.engine.endpoint_url}/_ministack/config", body, {"Content-Type": "application/json"})
    with urlopen(request) as answer:
        assert answer.status == 200
    arn = lab.start(f"{machine}#case", {"given": 1})
    end = lab.end(arn)
    return str(end["status"]), lab.entered(arn), json.loads(end.get("output") or "null")


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
