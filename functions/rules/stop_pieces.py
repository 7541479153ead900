"""What an emergency stop came to, part by part, as its end is judged by."""

from __future__ import annotations

from dataclasses import dataclass

from functions.facts import Result
from functions.rules.stop_order import StopOrder


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of the stop. `action` and `target` are what an incident calls the act; `items` are sentences."""

    name: str
    result: Result
    why: str
    action: str = ""
    target: str = ""
    items: tuple[str, ...] = ()
    before: str | None = None
    details_key: str | None = None


@dataclass(frozen=True, slots=True)
class Census:
    """Every strategy concerned, counted once by what was proven, and the first ones of each as (id, why). `unread`:
    parts of the table that were not read to their end. `key`: the whole list."""

    done: int = 0
    not_done: int = 0
    unknown: int = 0
    stopped: tuple[tuple[str, str], ...] = ()
    not_stopped: tuple[tuple[str, str], ...] = ()
    nobody_knows: tuple[tuple[str, str], ...] = ()
    unread: tuple[str, ...] = ()
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
        return f"{self.done} of {self.total} proven stopped, {self.not_done} not stopped, {self.unknown} unknown"


@dataclass(frozen=True, slots=True)
class StopPieces:
    """`parts` besides strategies and entry orders, the weightiest first. `exposure`: what is open. `known`: clauses
    that decide nothing."""

    order: StopOrder
    latch: Piece
    strategies: Census
    parts: tuple[Piece, ...]
    entry_orders: Piece
    exposure: Piece
    known: tuple[str, ...] = ()
