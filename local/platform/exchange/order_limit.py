"""How many orders a minute the venue takes from the address of the bots."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable

from local.platform.pace import Pace

WINDOW = 60.0
# Two orders a minute apart never stand in the same minute.
ROUNDING = 1e-6


class OrderLimit:
    """Counts what the bots send, refused or not, over the last minute. Times are monotonic real seconds, the minute
    is one of the platform's.

    What others send over HTTP is refused while the bots are over it, and not counted: it is theirs.
    """

    def __init__(self, most: int, pace: Pace, clock: Callable[[], float]) -> None:
        self.most, self._pace, self._clock = most, pace, clock
        self._sent: deque[float] = deque()
        # Refused ones in a row.
        self.offences = 0

    def sent(self, at: float) -> bool:
        """One more. Whether it is one too many."""
        self._sent.append(at)
        too_many = self._count(at) > self.most
        self.offences = self.offences + 1 if too_many else 0
        return too_many

    @property
    def over(self) -> bool:
        return self._count(self._clock()) > self.most

    @property
    def retry_after(self) -> int:
        """Platform seconds until the last minute holds no more than is taken, where nothing comes in between."""
        self._count(self._clock())
        ends = sorted(self._sent)[: max(0, len(self._sent) - self.most)]
        left = self._pace.platform(ends[-1] - self._clock()) + WINDOW if ends else 0.0
        return min(int(WINDOW), max(1, math.ceil(left)))

    def _count(self, now: float) -> int:
        since = now - self._pace.real(WINDOW) + ROUNDING
        while self._sent and self._sent[0] <= since:
            self._sent.popleft()
        return len(self._sent)
