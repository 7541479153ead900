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
from tests.paths import engine, golden
from tests.paths.cases import Case

# Mutants whose answers the engine is given at once.
AT_ONCE: Final = 100
# A mistake may make a run go round for ever.
LONGEST: Final = 5.0


def hunt(
    lab: Lab,
    mutants: Sequence[Mutant],
    definitions: Mapping[str, Definition],
    cases: Mapping[str, Sequence[Case]],
) -> Iterator[tuple[Mutant, str | None]]:
    """Each with what saw it; None where it survived: neither a run nor a check of the definitions sees it."""
    context = from_package(golden.ROOT, list(definitions.values()))
    originals = {folder: engine.rendered(one) for folder, one in definitions.items()}
    for first in range(0, len(mutants), AT_ONCE):
        batch = {lab.name("mutant"): one for one in mutants[first : first + AT_ONCE]}
        _mock(lab, batch, cases)
        with ThreadPoolExecutor(engine.AT_ONCE) as pool:
            yield from zip(
                batch.values(),
                pool.map(
                    lambda pair: _seen(lab, pair[0], pair[1], definitions, originals, cases, context),
                    batch.items(),
                ),
                strict=True,
            )


def _mock(lab: Lab, batch: Mapping[str, Mutant], cases: Mapping[str, Sequence[Case]]) -> None:
    every: list[Case] = []
    for name, mutant in batch.items():
        every += [replace(case, machine=name) for case in cases[mutant.folder]]
    engine.mock(lab, every, {name: name for name in batch})


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
        arn = engine.deploy(lab, {name: machine})[name]
    except (DefinitionError, ClientError) as error:
        return f"refused: {error}"
    for case in _nearest_first(cases[mutant.folder], mutant.state):
        walked = _walked(lab, arn, case)
        if walked is None:
            return f"{case.goal}: it does not end"
        if different := engine.difference(case, originals[mutant.folder], walked):
            return f"{case.goal}: {different}"
    others = [one for folder, one in definitions.items() if folder != mutant.folder]
    found = [str(one) for one in findings_of([*others, changed], context) if not one.warning]
    return f"check: {found[0]}" if found else None


def _walked(lab: Lab, arn: str, case: Case) -> engine.Walked | None:
    try:
        return engine.walk(lab, arn, case, LONGEST)
    except AssertionError:
        return None


def _nearest_first(cases: Iterable[Case], state: str) -> list[Case]:
    """Those made for the state, then those that come through it, then the others."""

    def far(case: Case) -> int:
        if state in case.goal:
            return 0
        return 1 if state in case.outer or state in (case.inner or ()) else 2

    return sorted(cases, key=far)
