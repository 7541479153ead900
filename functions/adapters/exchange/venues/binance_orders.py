"""Orders of Binance USD-M: of the book, and those that wait for a price, at endpoints of their own (`algoOrder`).

Source: developers.binance.com, USD-M futures, "New Order", "New Algo Order", "Query Order", "Query Algo Order".
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from functions.adapters.exchange import reading
from functions.adapters.exchange.ccxt_client import Ccxt
from functions.adapters.exchange.errors import is_missing, is_refusal
from functions.adapters.exchange.venues import binance_facts as facts
from functions.adapters.exchange.venues.binance_codes import CODES
from functions.adapters.exchange.venues.binance_names import listed
from functions.adapters.exchange.venues.binance_symbols import id_of, symbol_of
from functions.errors import Refused
from functions.venue import CLOSES, NewOrder, ProbeOrder, Row, Trouble, Validation, VenueOrder


def working(client: Ccxt, symbol: str | None) -> Sequence[VenueOrder]:
    asked = {} if symbol is None else {"symbol": id_of(client, symbol)}
    plain = reading.rows(client.fapiPrivateGetOpenOrders(asked), "openOrders")
    waiting = reading.rows(client.fapiPrivateGetOpenAlgoOrders(asked), "openAlgoOrders")
    return [
        *(facts.order_of(row, symbol_of(client, row)) for row in plain),
        *(facts.algo_of(row, symbol_of(client, row)) for row in waiting),
    ]


def find(client: Ccxt, symbol: str, client_order_id: str) -> VenueOrder | None:
    """None, or the venue's own error, where neither endpoint knows it."""
    asked = {"symbol": id_of(client, symbol), "origClientOrderId": client_order_id}
    try:
        row = reading.mapping(client.fapiPrivateGetOrder(asked), "order")
    except Exception as error:
        if not is_missing(error, client, CODES):
            raise
        return _waiting(client, symbol, client_order_id)
    reading.about([row], asked["symbol"])
    return facts.order_of(row, symbol)


def create(client: Ccxt, order: NewOrder) -> VenueOrder:
    asked = {
        "symbol": id_of(client, order.unit.symbol),
        "side": CLOSES[order.unit.side].upper(),
        "quantity": reading.plain(order.amount),
        "newClientOrderId": order.client_order_id,
        "newOrderRespType": "RESULT",
    }
    # In hedge mode the position side makes it reduce, and `reduceOnly` is refused.
    asked |= {"positionSide": order.unit.side.upper()} if order.hedged else {"reduceOnly": "true"}
    if order.price is None:
        asked["type"] = "MARKET"
    else:
        asked |= {"type": "LIMIT", "price": reading.plain(order.price), "timeInForce": "IOC"}
    return facts.order_of(reading.mapping(client.fapiPrivatePostOrder(asked), "order"), order.unit.symbol)


def validate(client: Ccxt, order: ProbeOrder) -> Validation:
    """By "Test Order": the same parameters as "New Order"; the venue says of it only that the order is not sent to
    the matching engine. So key, signature, clock, right, symbol and filters are checked; margin is not promised."""
    reading.mapping(client.fapiPrivatePostOrderTest(_probed(client, order)), "order/test")
    return Validation.ACCEPTED


def probe(client: Ccxt, order: ProbeOrder) -> VenueOrder:
    asked = {**_probed(client, order), "newOrderRespType": "RESULT"}
    return facts.order_of(reading.mapping(client.fapiPrivatePostOrder(asked), "order"), order.symbol)


def place_again(client: Ccxt, order: VenueOrder, client_order_id: str) -> VenueOrder:
    asked = dict(_again(client, order))
    if not order.trigger:
        asked["newClientOrderId"] = client_order_id
        return facts.order_of(reading.mapping(client.fapiPrivatePostOrder(asked), "order"), order.symbol)
    # Whatever it was listed as: orders that wait for a price are taken by the algo endpoint alone (-4120).
    asked |= {"clientAlgoId": client_order_id, **dict([facts.ALGO])}
    return facts.algo_of(reading.mapping(client.fapiPrivatePostAlgoOrder(asked), "algoOrder"), order.symbol)


