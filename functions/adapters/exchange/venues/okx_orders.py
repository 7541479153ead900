"""What changes something at OKX. Source: okx.com/docs-v5 (place order, place algo order, cancel order)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from typing import Any

from functions.adapters.exchange.ccxt_client import Ccxt
from functions.adapters.exchange.venues.answers import (
    Rowlike,
    first,
    must,
    not_late,
    placed,
    plain,
    refused,
    rows,
    spoken,
)
from functions.adapters.exchange.venues.okx_facts import DIRECTIONS, size_of
from functions.errors import Broken
from functions.venue import CLOSES, NewOrder, OrderStatus, Row, VenueOrder


def create(client: Ccxt, market: Rowlike, order: NewOrder) -> VenueOrder:
    """Two readings go before the one order: the margin mode that the position stands in, because in the other mode
    the order would find nothing to close, and the venue's time for `expTime`. In hedge mode the venue ignores
    `reduceOnly`: there the side of the position makes it one."""
    started = int(client.milliseconds())
    mode = _margin_mode(client, market, order)
    side = CLOSES[order.unit.side]
    asked = {
        "instId": market["id"],
        "tdMode": mode,
        "side": side,
        "ordType": "market" if order.price is None else "ioc",
        "sz": plain(contracts(order.amount, market)),
        "clOrdId": order.client_order_id,
        **({"posSide": order.unit.side} if order.hedged else {"reduceOnly": True}),
        **({"px": plain(order.price)} if order.price is not None else {}),
    }
    with _expiring(client):
        not_late(client, started)
        taken = _accepted(client.privatePostTradeOrder(asked))
    return VenueOrder(
        order_id=str(taken["ordId"]),
        client_order_id=str(taken["clOrdId"]),
        symbol=order.unit.symbol,
        side=side,
        type=str(asked["ordType"]),
        status=OrderStatus.UNKNOWN,
        amount=order.amount,
        filled=Decimal(0),
        price=order.price,
        reduce_only=True,
        position_side=order.unit.side if order.hedged else None,
        time_in_force="IOC",
        parameters=(("tdMode", mode),),
    )


def place_again(client: Ccxt, market: Rowlike, order: VenueOrder, client_order_id: str) -> VenueOrder:
    said = dict(order.parameters)
    if "tdMode" not in said:
        raise refused(Row.OTHER, f"okx: the margin mode of order {order.order_id} is not known")
    if _is_algo(order) and not order.trigger:
        raise refused(Row.OTHER, f"okx: a {order.type} order does not wait for a price: it is not placed again")
    asked: dict[str, Any] = {
        "instId": market["id"],
        **said,
        "side": order.side,
        # ccxt adds an id and a tag of its own where this field is empty, for algo orders too.
        "clOrdId": client_order_id,
    }
    if order.position_side is not None:
        asked["posSide"] = order.position_side
    elif order.reduce_only:
        asked["reduceOnly"] = True
    if "closeFraction" not in said:
        asked["sz"] = plain(contracts(order.left, market))
    if "cxlOnClosePos" in said:
        asked["cxlOnClosePos"] = said["cxlOnClosePos"] == "true"
    if _is_algo(order):
        asked["algoClOrdId"] = client_order_id
        with _expiring(client):
            taken = _accepted(client.privatePostTradeOrderAlgo(asked))
        order_id, ours = str(taken["algoId"]), str(taken["algoClOrdId"])
    else:
        asked |= {"ordType": order.type, **({"px": plain(order.price)} if order.price is not None else {})}
        with _expiring(client):
            taken = _accepted(client.privatePostTradeOrder(asked))
        order_id, ours = str(taken["ordId"]), str(taken["clOrdId"])
    return placed(order, order_id, ours)


def cancel(client: Ccxt, market: Rowlike, order: VenueOrder) -> bool:
    if _is_algo(order):
        _accepted(client.privatePostTradeCancelAlgos([{"instId": market["id"], "algoId": order.order_id}]))
    else:
        _accepted(client.privatePostTradeCancelOrder({"instId": market["id"], "ordId": order.order_id}))
    return True


def _is_algo(order: VenueOrder) -> bool:
    return "ordType" in dict(order.parameters)


def contracts(amount: Decimal, market: Rowlike) -> Decimal:
    found, lot = amount / size_of(market), must(market["info"], "lotSz")
    if found <= 0 or found % lot != 0:
        raise Broken(f"okx: {amount} is no whole number of lots of {market['id']}")
    return found


def _margin_mode(client: Ccxt, market: Rowlike, order: NewOrder) -> str:
    asked = {"instType": "SWAP", "instId": market["id"]}
    modes = set()
    for row in rows(client.privateGetAccountPositions(asked), "data"):
        held = must(row, "pos")
        side = DIRECTIONS[row["posSide"]] or ("long" if held > 0 else "short")
        if held != 0 and side == order.unit.side:
            modes.add(str(row["mgnMode"]))
    if not modes:
        raise refused(Row.NOTHING_TO_REDUCE, f"okx: no {order.unit.side} position of {order.unit.symbol}")
    if len(modes) > 1:
        why = f"okx: {order.unit.symbol} is held {order.unit.side} in cross and in isolated margin"
        raise refused(Row.OTHER, f"{why}: one order cannot close both, and it is not known which is meant")
    return modes.pop()


def _accepted(answer: Any) -> Rowlike:
    """The one row, whose own `sCode` says whether it was taken, whatever the `code` around it."""
    row = first(rows(answer, "data"))
    if str(row["sCode"]) != "0":
        raise spoken("ExchangeError", f"okx {row['sCode']}: {row.get('sMsg')}")
    return row


@contextmanager
def _expiring(client: Ccxt) -> Iterator[None]:
    """Until when the venue may take the request, by its own clock."""
    theirs = int(first(rows(client.publicGetPublicTime(), "data"))["ts"])
    before = client.headers
    client.headers = {**(before or {}), "expTime": str(theirs + int(client.options["recvWindow"]))}
    try:
        yield
    finally:
        client.headers = before
