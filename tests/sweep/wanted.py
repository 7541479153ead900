"""How a run must end after a fault that its own state takes back: as if there had been none."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from tests.definitions import machines
from tests.paths.targets import inside
from tests.sweep.faults import ONCE, Fault
from tests.sweep.places import Place

# Amazon States Language, "Errors": States.TaskFailed is every error but a time-out.
TIMEOUT = "States.Timeout"


def wanted(place: Place | None, fault: Fault | None, plain: str | None) -> str | None:
    """The outcome that there must be; None where any may be. `plain`: the scenario's with no fault, where known."""
    if place is None or fault is None:
        return None
    return plain if taken_back(fault, _states()[place.machine, place.state]) else None


def taken_back(fault: Fault, state: Mapping[str, Any]) -> bool:
    """Whether it happens once, and the state's Retry takes it."""
    if fault.error is None or fault.attempts != ONCE or fault.silent:
        return False
    taking = next((one for one in state.get("Retry", ()) if _takes(one["ErrorEquals"], fault.error)), None)
    return taking is not None and taking.get("MaxAttempts", 3) > 0


def otherwise(outcome: str, must: str | None) -> list[str]:
    """The sentence about an outcome that is not the one that there must be."""
    if must is None or outcome == must:
        return []
    return [f"as if nothing had happened: a fault that is tried again ended it as {outcome}, not {must}"]


def _takes(names: list[str], error: str) -> bool:
    return error in names or "States.ALL" in names or ("States.TaskFailed" in names and error != TIMEOUT)


@cache
def _states() -> Mapping[tuple[str, str], Mapping[str, Any]]:
    return {(one.name, name): state for one in machines() for name, state in _within(one.machine)}


def _within(definition: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for name, state in definition["States"].items():
        yield name, state
        for part in inside(state):
            yield from _within(part)
