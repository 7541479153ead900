"""Kraken Futures' rows as facts. The contracts that are supported are one base unit each.

Source: docs.kraken.com, Futures REST (open orders, order status, open positions, fills, account log, order events).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from functions.adapters.exchange.venues.answers import Rowlike, above_zero, must, number, of_iso, of_ms
from functions.venue import Direction, Fill, OrderStatus, Side, Unit, VenueOrder, VenuePosition

SIDES: Final[Mapping[str, Side]] = {"buy": "buy", "sell": "sell"}
HELD: Final[Mapping[str, Direction]] = {"long": "long", "short": "short"}
OPEN: Final = {"untouched": OrderStatus.OPEN, "partiallyFilled": OrderStatus.OPEN}
# Of `orders/status`.
STATUS: Final = {
    "ENTERED_BOOK": OrderStatus.OPEN,
    "TRIGGER_PLACED": OrderStatus.OPEN,
    "FULLY_EXECUTED": OrderStatus.FILLED,
    "CANCELLED": OrderStatus.CANCELED,
    "REJECTED": OrderStatus.REJECTED,
    "TRIGGER_ACTIVATION_FAILURE": OrderStatus.REJECTED,
}
# The lists' word, and the one that an order is sent with.
TRIGGERS: Final = {
    "stop": "stp",
    "stp": "stp",
    "stop_loss": "stp",
    "take_profit": "take_profit",
    "trailing_stop": "trailing_stop",
}
AGAIN: Final = (
    "triggerSignal",
    "trailingStopMaxDeviation",
    "trailingStopDeviationUnit",
    "limitPriceOffsetValue",
    "limitPriceOffsetUnit",
)
ASSETS: Final = {"XBT": "BTC", "XDG": "DOGE"}
TRADE: Final = "futures trade"
# `fillType` of what the venue closed: liquidated, or taken over by another account, which it then unwinds.
FORCED: Final = frozenset({"liquidation", "assignor", "unwindBankrupt", "unwindCounterparty"})
NOT_AT_ONCE: Final = "iocWouldNotExecute"


def asset(said: object) -> str:
    name = str(said).upper()
    return ASSETS.get(name, name)


def working(row: Rowlike, symbol: str) -> VenueOrder:
    """One of `openorders`, where those that wait for a price stand too."""
    kind, filled = str(row["orderType"]), number(row.get("filledSize")) or Decimal(0)
    return VenueOrder(
        order_id=str(row["order_id"]),
        client_order_id=str(row["cliOrdId"]) if row.get("cliOrdId") else None,
        symbol=symbol,
        side=SIDES[row["side"]],
        type=kind,
        status=OPEN.get(str(row["status"]), OrderStatus.UNKNOWN),
        amount=must(row, "unfilledSize") + filled,
        filled=filled,
        price=above_zero(row.get("limitPrice")),
        trigger_price=above_zero(row.get("stopPrice")),
        reduce_only=row.get("reduceOnly"),
        trigger=kind in TRIGGERS,
        time_in_force="GTC",
        created_at=of_iso(row["receivedTime"]),
        parameters=tuple((key, str(row[key])) for key in AGAIN if row.get(key) not in (None, "")),
    )


def looked_up(row: Rowlike, symbol: str) -> VenueOrder:
    """One of `orders/status`. Its `limitPrice` is not the one that was sent, so no price is told."""
    order = row["order"]
    options = order.get("priceTriggerOptions") or {}
    quantity, filled = must(order, "quantity"), number(order.get("filled")) or Decimal(0)
    return VenueOrder(
        order_id=str(order["orderId"]),
        client_order_id=str(order["cliOrdId"]) if order.get("cliOrdId") else None,
        symbol=symbol,
        side=SIDES[str(order["side"]).lower()],
        type=str(order["type"]).lower(),
        status=STATUS.get(str(row["status"]), OrderStatus.UNKNOWN),
        amount=_whole(quantity, filled),
        filled=filled,
        trigger_price=above_zero(options.get("triggerPrice")),
        reduce_only=order.get("reduceOnly"),
        trigger=str(order["type"]) == "TRIGGER_ORDER",
        created_at=of_iso(order["timestamp"]) if order.get("timestamp") else None,
    )


def happened(event: Mapping[str, Any], symbol: str) -> VenueOrder | None:
    """What an event of the order history leaves of its order; None for an event that is about no order's state.
    `quantity` is what was left there, `filled` what was not. An immediate-or-cancel order never rests."""
    kind = next(iter(event), "")
    said = event.get(kind) or {}
    order = said.get("newOrder") or said.get("order") or {}
    if "uid" not in order:
        return None
    left, filled = must(order, "quantity"), number(order.get("filled")) or Decimal(0)
    reason, ioc = str(said.get("reason") or ""), str(order.get("orderType") or "").lower() == "ioc"
    if kind == "OrderCancelled":
        status = OrderStatus.CANCELED
    elif kind == "OrderRejected":
        status = OrderStatus.REJECTED
    elif left == 0 and filled > 0 and (kind == "OrderPlaced" or reason == "full_fill"):
        status = OrderStatus.FILLED
    else:
        status = OrderStatus.EXPIRED if ioc and kind in ("OrderPlaced", "OrderUpdated") else OrderStatus.UNKNOWN
    return VenueOrder(
        order_id=str(order["uid"]),
        client_order_id=str(order["clientId"]) if order.get("clientId") else None,
        symbol=symbol,
        side=SIDES[str(order["direction"]).lower()],
        type=str(order.get("orderType") or "").lower(),
        status=status,
        amount=left + filled,
        filled=filled,
        price=above_zero(order.get("limitPrice")),
        reduce_only=order.get("reduceOnly"),
        time_in_force="IOC" if ioc else None,
        created_at=of_ms(order["timestamp"]) if order.get("timestamp") else None,
    )


def sent(status: Rowlike, asked: VenueOrder) -> VenueOrder:
    """What `sendStatus` tells of the order just sent. Of one that was taken only all of it filled is final: for the
    rest it is asked. One that would not execute at once is over, and nothing of it was filled."""
    filled, paid = Decimal(0), Decimal(0)
    order_id, client_order_id = status.get("order_id"), status.get("cliOrdId")
    for event in status.get("orderEvents") or ():
        order = _order_of(event)
        order_id = order_id or order.get("orderId") or order.get("uid")
        client_order_id = client_order_id or order.get("cliOrdId") or order.get("clientId")
        if event.get("type") == "EXECUTION":
            amount = must(event, "amount")
            filled, paid = filled + amount, paid + amount * must(event, "price")
    final = OrderStatus.EXPIRED if status["status"] == NOT_AT_ONCE else OrderStatus.UNKNOWN
    return replace(
        asked,
        order_id=str(order_id) if order_id else "",
        client_order_id=str(client_order_id) if client_order_id else None,
        status=OrderStatus.FILLED if filled == asked.amount else final,
        filled=filled,
        average=paid / filled if filled else None,
        created_at=None,
    )


def _order_of(event: Rowlike) -> Rowlike:
    for key in ("orderPriorExecution", "order", "orderTrigger"):
        found = event.get(key)
        if isinstance(found, Mapping):
            return found
    return {}


def position_of(found: Sequence[Rowlike], unit: Unit, at: datetime, mark: Decimal | None) -> VenuePosition:
    """`found`: the rows of one symbol, of which there is none when it is flat. There is no hedge mode."""
    held = {HELD[row["side"]]: row for row in found if must(row, "size") != 0}
    ours, other = held.get(unit.side), held.get("short" if unit.side == "long" else "long")
    return VenuePosition(
        unit,
        amount=must(ours, "size") if ours else Decimal(0),
        opposite=must(other, "size") if other else Decimal(0),
        hedged=False,
        at=at,
        entry_price=above_zero(ours["price"]) if ours else None,
        mark_price=mark,
        unrealized=number(ours.get("unrealizedPnl")) if ours else None,
    )


def fill_of(row: Rowlike, fees: Mapping[str, Rowlike]) -> Fill:
    """`fees`: the account log's rows by execution, because the fill itself tells no fee."""
    fee = fees.get(str(row["fill_id"]))
    return Fill(
        fill_id=str(row["fill_id"]),
        order_id=str(row["order_id"]),
        side=SIDES[row["side"]],
        amount=must(row, "size"),
        price=must(row, "price"),
        fee=number(fee.get("fee")) if fee else None,
        fee_asset=asset(fee["asset"]) if fee else None,
        at=of_iso(row["fillTime"]),
        client_order_id=str(row["cliOrdId"]) if row.get("cliOrdId") else None,
        forced=row.get("fillType") in FORCED,
    )


def _whole(quantity: Decimal, filled: Decimal) -> Decimal:
    return quantity if quantity >= filled else quantity + filled
