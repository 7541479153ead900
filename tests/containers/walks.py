"""What a run walked, so that two engines can be compared: order counts where the language has an order."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tests.containers.plain import inside

# The names of the composite states around it, each with the number of its branch.
Region = tuple[str, ...]
OUTER: Region = ()


@dataclass(frozen=True)
class Walk:
    """How a run ended and which states it entered.

    Attributes:
        status: of the execution; RUNNING where it did not end in time.
        error: what it failed with, or None.
        entered: states in order, apart for the machine itself, each branch of a Parallel and each Map.
    """

    status: str
    error: str | None
    entered: Mapping[Region, tuple[str, ...]]

    @property
    def outer(self) -> tuple[str, ...]:
        return self.entered.get(OUTER, ())


def walk_of(definition: Mapping[str, Any], status: str, history: Sequence[Mapping[str, Any]]) -> Walk:
    """From GetExecutionHistory's events, oldest first. Raises KeyError for a state that the definition has not."""
    where = dict(regions(definition))
    entered: dict[Region, list[str]] = {}
    error = None
    for event in history:
        if event["type"].endswith("StateEntered"):
            name = event["stateEnteredEventDetails"]["name"]
            entered.setdefault(where[name], []).append(name)
        elif event["type"] == "ExecutionFailed":
            error = event.get("executionFailedEventDetails", {}).get("error")
    return Walk(status, error, {region: tuple(names) for region, names in entered.items()})


def regions(machine: Mapping[str, Any], around: Region = OUTER) -> Iterator[tuple[str, Region]]:
    """Each state and where it is; a name stands once in a whole definition."""
    for name, state in machine["States"].items():
        yield name, around
        for number, inner in enumerate(inside(state)):
            yield from regions(inner, (*around, f"{name}#{number}"))


def differences(here: Walk, there: Walk, *, torn: bool = False) -> list[str]:
    """What the two do not have in common, one line each; `torn`: a failed branch stopped the others anywhere."""
    found = [
        f"{what}: {one} | {other}"
        for what, one, other in (("status", here.status, there.status), ("error", here.error, there.error))
        if one != other
    ]
    for region in sorted({OUTER} if torn else here.entered.keys() | there.entered.keys()):
        one, other = here.entered.get(region, ()), there.entered.get(region, ())
        if one != other:
            found.append(f"{'/'.join(region) or 'path'}: {_told(one, other)} | {_told(other, one)}")
    return found


def _told(names: Sequence[str], beside: Sequence[str]) -> str:
    """The names from a little before the first that differs."""
    same = next((i for i, pair in enumerate(zip(names, beside, strict=False)) if pair[0] != pair[1]), None)
    start = max(0, (min(len(names), len(beside)) if same is None else same) - 1)
    return ("... " if start else "") + (" > ".join(names[start : start + 6]) or "nothing")
