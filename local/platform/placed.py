"""An order of a bot as the platform's table has it, and the venue's no."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from local.platform.exchange.orders import ZERO, Order

# The venue's word for a status, as the platform's table has it (CONTRACT.md 1).
STATUSES: Final = {
    "NEW": "open",
    "PARTIALLY_FILLED": "open",
    "FILLED": "filled",
    "CANCELED": "canceled",
    "EXPIRED": "canceled",
    "REJECTED": "rejected",
}


class VenueSaysNo(Exception):
    """In the venue's own code and words, or because there is no such thing there."""


@dataclass(frozen=True, kw_only=True)
class Placed:
    """An order as the table will have it. `price`: what it asks for; `average`: what it got."""

    order_id: str
    client_id: str
    type: str
    status: str
    amount: Decimal = ZERO
    filled: Decimal = ZERO
    price: Decimal | None = None
    average: Decimal = ZERO
    error: str | None = None


def placed(order: Order) -> Placed:
    """As the table will have it."""
    return Placed(
        order_id=str(order.order_id),
        client_id=order.client_id,
        type=order.type.lower(),
        status=STATUSES[order.status],
        amount=order.amount,
        filled=order.filled,
        price=order.price or None,
        average=order.average,
    )
