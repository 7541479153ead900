"""A stopped execution stays stopped, and only one that succeeded has an output."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from ministack.services import stepfunctions

from local.engine.fixes.patching import around
from local.engine.fixes.registry import Setup, fix
from local.engine.sfn.scope import RUNS


@fix("stop-is-final")
def make_stopping_final(_setup: Setup) -> None:
    """ABORTED is final: waits and callbacks end at once, and nothing that still runs changes the status.

    AWS: Step Functions API reference, StopExecution and DescribeExecution (status).
    """
    around(stepfunctions, "_stop_execution", _stopping)
    around(stepfunctions, "_fail_execution", _unless_ended)


def _stopping(original: Callable[..., Any]) -> Callable[..., Any]:
    def stop_execution(data: dict[str, Any]) -> Any:
        answer = original(data)
        arn = data.get("executionArn", "")
        if answer[0] == 200:
            RUNS.begin(arn).stop()
            RUNS.end(arn)
        return answer

    return stop_execution


@fix("only-success-has-output")
def make_failures_without_output(_setup: Setup) -> None:
    """A failed execution has its error and its cause, and no output.

    AWS: Step Functions API reference, DescribeExecution (output: only where the execution succeeds).
    """
    around(stepfunctions, "_describe_execution", _describing)


def _describing(original: Callable[..., Any]) -> Callable[..., Any]:
    def describe_execution(data: dict[str, Any]) -> Any:
        status, headers, body = original(data)
        seen = json.loads(body)
        if status != 200 or seen["status"] == "SUCCEEDED":
            return status, headers, body
        for name in ("output", "outputDetails"):
            seen.pop(name, None)
        return stepfunctions.json_response(seen)

    return describe_execution


def _unless_ended(original: Callable[..., None]) -> Callable[..., None]:
    def fail_execution(execution: dict[str, Any], error: str, cause: str) -> None:
        if execution["status"] == "RUNNING":
            original(execution, error, cause)

    return fail_execution
