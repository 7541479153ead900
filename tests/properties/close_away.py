"""A venue that is away for minutes or hours in the middle of a close."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Final

WRITES: Final = frozenset({"exchange.create", "exchange.place_again", "exchange.cancel"})
KINDS: Final = ("down", "down", "maintenance", "maintenance", "no orders")
# Seconds, from and to: longer than the quick looks, than a quote holds and the wait for a venue, than any wait.
LASTS: Final = ((60, 500), (60, 500), (600, 1_500), (1_500, 14_000), (15_000, 20_000))
# An absence so short is waited out; one so long is seen by every close that goes on.
RECOVERS: Final = timedelta(seconds=60)
SEEN_BY_ALL: Final = timedelta(seconds=300)


@dataclass
class Absence:
    """`kind`: it answers nothing (`down`, `maintenance`), or its readings only (`no orders`). `after`: so many
    tasks before it; None: it never goes."""

    kind: str
    after: int | None
    lasts: timedelta
    began: datetime | None = None

    @classmethod
    def drawn(cls, rnd: Random, share: float) -> Absence:
        goes = rnd.random() < share
        seconds = rnd.uniform(*rnd.choice(LASTS))
        return cls(rnd.choice(KINDS), rnd.randint(2, 14) if goes else None, timedelta(seconds=seconds))

    def begins(self, now: datetime) -> bool:
        """Called before every task; whether it goes now."""
        if self.after is None:
            return False
        self.after -= 1
        if self.after > 0:
            return False
        self.after, self.began = None, now
        return True

    def is_on(self, now: datetime) -> bool:
        return self.began is not None and now < self.began + self.lasts

    def is_over(self, now: datetime) -> bool:
        return self.began is not None and not self.is_on(now)

    def stops(self, what: str, now: datetime) -> bool:
        """Whether that call to the venue is not answered."""
        return self.is_on(now) and (self.kind != "no orders" or what in WRITES)
