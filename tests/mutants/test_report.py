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
    return {**kept, "seen": seen, "at": "2026-01-02 03:04"}


def test_what_was_not_run_is_said_and_counts_for_nothing() -> None:
    told = report.text([row("it is lost")], WANTED)
    assert "1 of 2 mutants were run; 1 were seen (100.0%): not held.\nBegun 2026-01-02 03:04 UTC." in told
    assert "Not run (9 mutants)." in told
    assert "| owner check | 1 | 1 | 0 |" in told
    assert "## Survivors\n\nNone." in told
    assert r"`tests/a.py::test_it[a\|b]`" in told


def test_a_survivor_is_named_with_its_reason_or_as_one_that_lacks_a_test(monkeypatch: pytest.MonkeyPatch) -> None:
    lost, same = row("it is lost", None), row("it is the same", None)
    monkeypatch.setitem(EQUIVALENT, same["name"], "nobody can tell")
    told = report.text([lost, same], WANTED)
    assert f"- {lost['name']}: a test is missing" in told
    assert f"- {same['name']}: nobody can tell" in told
    assert "| owner check | 2 | 0 | 2 |" in told
    assert report.survived([lost, same, row("it is seen")]) == [lost["name"]]


@pytest.mark.parametrize(
    ("part", "seen", "lost", "held"),
    [
        (SAFETY, 40, 0, "40 of 40 mutants were run; 40 were seen (100.0%): held."),
        (SAFETY, 1_999, 1, "2000 of 2000 mutants were run; 1999 were seen (99.9%): not held."),
        (SAFETY, 39, 0, "39 of 39 mutants were run; 39 were seen (100.0%): not held."),
        (DEFINITIONS, 190, 10, "200 of 200 mutants were run; 190 were seen (95.0%): held."),
        (DEFINITIONS, 189, 11, "200 of 200 mutants were run; 189 were seen (94.5%): not held."),
        (DEFINITIONS, 199, 0, "199 of 199 mutants were run; 199 were seen (100.0%): not held."),
    ],
)
def test_it_is_held_only_where_enough_were_run_and_seen(part: str, seen: int, lost: int, held: str) -> None:
    sights = ["check: a path"] * seen + [None] * lost
    rows = [
        {**row(f"mistake {number}", one), "part": part, "written": one is not None}
        for number, one in enumerate(sights)
    ]
    assert held in report.text(rows, {SAFETY: 0, DEFINITIONS: 0, part: seen + lost})


def test_what_the_written_ways_do_not_show_is_counted_beside_what_no_run_sees() -> None:
    rows = [
        {**row(f"rule {number} removed", "check: a path"), "part": DEFINITIONS, "written": number >= 11}
        for number in range(200)
    ]
    told = report.text(rows, {SAFETY: 0, DEFINITIONS: 200})
    assert "200 were seen (100.0%): held.\n189 show in the ways that are written down (94.5%): not held." in told
    assert "| rule removed | 200 | 200 | 0 | 189 |" in told


def test_a_run_that_went_on_later_says_so() -> None:
    later = {**row("it is late"), "at": "2026-01-02 05:00"}
    told = report.text([row("it is lost"), later], WANTED)
    assert "Begun 2026-01-02 03:04 UTC, the last part 2026-01-02 05:00 UTC." in told


@pytest.mark.parametrize(
    ("seen", "words"),
    [
        ("refused: An error occurred (InvalidDefinition)", "refused by the engine"),
        ("check: outlast: LookAgain: no catch", "a check of definitions"),
        ("outlast: LookAgain catch 0: went A B, not A C", "a run goes another way"),
        ("outlast: LookAgain: inside it went A B, not A C", "a run goes another way"),
        ("outlast: LookAgain: goes A B A, not A C", "a run goes another way"),
        ("outlast: LookAgain: it goes round and round", "a run goes another way"),
        ("outlast: LookAgain retry 0: ended with None, not Broken", "a run ends otherwise"),
        ("outlast: LookAgain: its tasks were given (), not ({},)", "a task is given something else"),
        ("outlast: LookAgain: handed on {}, not None", "a run hands on something else"),
        ("outlast: LookAgain: came to its last state with {}, not None", "a run hands on something else"),
    ],
)
def test_what_saw_a_mistake_is_one_of_a_few(seen: str, words: str) -> None:
    assert report.sight_of(seen) == words


def test_every_mistake_in_a_definition_is_one_of_a_few() -> None:
    machines = {name: definition.machine for name, definition in golden.definitions().items()}
    every = {sort_of(one.mistake) for name, machine in machines.items() for one in mutants_of(name, machine)}
    assert len(every) <= 20, every
    assert not any(character.isdigit() for one in every for character in one), every
