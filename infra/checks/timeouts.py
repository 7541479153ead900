"""Times: every task has a literal limit above its function's own, every wait ends, the machine has none."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from infra.asl import Definition
from infra.asl.rendering import with_defaults
from infra.asl.states import every_state, task_of
from infra.checks.context import Context
from infra.checks.finding import Finding

# STYLE.md 3: Lambda's own timeout has to be heard before the state gives up.
MARGIN_SECONDS: Final = 5
LONGEST_SECONDS: Final = 99_999_999
_PATHS: Final = ("TimeoutSecondsPath", "HeartbeatSecondsPath")


def check(definition: Definition, context: Context) -> list[Finding]:
    """Rules `timeout`, `callback`, `machine-timeout` and `wait`."""
    machine = with_defaults(definition)
    found: list[Finding] = []
    if "TimeoutSeconds" in machine:
        found.append(
            Finding(definition.name, "", "machine-timeout", "a run that times out as a whole tells nobody")
        )
    for scope, name, state in every_state(machine):
        where, kind = scope.at(name), state.get("Type")
        if kind == "Task":
            callback = str(state.get("Resource")).endswith(".waitForTaskToken")
            rule = "callback" if callback else "timeout"
            found += [Finding(definition.name, where, rule, text) for text in _of_task(state, context)]
        elif kind == "Wait":
            found += [Finding(definition.name, where, "wait", text) for text in _of_wait(state)]
    return found


def _of_task(state: Mapping[str, Any], context: Context) -> list[str]:
    told = [
        f"{name}: the embedded engine does not know it, and no check can; write a literal"
        for name in _PATHS
        if name in state
    ]
    if "HeartbeatSeconds" in state:
        told.append("HeartbeatSeconds: the embedded engine does not know it; TimeoutSeconds is the limit")
    seconds: Any = state.get("TimeoutSeconds")
    if not _is_seconds(seconds):
        return [*told, f"TimeoutSeconds must be a literal or a declared number, is {seconds!r}"]
    facts = context.tasks.get(task_of(state) or "")
    if facts is not None and seconds < facts.timeout_seconds + MARGIN_SECONDS:
        least = facts.timeout_seconds + MARGIN_SECONDS
        told.append(f"TimeoutSeconds {seconds} is below {least}: {facts.name} may run {facts.timeout_seconds} s")
    return told


def _of_wait(state: Mapping[str, Any]) -> list[str]:
    for name in ("Timestamp", "TimestampPath"):
        if name in state:
            return [f"{name}: a wait until a time of day has no known length"]
    if "SecondsPath" in state or _is_seconds(state.get("Seconds")):
        return []
    return [f"Seconds must be a literal or a declared number, is {state.get('Seconds')!r}"]


def _is_seconds(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= LONGEST_SECONDS
