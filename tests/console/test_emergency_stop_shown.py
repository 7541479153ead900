"""What the tasks of a stop answer is told in words, and its demo believes the platform, not the run."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from console.live.definition import Definition
from console.live.meaning import findings, label_of
from console.live.steps import Run, Tone
from console.live.teller import Teller
from console.stop_demo import faults_found_in

JOB: dict[str, Any] = {"order": {"dry_run": False}, "halt_id": "inc-1", "latched": True, "latch_why": None}
COUNTS = {"seen": 3, "done": 2, "already": 0, "not_done": 0, "unknown": 0}
SEGMENT: dict[str, Any] = {"segment": 3, "again": False, "counts": COUNTS, "items": [], "unread": None}
LOOK: dict[str, Any] = {
    "passes": 3, "counts": COUNTS, "came_back": {"total": 0, "some": []}, "latched": True, "unread": [],
    "desired": 0, "running": 0, "trouble": [],
}  # fmt: skip


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (JOB, [("engaged: halt inc-1", Tone.GOOD)]),
        ({**JOB, "latched": False, "latch_why": "throttled"}, [("NOT LATCHED, going on: throttled", Tone.BAD)]),
        ({**JOB, "latched": False, "order": {"dry_run": True}},
         [("dry run: nothing will be changed", Tone.PLAIN)]),
        (SEGMENT, [("2 stopped", Tone.GOOD)]),
        ({**SEGMENT, "counts": {**COUNTS, "not_done": 1}}, [("2 stopped, 1 not done", Tone.BAD)]),
        ({**SEGMENT, "unread": "cut"}, [("2 stopped", Tone.UNKNOWN), ("cut", Tone.UNKNOWN)]),
        (LOOK, [("3 passes: 2 stopped; no task runs", Tone.GOOD)]),
        ({**LOOK, "running": 1}, [("3 passes: 2 stopped; 1 task not ended", Tone.UNKNOWN)]),
        ({**LOOK, "latched": False}, [("3 passes: 2 stopped; no task runs", Tone.GOOD)]),
        ({**LOOK, "latched": False, "came_back": {"total": 1, "some": ["s3"]}, "trouble": ["not latched: no"]},
         [("3 passes: 2 stopped; no task runs", Tone.GOOD), ("the kill switch is NOT LATCHED", Tone.BAD),
          ("came back and was stopped again: s3", Tone.BAD), ("not latched: no", Tone.UNKNOWN)]),
        ({"name": "entry orders", "result": "not_done", "why": "2 stand", "items": ["a", "b", "c", "d"]},
         [("not done: 2 stand", Tone.BAD), ("a", Tone.EVIDENCE), ("b", Tone.EVIDENCE), ("c", Tone.EVIDENCE),
          ("and 1 more", Tone.EVIDENCE)]),
    ],
)  # fmt: skip
def test_each_answer_has_its_words(answer: dict[str, Any], told: list[tuple[str, Tone]]) -> None:
    assert [(one.text, one.tone) for one in findings({}, answer)] == told


def test_a_segment_is_named_by_its_number_also_the_first_one() -> None:
    assert label_of({"job": JOB, "turn": {"segment": 0, "again": True}}) == "segment 0"


WELL: dict[str, Any] = {
    "outcome": "resolved", "statuses": {"a": "stopped", "b": "paused"}, "switch": {"engaged": True},
    "service": (0, 0), "before": {"a": 7}, "after": {"a": 7}, "known": frozenset({"running", "warmup"}),
}  # fmt: skip


def test_a_stop_that_went_well_has_no_faults() -> None:
    assert faults_found_in(**WELL) == []


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"outcome": "escalated"}, "expected was resolved"),
        ({"statuses": {"a": "warmup"}}, "still trading: a"),
        ({"switch": {}}, "the kill switch is not engaged"),
        ({"service": (1, 0)}, "wants 1"),
        ({"after": {"a": 8}}, "beat after the stop was proven: a"),
    ],
)
def test_a_demo_of_the_stop_is_not_right_merely_because_the_run_says_so(change: dict[str, Any], says: str) -> None:
    (fault,) = faults_found_in(**{**WELL, **change})
    assert says in fault


def test_a_branch_beside_a_map_stands_beside_it() -> None:
    machine = {
        "States": {
            "All": {
                "Type": "Parallel",
                "Branches": [
                    {"States": {"Each": {"Type": "Map", "ItemProcessor": {"States": {"One": {"Type": "Task"}}}}}},
                    {"States": {"Service": {"Type": "Task"}}},
                ],
            }
        }
    }
    run = Run("arn", "m", definition=Definition.parse(json.dumps(machine)))
    teller = Teller(run)
    for number, (kind, name) in enumerate(
        [("Parallel", "All"), ("Map", "Each"), ("Task", "One"), ("Task", "Service")], start=1
    ):
        event = {
            "id": number, "type": f"{kind}StateEntered", "timestamp": datetime(2026, 1, 31, tzinfo=UTC),
            "stateEnteredEventDetails": {"name": name, "input": "{}"},
        }  # fmt: skip
        list(teller.feed(event))
    (everything,) = run.steps
    assert [step.name for step in everything.parts] == ["Each", "Service"]
    assert [step.name for step in everything.parts[0].parts] == ["One"]
