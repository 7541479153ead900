"""What a timeline is made of: lanes with bars and marks on one axis of time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Tone(StrEnum):
    """What a bar or mark means; a picture tells them apart by more than colour."""

    WORK = "work"
    WAIT = "wait"
    PERSON = "person"
    GOOD = "good"
    BAD = "bad"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Bar:
    """A stretch of time. `end` None: it goes on past the end of the axis. `told`: the same in words, without its
    time; empty: the label. `silent`: another lane tells it, so that the words leave it away."""

    start: datetime
    end: datetime | None
    label: str
    tone: Tone
    told: str = ""
    silent: bool = False


@dataclass(frozen=True, slots=True)
class Mark:
    """A moment."""

    at: datetime
    label: str
    tone: Tone
    told: str = ""


@dataclass(frozen=True, slots=True)
class Lane:
    """One row of the picture."""

    name: str
    bars: tuple[Bar, ...] = ()
    marks: tuple[Mark, ...] = ()


@dataclass(frozen=True, slots=True)
class Timeline:
    """`start` to `end` is the axis, aware UTC. `lanes` from top to bottom. `told`: the same in sentences, one a
    line in the order of time, for whoever sees no picture; `cut` of them, if any, were left out of the picture."""

    start: datetime
    end: datetime
    lanes: tuple[Lane, ...]
    told: tuple[str, ...]
    cut: int = 0
