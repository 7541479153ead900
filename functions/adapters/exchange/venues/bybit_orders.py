"""Bybit's orders: listed, looked up, placed, cancelled. A conditional order stands in the same list as the others
and is cancelled like them.

Source: bybit-exchange.github.io/docs/v5, order (create-order, open-order, order-list, cancel-order).
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from functions.adapters.exchange.ccxt_client import Ccxt
from functions.adapters.exchange.venues.answers import checked_id, placed, plain, refused, rows, symbol_of
from functions.adapters.exchange.venues.bybit_facts import INDEX, order_of
from functions.adapters.exchange.venues.bybit_lists import SETTLES, listed, scope_of
from functions.venue import CLOSES, NewOrder, OrderStatus, Row, VenueOrder


def working(client: Ccxt, symbol: str | None) -> Sequence[VenueOrder]:
    scopes = (
        [scope_of(client, symbol)] if symbol else [{"category": "linear", "settleCoin": one} for one in SETTLES]
    )
    return [
        order_of(row, symbol_of(client, str(row["symbol"])))
        for scope in scopes
        for row in listed(client.privateGetV5OrderRealtime, {**scope, "openOnly": 0, "limit": 50})
    ]


def find(client: Ccxt, symbol: str, client_order_id: str) -> VenueOrder | None:
    """An order only moves from the working ones to the recent ones and on to the history, so asking in this
    order cannot miss it on its way. The recent ones are forgotten when the venue restarts."""
    asked = {**scope_of(client, symbol), "orderLinkId": client_order_id}
    for method, more in (
        (client.privateGetV5OrderRealtime, {"openOnly": 0}),
        (client.privateGetV5OrderRealtime, {"openOnly": 1}),
        (client.privateGetV5OrderHistory, {}),
    ):
        found = [
            order_of(row, symbol)
            for row in rows(method({**asked, **more}), "result", "list")
            if row.get("orderLinkId") == client_order_id and row.get("symbol") == asked["symbol"]
        ]
        if found:
            return max(found, key=lambda one: (one.created_at is not None, one.created_at))
    return None


def create(client: Ccxt, order: NewOrder) -> VenueOrder:
    """The answer only says that the order was taken in: what became of it is asked with `order`."""
    side = CLOSES[order.unit.side]
    asked = {
        **scope_of(client, order.unit.symbol),
        "side": side.capitalize(),
        "orderType": "Market" if order.price is None else "Limit",
        "qty": plain(order.amount),
        "timeInForce": "IOC",
        "reduceOnly": True,
        "positionIdx": INDEX[order.unit.side] if order.hedged else 0,
        "orderLinkId": checked_id(order.client_order_id),
    }
    if order.price is not None:
        asked["price"] = plain(order.price)
    taken = client.privatePostV5OrderCreate(asked)["result"]
    return VenueOrder(
        order_id=str(taken["orderId"]),
        client_order_id=str(taken["orderLinkId"]),
        symbol=order.unit.symbol,
        side=side,
        type="market" if order.price is None else "limit",
        status=OrderStatus.UNKNOWN,
        amount=order.amount,
        filled=Decimal(0),
        price=order.price,
        reduce_only=True,
        position_side=order.unit.side if order.hedged else None,
        time_in_force="IOC",
    )


def place_again(client: Ccxt, order: VenueOrder, client_order_id: str) -> VenueOrder:
    _own_order(order)
    said = {key: value for key, value in order.parameters if key != "stopOrderType"}
    asked: dict[str, Any] = {
        **scope_of(client, order.symbol),
        **said,
        "side": order.side.capitalize(),
        "orderType": said.get("orderType", order.type.capitalize()),
        "qty": plain(order.left),
        "reduceOnly": bool(order.reduce_only),
        "positionIdx": INDEX[order.position_side] if order.position_side else 0,
        "orderLinkId": checked_id(client_order_id),
    }
    if order.time_in_force:
        asked["timeInForce"] = order.time_in_force
    if "closeOnTrigger" in said:
        asked["closeOnTrigger"] = said["closeOnTrigger"] == "true"
    if "triggerDirection" in said:
        asked["triggerDirection"] = int(said["triggerDirection"])
    if order.trigger_price is not None:
        asked["triggerPrice"] = plain(order.trigger_price)
    if order.price is not None:
        asked["price"] = plain(order.price)
    taken = client.privatePostV5OrderCreate(asked)["result"]
    return placed(order, str(taken["orderId"]), str(taken["orderLinkId"]))


def cancel(client: Ccxt, order: VenueOrder) -> bool:
    _own_order(order)
    client.privatePostV5OrderCancel({**scope_of(client, order.symbol), "orderId": order.order_id})
    return True


def _own_order(order: VenueOrder) -> None:
    """A stop that was set on the position itself has no client id and cannot be placed again as it was. It goes by
    itself when the position goes, so it is never taken away from here."""
    kind = dict(order.parameters).get("stopOrderType", "Stop")
    if kind not in ("Stop", ""):
        why = f"bybit: order {order.order_id} ({kind}) belongs to its position: it can neither be placed again nor"
        raise refused(Row.OTHER, f"{why} be taken away without leaving the position unprotected")
