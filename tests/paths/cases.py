"""Cases that walk every point of every definition, made from the definitions alone."""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import count
from typing import Any, Final

from local.engine.meter import Point, points
from tests.paths.unknowns import Conflict
from tests.paths.walking import NoSuchTurn, Walk

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
        asked: what its tasks are given, attempt by attempt, in no order where `inner` is not empty; None
            where several work side by side on the same.
        carried: what the machine's last state is handed, in which every result stands that was kept on the way;
            None where that of `asked` is.
        output: of the execution; None where it fails.
    """

    machine: str
    name: str
    goal: str
    given: Any
    answers: Mapping[str, Mapping[str, Any]]
    outer: tuple[str, ...]
    inner: tuple[str, ...] | None
    error: str | None
    asked: tuple[Any, ...] | None
    carried: Any
    output: Any


def cases_of(machine: str, definition: Mapping[str, Any]) -> tuple[list[Case], dict[Point, str]]:
    """A case for every point; of a retrier as many as its errors take; of a branch of a Choice one more for each
    later rule that holds as well; of a catcher one more, in which the state is come back to and forgets the error.
    And why there is none for the others."""
    made: list[Case] = []
    missed: dict[Point, str] = {}
    for point in points(machine, definition):
        found, why = cases_at(machine, definition, point, len(made))
        made += found
        if why is not None:
            missed[point] = why
    return made, missed


def cases_at(
    machine: str, definition: Mapping[str, Any], point: Point, number: int = 0
) -> tuple[list[Case], str | None]:
    """Those of one point, numbered from `number` on; and why there is none, or no more."""
    made: list[Case] = []
    for turn in count() if point.kind != "state" else (0,):
        try:
            made.append(case_for(machine, definition, point, number + len(made), turn))
        except NoSuchTurn:
            break
        except Conflict as conflict:
            if turn == 0 or point.kind == "retry":
                return made, str(conflict)
            # Else no run comes there with both rules true, or none comes back there: it makes no difference.
    return made, None


def case_for(machine: str, definition: Mapping[str, Any], point: Point, number: int, turn: int = 0) -> Case:
    """Raises Conflict where no walk was found, NoSuchTurn after the last of a retrier or a branch."""
    found: Conflict | None = None
    for attempt in range(TRIES):
        walk = Walk(
            random.Random(f"{point}/{attempt}"), noise=0.0 if attempt == 0 else 0.5 * (attempt % 8), turn=turn
        )
        try:
            error = walk.through(definition, point)
            answers = {name: one.mocked() for name, one in walk.answers.items() if one.given}
        except Conflict as conflict:
            found = conflict
            continue
        inner = None if walk.torn else tuple(sorted(walk.inner))
        given = walk.given.fulfilled()
        shared = any(one.shared for one in walk.answers.values())
        untold = inner is None or shared or walk.swollen
        asked = None if untold else tuple(one.fulfilled() for one in walk.asked)
        carried = None if untold else walk.carried.fulfilled()
        output = None if error is not None or walk.output is None else walk.output.fulfilled()
        whole = (
            machine,
            f"c{number:03}",
            str(point),
            given,
            answers,
            tuple(walk.outer),
            inner,
            error,
            asked,
            carried,
            output,
        )
        return Case(*whole)
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
