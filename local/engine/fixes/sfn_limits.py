"""Limits of a run: its own time, and the size of what passes between states."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from contextvars import copy_context
from typing import Any

from ministack.services import stepfunctions

from local.engine.fixes.patching import MinistackChanged, around
from local.engine.fixes.registry import Setup, fix
from local.engine.fixes.sfn_base import KINDS
from local.engine.sfn.scope import RUNS

MOST_BYTES = 262_144
START_DELAY_SECONDS = 0.15


@fix("prompt-start")
def start_promptly(_setup: Setup) -> None:
    """An execution starts at once, not after ministack's fixed pause, which each child would pay again.

    AWS: no such pause is documented.
    """
    constants = stepfunctions._run_execution.__code__.co_consts
    if START_DELAY_SECONDS not in constants:
        raise MinistackChanged("_run_execution has no pause of 0.15 s any more")
    code = stepfunctions._run_execution.__code__
    quick = tuple(0.0 if value == START_DELAY_SECONDS else value for value in constants)
    stepfunctions._run_execution.__code__ = code.replace(co_consts=quick)


@fix("machine-timeout")
def time_machines_out(_setup: Setup) -> None:
    """A machine's TimeoutSeconds ends its execution as TIMED_OUT, in real seconds.

    AWS: Amazon States Language, "State machine structure" (TimeoutSeconds); developer guide, "Automating
    Step Functions event delivery with EventBridge" (TIMED_OUT).
    """
    around(stepfunctions, "_run_execution", _timed)


@fix("data-limit")
def limit_data(_setup: Setup) -> None:
    """More than 256 KiB of a function's result or a state's output is `States.DataLimitExceeded`.

    AWS: Step Functions developer guide, "Service quotas" and "Handling errors": it is no part of States.ALL.
    """
    around(stepfunctions, "_call_lambda", _limited_result)
    around(stepfunctions, "_with_retry_and_catch", _limited_attempt)
    for kind in KINDS:
        around(stepfunctions, f"_execute_{kind}", _limited_output)


def _timed(original: Callable[[str], None]) -> Callable[[str], None]:
    def run_execution(arn: str) -> None:
        execution = stepfunctions._executions.get(arn) or {}
        machine = stepfunctions._state_machines.get(execution.get("stateMachineArn")) or {}
        seconds = json.loads(machine.get("definition", "{}")).get("TimeoutSeconds")
        if seconds is None:
            original(arn)
            return
        timer = threading.Timer(seconds, copy_context().run, args=(_time_out, arn, execution))
        timer.daemon = True
        timer.start()
        try:
            original(arn)
        finally:
            timer.cancel()

    return run_execution


def _time_out(arn: str, execution: dict[str, Any]) -> None:
    if execution["status"] != "RUNNING":
        return
    execution.update(status="TIMED_OUT", error="States.Timeout", stopDate=stepfunctions.now_iso())
    stepfunctions._add_event(execution, "ExecutionTimedOut", {"executionTimedOutEventDetails": {}})
    stepfunctions._emit_execution_status_event(execution)
    RUNS.begin(arn).stop()
    RUNS.end(arn)


def _size(value: Any) -> int:
    return len(json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode())


def _check(value: Any) -> None:
    if _size(value) > MOST_BYTES:
        told = "The state/task returned a result with a size exceeding the maximum number of bytes service limit."
        raise stepfunctions._ExecutionError("States.DataLimitExceeded", told)


def _limited_result(original: Callable[..., Any]) -> Callable[..., Any]:
    def call(func_ref: Any, event: Any) -> Any:
        result = original(func_ref, event)
        _check(result)
        return result

    return call


def _limited_attempt(original: Callable[..., Any]) -> Callable[..., Any]:
    """What a Parallel or a Map hands on in all: the state itself may catch that it is too much."""

    def with_retry_and_catch(state_def: Any, raw_input: Any, ctx: Any, attempt: Callable[..., Any]) -> Any:
        return original(state_def, raw_input, ctx, _limited_output(attempt))

    return with_retry_and_catch


def _limited_output(original: Callable[..., Any]) -> Callable[..., Any]:
    def execute(*arguments: Any) -> Any:
        output, name = original(*arguments)
        _check(output)
        return output, name

    return execute
