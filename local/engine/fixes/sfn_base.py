"""What other Step Functions fixes stand on: every execution has a scope, every state a place."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from ministack.services import stepfunctions

from local.engine.fixes.patching import around
from local.engine.fixes.registry import Setup, fix
from local.engine.sfn import place
from local.engine.sfn.scope import RUNS, current, inside

KINDS = ("pass", "task", "choice", "wait", "parallel", "map")

_lock = threading.Lock()


@fix("sfn-scopes")
def give_executions_a_scope(_setup: Setup) -> None:
    """Sleeps end when their execution is stopped; a stopped thread enters no state and writes no event.

    AWS: Step Functions API reference, StopExecution; developer guide, "Parallel workflow state": a branch
    that fails stops the others. Event ids are unique, as in GetExecutionHistory's HistoryEvent.
    """
    around(stepfunctions, "_run_execution", _with_scope)
    around(stepfunctions, "_scaled_sleep", _that_can_be_stopped)
    around(stepfunctions, "_add_event", _that_knows_its_scope)
    for kind in KINDS:
        around(stepfunctions, f"_execute_{kind}", _entering)


def _with_scope(original: Callable[[str], None]) -> Callable[[str], None]:
    def run_execution(arn: str) -> None:
        # A child's thread is started with its parent's context; it is in a definition of its own.
        place.around_states.set(())
        place.here.set(None)
        place.context.set(None)
        try:
            with inside(RUNS.begin(arn)):
                original(arn)
        finally:
            RUNS.end(arn)

    return run_execution


def _that_can_be_stopped(_original: Callable[[float], None]) -> Callable[[float], None]:
    def scaled_sleep(seconds: float) -> None:
        current().sleep(max(0.0, seconds * stepfunctions._SFN_WAIT_SCALE))

    return scaled_sleep


def _that_knows_its_scope(original: Callable[..., Any]) -> Callable[..., Any]:
    def add_event(execution: dict[str, Any], kind: str, details: dict[str, Any] | None = None) -> Any:
        if current().stopped:
            return None
        with _lock:
            return original(execution, kind, details)

    return add_event


def _entering(original: Callable[..., Any]) -> Callable[..., Any]:
    def execute(state_def: dict[str, Any], raw_input: Any, *rest: Any) -> Any:
        current().check()
        ctx = rest[-1] or {} if rest else {}
        execution = stepfunctions._executions.get(ctx.get("Execution", {}).get("Id")) or {}
        place.context.set(ctx)
        place.here.set(
            place.Place(
                machine=ctx.get("StateMachine", {}).get("Name", ""),
                execution=execution.get("executionArn", ""),
                path=(*place.around_states.get(), ctx.get("State", {}).get("Name", "")),
                state=state_def,
                mocked=bool(execution.get("testCase")),
            )
        )
        return original(state_def, raw_input, *rest)

    return execute
