"""How a run ended decides the exit code; how a demo ended is judged by what the stand-in counted."""

from __future__ import annotations

from typing import Any

import pytest

from console.errors import ExitCode
from console.expectations import DEMOS, faults_found_in
from console.live.steps import Run
from console.runs import exit_code, shown


@pytest.mark.parametrize(
    ("status", "error", "code"),
    [
        ("SUCCEEDED", None, ExitCode.OK),
        ("FAILED", "Escalated", ExitCode.ESCALATED),
        ("FAILED", "InvalidInput", ExitCode.INVALID_INPUT),
        ("FAILED", "States.Runtime", ExitCode.RUN_FAILED),
        ("TIMED_OUT", None, ExitCode.RUN_TIMED_OUT),
        ("ABORTED", "Escalated", ExitCode.RUN_ABORTED),
    ],
)
def test_every_end_has_an_exit_code_of_its_own(status: str, error: str | None, code: ExitCode) -> None:
    assert exit_code(Run("arn", "m", status=status, error=error)) is code


def test_exit_codes_are_distinct() -> None:
    assert len({code.value for code in ExitCode}) == len(list(ExitCode))


CRASH = DEMOS["stale-heartbeat"]["service-crashed"]
WELL: dict[str, Any] = {
    "expected": CRASH, "outcome": "resolved", "cause": "service_crashed", "active": [], "stale": [],
    "stats": {"moments_with_two_copies": 0, "wrong_remedies": [{"remedy": "restart x", "harm": False}]},
}  # fmt: skip


def test_a_demo_that_went_well_has_no_faults() -> None:
    assert faults_found_in(**WELL) == []


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"outcome": "escalated"}, "the run ended escalated, expected was resolved"),
        ({"cause": "unknown"}, "names unknown, expected was service_crashed"),
        ({"cause": ""}, "names no cause"),
        ({"active": ["service-crashed"]}, "still broken"),
        ({"stale": ["grid-eth"]}, "still without a heartbeat: grid-eth"),
        ({"stats": {"moments_with_two_copies": 2}}, "two copies"),
        ({"stats": {"wrong_remedies": [{"remedy": "redeploy", "harm": True}]}}, "did harm: redeploy"),
        ({"only": "a", "stats": {"interruptions": {"a": 1, "b": 1}}}, "healthy strategies were interrupted: b"),
    ],
)
def test_a_demo_is_not_right_merely_because_the_run_says_so(change: dict[str, Any], says: str) -> None:
    found = faults_found_in(**{**WELL, **change})
    assert len(found) == 1
    assert says in found[0]


def test_an_open_incident_shows_the_acts_that_were_only_intended() -> None:
    item = {"intents": {"b": {"action": "two", "at": "2026-01-02"}, "a": {"action": "one", "at": "2026-01-01"}}}
    assert [act["action"] for act in shown(item)["actions"]] == ["one", "two"]
