from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from local.engine.meter import Point, coverage, points
from local.engine.process import Engine
from tests.local.engine.lab import Lab

DEFINITION: dict[str, Any] = {
    "StartAt": "Both",
    "States": {
        "Both": {
            "Type": "Parallel",
            "Branches": [
                {
                    "StartAt": "Each",
                    "States": {
                        "Each": {
                            "Type": "Map",
                            "ItemsPath": "$.items",
                            "ItemProcessor": {"StartAt": "Leaf", "States": {"Leaf": {"Type": "Pass", "End": True}}},
                            "End": True,
                        }
                    },
                }
            ],
            "ResultPath": "$.both",
            "Next": "Ask",
        },
        "Ask": {
            "Type": "Choice",
            "Choices": [
                {"Variable": "$.n", "NumericEquals": 1, "Next": "Act"},
                {"Variable": "$.n", "NumericEquals": 2, "Next": "Done"},
            ],
            "Default": "Done",
        },
        "Act": {
            "Type": "Task",
            "Resource": "",
            "TimeoutSeconds": 20,
            "Retry": [
                {"ErrorEquals": ["Other"]},
                {"ErrorEquals": ["ValueError"], "IntervalSeconds": 1, "MaxAttempts": 1},
            ],
            "Catch": [{"ErrorEquals": ["Other"], "Next": "Done"}, {"ErrorEquals": ["States.ALL"], "Next": "Done"}],
            "Next": "Done",
        },
        "Done": {"Type": "Succeed"},
    },
}
EVERYTHING = {
    "Both",
    "Both/Each",
    "Both/Each/Leaf",
    "Ask",
    "Ask choice 0",
    "Ask choice 1",
    "Ask choice Default",
    "Act",
    "Act retry 0",
    "Act retry 1",
    "Act catch 0",
    "Act catch 1",
    "Done",
}


def short(found: Any) -> set[str]:
    return {str(point).removeprefix("m: ") for point in found}


def line(state: str, kind: str = "state", index: Any = None, mocked: bool = False, machine: str = "m") -> str:
    found = {"machine": machine, "state": state, "kind": kind, "index": index, "mocked": mocked}
    return json.dumps({**found, "execution": "arn"})


def test_lists_every_state_branch_retry_and_catch() -> None:
    assert short(points("m", DEFINITION)) == EVERYTHING


def test_reports_what_was_walked_and_what_is_missing() -> None:
    report = coverage({"m": DEFINITION}, [line("Ask"), "", line("Ask", "choice", "Default"), line("Ask")])
    assert short(report.walked) == {"Ask", "Ask choice Default"}
    assert short(report.missing) == EVERYTHING - {"Ask", "Ask choice Default"}
    assert report.share() == pytest.approx(2 / 13)
    assert report.share("state") == pytest.approx(1 / 6)
    assert report.share("choice") == pytest.approx(1 / 3)


def test_tells_mocked_walks_from_real_ones() -> None:
    lines = [line("Ask", mocked=True), line("Done", mocked=True), line("Done")]
    report = coverage({"m": DEFINITION}, lines)
    assert report.mocked_only == {Point("m", "Ask", "state")}


def test_names_what_no_definition_has() -> None:
    report = coverage({"m": DEFINITION}, [line("Ask", machine="other")])
    assert report.unknown == {Point("other", "Ask", "state")}
    assert report.walked == frozenset()


def test_nothing_to_walk_is_wholly_walked() -> None:
    assert coverage({}, []).share() == 1.0


@pytest.mark.parametrize("bad", ["{", "[]", '{"machine": "m"}'])
def test_a_line_that_is_not_the_meters_is_refused(bad: str) -> None:
    with pytest.raises(ValueError, match="no line of the meter"):
        coverage({}, [bad])


def test_the_engine_writes_what_its_runs_walk(tmp_path: Path) -> None:
    meter = tmp_path / "deep" / "walked.jsonl"
    with Engine.start(time_scale=0.02, platform=False, meter=meter) as engine:
        lab = Lab(engine)
        states = json.loads(json.dumps(DEFINITION["States"]))
        states["Act"]["Resource"] = lab.function("raise ValueError('boom')")
        machine = lab.machine(states)
        name = machine.rsplit(":", 1)[1]
        ends = [lab.end(lab.start(machine, {"n": n, "items": [1]})) for n in (1, 2, 3)]
        assert [end["status"] for end in ends] == ["SUCCEEDED"] * 3
    lines = meter.read_text().splitlines()
    report = coverage({name: DEFINITION}, lines)
    assert {str(point).split(": ", 1)[1] for point in report.missing} == {"Act retry 0", "Act catch 0"}
    assert report.unknown == frozenset()
    assert report.mocked_only == frozenset()
    assert {json.loads(text)["execution"] for text in lines} == {end["executionArn"] for end in ends}


def test_a_mocked_run_is_written_as_one(tmp_path: Path) -> None:
    meter = tmp_path / "walked.jsonl"
    with Engine.start(platform=False, meter=meter) as engine:
        lab = Lab(engine)
        machine = lab.machine({"Done": {"Type": "Succeed"}})
        lab.end(lab.start(f"{machine}#anything"))
    (only,) = meter.read_text().splitlines()
    assert json.loads(only)["mocked"] is True


def test_a_child_started_inside_a_map_is_in_a_definition_of_its_own(tmp_path: Path) -> None:
    meter = tmp_path / "walked.jsonl"
    with Engine.start(platform=False, meter=meter) as engine:
        lab = Lab(engine)
        child = lab.machine({"Inner": {"Type": "Pass", "Next": "End"}, "End": {"Type": "Succeed"}})
        start = {
            "Type": "Task",
            "Resource": "arn:aws:states:::states:startExecution.sync:2",
            "Parameters": {"StateMachineArn": child},
            "End": True,
        }
        processor = {"StartAt": "Start", "States": {"Start": start}}
        lab.end(lab.start(lab.machine({"Each": {"Type": "Map", "ItemProcessor": processor, "End": True}}), [1]))
    walked = {json.loads(text)["state"] for text in meter.read_text().splitlines()}
    assert walked == {"Each", "Each/Start", "Inner", "End"}
