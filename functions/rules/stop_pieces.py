"""What an emergency stop came to, part by part, as its end is judged by."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from functions.facts import Result
from functions.rules.stop_order import StopOrder

OF_A_SEGMENT: Final = re.compile(r"segment (\d+) of the trading state was (.*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of the stop. `action` and `target` are what an incident calls the act; `items` are sentences.
    `at`: when it came to that, None where the part does not say. `pages`: a person has to look at it now.
    `unproven`: what of it nothing proves, by name."""

    name: str
    result: Result
    why: str
    action: str = ""
    target: str = ""
    items: tuple[str, ...] = ()
    before: str | None = None
    details_key: str | None = None
    at: datetime | None = None
    pages: bool = False
    unproven: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Census:
    """Every strategy concerned, counted once by what was proven, and the first ones of each as (id, why). `unread`:
    parts of the table that were not read to their end, of `parts`. `missing`: those asked for by a name that nobody
    has, with a sentence each. `was`: the status before and when it was stopped, of those listed. `key`: the whole
    list."""

    done: int = 0
    not_done: int = 0
    unknown: int = 0
    stopped: tuple[tuple[str, str], ...] = ()
    not_stopped: tuple[tuple[str, str], ...] = ()
    nobody_knows: tuple[tuple[str, str], ...] = ()
    unread: tuple[str, ...] = ()
    parts: int = 0
    missing: tuple[str, ...] = ()
    was: tuple[tuple[str, str | None, datetime | None], ...] = ()
    key: str | None = None

    @property
    def total(self) -> int:
        return self.done + self.not_done + self.unknown

    @property
    def result(self) -> Result:
        if self.not_done:
            return Result.NOT_DONE
        return Result.UNKNOWN if self.unknown or self.unread else Result.DONE

    def told(self) -> str:
        """Of a table that was not read whole nobody knows how many stand in it."""
        counts = f"{self.done} of {self.total} proven stopped, {self.not_done} not stopped, {self.unknown} unknown"
        if not self.unread:
            return counts
        unread = f"{len(self.unread)} of {max(self.parts, len(self.unread))} parts of the table unread"
        return f"how many strategies is unknown: {unread}{f'; of those known {counts}' if self.total else ''}"


@dataclass(frozen=True, slots=True)
class StopPieces:
    """`parts` besides strategies and entry orders, the weightiest first. `exposure`: what is open. `known`: clauses
    that decide nothing. `running`: tasks of the service that have not ended; None where nobody knows or asked."""

    order: StopOrder
    latch: Piece
    strategies: Census
    parts: tuple[Piece, ...]
    entry_orders: Piece
    exposure: Piece
    known: tuple[str, ...] = ()
    running: int | None = None


def together(unread: Iterable[str]) -> tuple[str, ...]:
    """One sentence for every reason, whatever number of segments were not read for it."""
    found: dict[str, list[str]] = {}
    for one in unread:
        of = OF_A_SEGMENT.fullmatch(one)
        number, why = of.groups() if of else ("", one)
        found.setdefault(why, []).append(number)
    return tuple(_of_them(why, numbers) for why, numbers in found.items())


def _of_them(why: str, numbers: list[str]) -> str:
    if not numbers[0]:
        return why
    if len(numbers) == 1:
        return f"segment {numbers[0]} of the trading state was {why}"
    return f"segments {', '.join(numbers)} of the trading state were {why.replace('to its end', 'to their end', 1)}"


def many(number: int, what: str) -> str:
    """`1 strategy`, `2 strategies`."""
    if number == 1:
        return f"1 {what}"
    return f"{number} {what[:-1]}ies" if what.endswith("y") else f"{number} {what}s"
