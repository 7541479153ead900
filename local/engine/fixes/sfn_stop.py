"""A stopped execution stays stopped."""

from __future__ import annotations

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


def _unless_ended(original: Callable[..., None]) -> Callable[..., None]:
    def fail_execution(execution: dict[str, Any], error: str, cause: str) -> None:
        if execution["status"] == "RUNNING":
            original(execution, error, cause)

    return fail_execution
