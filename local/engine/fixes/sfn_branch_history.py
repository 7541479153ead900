"""States inside branches and iterations stand in the history."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from contextvars import ContextVar
from typing import Any

from ministack.services import stepfunctions

from local.engine.fixes.patching import around
from local.engine.fixes.registry import Setup, fix
from local.engine.sfn import place
from local.engine.sfn.scope import current

_kind: ContextVar[str] = ContextVar("kind", default="")


@fix("branch-history")
def tell_of_branches(_setup: Setup) -> None:
    """Every state of a branch or iteration has its Entered and Exited events; so have both themselves.

    AWS: Step Functions API reference, HistoryEvent (ParallelStateStarted/Succeeded/Failed, MapStateStarted/
    Succeeded/Failed, MapIterationStarted/Succeeded/Failed, ...StateEntered, ...StateExited).
    """
    around(stepfunctions, "_run_sub_machine", lambda _original: _run_sub_machine)
    around(stepfunctions, "_run_parallel_branches", _told("Parallel"))
    around(stepfunctions, "_run_map_items", _told("Map"))


def _told(kind: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    def make(original: Callable[..., Any]) -> Callable[..., Any]:
        def run(state_def: Any, raw_input: Any, execution: Any, ctx: Any) -> Any:
            _kind.set(kind)
            stepfunctions._add_event(execution, f"{kind}StateStarted")
            try:
                result = original(state_def, raw_input, execution, ctx)
            except stepfunctions._ExecutionError:
                stepfunctions._add_event(execution, f"{kind}StateFailed")
                raise
            stepfunctions._add_event(execution, f"{kind}StateSucceeded")
            return result

        return run

    return make


def _run_sub_machine(
    states: dict[str, Any], start_at: str, given: Any, execution: dict[str, Any], ctx: dict[str, Any]
) -> Any:
    parent = ctx.get("State", {}).get("Name", "")
    place.around_states.set((*place.around_states.get(), parent))
    if _kind.get() != "Map":
        return _walk(states, start_at, copy.deepcopy(given), execution, ctx)
    about = {"name": parent, "index": ctx.get("Map", {}).get("Item", {}).get("Index", 0)}
    _iteration(execution, "Started", about)
    try:
        result = _walk(states, start_at, copy.deepcopy(given), execution, ctx)
    except stepfunctions._ExecutionError:
        _iteration(execution, "Failed", about)
        raise
    _iteration(execution, "Succeeded", about)
    return result


def _iteration(execution: dict[str, Any], what: str, about: dict[str, Any]) -> None:
    details = {f"mapIteration{what}EventDetails": about}
    stepfunctions._add_event(execution, f"MapIteration{what}", details)


def _walk(states: dict[str, Any], start_at: str, value: Any, execution: dict[str, Any], ctx: dict[str, Any]) -> Any:
    name: str | None = start_at
    while name:
        current().check()
        state = states.get(name)
        if state is None:
            raise stepfunctions._ExecutionError("States.Runtime", f"State '{name}' not found")
        kind = state["Type"]
        ctx["State"] = {"Name": name, "EnteredTime": stepfunctions.now_iso(), "RetryCount": 0}
        entered = {"name": name, "input": json.dumps(value)}
        stepfunctions._add_event(execution, f"{kind}StateEntered", {"stateEnteredEventDetails": entered})
        if kind == "Fail":
            raise stepfunctions._ExecutionError(*stepfunctions._fail_state_error(state, value, ctx))
        left = name
        if kind == "Succeed":
            value = stepfunctions._apply_input_path(state, value, ctx)
            value, name = stepfunctions._apply_output_path(state, value, ctx), None
        else:
            execute = getattr(stepfunctions, f"_execute_{kind.lower()}")
            with_execution = kind in ("Task", "Parallel", "Map")
            value, name = execute(state, value, execution, ctx) if with_execution else execute(state, value, ctx)
        exited = {"name": left, "output": json.dumps(value)}
        stepfunctions._add_event(execution, f"{kind}StateExited", {"stateExitedEventDetails": exited})
    return value
