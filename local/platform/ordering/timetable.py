"""When which bot orders."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from local.platform.exchange.order_limit import WINDOW
from local.platform.pace import Pace

# Platform seconds between two entries of a bot that has no cooldown.
ORDER_EVERY: Final = 15.0
# A look that comes late makes up for what it missed, so that a busy machine does not slow bots down: the newest of
# one bot are sent, the ones before, as many as the venue's minute holds, only count there as if they had been.
SENT_A_LOOK: Final = 8
COUNTED_A_LOOK: Final = int(WINDOW / ORDER_EVERY)


@dataclass(frozen=True)
class Times:
    """Monotonic real seconds at which orders were due, each list in order."""

    counted: list[float]
    sent: list[float]


class Timetable:
    """Remembers when each strategy's last order was due."""

    def __init__(self, pace: Pace) -> None:
        self._pace = pace
        self._last: dict[str, float] = {}

    def due(self, strategy_id: str, cooldown: float, present: float) -> Times:
        """What has fallen due since it was asked last; the first order at once.

        Args:
            cooldown: platform seconds that a bot leaves between two orders at least.
            present: monotonic real seconds.
        """
        every = self._pace.real(max(ORDER_EVERY, cooldown))
        at = self._last.get(strategy_id, present - every) + every
        at = max(at, present - (SENT_A_LOOK + COUNTED_A_LOOK - 1) * every)
        times: list[float] = []
        while at <= present:
            times.append(at)
            at += every
        if times:
            self._last[strategy_id] = times[-1]
        return Times(times[:-SENT_A_LOOK], times[-SENT_A_LOOK:])

    def forget(self) -> None:
        self._last.clear()
