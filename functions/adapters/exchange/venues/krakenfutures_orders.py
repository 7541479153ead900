"""What changes something at Kraken Futures. Source: docs.kraken.com, Futures REST (send order, cancel order)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

from functions.adapters.exchange.ccxt_client import Ccxt
from functions.adapters.exchange.venues.answers import Rowlike, in_iso, not_late, plain, refused, spoken
from functions.adapters.exchange.venues.krakenfutures_account import time_of
from functions.adapters.exchange.venues.krakenfutures_codes import TAKEN
from functions.adapters.exchange.venues.krakenfutures_facts import NOT_AT_ONCE, TRIGGERS, sent
from functions.venue import CLOSES, NewOrder, OrderStatus, Row, VenueOrder


def create(client: Ccxt, market: Rowlike, order: NewOrder) -> VenueOrder:
    """One reading goes before the one order: the venue's time, for `processBefore`; without it an order that was
    held up would be taken whenever it arrives. A market order is held by the venue within a bound of its own."""
    if order.hedged:
        raise refused(Row.OTHER, "krakenfutures has no hedge mode")
    asked = VenueOrder(
        order_id="",
        client_order_id=order.client_order_id,
        symbol=order.unit.symbol,
        side=CLOSES[order.unit.side],
        type="mkt" if order.price is None else "ioc",
        status=OrderStatus.UNKNOWN,
        amount=order.amount,
        filled=Decimal(0),
        price=order.price,
        reduce_only=True,
        time_in_force="IOC",
    )
    return _send(client, market, asked, order.client_order_id, asked.type)


def place_again(client: Ccxt, market: Rowlike, order: VenueOrder, client_order_id: str) -> VenueOrder:
    kind, said = TRIGGERS.get(order.type, order.type), dict(order.parameters)
    if kind == "trailing_stop" and "trailingStopMaxDeviation" not in said:
        why = f"krakenfutures: the venue does not tell how far order {order.order_id} trails"
        raise refused(Row.OTHER, f"{why}: it cannot be placed again as it was")
    if kind not in TRIGGERS.values() and kind not in ("lmt", "post"):
        raise refused(Row.OTHER, f"krakenfutures: an order of type {order.type} is not known")
    # What is filled of it is not placed again.
    rest = replace(order, amount=order.left, filled=Decimal(0))
    return _send(client, market, rest, client_order_id, kind)


def cancel(client: Ccxt, order: VenueOrder) -> bool:
    status = client.privatePostCancelorder({"order_id": order.order_id})["cancelStatus"]["status"]
    if status in ("notFound", "filled"):
        return False
    if status != "cancelled":
        raise spoken("ExchangeError", f"krakenfutures cancelorder: {status}")
    return True


def _send(client: Ccxt, market: Rowlike, order: VenueOrder, client_order_id: str, kind: str) -> VenueOrder:
    started = int(client.milliseconds())
    until = time_of(client) + timedelta(milliseconds=int(client.options["recvWindow"]))
    asked: dict[str, Any] = {
        "orderType": kind,
        "symbol": market["id"],
        "side": order.side,
        "size": plain(order.amount),
        "cliOrdId": client_order_id,
        "processBefore": in_iso(until),
        **dict(order.parameters),
    }
    if order.reduce_only:
        asked["reduceOnly"] = "true"
    # A trailing stop has neither price: its trigger follows the market.
    if order.price is not None and kind != "trailing_stop":
        asked["limitPrice"] = plain(order.price)
    if order.trigger_price is not None and kind != "trailing_stop":
        asked["stopPrice"] = plain(order.trigger_price)
    not_late(client, started)
    answer = client.privatePostSendorder(asked)
    status = answer["sendStatus"]
    made = sent(status, order)
    if status["status"] not in TAKEN and not (status["status"] == NOT_AT_ONCE and made.order_id):
        # Inside a 200 whose `result` is "success".
        raise spoken("ExchangeError", f"krakenfutures sendorder: {status['status']}")
    return made
