"""ccxt's unified structures to functions.venue's facts, for the venues that use them.

The client's `number` is `Decimal`, so nothing is rounded; ccxt's contracts times `contractSize` are base units.
Source: ccxt 4.5.90, base/types.py and "Manual / Order structure, Trade structure, Market structure".
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, Final, cast

from functions.adapters.exchange import reading
from functions.venue import Book, Direction, Fill, Market, OrderStatus, Side, VenueOrder

STATUSES: Final = {
    "open": OrderStatus.OPEN,
    "closed": OrderStatus.FILLED,
    "canceled": OrderStatus.CANCELED,
    "canceling": OrderStatus.OPEN,
    "expired": OrderStatus.EXPIRED,
    "rejected": OrderStatus.REJECTED,
}


def contract_size(market: Mapping[str, Any]) -> Decimal:
    """Base units in one contract of a linear market."""
    if not market.get("linear") or not market.get("contract"):
        raise ValueError(f"{market.get('symbol')}: only linear contracts are read")
    size = reading.number(market, "contractSize")
    if size <= 0:
        raise ValueError("contractSize is not above 0")
    return size


def market_of(market: Mapping[str, Any]) -> Market:
    size, limits, precision = contract_size(market), market["limits"], market["precision"]
    step = reading.number(precision, "amount") * size
    return Market(
        symbol=reading.text(market, "symbol"),
        active=market.get("active") is True,
        quote=reading.text(market, "quote"),
        price_tick=reading.number(precision, "price"),
        amount_step=step,
        amount_least=_times(reading.some(limits["amount"], "min"), size) or step,
        notional_least=reading.some(limits["cost"], "min"),
        limit_most=_times(reading.some(limits["amount"], "max"), size),
        market_most=_times(reading.some(limits.get("market") or {}, "max"), size),
    )


def order_of(order: Mapping[str, Any], size: Decimal, **more: Any) -> VenueOrder:
    """`more`: fields of the fact that unified orders do not have, or have otherwise at this venue."""
    filled = reading.maybe(order, "filled")
    status = STATUSES.get(str(order.get("status")), OrderStatus.UNKNOWN)
    amount = reading.maybe(order, "amount") or Decimal(0)
    if filled is None and (status is not OrderStatus.OPEN or "filled" not in more):
        raise ValueError("filled is not in the answer")
    whole = (filled or Decimal(0)) >= amount
    if status is OrderStatus.FILLED and not whole:
        # `closed` also covers what ended with a rest.
        status = OrderStatus.CANCELED
    trigger = reading.some(order, "triggerPrice") or reading.some(order, "stopPrice")
    fields: dict[str, Any] = {
        "order_id": reading.text(order, "id"),
        "client_order_id": reading.maybe_text(order, "clientOrderId"),
        "symbol": reading.text(order, "symbol"),
        "side": side_of(order.get("side")),
        "type": str(order.get("type") or "").lower(),
        "status": status,
        "amount": amount * size,
        "filled": (filled or Decimal(0)) * size,
        "average": reading.some(order, "average"),
        "price": reading.some(order, "price"),
        "trigger_price": trigger,
        "reduce_only": order.get("reduceOnly"),
        "trigger": trigger is not None,
        "time_in_force": reading.maybe_text(order, "timeInForce"),
        "created_at": reading.maybe_when(order, "timestamp"),
    }
    return VenueOrder(**(fields | more))


def fill_of(trade: Mapping[str, Any], size: Decimal, position_side: Direction | None = None) -> Fill:
    fee = trade.get("fee") or {}
    return Fill(
        fill_id=reading.text(trade, "id"),
        order_id=reading.text(trade, "order"),
        side=side_of(trade.get("side")),
        amount=reading.number(trade, "amount") * size,
        price=reading.number(trade, "price"),
        fee=reading.maybe(fee, "cost"),
        fee_asset=reading.maybe_text(fee, "currency"),
        at=reading.when(trade, "timestamp"),
        position_side=position_side,
        client_order_id=reading.maybe_text(trade, "clientOrderId"),
    )


def book_of(symbol: str, bids: Any, asks: Any, at: datetime, size: Decimal = Decimal(1)) -> Book:
    """From raw levels, `[price, amount, ...]` each; sorted, the best first, without empty ones."""
    return Book(
        symbol,
        tuple(sorted(_levels(bids, size), reverse=True)),
        tuple(sorted(_levels(asks, size))),
        at,
    )


def side_of(value: Any) -> Side:
    lowered = str(value).lower()
    if lowered not in ("buy", "sell"):
        raise ValueError(f"side is {value!r}, which is neither buy nor sell")
    return cast(Side, lowered)


def _levels(levels: Any, size: Decimal) -> list[tuple[Decimal, Decimal]]:
    if not isinstance(levels, Sequence) or isinstance(levels, str):
        raise ValueError("the book has no levels")
    found = [(reading.decimal(level[0], "price"), reading.decimal(level[1], "amount") * size) for level in levels]
    return [(price, amount) for price, amount in found if amount > 0]


def _times(value: Decimal | None, size: Decimal) -> Decimal | None:
    return None if value is None else value * size
