"""Prices, books and symbols, and what their moving does to the accounts' orders."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from decimal import Decimal

from local.platform.exchange import errors
from local.platform.exchange.account import Account
from local.platform.exchange.book import Book, Depth, Level
from local.platform.exchange.desk import Desk
from local.platform.exchange.market import CONTRACTS, UNLISTED, usual_statuses
from local.platform.exchange.prices import Prices
from local.platform.exchange.trigger_desk import TriggerDesk


def epoch() -> int:
    """Milliseconds since 1970."""
    return time.time_ns() // 1_000_000


class Marketplace:
    """What moves by itself or is moved from behind. One lock for all of it."""

    def __init__(self, *, seed: int = 0, clock: Callable[[], int] = epoch) -> None:
        self.clock, self._seed = clock, seed
        self.lock = threading.RLock()
        self.accounts: dict[str, Account] = {}
        self._begin()

    def _begin(self) -> None:
        self.prices = Prices(CONTRACTS, self.clock, self._seed)
        self.books = {symbol: Book(one, self.prices) for symbol, one in CONTRACTS.items()}
        self.statuses = usual_statuses()
        self.desk = Desk(self.prices, self.books, self.statuses, self.clock)
        self.triggers = TriggerDesk(self.desk, self.prices, self.clock)

    @property
    def listed(self) -> list[str]:
        """The symbols that the venue has, whatever their status."""
        return [symbol for symbol, status in self.statuses.items() if status != UNLISTED]

    def set_price(self, symbol: str, price: Decimal, mark: Decimal | None = None) -> None:
        """The last price, and the mark unless that is given. The book stands around it; what it reaches fills."""
        with self.lock:
            self.prices.put(symbol, price, mark)
            self.books[symbol].let_go()
            self._moved([symbol])

    def set_book(self, symbol: str, bids: Sequence[Level], asks: Sequence[Level]) -> None:
        """Exactly these (price, amount) stand, and what is taken is gone, until a price is set."""
        with self.lock:
            self.books[symbol].pin(bids, asks)
            self._moved([symbol])

    def set_depth(self, symbol: str, depth: Depth) -> None:
        """How deep the book is around the last price."""
        with self.lock:
            self.books[symbol].let_go()
            self.books[symbol].depth = depth

    def walk(self, symbol: str, bps: Decimal) -> None:
        """The price moves by so many basis points a second; 0: it stands still."""
        with self.lock:
            self.prices.walk(symbol, bps)

    def set_covered(self, code: int) -> None:
        """What a closing order is told where resting ones hold all of the position: -2022 or -4118."""
        said = {no.code: no for no in (errors.NOTHING_TO_REDUCE, errors.COVERED)}
        if code not in said:
            raise ValueError(f"code: one of {', '.join(map(str, said))}")
        with self.lock:
            self.desk.covered = said[code]

    def set_status(self, symbol: str, status: str) -> None:
        """TRADING, SETTLING, CLOSE, PENDING_TRADING ..."""
        with self.lock:
            self.statuses[symbol] = status

    def funding(self, symbol: str, rate: Decimal, at: int | None = None) -> None:
        """Every position of the symbol pays or gets it; above 0 the long side pays."""
        with self.lock:
            when = self.clock() if at is None else at
            for account in self.accounts.values():
                for position in list(account.positions.values()):
                    if position.symbol == symbol:
                        self.desk.ledger.funding(account, position, rate, when)

    def catch_up(self) -> None:
        """Queries see at once what they lag behind."""
        with self.lock:
            for account in self.accounts.values():
                account.lagging.clear()
                for order in account.orders:
                    order.visible_at = 0
                for trigger in account.triggers:
                    trigger.visible_at = 0
                account.fills = [replace(one, visible_at=0) for one in account.fills]

    def tick(self) -> None:
        """Time goes on: walking prices walk, orders they reach fill, countdowns run out. Cheap."""
        with self.lock:
            moved = self.prices.advance({symbol for symbol, book in self.books.items() if book.pinned})
            if moved:
                self._moved(moved)
            for account in self.accounts.values():
                self.triggers.settle(account)
                for symbol, at in list(account.countdowns.items()):
                    if at <= self.clock():
                        del account.countdowns[symbol]
                        for order in account.open_orders(symbol):
                            self.desk.cancel(order)

    def _moved(self, symbols: Sequence[str]) -> None:
        for account in self.accounts.values():
            for symbol in symbols:
                self.desk.match_resting(account, symbol)
                self.triggers.fire_reached(account, symbol)
