"""The venue's condition: what it would answer at this moment, and the exchange behind it."""

from __future__ import annotations

import math
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, Literal

from local.platform.exchange.calls import Call
from local.platform.exchange.conditions import stand
from local.platform.exchange.exchange import Exchange
from local.platform.exchange.faults import KINDS, Fault, Faults, asked_for
from local.platform.exchange.order_limit import OrderLimit
from local.platform.pace import Pace

ID = "binanceusdm"
How = Literal["503", "timeout"]

TOO_MANY = {429: -1003, 418: -1003}
REMEMBERED: Final = 10_000
AS_USUAL: Final = -1


@dataclass(frozen=True)
class Refusal:
    """An answer that is no answer: HTTP status, the venue's code and text, and when to come back."""

    status: int
    code: int
    text: str
    retry_after: int | None = None


def too_many_orders(limit: OrderLimit) -> Refusal:
    """What the order is told that was one too many."""
    text = f"Too many new orders; current limit is {limit.most} orders per MINUTE."
    return Refusal(429, -1015, text, limit.retry_after)


class Venue:
    """Faults set its condition; routes and the strategy service ask for it.

    `down`: it answers 503, or (`how`) not at all. A ban says 429 or 418 until it is lifted: when its time has
    passed, whoever set it decides whether it is over. `exchange`: accounts, prices and orders. `faults`: what
    fails for the next calls. `order_limit`: how many orders it takes a minute; None: as many as come. `calls`: the
    last ones that came.
    """

    def __init__(
        self, pace: Pace, clock: Callable[[], float] = time.monotonic, exchange: Exchange | None = None
    ) -> None:
        self._pace, self._clock = pace, clock
        self.exchange = exchange or Exchange()
        self.faults = Faults()
        self.calls: deque[Call] = deque(maxlen=REMEMBERED)
        self.down = False
        self.how: How = "503"
        self.order_limit: OrderLimit | None = None
        self._ban_status = 429
        self._ban_ends: float | None = None

    def ban(self, status: int, seconds: float) -> None:
        """From now on, for so many platform seconds."""
        self._ban_status, self._ban_ends = status, self._clock() + self._pace.real(seconds)

    def lift_ban(self) -> None:
        self._ban_ends = None

    @property
    def ban_has_passed(self) -> bool:
        """Its time is over, or there is none."""
        return self._ban_ends is None or self._clock() >= self._ban_ends

    @property
    def retry_after(self) -> int:
        """Platform seconds until the ban's time is over, at least 1."""
        left = 0.0 if self._ban_ends is None else self._ban_ends - self._clock()
        return max(1, math.ceil(self._pace.platform(left)))

    def refusal(self) -> Refusal | None:
        """None: it answers as it should."""
        if self.down:
            return Refusal(503, -1016, "This service is no longer available.")
        if self._ban_ends is not None:
            text = "Too many requests; current limit is 2400 requests per minute."
            if self._ban_status == 418:
                text = "Way too many requests; IP banned. Please use the websocket for live updates."
            return Refusal(self._ban_status, TOO_MANY[self._ban_status], text, self.retry_after)
        return None

    def order_refusal(self) -> Refusal | None:
        """What an order is told now because there were too many in the last minute. None: it may come."""
        limit = self.order_limit
        return too_many_orders(limit) if limit is not None and limit.over else None

    def break_with(self, name: str, count: int | None = AS_USUAL, **options: Any) -> Fault:
        """The next calls that it concerns fail so.

        Args:
            name: of `faults.FAULTS`.
            count: for how many calls; None: until mended; left out: as `faults.KINDS` says.
            options: of `faults.KINDS`, and `path`, `method`, `account`, `symbol` to concern only those.

        Raises:
            UnknownFault: no such fault or option.
        """
        known = KINDS.get(name)
        fault = asked_for(name, known.count if count == AS_USUAL and known else count, options)
        if fault.kind.when == "standing":
            fault.undo = stand(self.exchange, fault)
        self.faults.add(fault)
        return fault

    def mend(self, fault: Fault | None = None) -> None:
        """This one is over; without one, all are (what `down` and the bans say stays)."""
        gone = self.faults.remove(fault)
        for one in reversed(gone):
            if one.undo is not None:
                one.undo()
        if any(one.name == "query-lag" for one in gone) or fault is None:
            self.exchange.catch_up()

    def reset(self) -> None:
        """As new: mended, no calls, no orders, no positions; the accounts and their keys stay."""
        self.mend()
        self.order_limit = None
        self.calls.clear()
        self.exchange.reset()
