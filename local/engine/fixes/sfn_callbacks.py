"""A callback task ends when its Lambda fails, its time is over, or somebody answers its one token."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from typing import Any

from ministack.services import stepfunctions

from local.engine.fixes.patching import around
from local.engine.fixes.registry import Setup, fix
from local.engine.sfn import place, tokens
from local.engine.sfn.scope import current

WAIT = ".waitForTaskToken"
A_YEAR_SECONDS = 365 * 24 * 3600.0
SHORTEST_SECONDS = 0.5


@fix("callbacks")
def mend_callbacks(setup: Setup) -> None:
    """A failing invoke fails the task; each attempt has a new token; a closed token is `TaskTimedOut`.

    AWS: Step Functions developer guide, "Service integration patterns": Wait for a Callback with Task Token
    (a new token for each attempt; TimeoutSeconds and HeartbeatSeconds); API reference,
    SendTaskSuccess (TaskTimedOut). Timeouts of callbacks run on the shortened clock.
    """
    around(stepfunctions, "_invoke_with_callback", lambda _original: _waiting(setup.time_scale))
    around(stepfunctions, "_apply_parameters", _with_a_new_token)
    for name in ("_send_task_success", "_send_task_failure", "_send_task_heartbeat"):
        around(stepfunctions, name, _unless_closed)


def _waiting(scale: float) -> Callable[..., Any]:
    def invoke_with_callback(resource: str, parameters: Any, token: str, state_def: dict[str, Any]) -> Any:
        answered = threading.Event()
        info: dict[str, Any] = {"event": answered, "result": None, "error": None, "heartbeat": None}
        stepfunctions._task_tokens[token] = info
        tokens.opened(token, _machine())
        scope = current()
        scope.on_stop(answered.set)
        try:
            try:
                stepfunctions._invoke_resource(resource.replace(WAIT, ""), parameters)
            except stepfunctions._ExecutionError:
                if not answered.is_set():
                    raise
            _wait(answered, info, _seconds(state_def, "Timeout", scale), _seconds(state_def, "Heartbeat", scale))
        finally:
            tokens.closed(token)
            stepfunctions._task_tokens.pop(token, None)
            scope.forget(answered.set)
        scope.check()
        if error := info["error"]:
            raise stepfunctions._ExecutionError(error["Error"], error["Cause"])
        return json.loads(info["result"])

    return invoke_with_callback


def _machine() -> str:
    here = place.here.get()
    execution = stepfunctions._executions.get(here.execution) if here else None
    return str(execution["stateMachineArn"]) if execution else ""


def _seconds(state_def: dict[str, Any], what: str, scale: float) -> float | None:
    literal = state_def.get(f"{what}Seconds")
    return None if literal is None else max(SHORTEST_SECONDS, literal * scale)


def _wait(answered: threading.Event, info: dict[str, Any], timeout: float | None, beat: float | None) -> None:
    left = timeout or A_YEAR_SECONDS
    while left > 0:
        seen = info["heartbeat"]
        step = min(left, beat or left)
        if answered.wait(step):
            return
        left -= step
        if beat and info["heartbeat"] == seen and left > 0:
            raise stepfunctions._ExecutionError("States.HeartbeatTimeout", "No heartbeat came in time")
    raise stepfunctions._ExecutionError("States.Timeout", "No answer to the task's token came in time")


def _with_a_new_token(original: Callable[..., Any]) -> Callable[..., Any]:
    def apply_parameters(state_def: dict[str, Any], data: Any, ctx: Any = None) -> Any:
        if WAIT in state_def.get("Resource", "") and ctx and ctx.get("State", {}).get("RetryCount"):
            ctx["Task"] = {"Token": stepfunctions.new_uuid()}
        return original(state_def, data, ctx)

    return apply_parameters


def _unless_closed(original: Callable[..., Any]) -> Callable[..., Any]:
    def send(data: dict[str, Any]) -> Any:
        token = data.get("taskToken", "")
        info = stepfunctions._task_tokens.get(token)
        if tokens.is_closed(token) or (info is not None and info["event"].is_set()):
            told = "Task Timed Out: 'Provided task does not exist anymore'"
            return stepfunctions.error_response_json("TaskTimedOut", told, 400)
        return original(data)

    return send
