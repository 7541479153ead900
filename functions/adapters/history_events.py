"""The events of one execution's history, as stays in states.

Events of a branch follow one another by `previousEventId`, those of branches side by side come mixed; so the
state that an event belongs to is found along that chain (Step Functions API Reference, HistoryEvent).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Final

from functions.history import History, StateSpan

# `startExecution.sync:2`, `startExecution.sync`: a child that is waited for.
STARTS: Final = "startExecution.sync"
WAITS_FOR_ANSWER: Final = ".waitForTaskToken"
_ENTERED: Final = "StateEntered"
_EXITED: Final = "StateExited"
_TRIED: Final = frozenset({"TaskScheduled", "LambdaFunctionScheduled", "ActivityScheduled"})
_FAILED: Final = ("Failed", "TimedOut")
_ENDS: Final = {
    "ExecutionSucceeded": "SUCCEEDED",
    "ExecutionFailed": "FAILED",
    "ExecutionTimedOut": "TIMED_OUT",
    "ExecutionAborted": "ABORTED",
}


@dataclass(slots=True)
class _Walk:
    """`of_event`: the place in `spans` of the state that an event stands in."""

    arn: str
    machine: str
    spans: list[StateSpan]
    of_event: dict[int, int]


def history_of(arn: str, machine: str, events: Iterable[Mapping[str, Any]]) -> History:
    """`events` in their order, from the first one on; without an end among them the status is RUNNING."""
    walk = _Walk(arn, machine, [], {})
    status, started, ended, count = "RUNNING", None, None, 0
    for event in events:
        count += 1
        kind, at = str(event["type"]), _at(event)
        if kind == "ExecutionStarted":
            started = at
        elif kind == "ExecutionRedriven":
            status, ended = "RUNNING", None
        elif kind in _ENDS:
            status, ended = _ENDS[kind], at
            _end(walk, event, kind)
        else:
            _take(walk, event, kind, at)
    return History(arn, machine, status, started, ended, tuple(walk.spans), count)


def child_of(event: Mapping[str, Any]) -> str | None:
    """The ARN of the execution that a `startExecution.sync` began, out of what it says of it: all else of that
    stays here."""
    for field in ("taskSubmittedEventDetails", "taskSucceededEventDetails", "taskFailedEventDetails"):
        detail = event.get(field)
        if not detail or not str(detail.get("resource", "")).startswith(STARTS):
            continue
        try:
            said = json.loads(detail.get("output") or detail.get("cause") or "{}")
        except (ValueError, RecursionError):
            return None
        arn = said.get("ExecutionArn") if isinstance(said, dict) else None
        return arn if isinstance(arn, str) and ":execution:" in arn else None
    return None


def _take(walk: _Walk, event: Mapping[str, Any], kind: str, at: datetime) -> None:
    number = int(event["id"])
    if kind.endswith(_ENTERED):
        name = str(event["stateEnteredEventDetails"]["name"])
        walk.of_event[number] = len(walk.spans)
        walk.spans.append(StateSpan(walk.machine, walk.arn, name, kind.removesuffix(_ENTERED), at, None))
        return
    place = _place(walk, event, kind)
    if place is None:
        return
    walk.of_event[number] = place
    span = walk.spans[place]
    if kind.endswith(_EXITED):
        walk.spans[place] = replace(span, left_at=at)
    elif kind in _TRIED:
        detail = event.get("taskScheduledEventDetails") or {}
        asks = span.asks or str(detail.get("resource", "")).endswith(WAITS_FOR_ANSWER)
        walk.spans[place] = replace(span, tries=span.tries + 1, asks=asks)
    elif kind.endswith(_FAILED):
        walk.spans[place] = replace(span, error=_error(event) or span.error)


def _place(walk: _Walk, event: Mapping[str, Any], kind: str) -> int | None:
    before = walk.of_event.get(int(event.get("previousEventId") or 0))
    if not kind.endswith(_EXITED):
        return before if before is not None else _latest(walk)
    name = str(event["stateExitedEventDetails"]["name"])
    if before is not None and walk.spans[before].state == name and walk.spans[before].left_at is None:
        return before
    # What holds branches is left behind the last event of one of them.
    return next((n for n, span in enumerate(walk.spans) if span.state == name and span.left_at is None), None)


def _latest(walk: _Walk) -> int | None:
    """The state entered last of those that are not left, where the chain does not tell."""
    return next((n for n in range(len(walk.spans) - 1, -1, -1) if walk.spans[n].left_at is None), None)


def _end(walk: _Walk, event: Mapping[str, Any], kind: str) -> None:
    """`Fail` and `Succeed` end the execution where they are entered."""
    last = len(walk.spans) - 1
    if last >= 0 and walk.spans[last].kind in ("Fail", "Succeed") and walk.spans[last].left_at is None:
        error = _error(event) if kind == "ExecutionFailed" else None
        walk.spans[last] = replace(walk.spans[last], left_at=_at(event), error=error)


def _error(event: Mapping[str, Any]) -> str | None:
    """The error's name; never its cause, in which an output may stand."""
    details = (value for name, value in event.items() if name.endswith("EventDetails") and isinstance(value, dict))
    return next((str(detail["error"])[:200] for detail in details if detail.get("error")), None)


def _at(event: Mapping[str, Any]) -> datetime:
    """botocore reads a moment in the machine's own zone."""
    at = event["timestamp"]
    return (at if isinstance(at, datetime) else datetime.fromisoformat(str(at))).astimezone(UTC)
