"""Orders as the venue keeps them. Times are epoch milliseconds, as everywhere in the venue."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

ZERO: Final = Decimal(0)
OPEN: Final = ("NEW", "PARTIALLY_FILLED")
CLOSING_SIDE: Final = {"LONG": "SELL", "SHORT": "BUY"}


@dataclass(kw_only=True)
class Order:
    """An order in the book or done. `visible_at`: from when queries find it (the venue's query lag)."""

    order_id: int
    client_id: str
    symbol: str
    side: str
    type: str
    amount: Decimal
    created: int
    updated: int
    price: Decimal = ZERO
    time_in_force: str = "GTC"
    position_side: str = "BOTH"
    reduce_only: bool = False
    close_position: bool = False
    status: str = "NEW"
    filled: Decimal = ZERO
    cost: Decimal = ZERO
    orig_type: str = ""
    stop_price: Decimal = ZERO
    working_type: str = "CONTRACT_PRICE"
    price_protect: bool = False
    visible_at: int = 0

    @property
    def left(self) -> Decimal:
        return self.amount - self.filled

    @property
    def open(self) -> bool:
        return self.status in OPEN

    @property
    def average(self) -> Decimal:
        return self.cost / self.filled if self.filled else ZERO

    @property
    def closes(self) -> bool:
        """It can only make a position smaller."""
        return self.reduce_only or self.close_position or CLOSING_SIDE.get(self.position_side) == self.side

    def end(self, status: str, at: int) -> None:
        self.status, self.updated = status, at


@dataclass(kw_only=True)
class Trigger:
    """An order that waits for a price: Binance lists it as an algo order, apart from the others. `order_id` and
    `actual_*` tell what came of it. `peak`: the best price since a trailing stop is active, None before."""

    algo_id: int
    client_id: str
    symbol: str
    side: str
    type: str
    amount: Decimal
    created: int
    updated: int
    trigger_price: Decimal = ZERO
    price: Decimal = ZERO
    activate_price: Decimal = ZERO
    callback_rate: Decimal = ZERO
    time_in_force: str = "GTC"
    position_side: str = "BOTH"
    reduce_only: bool = False
    close_position: bool = False
    working_type: str = "CONTRACT_PRICE"
    price_protect: bool = False
    status: str = "NEW"
    triggered_at: int = 0
    order_id: int | None = None
    peak: Decimal | None = None
    visible_at: int = 0

    @property
    def open(self) -> bool:
        return self.status == "NEW"

    @property
    def closes(self) -> bool:
        """It can only make a position smaller."""
        return self.reduce_only or self.close_position or CLOSING_SIDE.get(self.position_side) == self.side

    def end(self, status: str, at: int) -> None:
        self.status, self.updated = status, at
