"""Runs mutants of definitions against the cases of their own machine, until one sees the mistake."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any, Final

from botocore.exceptions import ClientError

from infra.asl import Definition, DefinitionError
from infra.checks import run as findings_of
from infra.checks.context import from_package
from tests.local.engine.lab import Lab
from tests.mutants.definitions import Mutant
from tests.paths import engine, golden, walking
from tests.paths.cases import Case

# Mutants whose answers the engine is given at once.
AT_ONCE: Final = 100
# A mistake may make a run go round for ever: after so many seconds it is looked where it has gone so far.
LOOKED_AT: Final = 5.0
# A run that has not left its way after so many seconds is slow, or stuck: nobody can say which.
LONGEST: Final = 180.0
# More than any case goes through.
MOST_STATES: Final = 2 * walking.MOST_STATES


class CutOff(Exception):
    """A run was ended before it showed a difference: that says nothing of the mistake."""


def hunt(
    lab: Lab,
    mutants: Sequence[Mutant],
    definitions: Mapping[str, Definition],
    cases: Mapping[str, Sequence[Case]],
) -> Iterator[tuple[Mutant, str | None]]:
    """Each with what saw it; None where it survived: neither a run nor a check of the definitions sees it.

    A mutant of which a run was cut off is left out.
    """
    context = from_package(golden.ROOT, list(definitions.values()))
    originals = {folder: engine.rendered(one) for folder, one in definitions.items()}
    for first in range(0, len(mutants), AT_ONCE):
        batch = {lab.name("mutant"): one for one in mutants[first : first + AT_ONCE]}
        _mock(lab, batch, cases)
        with ThreadPoolExecutor(engine.AT_ONCE) as pool:
            judged = pool.map(
                lambda pair: _judged(lab, pair[0], pair[1], definitions, originals, cases, context),
                batch.items(),
            )
            yield from (one for one in judged if one is not None)


def _mock(lab: Lab, batch: Mapping[str, Mutant], cases: Mapping[str, Sequence[Case]]) -> None:
    every: list[Case] = []
    for name, mutant in batch.items():
        every += [replace(case, machine=name) for case in cases[mutant.folder]]
    engine.mock(lab, every, {name: name for name in batch})


def _judged(lab: Lab, name: str, mutant: Mutant, *given: Any) -> tuple[Mutant, str | None] | None:
    try:
        return mutant, _seen(lab, name, mutant, *given)
    except CutOff:
        return None


def _seen(
    lab: Lab,
    name: str,
    mutant: Mutant,
    definitions: Mapping[str, Definition],
    originals: Mapping[str, Mapping[str, Any]],
    cases: Mapping[str, Sequence[Case]],
    context: Any,
) -> str | None:
    changed = replace(definitions[mutant.folder], machine=mutant.machine)
    try:
        machine = engine.rendered(changed)
    except DefinitionError as error:
        return f"refused: {error}"
    try:
        arn = engine.deploy(lab, {name: machine})[name]
    except ClientError as error:
        if error.response["Error"]["Code"] != "InvalidDefinition":
            raise
        return f"refused: {error}"
    for case in _nearest_first(cases[mutant.folder], mutant.state):
        if different := _different(lab, arn, case, originals[mutant.folder]):
            return f"{case.goal}: {different}"
    others = [one for folder, one in definitions.items() if folder != mutant.folder]
    found = [str(one) for one in findings_of([*others, changed], context) if not one.warning]
    return f"check: {found[0]}" if found else None


def _different(lab: Lab, arn: str, case: Case, original: Mapping[str, Any]) -> str | None:
    """How the run differs from the case. One that does not end differs by where it has gone, never by the time that
    it took. Raises CutOff."""
    run = engine.begin(lab, arn, case)
    for _ in range(int(LONGEST / LOOKED_AT)):
        try:
            end = engine.ended(lab, run, LOOKED_AT)
        except AssertionError:
            if left := strayed(case, original, lab.entered(run)):
                engine.stop(lab, run)
                return left
            continue
        return engine.difference(case, original, engine.walked(lab, run, end))
    engine.stop(lab, run)
    raise CutOff(f"{arn}: {case.goal}")


def strayed(case: Case, original: Mapping[str, Any], entered: Sequence[str]) -> str | None:
    """How a run that goes on has left the way of its case, by the states that it entered; None where it has not."""
    outer = tuple(name for name in entered if name in original["States"])
    if outer != case.outer[: len(outer)]:
        return f"goes {' '.join(outer[: len(case.outer) + 1])}, not {' '.join(case.outer)}"
    return "it goes round and round" if len(entered) > MOST_STATES else None


def _nearest_first(cases: Iterable[Case], state: str) -> list[Case]:
    """Those made for the state, then those that come through it, then the others."""

    def far(case: Case) -> int:
        if state in case.goal:
            return 0
        return 1 if state in case.outer or state in (case.inner or ()) else 2

    return sorted(cases, key=far)
