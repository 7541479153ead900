"""Prices: still until they are set, or a seeded random walk."""

from __future__ import annotations

import bisect
import random
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Final

from local.platform.exchange.market import Contract

SECOND: Final = 1000
# A venue that nobody has asked for long does not walk every second of it.
STEPS_AT_MOST: Final = 300
REMEMBERED: Final = 20_000


class Prices:
    """Last and mark price of every symbol, and how they came there."""

    def __init__(self, contracts: Mapping[str, Contract], clock: Callable[[], int], seed: int = 0) -> None:
        self._contracts, self._clock = contracts, clock
        self._random = random.Random(seed)  # noqa: S311 - a price, no secret
        self._last = {symbol: one.price for symbol, one in contracts.items()}
        self._mark = dict(self._last)
        self._paces: dict[str, Decimal] = {}
        self._walked_at = clock()
        self._history: dict[str, list[tuple[int, Decimal]]] = {
            symbol: [(0, price)] for symbol, price in self._last.items()
        }

    def last(self, symbol: str) -> Decimal:
        return self._last[symbol]

    def mark(self, symbol: str) -> Decimal:
        return self._mark[symbol]

    def put(self, symbol: str, price: Decimal, mark: Decimal | None = None) -> None:
        """The last price, and the mark, which is the same unless it is given."""
        self._last[symbol] = self._contracts[symbol].at_tick(price)
        self._mark[symbol] = self._last[symbol] if mark is None else mark
        self._remember(symbol)

    def put_past(self, symbol: str, price: Decimal, at: int) -> None:
        """What it was from that time (epoch milliseconds) on, until the next that is known."""
        bisect.insort(self._history[symbol], (at, price))

    def walk(self, symbol: str, bps: Decimal) -> None:
        """From now on it moves by so many basis points a second (standard deviation); 0: it stands still."""
        self._paces[symbol] = bps
        self._walked_at = self._clock()

    def advance(self, still: set[str]) -> list[str]:
        """Walks as far as the clock has come. Returns the symbols that moved; those in `still` do not."""
        steps = (self._clock() - self._walked_at) // SECOND
        if steps < 1:
            return []
        self._walked_at += steps * SECOND
        walking = [one for one, bps in self._paces.items() if bps and one not in still]
        for symbol in walking:
            for _ in range(min(steps, STEPS_AT_MOST)):
                self._step(symbol)
            self._remember(symbol)
        return walking

    def at(self, symbol: str, at: int) -> Decimal:
        """What it was at that time."""
        known = self._history[symbol]
        return known[max(0, bisect.bisect_right(known, at, key=lambda one: one[0]) - 1)][1]

    def between(self, symbol: str, start: int, end: int) -> list[Decimal]:
        """The price at `start` and every change before `end`, in order."""
        known = self._history[symbol]
        first = bisect.bisect_right(known, start, key=lambda one: one[0])
        after = bisect.bisect_left(known, end, key=lambda one: one[0])
        return [self.at(symbol, start), *(price for _, price in known[first:after])]

    def _step(self, symbol: str) -> None:
        moved = 1 + self._paces[symbol] * Decimal(repr(self._random.gauss(0, 1))) / 10_000
        contract = self._contracts[symbol]
        self._last[symbol] = max(contract.tick, contract.at_tick(self._last[symbol] * moved))
        self._mark[symbol] = max(contract.tick, contract.at_tick(self._mark[symbol] * moved))

    def _remember(self, symbol: str) -> None:
        known = self._history[symbol]
        known.append((max(self._clock(), known[-1][0]), self._last[symbol]))
        del known[1:-REMEMBERED]
