"""`local open-position`: a position and its orders in the tables, as a strategy would have left them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal, InvalidOperation
from secrets import token_hex
from typing import Any

from console.aws import Aws
from console.errors import ConsoleError, ExitCode

# Age of the exit signal of a stuck position; an ordinary one has none.
EXIT_DUE_FOR = timedelta(minutes=45)
OPEN_FOR = timedelta(hours=6)
ENTRY_PRICE = Decimal("60000")
STUCK_ORDERS: dict[str, dict[str, Any]] = {
    "rejected": {"status": "rejected", "filled": Decimal(0), "error": "-2019 Margin is insufficient."},
    "unfilled": {"status": "open", "filled": Decimal(0)},
    "partial": {"status": "open"},
}


def open_position(
    aws: Aws, *, strategy: str | None, symbol: str, side: str, amount: str, stuck: str | None, now: datetime
) -> dict[str, Any]:
    """Writes the items and returns the position's."""
    strategy_id = _strategy(aws, strategy)
    config = aws.table(aws.settings.platform.strategy_config_table).get_item(
        Key={"strategy_id": strategy_id}
    ).get("Item", {})  # fmt: skip
    position: dict[str, Any] = {
        "position_id": f"pos-{token_hex(6)}",
        "strategy_id": strategy_id,
        "exchange": config.get("exchange", "binanceusdm"),
        "symbol": symbol,
        "side": side,
        "amount": _amount(amount),
        "entry_price": ENTRY_PRICE,
        "opened_at": stamp(now - OPEN_FOR),
        "account": config.get("account"),
        "mode": config.get("mode"),
        "status": "open",
    }
    if stuck:
        position["exit_signal_at"] = stamp(now - EXIT_DUE_FOR)
        position["exit_reason"] = "signal"
    position = {name: value for name, value in position.items() if value is not None}
    orders = aws.table(aws.settings.platform.orders_table)
    for order in _orders(position, stuck, now):
        orders.put_item(Item=order)
    # Last, so that nobody sees the position without its orders.
    aws.table(aws.settings.platform.positions_table).put_item(Item=position)
    return position


def stamp(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _orders(position: dict[str, Any], stuck: str | None, now: datetime) -> list[dict[str, Any]]:
    opening, closing = ("buy", "sell") if position["side"] == "long" else ("sell", "buy")
    entry = _order(position, "entry", opening, "limit", now - OPEN_FOR)
    entry |= {"status": "filled", "filled": position["amount"], "price": ENTRY_PRICE}
    stop = _order(position, "stop", closing, "stop_market", now - OPEN_FOR)
    stop |= {"status": "open", "filled": Decimal(0), "reduce_only": True}
    orders = [entry, stop]
    if stuck in STUCK_ORDERS:
        leaving = _order(position, "exit", closing, "limit", now - EXIT_DUE_FOR)
        leaving |= {"price": ENTRY_PRICE, "filled": position["amount"] / 2} | STUCK_ORDERS[stuck]
        orders.append(leaving)
    return orders


def _order(position: dict[str, Any], what: str, side: str, kind: str, at: datetime) -> dict[str, Any]:
    name = f"{position['position_id']}-{what}"
    return {
        "position_id": position["position_id"], "order_id": f"ord-{token_hex(6)}", "client_order_id": name,
        "strategy_id": position["strategy_id"], "side": side, "type": kind, "amount": position["amount"],
        "created_at": stamp(at),
    }  # fmt: skip


def _strategy(aws: Aws, wanted: str | None) -> str:
    """The wanted one, or the first of the table; it must stand there."""
    items = aws.table(aws.settings.platform.trading_state_table).scan(ProjectionExpression="strategy_id")["Items"]
    known = sorted(str(item["strategy_id"]) for item in items)
    if wanted is None and known:
        return known[0]
    if wanted not in known:
        raise ConsoleError(
            ExitCode.USAGE, f"there is no strategy {wanted!r}", f"there are {', '.join(known) or 'none'}"
        )
    return str(wanted)


def _amount(text: str) -> Decimal:
    try:
        amount = Decimal(text)
    except InvalidOperation:
        amount = Decimal(0)
    if not amount.is_finite() or amount <= 0:
        raise ConsoleError(ExitCode.USAGE, f"--amount must be a number above 0, is {text!r}", "try 0.010")
    return amount
