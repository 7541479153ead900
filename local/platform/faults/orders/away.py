"""The venue is in maintenance."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from local.platform.exchange import faults as venue_faults
from local.platform.faults.base import Lasting
from local.platform.faults.orders.base import OrderTrouble
from local.platform.ordering.config import OrderConfig
from local.platform.pace import now, stamp


@dataclass
class OrdersMaintenance(OrderTrouble, Lasting):
    name = "orders.maintenance"
    about = (
        "The venue is in maintenance: 503 with -1016 on every call of futures, ping too, and the wallet's status "
        "says so. It ends at its planned end; nothing else helps."
    )
    count_means = "platform minutes until its planned end (default 30); 0: until it is cleared"
    takes_strategy = False
    MINUTES = 30

    ours: venue_faults.Fault | None = None
    until: datetime | None = field(default=None)

    def trouble_orders(self, _traders: Sequence[OrderConfig], /) -> None:
        self.ours = self.world.venue.break_with("maintenance", None)
        minutes = self.MINUTES if self.count is None else self.count
        if minutes:
            self.until = now() + timedelta(seconds=self.world.pace.real(minutes * 60))

    def lift(self) -> None:
        if self.ours is not None:
            self.world.venue.mend(self.ours)

    def as_dict(self) -> dict[str, Any]:
        """`until`: the planned end. This venue announces it on no interface of its own."""
        return {**super().as_dict(), "until": None if self.until is None else stamp(self.until)}
