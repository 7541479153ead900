"""Symbols that the venue no longer trades, or calls otherwise."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from local.platform.exchange import faults as venue_faults
from local.platform.exchange.market import RENAMED, TRADING, UNLISTED, symbol_id, unified
from local.platform.faults.base import BadFault
from local.platform.faults.orders.base import OrderTrouble
from local.platform.ordering.config import OrderConfig


@dataclass
class _SymbolTrouble(OrderTrouble):
    """`symbol`: the first one of the first strategy that it touches, by the venue's name."""

    cures = frozenset({"symbols"})

    symbol: str = ""

    def trouble_orders(self, traders: Sequence[OrderConfig], /) -> None:
        self.symbol = symbol_id(next(one for one in traders if one.symbols).symbols[0])
        if self.symbol not in self.world.venue.exchange.listed or self.symbol not in RENAMED:
            raise BadFault(f"{self.name}: the venue does not list {self.symbol}")
        everybody = self.world.ordering.flow.traders(self.world.trading())
        mine = [one for one in everybody if self.symbol in map(symbol_id, one.symbols)]
        self.ill = frozenset(one.strategy_id for one in mine)
        self.trouble_symbol()

    def trouble_symbol(self) -> None:
        raise NotImplementedError

    def as_dict(self) -> dict[str, Any]:
        return {**super().as_dict(), "symbol": unified(self.symbol)}


@dataclass
class SymbolDelisted(_SymbolTrouble):
    name = "orders.symbol-delisted"
    about = (
        "A symbol (the strategy's first) is no longer traded: orders of it are -4141. The others go on, and none "
        "fails once it is out of symbols."
    )
    count_means = "0 (default): SETTLING, -4141; 1: PRE_DELIVERING, -4140; 2: not in exchangeInfo, -1121"
    HOW = ("SETTLING", "PRE_DELIVERING", UNLISTED)

    ours: venue_faults.Fault | None = None

    def trouble_symbol(self) -> None:
        how = self.count or 0
        if how >= len(self.HOW):
            raise BadFault(f"count: {self.count_means}")
        wanted = {"symbol": self.symbol, "status": self.HOW[how]}
        self.ours = self.world.venue.break_with("symbol-delisted", None, **wanted)

    def lift(self) -> None:
        if self.ours is not None:
            self.world.venue.mend(self.ours)


@dataclass
class SymbolRenamed(_SymbolTrouble):
    name = "orders.symbol-renamed"
    about = (
        "A symbol (the strategy's first) has a new name, its base with a 2 behind it (SOL2/USDT:USDT): orders of "
        "the old one are -1121. They pass with the new one in symbols."
    )

    def trouble_symbol(self) -> None:
        exchange, new = self.world.venue.exchange, RENAMED[self.symbol]
        with exchange.lock:
            exchange.set_price(new, exchange.prices.last(self.symbol), exchange.prices.mark(self.symbol))
            exchange.set_status(self.symbol, UNLISTED)
            exchange.set_status(new, TRADING)

    def lift(self) -> None:
        exchange = self.world.venue.exchange
        with exchange.lock:
            exchange.set_status(self.symbol, TRADING)
            exchange.set_status(RENAMED[self.symbol], UNLISTED)

    def as_dict(self) -> dict[str, Any]:
        return {**super().as_dict(), "renamed_to": unified(RENAMED[self.symbol])}
