"""Each time that a run was in a state: with what it came, with what it went, and where to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.containers.plain import inside
from tests.containers.walks import Region, regions


@dataclass
class Visit:
    """One stay in a state.

    Attributes:
        state: its name.
        given: the input, as JSON text.
        output: as JSON text; None where the run ended in it.
        after: the state entered next in the same branch; None at its end.
        results: of a Parallel's branches or a Map's items, as JSON texts in order; None where one failed.
    """

    state: str
    given: str
    output: str | None = None
    after: str | None = None
    results: list[str] | None = None


@dataclass
class _Reader:
    where: Mapping[str, Region]
    states: Mapping[str, Mapping[str, Any]]
    visits: list[Visit] = field(default_factory=list)
    last: dict[Region, Visit] = field(default_factory=dict)
    items: dict[str, list[str]] = field(default_factory=dict)

    def entered(self, name: str, given: str) -> None:
        visit = Visit(name, given)
        region = self.where[name]
        if before := self.last.get(region):
            before.after = name
        self.last[region] = visit
        self.visits.append(visit)
        self.items[name] = []
        for inner in self._inner(name):
            self.last.pop(inner, None)

    def exited(self, name: str, output: str) -> None:
        visit = self.last[self.where[name]]
        visit.output = output
        kind = self.states[name]["Type"]
        if kind == "Map":
            visit.results = self.items[name]
        elif kind == "Parallel":
            ends = [self.last[inner].output for inner in self._inner(name) if inner in self.last]
            visit.results = [one for one in ends if one is not None]

    def iterated(self, name: str) -> None:
        """An item of this Map is done; the next one begins anew."""
        (inner,) = self._inner(name)
        end = self.last.pop(inner)
        self.items[name].append(end.output or "null")

    def _inner(self, name: str) -> list[Region]:
        return [(*self.where[name], f"{name}#{number}") for number, _ in enumerate(inside(self.states[name]))]


def visits(definition: Mapping[str, Any], history: Sequence[Mapping[str, Any]]) -> list[Visit]:
    """In the order of entering. Items of a Map must not have been worked on side by side."""
    reader = _Reader(dict(regions(definition)), dict(states(definition)))
    failed: set[str] = set()
    for event in history:
        kind = event["type"]
        if kind.endswith("StateEntered"):
            told = event["stateEnteredEventDetails"]
            reader.entered(told["name"], told["input"])
        elif kind.endswith("StateExited"):
            told = event["stateExitedEventDetails"]
            reader.exited(told["name"], told["output"])
        elif kind == "MapIterationSucceeded":
            reader.iterated(event["mapIterationSucceededEventDetails"]["name"])
        elif kind in ("ParallelStateFailed", "MapStateFailed"):
            failed.add(kind)
    if failed:
        # Its events do not say which one failed: none of them is taken for one that succeeded.
        for visit in reader.visits:
            visit.results = None
    return reader.visits


def states(machine: Mapping[str, Any]) -> list[tuple[str, Mapping[str, Any]]]:
    """Every state with its name, those inside others too."""
    found: list[tuple[str, Mapping[str, Any]]] = []
    for name, state in machine["States"].items():
        found.append((name, state))
        for one in inside(state):
            found += states(one)
    return found
