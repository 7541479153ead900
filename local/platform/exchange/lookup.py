"""Finding an order among many."""

from __future__ import annotations

from collections.abc import Sequence

from local.platform.exchange.orders import Order, Trigger


def found_order(
    orders: Sequence[Order], *, symbol: str | None = None, order_id: int | None = None, client_id: str | None = None
) -> Order | None:
    """By its id, else the newest of the client id. None: not among these."""
    for order in reversed(orders):
        if symbol not in (None, order.symbol):
            continue
        if order.order_id == order_id if order_id is not None else order.client_id == client_id:
            return order
    return None


def found_trigger(
    triggers: Sequence[Trigger], *, algo_id: int | None = None, client_id: str | None = None
) -> Trigger | None:
    """By its id, else the newest of the client id. None: not among these."""
    for trigger in reversed(triggers):
        if trigger.algo_id == algo_id if algo_id is not None else trigger.client_id == client_id:
            return trigger
    return None
