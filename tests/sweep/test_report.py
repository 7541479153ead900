"""The report counts what ran, and leaves out nothing that failed, was not struck, or was never tried."""

from __future__ import annotations

from typing import Any

from tests.sweep import report
from tests.sweep.places import Place


def row(**changes: Any) -> dict[str, Any]:
    where = {"machine": "m", "state": "S", "fault": "broken", "scenario": "close"}
    return {**where, "outcome": "escalated", "hit": True, "wrong": [], "error": "", "seconds": 36.0, **changes}


def test_counts_by_machine_and_fault() -> None:
    rows = [row(), row(fault="refused", outcome="resolved"), row(machine="n", wrong=["a law: is broken"])]
    told = report.text(rows, {}, {"m": 4, "n": 3, "o": 2}, "today")
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
    told = report.text(rows, {Place("m", "Hole", "function"): "only a crash leads there"}, {"m": 3}, "today")
    assert "- m/S, broken (in 'close'): a law: is broken" in told
    assert "- m/S, broken (in 'close'): AssertionError('no end')" in told
    missed = told.partition("## Not struck")[2]
    assert "m/T" in missed
    assert "m/S" not in missed
    assert "- m/Hole: only a crash leads there" in told


def test_says_so_where_there_is_nothing_to_name() -> None:
    assert report.text([row()], {}, {"m": 1}, "today").count("\nNone.") == 3
