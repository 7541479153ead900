"""What a walk is after, in the machine itself or in a definition inside it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from local.engine.meter import Point
from tests.paths.errors import first, leading_to
from tests.paths.targets import distances


class Progress(Protocol):
    """`reached`: the point was walked; `torn`: an error has left a definition inside."""

    reached: bool
    torn: bool


@dataclass(frozen=True)
class Goal:
    """The point that is left to reach in this definition: `path` from here on."""

    path: tuple[str, ...]
    point: Point

    @property
    def is_last(self) -> bool:
        return len(self.path) == 1

    @property
    def by_state(self) -> bool:
        return self.point.kind == "state"

    def done(self, walk: Progress) -> bool:
        return walk.reached

    def is_at(self, name: str) -> bool:
        return name == self.path[0]

    def is_for(self, machine: Mapping[str, Any]) -> bool:
        return self.path[0] in machine["States"]

    def distances(self, machine: Mapping[str, Any]) -> dict[str, int]:
        return distances(machine, {self.path[0]})

    def inside(self, state: Mapping[str, Any]) -> Aim:
        if not self.is_last:
            return Goal(self.path[1:], self.point)
        return (
            Escape(state["Catch"], int(self.point.index or 0), self.point) if self.point.kind == "catch" else None
        )

    def escaping(self, state: Mapping[str, Any]) -> str | None:
        return None


@dataclass(frozen=True)
class Escape:
    """An error is to leave this definition, which the catcher of this index takes around it."""

    catchers: list[Mapping[str, Any]]
    index: int
    point: Point

    is_last = False
    by_state = False

    def done(self, walk: Progress) -> bool:
        return walk.torn

    def is_at(self, name: str) -> bool:
        return True

    def is_for(self, machine: Mapping[str, Any]) -> bool:
        return bool(self._doors(machine))

    def distances(self, machine: Mapping[str, Any]) -> dict[str, int]:
        return distances(machine, self._doors(machine))

    def inside(self, state: Mapping[str, Any]) -> Aim:
        return None

    def _doors(self, machine: Mapping[str, Any]) -> set[str]:
        found = set()
        for name, state in machine["States"].items():
            by_name = state["Type"] == "Fail" and first(self.catchers, str(state["Error"])) == self.index
            if by_name or (state["Type"] == "Task" and self.escaping(state)):
                found.add(name)
        return found

    def escaping(self, state: Mapping[str, Any]) -> str | None:
        for error in leading_to(self.catchers, self.index):
            if first(state.get("Catch", []), error) is None:
                return error
        return None


Aim = Goal | Escape | None
