"""An engine is asked once how it reads the mocked answers of functions; the cases are then told in its own way."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from local.engine.process import Engine
from tests.containers.dialect import CASES, JOB, MACHINE, Unreadable, unwraps, wrapped
from tests.containers.runs import Ran, Runner, client


def left(output: Any) -> Ran:
    event = {"type": "TaskStateExited", "stateExitedEventDetails": {"name": "Ask", "output": json.dumps(output)}}
    return Ran("SUCCEEDED", [event])


def test_the_embedded_engine_takes_an_answer_as_the_functions_own_result(tmp_path: Path) -> None:
    mocked = tmp_path / "cases.json"
    mocked.write_text(json.dumps(CASES), encoding="utf-8")
    with Engine.start(platform=False, env={"SFN_MOCK_CONFIG": str(mocked)}) as engine:
        runner = Runner(client(engine.endpoint_url))
        runner.make({JOB.machine: MACHINE})
        assert unwraps(runner.run([JOB])[JOB]) is False


def test_an_engine_that_gives_the_payload_alone_is_recognized() -> None:
    assert unwraps(left({"probe": True})) is True
    assert unwraps(left({"StatusCode": 200, "Payload": {"probe": True}})) is False


@pytest.mark.parametrize("ran", [left({"Error": "Exception"}), left([]), Ran("FAILED", [])])
def test_an_engine_that_does_neither_is_no_second_engine(ran: Ran) -> None:
    with pytest.raises(Unreadable, match=r"the engine made .+ of a mocked answer"):
        unwraps(ran)


def test_only_functions_named_by_their_arn_are_told_otherwise() -> None:
    by_arn = {"Type": "Task", "Resource": "arn:aws:lambda:eu-central-1:000000000000:function:one"}
    invoked = {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke.waitForTaskToken"}
    machine = {
        "States": {
            "Outer": by_arn,
            "Asked": invoked,
            "Both": {"Type": "Parallel", "Branches": [{"StartAt": "Inner", "States": {"Inner": by_arn}}]},
        }
    }
    thrown = {"Throw": {"Error": "Transient", "Cause": "mocked"}}
    cases = {
        "StateMachines": {"m": {"TestCases": {"c": {"Outer": "a", "Asked": "b", "Inner": "d"}}}},
        "MockedResponses": {
            "a": {"0": thrown, "1-3": {"Return": 7}},
            "b": {"0": {"Return": 8}},
            "d": {"0": {"Return": None}},
        },
    }
    assert wrapped(cases, {"m": machine, "without-cases": machine})["MockedResponses"] == {
        "a": {"0": thrown, "1-3": {"Return": {"StatusCode": 200, "Payload": 7}}},
        "b": {"0": {"Return": 8}},
        "d": {"0": {"Return": {"StatusCode": 200, "Payload": None}}},
    }
    assert cases["MockedResponses"]["a"]["1-3"] == {"Return": 7}  # type: ignore[index] # a literal of mixed shapes
