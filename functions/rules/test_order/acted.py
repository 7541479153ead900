"""A test order as an act of its incident: its name, and the words for it."""

from __future__ import annotations

from typing import Final

from functions.rules.units.words import number
from functions.venue import ProbeOrder, Where

# What is seen of it, as pieces of evidence, in the order in which it happens.
PLACED: Final = "test order placed"
OPEN: Final = "test order seen open"
CANCELLED: Final = "test order cancelled"
GONE: Final = "test order seen gone"
MOMENTS: Final = (PLACED, OPEN, CANCELLED, GONE)
# How it ended, by whoever has looked last.
ENDED: Final = "test order"


def act_id(client_order_id: str) -> str:
    return f"test-order/{client_order_id}"


def before_of(order: ProbeOrder, where: Where) -> str:
    """Beside the client order id, which is the act's target: all by which a person finds it at the venue."""
    size = f"{order.side} {number(order.amount)} {order.symbol} at {number(order.price)}"
    return f"{size}, post-only, at {where.venue}/{where.account}; nothing was held there and nothing worked"