def cancel(client: Ccxt, order: VenueOrder) -> bool:
    if facts.ALGO in order.parameters:
        answer = reading.mapping(client.fapiPrivateDeleteAlgoOrder({"algoId": order.order_id}), "algoOrder")
        return _took(answer, "algoId", order)
    asked = {"symbol": id_of(client, order.symbol), "orderId": order.order_id}
    return _took(reading.mapping(client.fapiPrivateDeleteOrder(asked), "order"), "orderId", order)


def _probed(client: Ccxt, order: ProbeOrder) -> dict[str, str]:
    """Good-till-crossing: what would take from the book is refused (-5022)."""
    side = "LONG" if order.side == "buy" else "SHORT"
    return {
        "symbol": id_of(client, order.symbol),
        "side": order.side.upper(),
        "type": "LIMIT",
        "timeInForce": "GTX",
        "quantity": reading.plain(order.amount),
        "price": reading.plain(order.price),
        "newClientOrderId": order.client_order_id,
        **({"positionSide": side} if order.hedged else {}),
    }


def _took(answer: Mapping[str, Any], name: str, order: VenueOrder) -> bool:
    if reading.text(answer, name) != order.order_id:
        raise ValueError(f"asked to cancel {order.order_id}, the answer is about {answer[name]}")
    return True


def _waiting(client: Ccxt, symbol: str, client_order_id: str) -> VenueOrder | None:
    """One that waits for a price, with what came of it once it was triggered."""
    row = _algo(client, symbol, client_order_id)
    if row is None:
        return None
    order = facts.algo_of(row, symbol)
    made = reading.maybe_text(row, "actualOrderId")
    if made is None or not made.strip("0"):
        return order
    asked = {"symbol": id_of(client, symbol), "orderId": made}
    return facts.triggered(
        order, facts.order_of(reading.mapping(client.fapiPrivateGetOrder(asked), "order"), symbol)
    )


def _algo(client: Ccxt, symbol: str, client_order_id: str) -> Mapping[str, Any] | None:
    """What this endpoint says of an id that it does not know is not documented. Whatever it refuses by, the lists
    decide: else an order that was never accepted would stay unsettled for good."""
    try:
        return reading.mapping(client.fapiPrivateGetAlgoOrder({"clientAlgoId": client_order_id}), "algoOrder")
    except Exception as error:
        if is_missing(error, client, CODES) or not is_refusal(error, client, CODES):
            raise
    return listed(client, id_of(client, symbol), client_order_id)


def _again(client: Ccxt, order: VenueOrder) -> Iterator[tuple[str, str]]:
    """Everything that it had, by the venue's names; what is filled of it is not placed again."""
    had = dict(order.parameters)
    if order.type.startswith("trailing") and "callbackRate" not in had:
        why = f"order {order.order_id} was listed without its callback rate: it cannot be placed again as it was"
        raise Refused(why).of(Trouble(Row.OTHER, "Adapter", None, why))
    yield "symbol", id_of(client, order.symbol)
    yield "side", order.side.upper()
    yield "type", order.type.upper()
    if order.position_side:
        yield "positionSide", order.position_side.upper()
    if order.close_position:
        yield "closePosition", "true"
    else:
        yield "quantity", reading.plain(order.left)
        if order.reduce_only and not order.position_side:
            yield "reduceOnly", "true"
    # With a price match the venue sets the price, and refuses one beside it.
    if order.price is not None and "priceMatch" not in had:
        yield "price", reading.plain(order.price)
    if order.trigger_price is not None:
        yield "triggerPrice", reading.plain(order.trigger_price)
    if order.time_in_force:
        yield "timeInForce", order.time_in_force
    yield from order.parameters
