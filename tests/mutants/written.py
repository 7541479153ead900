"""Whether the ways that are written down (`tests/paths/golden`) see a mistake: `make test` holds every definition
against them, so that whoever makes a mistake is shown it there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache
from typing import Any, Final

from infra.asl import Definition, DefinitionError
from local.engine.meter import Point, points
from tests.mutants.definitions import Mutant
from tests.paths import golden
from tests.paths.cases import cases_at
from tests.paths.engine import rendered

Ways = Mapping[str, Sequence[str]]
NONE: Final = "no way is found there"


def sees(mutant: Mutant, definition: Definition) -> bool:
    """Its ways, made anew, are others than those of the definition."""
    try:
        machine = rendered(replace(definition, machine=mutant.machine))
    except DefinitionError:
        return True
    ways = _ways(mutant.folder)
    every = list(points(mutant.folder, machine))
    if [str(point) for point in every] != list(ways):
        return True
    # Those of the state itself first: most mistakes show there.
    every.sort(key=lambda point: mutant.state not in point.state.split("/"))
    return any(_made(machine, point) != ways[str(point)] for point in every)


@cache
def _ways(folder: str) -> Ways:
    """Of each point of the definition as it stands, in their order."""
    machine = rendered(golden.definitions()[folder])
    return {str(point): _made(machine, point) for point in points(folder, machine)}


def _made(machine: Mapping[str, Any], point: Point) -> Sequence[str]:
    made, missed = cases_at(point.machine, machine, point)
    return [*map(golden.line_of, made), *([NONE] if missed else [])]
