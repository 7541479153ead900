"""What a soak has done and seen, as the laws and the page read it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from tests.soak.samples import Sample
from tests.sweep.seen import Seen


@dataclass
class Struck:
    """A trouble. `ended`: cured, over by itself, or cleared; None: it stands. `runbook`: what its alarm starts."""

    name: str
    target: str | None
    runbook: str | None
    at: datetime
    ended: datetime | None = None
    cured: bool = False


@dataclass(frozen=True)
class Heard:
    """An alarm's change into ALARM, as its event tells it. `at`: the text that a run gets."""

    alarm: str
    at: str


@dataclass(frozen=True)
class Halt:
    """A stop that said `resolved`. `entered`: strategies it was for that placed an entry between its end and the
    way back. `all`: it was for everybody."""

    arn: str
    since: datetime
    until: datetime
    all: bool
    entered: tuple[str, ...]


@dataclass(frozen=True)
class Begun:
    """How an execution was started, and from when to when it ran."""

    machine: str
    input: Mapping[str, Any]
    started: datetime
    stopped: datetime | None


@dataclass
class Notes:
    """What the soak's threads write down while they work. `oldest`: age of the oldest heartbeat, in seconds, while
    nothing was broken yet."""

    oldest: float = 0.0
    struck: list[Struck] = field(default_factory=list)
    heard: list[Heard] = field(default_factory=list)
    twice: list[str] = field(default_factory=list)
    halts: list[Halt] = field(default_factory=list)
    acts: list[str] = field(default_factory=list)
    tidied: list[tuple[datetime, str]] = field(default_factory=list)
    samples: list[Sample] = field(default_factory=list)
    trouble: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Soaked:
    """Everything at the end. `begun` by ARN; `letters`: messages in dead-letter queues by queue; `wrong`: remedies
    that the stand-in says did harm (`fault`, `remedy`, `at`); `kept`: items that no table forgets, by table."""

    seen: Seen
    notes: Notes
    begun: Mapping[str, Begun]
    letters: Mapping[str, int]
    wrong: tuple[Mapping[str, Any], ...]
    kept: Mapping[str, int]
    told: Mapping[str, int]
    said: Mapping[str, int]
