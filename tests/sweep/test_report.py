"""The report counts what ran, and leaves out nothing that failed, was not struck, or was never tried."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.sweep import report
from tests.sweep.__main__ import code
from tests.sweep.places import Place
from tests.sweep.working import code_of


def row(**changes: Any) -> dict[str, Any]:
    where = {"machine": "m", "state": "S", "fault": "broken", "scenario": "close"}
    return {**where, "outcome": "escalated", "hit": True, "wrong": [], "error": "", "seconds": 36.0, **changes}


def test_counts_by_machine_and_fault() -> None:
    rows = [row(), row(fault="refused", outcome="resolved"), row(machine="n", wrong=["a law: is broken"])]
    told = report.text(rows, {}, {"m": 4, "n": 3, "o": 2})
    assert "3 of 9 cases were run, in 0.0 h of engine time" in told
    assert "the fault struck in 3, 1 failed, 0 were not struck" in told
    assert "| m | 4 | 2 | 2 | 0 | escalated 1, resolved 1 |" in told
    assert "| o | 2 | 0 | 0 | 0 |  |" in told, "what was not tried stands there too"
    assert "| m | refused | 1 | 1 | 0 | resolved 1 |" in told


def test_names_what_failed_what_was_not_struck_and_what_nothing_walks() -> None:
    rows = [
        row(wrong=["a law: is broken"]),
        row(error="AssertionError('no end')", hit=False, outcome=""),
        row(state="T", hit=False),
    ]
    told = report.text(rows, {Place("m", "Hole", "function"): "only a crash leads there"}, {"m": 3})
    assert "- m/S, broken (in 'close'): a law: is broken" in told
    assert "- m/S, broken (in 'close'): AssertionError('no end')" in told
    missed = told.partition("## Not struck")[2]
    assert "m/T" in missed
    assert "m/S" not in missed
    assert "- m/Hole: only a crash leads there" in told


def test_says_so_where_there_is_nothing_to_name() -> None:
    assert report.text([row()], {}, {"m": 1}).count("\nNone.") == 3


def test_says_when_the_rows_were_run_and_of_which_code() -> None:
    rows = [
        row(at="2026-11-23T10:00:00Z", code="aaa"),
        row(at="2026-11-23T12:00:00Z", code="bbb+", state="T"),
        row(at="2026-11-23T11:00:00Z", code="bbb+", state="U"),
        row(state="V"),
    ]
    told = report.text(rows, {}, {"m": 4})
    assert "They are from 2026-11-23T10:00:00Z to 2026-11-23T12:00:00Z; the newest is of code bbb+, 2 of" in told
    assert "When 1 of them were run is unknown." in told
    assert "and of which code, is unknown." in report.text([row()], {}, {"m": 1})


def test_where_there_is_no_git_the_code_is_unknown(tmp_path: Path) -> None:
    assert code_of(tmp_path) == "unknown"


@pytest.mark.parametrize(
    ("changes", "ended"),
    [({}, 0), ({"wrong": ["a law"]}, 1), ({"error": "no end"}, 1), ({"hit": False}, 1)],
)
def test_what_is_not_well_is_no_success(changes: dict[str, Any], ended: int) -> None:
    assert code([row(**changes)], 1) == ended


def test_a_sweep_that_is_not_whole_is_no_success() -> None:
    assert code([row()], 2) == 2
