"""An open position in the tables, with the orders that a strategy would have left (no venue behind it yet)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from secrets import token_hex
from typing import Any, Literal

from local.platform.aws import Aws
from local.platform.names import ORDERS_TABLE, POSITIONS_TABLE
from local.platform.pace import now, stamp
from local.platform.seeding.tables import put_items

Stuck = Literal["never-submitted", "rejected", "unfilled", "partial"]

PRICE = Decimal("60000")
OPENED_AGO = timedelta(hours=6)
EXIT_DUE_FOR = timedelta(minutes=45)
EXIT_ORDERS: Mapping[str, dict[str, Any]] = {
    "rejected": {"status": "rejected", "filled": Decimal(0), "error": "-2019 Margin is insufficient."},
    "unfilled": {"status": "open", "filled": Decimal(0)},
    "partial": {"status": "open"},
}


def open_position(
    aws: Aws,
    strategy_id: str,
    *,
    symbol: str = "BTC/USDT:USDT",
    side: Literal["long", "short"] = "long",
    amount: Decimal = Decimal("0.05"),
    stuck: Stuck | None = None,
    protected: bool = True,
) -> str:
    """Writes a position, its filled entry, a protective stop (`protected`), and the exit of the named trouble.

    Returns the `position_id`.
    """
    position_id = f"pos-{token_hex(6)}"
    entered, leaves = ("buy", "sell") if side == "long" else ("sell", "buy")
    opened = now() - OPENED_AGO
    position: dict[str, Any] = {
        "position_id": position_id,
        "strategy_id": strategy_id,
        "exchange": "binanceusdm",
        "symbol": symbol,
        "side": side,
        "amount": amount,
        "entry_price": PRICE,
        "opened_at": stamp(opened),
        "status": "open",
    }
    common = {"position_id": position_id, "strategy_id": strategy_id, "amount": amount}
    entry = {**common, "side": entered, "type": "limit", "status": "filled", "filled": amount, "price": PRICE}
    orders = [{**entry, "order_id": "1-entry", "created_at": stamp(opened)}]
    if protected:
        stop = {**common, "side": leaves, "type": "stop_market", "status": "open", "filled": Decimal(0)}
        orders.append({**stop, "order_id": "2-stop", "created_at": stamp(opened), "reduce_only": True})
    if stuck is not None:
        due = now() - EXIT_DUE_FOR
        position |= {"exit_signal_at": stamp(due), "exit_reason": "signal"}
        if stuck != "never-submitted":
            leave = {**common, "side": leaves, "type": "limit", "filled": amount / 2, "price": PRICE}
            orders.append({**leave, "order_id": "3-exit", "created_at": stamp(due), **EXIT_ORDERS[stuck]})
    put_items(aws, ORDERS_TABLE, orders)
    # Last, so that nobody sees the position without its orders.
    put_items(aws, POSITIONS_TABLE, [position])
    return position_id
