"""A `.sync` child that fails is `States.TaskFailed`; it ends with its parent."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from datetime import datetime
from typing import Any

from ministack.services import stepfunctions

from local.engine.fixes.patching import around
from local.engine.fixes.registry import Setup, fix
from local.engine.sfn.scope import RUNS, Scope, current, inside


@fix("sync-children")
def run_children_as_executions(_setup: Setup) -> None:
    """The child is an execution like any other; its failure is the JSON cause of `States.TaskFailed`.

    AWS: Step Functions developer guide, "Start workflow executions from a task state" and "Service
    integration patterns": Run a Job (.sync), stopped with the parent as far as possible; a task that times
    out has its job cancelled.
    """
    around(stepfunctions, "_invoke_nested_start_execution_sync", lambda _original: _invoke)
    around(stepfunctions, "_invoke_resource_with_timeout", _cancelled_on_timeout)


def _invoke(resource: str, parameters: dict[str, Any]) -> dict[str, Any]:
    request = stepfunctions._nested_start_execution_request(parameters)
    status, _, body = stepfunctions._start_execution(request)
    answer = json.loads(body)
    if status >= 400:
        name = answer.get("__type", "").split("#")[-1]
        raise stepfunctions._ExecutionError(f"StepFunctions.{name}Exception", answer.get("message", ""))
    arn = answer["executionArn"]
    ended = threading.Event()
    scope = current()
    RUNS.when_ended(arn, ended.set)
    scope.on_stop(ended.set)
    ended.wait()
    scope.forget(ended.set)
    child = stepfunctions._executions[arn]
    if child["status"] == "RUNNING":
        stepfunctions._stop_execution({"executionArn": arn, "cause": "the parent execution was stopped"})
        scope.check()
    seen = _described(child)
    if child["status"] != "SUCCEEDED":
        raise stepfunctions._ExecutionError("States.TaskFailed", json.dumps(seen))
    if resource.endswith(".sync:2"):
        seen["Output"] = json.loads(seen["Output"])
    return seen


def _described(child: dict[str, Any]) -> dict[str, Any]:
    """DescribeExecution's answer as the integration gives it: capitals, times in milliseconds."""
    seen = {
        "ExecutionArn": child["executionArn"],
        "Input": child["input"],
        "InputDetails": {"Included": True},
        "Name": child["name"],
        "StartDate": _milliseconds(child["startDate"]),
        "StateMachineArn": child["stateMachineArn"],
        "Status": child["status"],
        "StopDate": _milliseconds(child["stopDate"]),
    }
    if child["status"] == "SUCCEEDED":
        return {**seen, "Output": child["output"], "OutputDetails": {"Included": True}}
    return {**seen, "Error": child.get("error") or "", "Cause": child.get("cause") or ""}


def _milliseconds(stamp: str) -> int:
    return int(datetime.fromisoformat(stamp).timestamp() * 1000)


def _cancelled_on_timeout(original: Callable[..., Any]) -> Callable[..., Any]:
    def invoke(resource: str, parameters: Any, timeout: float) -> Any:
        with inside(Scope(current())) as scope:
            try:
                return original(resource, parameters, timeout)
            except stepfunctions._ExecutionError as error:
                if error.error == "States.Timeout":
                    scope.stop()
                raise

    return invoke
