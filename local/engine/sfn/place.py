"""Where in which definition a thread is."""

from __future__ import annotations

from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Place:
    """A state that is being worked on.

    Attributes:
        machine: name of the state machine.
        execution: its execution's ARN.
        path: names of the states around it and its own, outermost first.
        state: its definition.
        mocked: the execution runs a test case of a mock configuration.
    """

    machine: str
    execution: str
    path: tuple[str, ...]
    state: dict[str, Any]
    mocked: bool


# The states around this thread's sub-machine; empty in the main machine.
around_states: ContextVar[tuple[str, ...]] = ContextVar("around_states", default=())
here: ContextVar[Place | None] = ContextVar("here", default=None)
# The context object ($$), which ministack does not hand to every place that may read it.
context: ContextVar[dict[str, Any] | None] = ContextVar("context", default=None)


def machine_of(execution_arn: str) -> str:
    """The state machine's name in an execution's ARN."""
    parts = execution_arn.split(":")
    return parts[6] if len(parts) > 6 else ""
