"""The venue's condition: what it would answer at this moment, whoever asks."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from local.platform.pace import Pace

ID = "binanceusdm"
How = Literal["503", "timeout"]

TOO_MANY = {429: -1003, 418: -1003}


@dataclass(frozen=True)
class Refusal:
    """An answer that is no answer: HTTP status, the venue's code and text, and when to come back."""

    status: int
    code: int
    text: str
    retry_after: int | None = None


class Venue:
    """Faults set its condition; routes and the strategy service ask for it.

    `down`: it answers 503, or (`how`) not at all. A ban says 429 or 418 until it is lifted: when its time has
    passed, whoever set it decides whether it is over.
    """

    def __init__(self, pace: Pace, clock: Callable[[], float] = time.monotonic) -> None:
        self._pace, self._clock = pace, clock
        self.down = False
        self.how: How = "503"
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
