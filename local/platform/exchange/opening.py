"""A position as a strategy would have opened it."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from local.platform.exchange.account import Fill
from local.platform.exchange.desk import Twist
from local.platform.exchange.exchange import Exchange
from local.platform.exchange.orders import Order


def open_position(
    exchange: Exchange,
    account: str,
    symbol: str,
    side: str,
    amount: Decimal,
    *,
    client_id: str | None = None,
    at: int | None = None,
) -> tuple[Order, Sequence[Fill]]:
    """A market order against the book, with all of the venue's checks.

    Args:
        side: `long` or `short`.
        at: when it happened, in epoch milliseconds; None: now. The price is the present one.

    Returns:
        The order and its fills; `order.average` is the entry price.

    Raises:
        Refused: as the venue says.
    """
    params = {
        "symbol": symbol,
        "side": "BUY" if side == "long" else "SELL",
        "type": "MARKET",
        "quantity": format(amount, "f"),
        "newOrderRespType": "RESULT",
    }
    if client_id is not None:
        params["newClientOrderId"] = client_id
    with exchange.lock:
        one = exchange.accounts[account]
        if one.hedged:
            params["positionSide"] = side.upper()
        order = exchange.place(account, params, Twist(at=at))
        return order, [fill for fill in one.fills if fill.order_id == order.order_id]
