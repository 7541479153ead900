"""The order book: what others offer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from local.platform.exchange.market import Contract
from local.platform.exchange.prices import Prices

Level = tuple[Decimal, Decimal]


@dataclass(frozen=True)
class Depth:
    """`amount` on each level, in base units; None: what 50 000 USDT buy. `apart` in basis points of the price."""

    levels: int = 40
    amount: Decimal | None = None
    apart: Decimal = Decimal(1)

    def __post_init__(self) -> None:
        if self.levels < 0 or self.apart <= 0 or (self.amount is not None and self.amount <= 0):
            raise ValueError("levels must be 0 or more, amount and apart above 0")


class Book:
    """Levels around the last price that others fill up again at once, or pinned ones, which are used up."""

    NOTIONAL = Decimal(50_000)

    def __init__(self, contract: Contract, prices: Prices) -> None:
        self._contract, self._prices = contract, prices
        self.depth = Depth()
        self._pinned: dict[str, list[Level]] | None = None

    @property
    def pinned(self) -> bool:
        return self._pinned is not None

    def pin(self, bids: Sequence[Level], asks: Sequence[Level]) -> None:
        """Exactly these levels stand, and what is taken of them is gone, until they are let go."""
        self._pinned = {"BUY": sorted(bids, reverse=True), "SELL": sorted(asks)}

    def let_go(self) -> None:
        self._pinned = None

    def offers(self, side: str) -> list[Level]:
        """What a taker of this side would meet, the best first: asks for BUY, bids for SELL."""
        return self.standing("SELL" if side == "BUY" else "BUY")

    def standing(self, side: str) -> list[Level]:
        """Bids for BUY, asks for SELL, the best first."""
        if self._pinned is not None:
            return list(self._pinned[side])
        one, depth, best = self._contract, self.depth, self._prices.last(self._contract.symbol)
        apart = max(one.tick, one.at_tick(best * depth.apart / 10_000))
        amount = depth.amount or max(one.step, one.at_step(self.NOTIONAL / best))
        first, sign = (best, -1) if side == "BUY" else (best + one.tick, 1)
        prices = (first + sign * apart * number for number in range(depth.levels))
        return [(price, amount) for price in prices if price > 0]

    def reach(self, side: str, amount: Decimal, worst: Decimal | None) -> list[Level]:
        """What a taker would get now, level by level: as much of the amount as stands inside the worst price."""
        got: list[Level] = []
        for price, there in self.offers(side):
            beyond = worst is not None and (price > worst if side == "BUY" else price < worst)
            if amount <= 0 or beyond:
                break
            got.append((price, min(there, amount)))
            amount -= got[-1][1]
        return got

    def use_up(self, side: str, taken: Sequence[Level]) -> None:
        """Takes away what a taker of this side got, where the levels are pinned."""
        if self._pinned is None:
            return
        gone = dict(taken)
        opposite = "SELL" if side == "BUY" else "BUY"
        left = [(price, amount - gone.get(price, Decimal(0))) for price, amount in self._pinned[opposite]]
        self._pinned[opposite] = [level for level in left if level[1] > 0]
