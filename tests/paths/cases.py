"""Cases that walk every point of every definition, made from the definitions alone."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from local.engine.meter import Point, points
from tests.paths.unknowns import Conflict
from tests.paths.walking import Walk

TRIES: Final = 200


@dataclass(frozen=True)
class Case:
    """A run with mocked answers.

    Attributes:
        machine: the folder's name.
        name: of the test case, in the mock file.
        goal: the point that it was made for.
        given: the execution's input.
        answers: state -> attempts -> `Return` or `Throw`, as Step Functions Local takes them.
        outer: states that the machine itself enters, in order.
        inner: those inside Parallel and Map, sorted; None where a failed branch stops the others anywhere.
        error: what it ends with; None where it succeeds.
    """

    machine: str
    name: str
    goal: str
    given: Any
    answers: Mapping[str, Mapping[str, Any]]
    outer: tuple[str, ...]
    inner: tuple[str, ...] | None
    error: str | None


def cases_of(machine: str, definition: Mapping[str, Any]) -> tuple[list[Case], dict[Point, str]]:
    """A case for every point that no earlier case has walked; and why there is none for the others."""
    made: list[Case] = []
    missed: dict[Point, str] = {}
    for point in points(machine, definition):
        try:
            made.append(case_for(machine, definition, point, len(made)))
        except Conflict as conflict:
            missed[point] = str(conflict)
    return made, missed


def case_for(machine: str, definition: Mapping[str, Any], point: Point, number: int) -> Case:
    """Raises Conflict where no walk was found."""
    found: Conflict | None = None
    for attempt in range(TRIES):
        walk = Walk(random.Random(f"{point}/{attempt}"), noise=0.0 if attempt == 0 else 0.5 * (attempt % 8))
        try:
            error = walk.through(definition, point)
            answers = {name: one.mocked() for name, one in walk.answers.items() if one.given}
            given = walk.given.fulfilled()
        except Conflict as conflict:
            found = conflict
            continue
        inner = None if walk.torn else tuple(sorted(walk.inner))
        given = given if isinstance(given, dict) else {}
        return Case(machine, f"c{number:03}", str(point), given, answers, tuple(walk.outer), inner, error)
    raise found or Conflict("not tried")


def mock_file(cases: Iterable[Case], name_of: Mapping[str, str]) -> dict[str, Any]:
    """In the format of Step Functions Local; `name_of`: the machine's deployed name by its folder's."""
    machines: dict[str, Any] = {}
    answers: dict[str, Any] = {}
    for case in cases:
        tests = machines.setdefault(name_of[case.machine], {"TestCases": {}})["TestCases"]
        tests[case.name] = {state: f"{case.machine}-{case.name}-{state}" for state in case.answers}
        answers |= {f"{case.machine}-{case.name}-{state}": dict(said) for state, said in case.answers.items()}
    return {"StateMachines": machines, "MockedResponses": answers}


def chosen(cases: Iterable[Case], machine: str) -> Iterator[Case]:
    return (case for case in cases if case.machine == machine)
