"""What came of the flow's orders, so that a test can tell whether they pass."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from local.platform.ordering.trip import Trip
from local.platform.pace import stamp


@dataclass
class Score:
    """Of one strategy since the last reset. `passing`, `failing`: how many in a row, up to now."""

    sent: int = 0
    filled: int = 0
    unfilled: int = 0
    passing: int = 0
    failing: int = 0
    refused: Counter[int] = field(default_factory=Counter)
    last: Trip | None = None

    def add(self, trip: Trip) -> None:
        well = trip.said is None and trip.filled > 0
        self.sent, self.last = self.sent + 1, trip
        self.filled += well
        self.passing, self.failing = (self.passing + 1, 0) if well else (0, self.failing + 1)
        if trip.said is not None:
            self.refused[trip.said.code] += 1
        elif not well:
            self.unfilled += 1

    def as_dict(self) -> dict[str, Any]:
        last = self.last
        return {
            "sent": self.sent,
            "filled": self.filled,
            "unfilled": self.unfilled,
            "refused": {str(code): count for code, count in self.refused.items()},
            "passing": self.passing,
            "failing": self.failing,
            "last": None
            if last is None
            else {"at": stamp(last.created), "symbol": last.symbol, "status": last.status, "error": last.error},
        }
