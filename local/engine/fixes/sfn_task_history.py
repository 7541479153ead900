"""Tasks stand in the history under AWS's names and with what they were given."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextvars import ContextVar
from typing import Any

from ministack.services import stepfunctions

from local.engine.environment import REGION
from local.engine.fixes.patching import around
from local.engine.fixes.registry import Setup, fix
from local.engine.sfn import place

_given: ContextVar[Any] = ContextVar("given", default=None)


@fix("task-history")
def tell_of_tasks(_setup: Setup) -> None:
    """LambdaFunction... events for a function's ARN; TaskScheduled with its parameters, a token included.

    AWS: Step Functions API reference, HistoryEvent, LambdaFunctionScheduledEventDetails and
    TaskScheduledEventDetails. Whoever reads a history redacts the task token.
    """
    around(stepfunctions, "_apply_parameters", _remembered)
    around(stepfunctions, "_add_event", _renamed)


def _remembered(original: Callable[..., Any]) -> Callable[..., Any]:
    def apply_parameters(state_def: dict[str, Any], data: Any, ctx: Any = None) -> Any:
        result = original(state_def, data, ctx)
        _given.set(result)
        return result

    return apply_parameters


def _renamed(original: Callable[..., Any]) -> Callable[..., Any]:
    def add_event(execution: dict[str, Any], kind: str, details: dict[str, Any] | None = None) -> Any:
        if kind not in ("TaskScheduled", "TaskSucceeded", "TaskFailed"):
            return original(execution, kind, details)
        told = next(iter((details or {}).values()))
        resource = told["resource"]
        tell = _of_function if ":function:" in resource else _of_task
        events = tell(kind.removeprefix("Task"), resource, told)
        return [original(execution, name, {_key(name): more} if more else None) for name, more in events][-1]

    return add_event


def _key(name: str) -> str:
    return name[0].lower() + name[1:] + "EventDetails"


def _timeout() -> dict[str, Any]:
    here = place.here.get()
    seconds = here.state.get("TimeoutSeconds") if here else None
    return {} if seconds is None else {"timeoutInSeconds": seconds}


def _of_function(what: str, resource: str, told: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    if what == "Scheduled":
        given = {"resource": resource, "input": json.dumps(_given.get()), **_timeout()}
        return [("LambdaFunctionScheduled", given), ("LambdaFunctionStarted", {})]
    if what == "Succeeded":
        return [("LambdaFunctionSucceeded", {"output": told["output"]})]
    name = "TimedOut" if told["error"] == "States.Timeout" else "Failed"
    return [(f"LambdaFunction{name}", {"error": told["error"], "cause": told["cause"]})]


def _of_task(what: str, resource: str, told: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    # arn:aws:states:::lambda:invoke.waitForTaskToken, arn:aws:states:::aws-sdk:sns:publish
    service, _, action = resource.removeprefix("arn:aws:states:::").rpartition(":")
    if action == "2":  # ...:startExecution.sync:2
        service, _, action = service.rpartition(":")[0], "", service.rpartition(":")[2] + ":2"
    about = {"resourceType": service, "resource": action}
    if what == "Scheduled":
        given = {**about, "region": REGION, "parameters": json.dumps(_given.get()), **_timeout()}
        return [("TaskScheduled", given), ("TaskStarted", about)]
    if what == "Succeeded":
        return [("TaskSucceeded", {**about, "output": told["output"]})]
    name = "TimedOut" if told["error"] == "States.Timeout" else "Failed"
    return [(f"Task{name}", {**about, "error": told["error"], "cause": told["cause"]})]
