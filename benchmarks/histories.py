"""A run with its child executions, from their histories: time, waits, transitions, calls and cost.

Prices (eu-central-1, list price, without free tier): 0.025 USD per 1,000 state transitions, retries included;
Lambda on arm64 0.0000133334 USD per GB-second and 0.20 USD per million calls.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from benchmarks.rig import Rig

USD_A_TRANSITION = 0.025 / 1000
USD_A_GB_SECOND = 0.0000133334
USD_A_CALL = 0.20 / 1_000_000
GB = 0.5


@dataclass
class Path:
    """`seconds` is the parent's; `waited` the seconds in its own and its children's Wait states."""

    input: dict[str, Any]
    seconds: float = 0.0
    waited: float = 0.0
    transitions: int = 0
    calls: int = 0
    call_seconds: float = 0.0
    children: list[Path] = field(default_factory=list)

    @property
    def usd(self) -> float:
        lambda_usd = self.calls * USD_A_CALL + self.call_seconds * GB * USD_A_GB_SECOND
        return self.transitions * USD_A_TRANSITION + lambda_usd


def walk(one: Rig, arn: str) -> Path:
    """The execution and every child that it started and waited for."""
    events = one.history(arn)
    path = Path(json.loads(events[0]["executionStartedEventDetails"]["input"]))
    path.seconds = (events[-1]["timestamp"] - events[0]["timestamp"]).total_seconds()
    scheduled: list[Any] = []
    waiting: dict[str, Any] = {}
    for event in events:
        kind = event["type"]
        if kind.endswith("StateEntered"):
            path.transitions += 1
            if kind == "WaitStateEntered":
                waiting[event["stateEnteredEventDetails"]["name"]] = event["timestamp"]
        elif kind == "WaitStateExited":
            began = waiting.pop(event["stateExitedEventDetails"]["name"])
            path.waited += (event["timestamp"] - began).total_seconds()
        elif kind in ("TaskScheduled", "LambdaFunctionScheduled"):
            scheduled.append(event["timestamp"])
            path.calls += 1
        elif kind in ("TaskSucceeded", "LambdaFunctionSucceeded") and scheduled:
            path.call_seconds += (event["timestamp"] - scheduled.pop()).total_seconds()
            for child in children_of(event):
                path.children.append(walk(one, child))
    for inner in path.children:
        path.waited += inner.waited
        path.transitions += inner.transitions
        # The state that waited for the child is no Lambda call, and its time is the child's.
        path.calls += inner.calls - 1
        path.call_seconds += inner.call_seconds - inner.seconds
    path.call_seconds = max(path.call_seconds, 0.0)
    return path


def children_of(event: dict[str, Any]) -> list[str]:
    """The ARN of the execution that this event says has ended well."""
    details = event.get("taskSucceededEventDetails") or {}
    try:
        output = json.loads(details.get("output", "null"))
    except ValueError:
        return []
    arn = output.get("ExecutionArn") if isinstance(output, dict) else None
    return [arn] if arn else []
