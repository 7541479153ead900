"""The smallest order that a venue takes, at a price where nobody fills it."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal, localcontext
from typing import Final

from functions.rules.units.prices import ZERO
from functions.venue import Book, Market, ProbeOrder

BPS: Final = Decimal(10_000)
# Digits; far beyond what any venue quotes, so that remainders are exact.
EXACT: Final = 80
# Of the way to the venue's own bound: the mark moves between our look and the venue's.
INSIDE: Final = Decimal("0.8")


@dataclass(frozen=True, slots=True)
class Unfit:
    """No such order can be made, and why."""

    why: str


def harmless(
    market: Market, book: Book, client_order_id: str, *, away_bps: int, hedged: bool
) -> ProbeOrder | Unfit:
    """A purchase `away_bps` below the best bid, never more than most of the way to the venue's lower bound; of the
    least amount whose notional the venue takes. A purchase, because nothing is needed that is already held."""
    bids = [price for price, amount in book.bids if amount > ZERO]
    asks = [price for price, amount in book.asks if amount > ZERO]
    if not bids or not asks:
        return Unfit(f"the book of {market.symbol} has no price on both sides")
    if min(market.price_tick, market.amount_step) <= ZERO:
        return Unfit(f"{market.symbol} has no tick or no step")
    with localcontext() as context:
        context.prec = EXACT
        best = max(bids)
        share = away_bps / BPS
        if market.price_down is not None:
            share = min(share, (1 - market.price_down) * INSIDE)
        bound = best * (1 - share)
        # By whole ticks and steps: a difference would keep every digit of the division before it.
        price = int(bound // market.price_tick) * market.price_tick
        if price <= ZERO or price >= min(asks) or share <= ZERO:
            return Unfit(f"{market.symbol}: no price below {best} is harmless")
        amount = _least(market, price)
    if market.limit_most is not None and amount > market.limit_most:
        return Unfit(f"{market.symbol}: {amount} is needed, and {market.limit_most} is the most")
    return ProbeOrder(client_order_id, market.symbol, "buy", amount, price, hedged)


def _least(market: Market, price: Decimal) -> Decimal:
    """In whole steps, up."""
    wanted = max(market.amount_least, market.amount_step)
    if market.notional_least is not None:
        wanted = max(wanted, market.notional_least / price)
    steps = int(wanted // market.amount_step) + bool(wanted % market.amount_step)
    return steps * market.amount_step
