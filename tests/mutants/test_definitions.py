"""A mistake in a definition is seen: by a run that goes another way, or by a check."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from typing import Any, Final

import pytest

from tests.local.engine.lab import Lab
from tests.mutants import equivalents, hunting, written
from tests.mutants.definitions import Mutant, mutants_of
from tests.mutants.hunting import hunt
from tests.paths import engine, golden
from tests.paths.cases import Case

# `make mutants` takes all of them.
SAMPLE: Final = 30
WRITTEN: Final = 20
SEED: Final = 20_261_123
# The least share of all mutants that must be seen.
LEAST: Final = 0.95
DEFINITIONS = golden.definitions()
EVERY = [mutant for folder, one in DEFINITIONS.items() for mutant in mutants_of(folder, one.machine)]


@pytest.fixture(scope="module")
def lab() -> Iterator[Lab]:
    with engine.engine() as started:
        yield started


def test_mutants_of_definitions_are_seen(lab: Lab) -> None:
    taken = Random(SEED).sample(EVERY, SAMPLE)
    found = list(hunt(lab, taken, DEFINITIONS, golden.every_case(golden.machines())))
    assert len(found) == SAMPLE, "a run was cut off"
    survived = {str(mutant) for mutant, seen in found if seen is None}
    assert survived <= set(equivalents.EQUIVALENT)
    assert 1 - len(survived) / SAMPLE >= LEAST


def test_mutants_of_definitions_show_in_the_ways_that_are_written_down() -> None:
    taken = Random(SEED).sample(EVERY, WRITTEN)
    shown = sum(written.sees(mutant, DEFINITIONS[mutant.folder]) for mutant in taken)
    assert shown / WRITTEN >= LEAST


def test_a_definition_without_a_mistake_shows_in_no_way() -> None:
    sound = Mutant("outlast", "WaitAWhile", "none", DEFINITIONS["outlast"].machine)
    assert not written.sees(sound, DEFINITIONS["outlast"])


def test_every_mutant_differs_from_its_definition_and_has_a_name_of_its_own() -> None:
    assert [str(one) for one in EVERY if one.machine == DEFINITIONS[one.folder].machine] == []
    assert len({str(one) for one in EVERY}) == len(EVERY)


def test_a_definition_without_a_mistake_is_not_taken_for_a_mutant(lab: Lab) -> None:
    sound = Mutant("outlast", "WaitAWhile", "none", DEFINITIONS["outlast"].machine)
    [(_, seen)] = hunt(lab, [sound], DEFINITIONS, golden.every_case({"outlast": golden.machines()["outlast"]}))
    assert seen is None


def test_a_run_that_was_cut_off_is_no_sight(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hunting, "LONGEST", 0.0)
    sound = Mutant("outlast", "WaitAWhile", "none", DEFINITIONS["outlast"].machine)
    cases = golden.every_case({"outlast": golden.machines()["outlast"]})
    assert list(hunt(lab, [sound], DEFINITIONS, cases)) == []


@pytest.mark.parametrize(
    ("entered", "left"),
    [
        ([], None),
        (["A"], None),
        (["A", "B", "Inside", "C"], None),
        (["B"], "goes B, not A B C"),
        (["A", "B", "C", "A"], "goes A B C A, not A B C"),
        (["A", "B", *["Inside"] * hunting.MOST_STATES], "it goes round and round"),
    ],
)
def test_a_run_that_goes_on_is_judged_by_the_states_that_it_entered(entered: list[str], left: str | None) -> None:
    whole: dict[str, Any] = {"States": {name: {} for name in "ABC"}}
    case = Case("m", "c000", "m: C", {}, {}, ("A", "B", "C"), None, None, None, None, {})
    assert hunting.strayed(case, whole, entered) == left


@pytest.mark.parametrize(
    ("state", "mistakes"),
    [
        (
            {"Type": "Wait", "Seconds": 1, "Next": "B"},
            {"goes on elsewhere"},
        ),
        (
            {"Type": "Pass", "Next": "B", "ResultPath": None},
            {"goes on elsewhere", "result in place of the input"},
        ),
        (
            {"Type": "Pass", "Next": "B", "ResultPath": "$"},
            {"goes on elsewhere", "result thrown away"},
        ),
        (
            {
                "Type": "Task", "Resource": "r", "End": True, "ResultPath": "$.a",
                "Retry": [{"ErrorEquals": ["X"]}],
                "Catch": [{"ErrorEquals": ["Y", "Z"], "Next": "B"}],
            },
            {
                "catch 0 removed", "catch 0 elsewhere", "catch 0 without Y", "catch 0 without Z", "retry 0 removed",
                "retry 0 once more", "result in place of the input", "result thrown away",
            },
        ),
        (
            {
                "Type": "Choice", "Default": "C",
                "Choices": [
                    {"Variable": "$.a", "BooleanEquals": True, "Next": "B"},
                    {
                        "And": [{"Variable": "$.b", "StringEquals": "x"}, {"Variable": "$.c", "IsNull": True}],
                        "Next": "C",
                    },
                ],
            },
            {
                "rule 0 removed", "rule 1 removed", "rule 0 elsewhere", "rule 1 elsewhere", "rules 0 and 1 swapped",
                "rule 1 without its condition 0", "rule 1 without its condition 1", "rule 0 says the contrary",
                "rule 1 And 0 waits for another word", "rule 1 And 1 says the contrary", "default elsewhere",
            },
        ),
    ],
)  # fmt: skip
def test_every_mistake_is_made_once_and_changes_something(state: dict[str, Any], mistakes: set[str]) -> None:
    end = {"Type": "Succeed"}
    machine = {"StartAt": "A", "States": {"A": state, "B": end, "C": end}}
    made = list(mutants_of("m", machine))
    assert {one.mistake for one in made} == mistakes
    assert len(made) == len(mistakes)
    assert all(one.machine != machine for one in made)


def test_rules_that_cannot_both_hold_are_not_swapped() -> None:
    rules = [{"Variable": "$.a", "StringEquals": word, "Next": word} for word in ("B", "C")]
    end = {"Type": "Succeed"}
    choice = {"Type": "Choice", "Choices": rules, "Default": "B"}
    made = mutants_of("m", {"StartAt": "A", "States": {"A": choice, "B": end, "C": end}})
    assert not any("swapped" in one.mistake for one in made)
