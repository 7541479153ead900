"""AWS's history events: their kinds, and what stands in their details."""

from __future__ import annotations

import json
from typing import Any

from console.history import Event

SCHEDULED = ("TaskScheduled", "LambdaFunctionScheduled", "ActivityScheduled")
SUCCEEDED = ("TaskSucceeded", "LambdaFunctionSucceeded", "ActivitySucceeded")
FAILED = (
    "TaskFailed", "TaskTimedOut", "TaskStartFailed", "TaskSubmitFailed", "LambdaFunctionFailed",
    "LambdaFunctionTimedOut", "LambdaFunctionScheduleFailed", "LambdaFunctionStartFailed",
    "ActivityFailed", "ActivityTimedOut", "MapIterationFailed",
)  # fmt: skip
ENDS = {
    "ExecutionSucceeded": "SUCCEEDED", "ExecutionFailed": "FAILED",
    "ExecutionTimedOut": "TIMED_OUT", "ExecutionAborted": "ABORTED",
}  # fmt: skip


def parsed(text: Any) -> Any:
    """Input or output of an event: a JSON string, or nothing where it was left out or cut."""
    try:
        return json.loads(text) if isinstance(text, str) else text
    except ValueError:
        return None


def details_of(event: Event) -> dict[str, Any]:
    """AWS names the details after the type; there is one such field in an event."""
    for key, value in event.items():
        if key.endswith("EventDetails") and isinstance(value, dict):
            return value
    return {}


def resource_of(event: Event) -> str:
    return str(details_of(event).get("resource") or "")


def child_of(event: Event) -> str | None:
    """The execution that a `startExecution` integration has started, from its answer."""
    answer = parsed(details_of(event).get("output"))
    arn = answer.get("ExecutionArn") if isinstance(answer, dict) else None
    return str(arn) if arn else None


def error_of(event: Event, kind: str) -> tuple[str, str | None]:
    details = details_of(event)
    word = details.get("error") or ("States.Timeout" if kind.endswith("TimedOut") else "States.TaskFailed")
    return str(word), readable(details.get("cause"))


def readable(cause: Any) -> str | None:
    """A cause in words: Lambda wraps it in JSON with the trace, a failed child is told as a whole execution."""
    inner = parsed(cause)
    if isinstance(inner, dict):
        for name in ("errorMessage", "Cause", "ErrorMessage"):
            if isinstance(inner.get(name), str):
                word = f"{inner['Error']}: " if isinstance(inner.get("Error"), str) else ""
                return word + str(readable(inner[name]))
    return str(cause) if cause else None
