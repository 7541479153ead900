"""Writes down what executions walk through, where a meter is asked for."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ministack.services import stepfunctions

from local.engine.fixes.patching import around
from local.engine.fixes.registry import Setup, fix
from local.engine.sfn import place


@fix("meter")
def write_down_what_is_walked(setup: Setup) -> None:
    """Append a JSON line for each state entered, Choice branch taken, Retry and Catch used.

    No difference from AWS: the embedded engine measures what tests walk; see `local.engine.meter`.
    """
    if setup.meter is None:
        return
    write = _Writer(setup.meter)
    around(stepfunctions, "_add_event", lambda original: _states(original, write))
    around(stepfunctions, "_execute_choice", lambda original: _choices(original, write))
    around(stepfunctions, "_find_matching_retrier", lambda original: _retries(original, write))
    around(stepfunctions, "_find_matching_catcher", lambda original: _catches(original, write))


class _Writer:
    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file = path.open("a", buffering=1)
        self._lock = threading.Lock()

    def __call__(self, where: place.Place | None, kind: str, index: int | str | None) -> None:
        if where is None:
            return
        line = {
            "machine": where.machine,
            "state": "/".join(where.path),
            "kind": kind,
            "index": index,
            "mocked": where.mocked,
            "execution": where.execution,
        }
        with self._lock:
            self._file.write(json.dumps(line) + "\n")


def _states(original: Callable[..., Any], write: _Writer) -> Callable[..., Any]:
    def add_event(execution: dict[str, Any], kind: str, details: dict[str, Any] | None = None) -> Any:
        added = original(execution, kind, details)
        if added and kind.endswith("StateEntered") and details:
            arn = execution["executionArn"]
            path = (*place.around_states.get(), details["stateEnteredEventDetails"]["name"])
            mocked = bool(execution.get("testCase"))
            write(place.Place(place.machine_of(arn), arn, path, {}, mocked), "state", None)
        return added

    return add_event


def _choices(original: Callable[..., Any], write: _Writer) -> Callable[..., Any]:
    def execute_choice(state_def: dict[str, Any], raw_input: Any, ctx: Any = None) -> Any:
        result = original(state_def, raw_input, ctx)
        effective = stepfunctions._apply_input_path(state_def, raw_input, ctx)
        # Rules are pure: the first that holds now is the one that was taken.
        taken: int | str = "Default"
        for index, rule in enumerate(state_def.get("Choices", ())):
            if stepfunctions._evaluate_rule(rule, effective, ctx):
                taken = index
                break
        write(place.here.get(), "choice", taken)
        return result

    return execute_choice


def _retries(original: Callable[..., Any], write: _Writer) -> Callable[..., Any]:
    def find(retriers: list[Any], error: str, counts: dict[int, int]) -> Any:
        retrier, index = original(retriers, error, counts)
        if retrier is not None:
            write(place.here.get(), "retry", index)
        return retrier, index

    return find


def _catches(original: Callable[..., Any], write: _Writer) -> Callable[..., Any]:
    def find(catchers: list[Any], error: str) -> Any:
        catcher = original(catchers, error)
        if catcher is not None:
            index = next(i for i, candidate in enumerate(catchers) if candidate is catcher)
            write(place.here.get(), "catch", index)
        return catcher

    return find
