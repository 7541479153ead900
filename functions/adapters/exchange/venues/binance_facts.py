"""Binance USD-M's raw answers about orders to functions.venue's facts. Its quantities are base units.

Source: developers.binance.com, USD-M futures, "Query Order", "Query Algo Order".
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any, Final

from functions.adapters.exchange import reading
from functions.adapters.exchange.translate import side_of
from functions.venue import Direction, OrderStatus, VenueOrder

STATUSES: Final = {
    "NEW": OrderStatus.OPEN,
    "PARTIALLY_FILLED": OrderStatus.OPEN,
    "FILLED": OrderStatus.FILLED,
    "CANCELED": OrderStatus.CANCELED,
    "EXPIRED": OrderStatus.EXPIRED,
    "EXPIRED_IN_MATCH": OrderStatus.EXPIRED,
    "REJECTED": OrderStatus.REJECTED,
    # Of an order that waits for a price; triggered, its own order stands in the book.
    "TRIGGERING": OrderStatus.OPEN,
    "TRIGGERED": OrderStatus.OPEN,
}
DIRECTIONS: Final[dict[str, Direction | None]] = {"LONG": "long", "SHORT": "short", "BOTH": None}
WAITS: Final = ("STOP", "TAKE_PROFIT", "TRAILING")
# What an order has besides the fact's own fields; said again when it is placed again.
ORDER_PARAMETERS: Final = ("workingType", "priceProtect", "priceMatch", "selfTradePreventionMode", "goodTillDate")
# Only an order of the algo endpoints has it; it is cancelled and placed again there.
ALGO: Final = ("algoType", "CONDITIONAL")
ALGO_PARAMETERS: Final = (
    "workingType",
    "priceProtect",
    "priceMatch",
    "selfTradePreventionMode",
    "goodTillDate",
    "activatePrice",
    "callbackRate",
)
NOT_SET: Final = frozenset({("priceMatch", "NONE"), ("priceProtect", "false"), ("priceProtect", "False")})


def order_of(row: Mapping[str, Any], symbol: str) -> VenueOrder:
    """Of `order`, `openOrders`. `origType` is the type that was sent: a triggered stop's `type` is MARKET."""
    kind = (reading.maybe_text(row, "origType") or reading.text(row, "type")).upper()
    parameters = list(_parameters(row, ORDER_PARAMETERS))
    # Its own names: what is read as `activatePrice` and `priceRate` is sent so to the algo endpoint.
    parameters += [("activatePrice", text) for _, text in _parameters(row, ("activatePrice",))]
    parameters += [("callbackRate", text) for _, text in _parameters(row, ("priceRate",))]
    return VenueOrder(
        order_id=reading.text(row, "orderId"),
        client_order_id=reading.maybe_text(row, "clientOrderId"),
        symbol=symbol,
        side=side_of(row.get("side")),
        type=kind.lower(),
        status=STATUSES.get(reading.text(row, "status"), OrderStatus.UNKNOWN),
        amount=reading.number(row, "origQty"),
        filled=reading.number(row, "executedQty"),
        average=reading.some(row, "avgPrice"),
        price=reading.some(row, "price"),
        trigger_price=reading.some(row, "stopPrice"),
        reduce_only=_maybe_yes(row, "reduceOnly"),
        close_position=_maybe_yes(row, "closePosition") is True,
        position_side=position_side_of(row),
        trigger=kind.startswith(WAITS),
        time_in_force=reading.maybe_text(row, "timeInForce"),
        created_at=reading.maybe_when(row, "time") or reading.maybe_when(row, "updateTime"),
        parameters=tuple(parameters),
    )


def algo_of(row: Mapping[str, Any], symbol: str) -> VenueOrder:
    """Of `algoOrder`, `openAlgoOrders`: an order that waits for a price. FINISHED says only that its own order is
    over, so what was filled is unknown here."""
    return VenueOrder(
        order_id=reading.text(row, "algoId"),
        client_order_id=reading.maybe_text(row, "clientAlgoId"),
        symbol=symbol,
        side=side_of(row.get("side")),
        type=reading.text(row, "orderType").lower(),
        status=STATUSES.get(reading.text(row, "algoStatus"), OrderStatus.UNKNOWN),
        amount=reading.maybe(row, "quantity") or Decimal(0),
        filled=Decimal(0),
        price=reading.some(row, "price"),
        trigger_price=reading.some(row, "triggerPrice"),
        reduce_only=_maybe_yes(row, "reduceOnly"),
        close_position=_maybe_yes(row, "closePosition") is True,
        position_side=position_side_of(row),
        trigger=True,
        time_in_force=reading.maybe_text(row, "timeInForce"),
        created_at=reading.maybe_when(row, "createTime"),
        parameters=(ALGO, *_parameters(row, ALGO_PARAMETERS)),
    )


def triggered(waited: VenueOrder, made: VenueOrder) -> VenueOrder:
    """The order that waited, with what came of the one that its trigger made."""
    return replace(waited, status=made.status, amount=made.amount, filled=made.filled, average=made.average)


def position_side_of(row: Mapping[str, Any]) -> Direction | None:
    said = reading.text(row, "positionSide")
    if said not in DIRECTIONS:
        raise ValueError(f"positionSide is {said!r}")
    return DIRECTIONS[said]


def _maybe_yes(row: Mapping[str, Any], name: str) -> bool | None:
    return None if row.get(name) is None else reading.yes(row, name)


def _parameters(row: Mapping[str, Any], names: Sequence[str]) -> list[tuple[str, str]]:
    """As text, without what is not set (`0.00` is no price); true and false as the venue reads them."""
    found = [(name, str(row[name])) for name in names if row.get(name) is not None]
    said = [(name, text) for name, text in found if text.strip("0.") and (name, text) not in NOT_SET]
    return [(name, text.lower() if text in ("True", "False") else text) for name, text in said]
