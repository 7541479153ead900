"""What the view knows of a run: a tree of runs and steps, and the moments at which it changes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from console.live.asking import Asks
from console.live.definition import Definition


class Tone(StrEnum):
    """How a finding is to be read; colours are only an echo of it."""

    PLAIN = "plain"
    GOOD = "good"
    BAD = "bad"
    UNKNOWN = "unknown"
    VERDICT = "verdict"
    EVIDENCE = "evidence"
    COMMAND = "command"


@dataclass(frozen=True, slots=True)
class Finding:
    """One line that a state brought home. `looks` is `(done, all)` for a bar."""

    text: str
    tone: Tone = Tone.PLAIN
    looks: tuple[int, int] | None = None


class Status(StrEnum):
    RUNNING = "running"
    DONE = "done"
    CAUGHT = "caught"
    FAILED = "failed"


@dataclass(eq=False, slots=True)
class Step:
    """One state of a machine. A loop comes back to the same step and counts (`count`).

    `waits` is what a Wait state's definition says in seconds, `until` when it is over (scaled). `asks` stands
    where it waits for a person.
    """

    name: str
    kind: str
    entered: datetime
    input: Any = None
    label: str | None = None
    act: bool = False
    comment: str = ""
    left: datetime | None = None
    waits: float | None = None
    until: datetime | None = None
    count: int = 1
    retries: int = 0
    status: Status = Status.RUNNING
    error: str | None = None
    cause: str | None = None
    scheduled: bool = False
    resource: str = ""
    findings: list[Finding] = field(default_factory=list)
    parts: list[Step] = field(default_factory=list)
    child_arn: str | None = None
    child: Run | None = None
    asks: Asks | None = None

    @property
    def waits_for_a_person(self) -> bool:
        return self.asks is not None and self.status is Status.RUNNING and self.error is None

    @property
    def title(self) -> str:
        name = humanise(self.name)
        return f"{name} [{self.label.replace('_', ' ')}]" if self.label else name

    @property
    def seconds(self) -> float | None:
        return (self.left - self.entered).total_seconds() if self.left else None


@dataclass(eq=False, slots=True)
class Run:
    """One execution."""

    arn: str
    machine: str
    depth: int = 0
    definition: Definition = field(default_factory=Definition)
    steps: list[Step] = field(default_factory=list)
    started: datetime | None = None
    ended: datetime | None = None
    status: str = "RUNNING"
    error: str | None = None
    cause: str | None = None
    output: Any = None

    def every_step(self) -> Iterator[Step]:
        """All steps of this execution, those inside Parallel and Map too; children's not."""
        waiting = list(reversed(self.steps))
        while waiting:
            step = waiting.pop()
            yield step
            waiting.extend(reversed(step.parts))


class What(StrEnum):
    """The kinds of moment."""

    RUN_STARTED = "run_started"
    ENTERED = "state_entered"
    LEFT = "state_left"
    RETRY = "retry"
    ASKED = "person_asked"
    RUN_ENDED = "run_ended"


@dataclass(frozen=True, slots=True)
class Moment:
    """Something that happened. `step` is a copy as it stood then: a loop changes the step itself."""

    what: What
    at: datetime
    run: Run
    step: Step | None = None
    error: str | None = None
    cause: str | None = None


def humanise(name: str) -> str:
    """`LookAtOldTasks` -> `Look at old tasks`; `stale-heartbeat` -> `Stale heartbeat`."""
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|[-_]+", " ", name).split()
    told = " ".join(word if word.isupper() and len(word) > 1 else word.lower() for word in words)
    return told[:1].upper() + told[1:]
