"""The machines of this project, read once for all tests of a process: their YAML takes a second."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from infra import asl, paths


@cache
def machines() -> Sequence[asl.Definition]:
    """Every machine, sorted by name. Nobody changes what it holds."""
    return tuple(asl.discover(paths.STATEMACHINES))


def machine(name: str) -> asl.Definition:
    """The machine of that name; StopIteration where there is none."""
    return next(one for one in machines() if one.name == name)
