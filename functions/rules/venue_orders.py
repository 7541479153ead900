"""What a working order at a venue can do: open or increase a position, or only reduce one.

Total: what cannot be told apart says so, and nobody cancels it.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from enum import StrEnum
from typing import Final

from functions.venue import CLOSES, Unit, VenueOrder, VenuePosition

ZERO: Final = Decimal(0)


class Kind(StrEnum):
    """`unclear`: it may reduce what is open, and nothing says that it does no more than that."""

    ENTRY = "entry"
    REDUCES = "reduces"
    UNCLEAR = "unclear"


def kind_of(order: VenueOrder, positions: Sequence[VenuePosition] | None) -> Kind:
    """`positions`: all that is open on the account, read after the order was seen to work; None: not readable.
    Without a word of the order itself, one that fills on a flat symbol opens, and one on the side of what is open
    increases."""
    if order.close_position or order.reduce_only:
        return Kind.REDUCES
    if order.position_side is not None:
        return Kind.REDUCES if order.side == CLOSES[order.position_side] else Kind.ENTRY
    if positions is None:
        return Kind.UNCLEAR
    there = [one for one in positions if one.unit.symbol == order.symbol and one.amount > ZERO]
    if any(one.hedged for one in there) or any(order.side == CLOSES[one.unit.side] for one in there):
        return Kind.UNCLEAR
    return Kind.ENTRY


def covered(unit: Unit, amount: Decimal, orders: Sequence[VenueOrder]) -> Decimal:
    """How much of this amount protective orders at the venue take care of."""
    protective = [one for one in orders if one.symbol == unit.symbol and not one.final and one.protects(unit)]
    if any(one.close_position for one in protective):
        return amount
    return min(amount, sum((max(one.left, ZERO) for one in protective), ZERO))


def told(order: VenueOrder) -> str:
    """`7 (c1): sell 0.05 BTC/USDT:USDT limit at 60000`."""
    own = f" ({order.client_order_id})" if order.client_order_id else ""
    price = order.trigger_price if order.trigger_price is not None else order.price
    at = f" at {price:f}" if price is not None else ""
    return f"{order.order_id}{own}: {order.side} {order.left:f} {order.symbol} {order.type}{at}"
