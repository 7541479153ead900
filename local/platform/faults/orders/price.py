"""A price that moved too fast for the limits of the bots."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from local.platform.exchange.market import CONTRACTS, symbol_id
from local.platform.faults.base import BadFault
from local.platform.faults.orders.base import OrderTrouble
from local.platform.ordering.config import OrderConfig


@dataclass
class InvalidPrice(OrderTrouble):
    """The last price and with it the book stand away from the mark, which follows slowly, and the venue refuses an
    entry whose limit does not reach that far: -4024 below its floor, -4016 above its cap. (-4131 would be a market
    order's, and -4014 a price off the tick, which no offset cures.)"""

    name = "orders.invalid-price"
    about = (
        "The price moved away from the mark: limit entries with a smaller limit_offset_bps are -4024 (sellers' "
        "-4016). They pass with a wider one, or at the market."
    )
    count_means = "basis points that it moved: the smallest limit_offset_bps that passes (1 to 400, default 8)"
    cures = frozenset({"limit_offset_bps", "order_type"})
    MOVED = 8
    FARTHEST = 400

    symbols: list[str] = field(default_factory=list)

    def trouble_orders(self, traders: Sequence[OrderConfig], /) -> None:
        moved = self.MOVED if self.count is None else self.count
        if not 0 < moved <= self.FARTHEST:
            raise BadFault(f"count: {self.count_means}")
        exchange, bps = self.world.venue.exchange, Decimal(moved)
        named = (symbol_id(symbol) for one in traders for symbol in one.symbols)
        self.symbols = sorted({symbol for symbol in named if symbol in CONTRACTS})
        with exchange.lock:
            for symbol in self.symbols:
                contract, mark = CONTRACTS[symbol], exchange.prices.mark(symbol)
                floor = contract.at_tick(mark * (1 + bps / 10_000))
                exchange.desk.moved[symbol] = bps
                # The best offer, one tick above the last price, is what the smallest passing limit still reaches.
                exchange.set_price(symbol, floor - contract.tick, mark)

    def lift(self) -> None:
        exchange = self.world.venue.exchange
        with exchange.lock:
            for symbol in self.symbols:
                exchange.desk.moved.pop(symbol, None)
                exchange.set_price(symbol, exchange.prices.mark(symbol))
