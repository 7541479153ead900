"""Every state, branch, retry and catch of every definition, walked on the embedded engine by mocked answers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from local.engine.meter import coverage, points
from tests.local.engine.lab import Lab
from tests.paths import engine, golden
from tests.paths.cases import Case, cases_of, mock_file
from tests.paths.holes import HOLES

MACHINES = golden.machines()
CASES = golden.every_case(MACHINES)
METER = golden.ROOT / "build" / "meter" / "paths.jsonl"


@pytest.fixture(scope="module")
def lab() -> Iterator[Lab]:
    METER.unlink(missing_ok=True)
    with engine.engine(METER) as started:
        yield started


@pytest.fixture(scope="module")
def walked(lab: Lab) -> dict[str, list[tuple[Case, engine.Walked]]]:
    """Every case of every machine, run once."""
    name_of = {folder: engine.NAMES.machine(folder) for folder in MACHINES}
    made = engine.deploy(lab, {name_of[folder]: machine for folder, machine in MACHINES.items()})
    every = [case for cases in CASES.values() for case in cases]
    engine.mock(lab, every, name_of)
    found: dict[str, list[tuple[Case, engine.Walked]]] = {folder: [] for folder in MACHINES}
    for case, run in engine.walk_all(lab, {folder: made[name] for folder, name in name_of.items()}, every):
        found[case.machine].append((case, run))
    return found


@pytest.mark.parametrize("folder", MACHINES)
def test_every_run_goes_the_way_that_the_definition_says(
    walked: dict[str, list[tuple[Case, engine.Walked]]], folder: str
) -> None:
    told = [
        f"{case.goal}: {different}\n  {run.told()}"
        for case, run in walked[folder]
        if (different := engine.difference(case, MACHINES[folder], run))
    ]
    assert told == []


@pytest.mark.usefixtures("walked")
def test_every_point_was_walked_or_stands_among_the_holes_with_its_reason() -> None:
    whole = {engine.NAMES.machine(folder): machine for folder, machine in MACHINES.items()}
    report = coverage(whole, METER.read_text("utf-8").splitlines())
    prefix = engine.NAMES.machine("")
    assert {str(point).removeprefix(prefix) for point in report.missing} == set(HOLES)
    assert not report.unknown


@pytest.mark.parametrize("folder", MACHINES)
def test_the_ways_stand_in_the_file(folder: str) -> None:
    stands = (golden.FOLDER / f"{folder}.txt").read_text("utf-8")
    assert stands == golden.text_of(CASES[folder]), (
        "a definition has changed: look at the difference of `make paths`"
    )


@pytest.mark.parametrize("part", ["given", "answers", "asked", "carried", "output"])
def test_what_leaves_a_way_as_it_is_shows_in_its_line_all_the_same(part: str) -> None:
    case = CASES["outlast"][0]
    changed: dict[str, Any] = {part: {"something": "else"}}
    assert golden.line_of(replace(case, **changed)) != golden.line_of(case)


def test_answers_of_two_tasks_are_never_alike() -> None:
    read, end = {"Type": "Task", "Resource": "r"}, {"Type": "Task", "Resource": "r", "End": True}
    first = {**read, "ResultPath": "$.a", "Next": "Second"}
    second = {**read, "ResultPath": "$.b", "Next": "Third"}
    third = {**end, "Parameters": {"a.$": "$.a", "b.$": "$.b", "c.$": "$.c"}}
    machine = {"StartAt": "First", "States": {"First": first, "Second": second, "Third": third}}
    whole = next(case for case in cases_of("m", machine)[0] if case.goal == "m: Third")
    assert whole.asked is not None
    assert whole.asked[-1] == {"a": "First 0", "b": "Second 0", "c": "given c"}


def test_no_file_is_left_of_a_machine_that_is_gone() -> None:
    assert {path.stem for path in golden.FOLDER.glob("*.txt")} == set(MACHINES)


def test_what_cannot_be_walked_is_missed_and_said_why() -> None:
    machine: dict[str, Any] = {
        "StartAt": "Choose",
        "States": {
            "Choose": {
                "Type": "Choice",
                "Choices": [
                    {"Variable": "$.a", "BooleanEquals": True, "Next": "Done"},
                    {
                        "And": [
                            {"Variable": "$.a", "BooleanEquals": True},
                            {"Variable": "$.b", "StringEquals": "x"},
                        ],
                        "Next": "Never",
                    },
                ],
                "Default": "Done",
            },
            "Never": {"Type": "Succeed"},
            "Done": {"Type": "Succeed"},
        },
    }
    made, missed = cases_of("m", machine)
    assert {str(point) for point in missed} == {"m: Choose choice 1", "m: Never"}
    # The branch that is taken has one case more, in which the rule of the other would hold as well.
    assert len(made) == len(list(points("m", machine))) - 2 + 1
    assert [one.given for one in made if one.goal == "m: Choose choice 0"] == [{"a": True}, {"a": True, "b": "x"}]


def test_the_answers_of_a_case_are_those_of_the_mock_file(tmp_path: Path) -> None:
    case = next(one for one in CASES["restart-strategies"] if "retry" in one.goal)
    file = mock_file([case], {case.machine: "deployed"})
    tests = file["StateMachines"]["deployed"]["TestCases"][case.name]
    assert set(tests) == set(case.answers)
    assert [file["MockedResponses"][name] for name in tests.values()] == [
        dict(one) for one in case.answers.values()
    ]
    assert any("Throw" in said for name in tests.values() for said in file["MockedResponses"][name].values())
