"""The page says what was run, what was not, and what survived."""

from __future__ import annotations

from typing import Any

import pytest

from tests.mutants import report
from tests.mutants.definitions import mutants_of
from tests.mutants.equivalents import EQUIVALENT
from tests.mutants.report import DEFINITIONS, SAFETY, sort_of
from tests.paths import golden

WANTED = {SAFETY: 2, DEFINITIONS: 9}


def row(mistake: str, seen: str | None = "tests/a.py::test_it[a|b]") -> dict[str, Any]:
    name = f"owner check: {mistake} (functions/acts.py)"
    kept = {"part": SAFETY, "name": name, "kind": "owner check", "mistake": mistake, "file": "functions/acts.py"}
    return {**kept, "seen": seen}


def test_what_was_not_run_is_said_and_counts_for_nothing() -> None:
    told = report.text([row("it is lost")], WANTED, "today")
    assert "1 of 2 mutants were run; 1 were seen (100.0%)." in told
    assert "Not run (9 mutants)." in told
    assert "| owner check | 1 | 1 | 0 |" in told
    assert "## Survivors\n\nNone." in told
    assert r"`tests/a.py::test_it[a\|b]`" in told


def test_a_survivor_is_named_with_its_reason_or_as_one_that_lacks_a_test(monkeypatch: pytest.MonkeyPatch) -> None:
    lost, same = row("it is lost", None), row("it is the same", None)
    monkeypatch.setitem(EQUIVALENT, same["name"], "nobody can tell")
    told = report.text([lost, same], WANTED, "today")
    assert f"- {lost['name']}: a test is missing" in told
    assert f"- {same['name']}: nobody can tell" in told
    assert "| owner check | 2 | 0 | 2 |" in told
    assert report.survived([lost, same, row("it is seen")]) == [lost["name"]]


def test_every_mistake_in_a_definition_is_one_of_a_few() -> None:
    machines = {name: definition.machine for name, definition in golden.definitions().items()}
    every = {sort_of(one.mistake) for name, machine in machines.items() for one in mutants_of(name, machine)}
    assert len(every) <= 20, every
    assert not any(character.isdigit() for one in every for character in one), every
