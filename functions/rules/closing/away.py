"""How long a close waits for a venue that has gone away in the middle of it.

The same bounds as before a question: the settings' wait for an exchange, a longer one for a maintenance. A moment's
trouble is looked at again soon; what lasts is looked at as seldom as the whole wait allows, so that a close of many
hours is still a machine of a bounded history.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import ceil
from typing import Final

from functions.venue import Row

# What passes by itself.
AWAY: Final = frozenset({Row.UNREACHABLE, Row.MAINTENANCE, Row.RATE_LIMITED, Row.CLOCK})
SOON: Final = 4
# Seconds. One wait is one state of the machine.
SOON_PAUSE: Final = 5
LONGEST_WAIT: Final = 3_600
MOST_LOOKS: Final = 28
# While protection is off, the least pace is kept for so many looks: each costs two of the close's.
BARE_LOOKS: Final = 12
# Each is an order that is written down, and their number is bounded.
MOST_ORDERS_REFUSED: Final = 12


@dataclass(frozen=True, slots=True)
class Patience:
    """Seconds: for a venue that does not answer, for one in maintenance, and the least between two looks."""

    exchange: int
    maintenance: int
    every: int


@dataclass(frozen=True, slots=True)
class Waited:
    """Seconds that were waited in this close, never taken back; `looks` in a row. Times of the engine: where it
    shortens waits, these are shortened as well."""

    exchange: int = 0
    maintenance: int = 0
    looks: int = 0

    @property
    def seconds(self) -> int:
        return self.exchange + self.maintenance

    @property
    def told(self) -> str:
        return f"waited for it for {self.seconds} s"

    @property
    def back(self) -> Waited:
        return replace(self, looks=0)

    def long(self, patience: Patience) -> bool:
        """So long that a price that was approved before is looked at again."""
        return self.seconds >= patience.every


def wait(
    waited: Waited,
    row: Row,
    patience: Patience,
    *,
    retry_after: int | None,
    order: bool = False,
    bare: bool = False,
) -> tuple[int, Waited] | None:
    """The seconds of the next wait, with all waiting after it; None: the bound is reached. `retry_after`: for which
    the venue takes nothing. `order`: it refused an order, and only the next order tells whether it takes one.
    `bare`: the position is without its protection, so that the venue's return is seen soon."""
    maintenance = row is Row.MAINTENANCE
    whole = patience.maintenance if maintenance else patience.exchange
    pace = max(patience.every, ceil(whole / (MOST_ORDERS_REFUSED if order else MOST_LOOKS)))
    if bare and waited.looks < BARE_LOOKS:
        pace = patience.every
    soon = 3 * SOON_PAUSE if order else SOON_PAUSE
    seconds = max(soon if waited.looks < SOON else pace, retry_after or 0)
    before = waited.maintenance if maintenance else waited.exchange
    if before + seconds > whole or seconds > LONGEST_WAIT:
        return None
    after = replace(waited, looks=waited.looks + 1)
    if maintenance:
        return seconds, replace(after, maintenance=before + seconds)
    return seconds, replace(after, exchange=before + seconds)
