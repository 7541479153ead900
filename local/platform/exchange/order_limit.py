"""How many orders a minute the venue takes from the address of the bots."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable

from local.platform.pace import Pace

WINDOW = 60.0
# Two orders a minute apart never stand in the same minute.
ROUNDING = 1e-6
# Real seconds for which a busy machine may keep the bots from sending what was due.
LATE = 3.0
REMEMBERED = 5_000


class OrderLimit:
    """Counts what the bots send, refused or not, over the last minute. Times are monotonic real seconds, the minute
    is one of the platform's. An order counts at the moment at which it was due, however late it comes.

    What others send over HTTP is refused while the bots are over it, and not counted: it is theirs.
    """

    def __init__(self, most: int, pace: Pace, clock: Callable[[], float]) -> None:
        self.most, self._pace, self._clock = most, pace, clock
        self._sent: deque[float] = deque(maxlen=REMEMBERED)
        # Refused ones in a row.
        self.offences = 0

    def sent(self, at: float) -> bool:
        """One more. Whether it is one too many."""
        self._sent.append(at)
        too_many = len(self._minute(at)) > self.most
        self.offences = self.offences + 1 if too_many else 0
        return too_many

    @property
    def over(self) -> bool:
        """The last one was too many, and no minute has passed since."""
        if not self.offences:
            return False
        return self._clock() - self._sent[-1] < self._pace.real(WINDOW) + LATE

    @property
    def retry_after(self) -> int:
        """Platform seconds until the minute of the last one holds no more than is taken, where no other comes."""
        if not self._sent:
            return 1
        minute = sorted(self._minute(self._sent[-1]))
        ends = minute[: max(0, len(minute) - self.most)]
        left = self._pace.platform(ends[-1] - self._clock()) + WINDOW if ends else 0.0
        return min(int(WINDOW), max(1, math.ceil(left)))

    def _minute(self, end: float) -> list[float]:
        since = end - self._pace.real(WINDOW) + ROUNDING
        found = []
        for at in reversed(self._sent):
            if since < at <= end:
                found.append(at)
            elif at < since - LATE:
                break
        return found
