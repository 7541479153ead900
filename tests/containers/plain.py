"""Definitions as both engines run them: the same paths, no long waits, no items side by side."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

_RETRIER = {"IntervalSeconds": 1, "BackoffRate": 1}


def plain(definition: Mapping[str, Any]) -> dict[str, Any]:
    """A copy that takes the same paths.

    - Retries come after 1 s: Step Functions Local scales Wait states only (WAIT_TIME_SCALE), never these.
    - A Wait with a number waits 1 s.
    - A Map works on one item after the other, because the attempts of a mocked state are counted over all items.
    - An inline Map does not say that it is one: that is the default, and early versions know no ProcessorConfig.
    """
    found = copy.deepcopy(dict(definition))
    _change(found)
    return found


def _change(machine: dict[str, Any]) -> None:
    for state in machine["States"].values():
        for retrier in state.get("Retry", ()):
            for name in ("MaxDelaySeconds", "JitterStrategy"):
                retrier.pop(name, None)
            retrier.update(_RETRIER)
        if "Seconds" in state:
            state["Seconds"] = 1
        if state["Type"] == "Map":
            state["MaxConcurrency"] = 1
            processor = state.get("ItemProcessor", {})
            if processor.get("ProcessorConfig") == {"Mode": "INLINE"}:
                del processor["ProcessorConfig"]
        for inner in inside(state):
            _change(inner)


def inside(state: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The definitions inside a Parallel or a Map."""
    return [*state.get("Branches", ()), *(state[name] for name in ("ItemProcessor", "Iterator") if name in state)]
