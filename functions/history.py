"""An execution's own history, as a report tells it: which states it was in, from when to when, and how each ended.

Of what a history carries, only this is read: never an input, an output or a parameter, for a task token may stand
in them (CONTRACT.md 6).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class StateSpan:
    """One stay in one state. `kind` is its type in the definition (`Task`, `Wait`, `Choice`, `Pass`, `Parallel`,
    `Map`, `Succeed`, `Fail`). `left_at` None: it was never left. `error`: the last error of the tries made in it.
    `asks`: it waits for a person, by a task token. `tries`: how often its task was begun."""

    machine: str
    execution_arn: str
    state: str
    kind: str
    entered_at: datetime
    left_at: datetime | None
    error: str | None = None
    asks: bool = False
    tries: int = 0


@dataclass(frozen=True, slots=True)
class History:
    """`status` is Step Functions' word; `events` counts all pages. `spans` in the order in which they were entered,
    those of child executions among them. `unread`: what could not be read, by execution and reason."""

    execution_arn: str
    machine: str
    status: str | None
    started_at: datetime | None
    ended_at: datetime | None
    spans: tuple[StateSpan, ...]
    events: int
    unread: tuple[str, ...] = ()
