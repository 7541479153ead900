"""What the view takes from a machine's definition: comments, waits, acts, and which child a state starts."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from functions.errors import MAY_HAVE_RUN

CHILD = "states:startExecution"
CALLBACK = ".waitForTaskToken"


@dataclass(frozen=True, slots=True)
class Definition:
    """Every state by name, those inside Parallel and Map too. Empty where it could not be read."""

    states: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    @classmethod
    def parse(cls, text: str) -> Definition:
        try:
            whole = json.loads(text)
        except ValueError:
            return cls()
        return cls(dict(_states(whole)))

    def container(self, name: str) -> str | None:
        """The Parallel or Map that this state stands in; None for one of the machine itself, or an unknown one."""
        return next((of for of, state in self.states.items() if name in _inner(state)), None)

    def comment(self, name: str) -> str:
        return str(self.states.get(name, {}).get("Comment", ""))

    def resource(self, name: str) -> str:
        return str(self.states.get(name, {}).get("Resource", ""))

    def is_act(self, name: str) -> bool:
        """A Lambda task that is never retried where it may have run: that is what marks an act. Asking is none."""
        state = self.states.get(name, {})
        if ":lambda:" not in str(state.get("Resource", "")) or self.is_callback(name):
            return False
        words = {word for retry in state.get("Retry", ()) for word in retry.get("ErrorEquals", ())}
        return bool(words) and not words & MAY_HAVE_RUN

    def is_callback(self, name: str) -> bool:
        """A state that waits until somebody answers."""
        return self.resource(name).endswith(CALLBACK)

    def child_machine(self, name: str) -> str | None:
        """The ARN of the machine that this state starts and waits for."""
        state = self.states.get(name, {})
        if CHILD not in str(state.get("Resource", "")):
            return None
        arn = (state.get("Parameters") or {}).get("StateMachineArn")
        return str(arn) if arn else None

    def wait_seconds(self, name: str, entered: datetime, given: Any) -> float | None:
        """How long a Wait state waits by its definition; None where that cannot be told."""
        state = self.states.get(name, {})
        seconds = state.get("Seconds", _at(state.get("SecondsPath"), given))
        if isinstance(seconds, (int, float)) and not isinstance(seconds, bool):
            return float(seconds)
        stamp = state.get("Timestamp", _at(state.get("TimestampPath"), given))
        try:
            return (datetime.fromisoformat(stamp) - entered).total_seconds() if isinstance(stamp, str) else None
        except (ValueError, TypeError):
            return None


def _inner(state: Mapping[str, Any]) -> Iterator[str]:
    """Names of the states directly inside."""
    for part in (*state.get("Branches", ()), state.get("ItemProcessor"), state.get("Iterator")):
        yield from (part or {}).get("States") or {}


def _states(machine: Any) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for name, state in (machine.get("States") or {}).items() if isinstance(machine, dict) else ():
        yield name, state
        for inner in (*state.get("Branches", ()), state.get("ItemProcessor"), state.get("Iterator")):
            yield from _states(inner)


def _at(path: Any, given: Any) -> Any:
    """The value at a plain reference path (`$.a.b`), None where it leads nowhere."""
    if not isinstance(path, str) or not path.startswith("$."):
        return None
    for part in path[2:].split("."):
        given = given.get(part) if isinstance(given, dict) else None
    return given
