"""What the benchmark of the checklist judges by knows every fault there is."""

from __future__ import annotations

from benchmarks.checklist_oracle import LINES, MUST_NOT_PASS
from functions.rules import checklist
from local.platform.faults.board import CATALOGUE


def test_every_fault_of_platform_and_venue_has_its_lines() -> None:
    assert set(MUST_NOT_PASS) == set(CATALOGUE)


def test_its_lines_are_the_checklists() -> None:
    assert tuple(line.id for line in checklist.LINES) == LINES
    assert set().union(*MUST_NOT_PASS.values()) <= set(LINES)
