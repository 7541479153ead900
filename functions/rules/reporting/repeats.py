"""A timeline in words without what repeats itself: a run that looks, waits and looks again is told once in full."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

# As many lines as one round may have, and as many rounds as are told together.
_MOST: Final = 12
_LEAST: Final = 3


@dataclass(frozen=True, slots=True)
class Said:
    """One line. `until`: its end, where it has one. `machine`: whose ordinary work or wait it is; empty for all
    that is never left out: acts, people, heartbeats, errors."""

    at: datetime
    what: str
    length: str = ""
    machine: str = ""
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Rounds:
    """What comes again: how often, from when to when, by which machines."""

    at: datetime
    times: int
    until: datetime
    machines: tuple[str, ...]


def told_once(found: Sequence[Said]) -> Iterator[Said | Rounds]:
    """The first of at least `_LEAST` rounds that say the same in the same order, then one line for the others."""
    n = 0
    while n < len(found):
        size, times = max(((size, _times(found, n, size)) for size in range(1, _MOST + 1)), key=_covers)
        if times < _LEAST:
            yield found[n]
            n += 1
            continue
        yield from found[n : n + size]
        others = found[n + size : n + size * times]
        until = max(one.until or one.at for one in others)
        yield Rounds(others[0].at, times - 1, until, tuple(dict.fromkeys(one.machine for one in others)))
        n += size * times


def _covers(one: tuple[int, int]) -> tuple[int, int]:
    """The most lines first, of those the shortest round."""
    size, times = one
    return (size * times if times >= _LEAST else 0, -size)


def _times(found: Sequence[Said], start: int, size: int) -> int:
    first = [(one.machine, one.what) for one in found[start : start + size]]
    if len(first) < size or not all(machine for machine, _ in first):
        return 1
    times = 1
    while [(one.machine, one.what) for one in found[start + size * times : start + size * (times + 1)]] == first:
        times += 1
    return times
