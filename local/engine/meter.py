"""Which states, branches, retries and catches of the definitions were walked."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

Kind = Literal["state", "choice", "retry", "catch"]
Index = int | Literal["Default"] | None


@dataclass(frozen=True)
class Point:
    """Something that a run can walk through.

    Attributes:
        machine: the state machine's name.
        state: the state's name, after the names of the states around it: `Diagnose/Probe exchange`.
        kind: the state itself, a branch of a Choice, a retrier or a catcher.
        index: which branch, retrier or catcher; `Default` of a Choice; None for a state.
    """

    machine: str
    state: str
    kind: Kind
    index: Index = None

    def __str__(self) -> str:
        which = "" if self.index is None else f" {self.kind} {self.index}"
        return f"{self.machine}: {self.state}{which}"


@dataclass(frozen=True)
class Report:
    """What exists and what was walked.

    Attributes:
        existing: every point of the definitions.
        walked: points that some run walked.
        mocked_only: walked, but never by a run without mocked answers.
        unknown: walked points that no definition has (an old definition, or another machine).
    """

    existing: frozenset[Point]
    walked: frozenset[Point]
    mocked_only: frozenset[Point]
    unknown: frozenset[Point]

    @property
    def missing(self) -> tuple[Point, ...]:
        """What no run walked, sorted."""
        return tuple(sorted(self.existing - self.walked, key=str))

    def share(self, kind: Kind | None = None, *, mocked: bool = True) -> float:
        """Walked part of what exists, 0 to 1; 1 where nothing exists. `mocked` False: without mocked answers."""
        walked = self.walked if mocked else self.walked - self.mocked_only
        wanted = Counter(point in walked for point in self.existing if kind in (None, point.kind))
        return wanted[True] / total if (total := wanted.total()) else 1.0


def coverage(definitions: Mapping[str, Mapping[str, Any]], lines: Iterable[str]) -> Report:
    """Compare definitions with the meter's lines.

    Args:
        definitions: state machine name as deployed -> its definition.
        lines: JSON lines as the engine writes them; empty ones are skipped.

    Raises:
        ValueError: a line is no JSON object of the meter's.
    """
    existing = frozenset(point for name in definitions for point in points(name, definitions[name]))
    real: set[Point] = set()
    mocked: set[Point] = set()
    for line in lines:
        if line.strip():
            point, was_mocked = _read(line)
            (mocked if was_mocked else real).add(point)
    seen = real | mocked
    return Report(
        existing=existing,
        walked=frozenset(seen & existing),
        mocked_only=frozenset((mocked - real) & existing),
        unknown=frozenset(seen - existing),
    )


def points(machine: str, definition: Mapping[str, Any], path: tuple[str, ...] = ()) -> Iterator[Point]:
    """Every point of a definition, those inside Parallel branches and Map iterations included."""
    for name, state in definition["States"].items():
        where = (*path, name)
        place = "/".join(where)
        yield Point(machine, place, "state")
        for kind, field in (("choice", "Choices"), ("retry", "Retry"), ("catch", "Catch")):
            for index in range(len(state.get(field, ()))):
                yield Point(machine, place, kind, index)  # type: ignore[arg-type] # the three literals above
        if "Default" in state:
            yield Point(machine, place, "choice", "Default")
        inner = [*state.get("Branches", ()), *(state[f] for f in ("ItemProcessor", "Iterator") if f in state)]
        for part in inner:
            yield from points(machine, part, where)


def _read(line: str) -> tuple[Point, bool]:
    try:
        found = json.loads(line)
        point = Point(found["machine"], found["state"], found["kind"], found["index"])
        return point, bool(found["mocked"])
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError(f"no line of the meter: {line!r}") from error
