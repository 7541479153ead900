"""How strategies come back: one first, then in batches; and what a batch that fails means for all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil


@dataclass(frozen=True, slots=True)
class Stretch:
    """The next batch: `size` strategies after `after` up to `through`, by name."""

    after: str
    through: str
    size: int


def size_of(number: int, total: int, *, least: int, most: int) -> int:
    """Of the batch with this number, counted from 1. `total` come back in all, in at most `most` batches."""
    return 1 if number == 1 else max(least, ceil((total - 1) / (most - 1)))


def next_stretch(waiting: Sequence[str], after: str, size: int) -> Stretch | None:
    """`waiting` in any order; None: nobody is left after `after`."""
    ahead = sorted(one for one in waiting if one > after)[:size]
    return Stretch(after, ahead[-1], len(ahead)) if ahead else None


def why_halt(number: int, tried: int, failed: int, *, percent: int) -> str | None:
    """Why everything must be halted again after this batch; None: it may go on. The first strategy of all stands
    for the others, and of a batch of one later on nothing can be said about all."""
    if failed and number == 1:
        return "the first strategy that was brought back failed"
    if tried >= 2 and failed * 100 > percent * tried:
        return f"{failed} of {tried} strategies of batch {number} failed, more than {percent} percent"
    return None
