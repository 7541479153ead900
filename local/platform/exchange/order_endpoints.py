"""Orders over HTTP: placed, looked up, cancelled."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from local.platform.exchange import errors, shapes
from local.platform.exchange.asked import Asked, Endpoint, signed
from local.platform.exchange.errors import Refused, mandatory
from local.platform.exchange.lookup import found_order, found_trigger
from local.platform.exchange.orders import Order, Trigger

WEEK = 7 * 86_400_000
DONE = {"code": 200, "msg": "The operation of cancel all open order is done."}


def _place(asked: Asked) -> Any:
    order = asked.exchange.place(asked.account.name, asked.params, asked.twist)
    full = asked.params.get("newOrderRespType") == "RESULT"
    return shapes.new_order(order) if full else shapes.acknowledged(order)


def _test(asked: Asked) -> Any:
    asked.exchange.test(asked.account.name, asked.params)
    return {}


def _named(asked: Asked, orders: Sequence[Order]) -> Order | None:
    symbol, order_id = asked.one_symbol, asked.whole("orderId")
    client_id = asked.params.get("origClientOrderId")
    if order_id is None and client_id is None:
        raise Refused(mandatory("orderId"))
    return found_order(orders, symbol=symbol, order_id=order_id, client_id=client_id)


def _look_up(asked: Asked) -> Any:
    """By order id, or the newest of a client id. A new one is not seen while the venue lags."""
    seen = [one for one in asked.account.orders if one.visible_at <= asked.now]
    order = _named(asked, seen)
    if order is None:
        raise Refused(errors.NO_SUCH_ORDER)
    return shapes.order(order)


def _look_up_open(asked: Asked) -> Any:
    seen = [one for one in asked.account.open_orders() if one.visible_at <= asked.now]
    order = _named(asked, seen)
    if order is None:
        raise Refused(errors.NO_SUCH_ORDER)
    return shapes.order(order)


def _cancel(asked: Asked) -> Any:
    order = _named(asked, asked.account.open_orders())
    if order is None:
        raise Refused(errors.NO_SUCH_ORDER_TO_CANCEL)
    return shapes.new_order(asked.exchange.cancel(asked.account.name, order.order_id))


def _cancel_all(asked: Asked) -> Any:
    asked.exchange.cancel_all(asked.account.name, asked.one_symbol)
    return DONE


def _open(asked: Asked) -> Any:
    orders = asked.account.open_orders(asked.symbol)
    return [shapes.order(one) for one in orders if one.visible_at <= asked.now]


def _all(asked: Asked) -> Any:
    symbol, first = asked.one_symbol, asked.whole("orderId")
    start, end = asked.whole("startTime"), asked.whole("endTime")
    seen = [
        one
        for one in asked.account.orders
        if one.symbol == symbol
        and one.visible_at <= asked.now
        and (first is None or one.order_id >= first)
        and (start is None or one.created >= start)
        and (end is None or one.created <= end)
    ]
    limit = asked.limit(500, 1000)
    return [
        shapes.order(one) for one in (seen[:limit] if first is not None or start is not None else seen[-limit:])
    ]


def _place_trigger(asked: Asked) -> Any:
    if asked.params.get("algoType") != "CONDITIONAL":
        raise Refused(mandatory("algoType"))
    return shapes.trigger(asked.exchange.place_trigger(asked.account.name, asked.params, asked.twist))


def _named_trigger(asked: Asked, triggers: Sequence[Trigger]) -> Trigger | None:
    algo_id, client_id = asked.whole("algoId"), asked.params.get("clientAlgoId")
    if algo_id is None and client_id is None:
        raise Refused(mandatory("algoId"))
    return found_trigger(triggers, algo_id=algo_id, client_id=client_id)


def _look_up_trigger(asked: Asked) -> Any:
    seen = [one for one in asked.account.triggers if one.visible_at <= asked.now]
    trigger = _named_trigger(asked, seen)
    if trigger is None:
        raise Refused(errors.NO_SUCH_ORDER)
    return shapes.trigger(trigger)


def _cancel_trigger(asked: Asked) -> Any:
    trigger = _named_trigger(asked, asked.account.open_triggers())
    if trigger is None:
        raise Refused(errors.NO_SUCH_ORDER_TO_CANCEL)
    asked.exchange.cancel_trigger(asked.account.name, trigger.algo_id)
    return {"algoId": trigger.algo_id, "clientAlgoId": trigger.client_id, "code": "200", "msg": "success"}


def _cancel_all_triggers(asked: Asked) -> Any:
    asked.exchange.cancel_all_triggers(asked.account.name, asked.one_symbol)
    return DONE


def _open_triggers(asked: Asked) -> Any:
    triggers = asked.account.open_triggers(asked.symbol)
    return [shapes.trigger(one) for one in triggers if one.visible_at <= asked.now]


def _all_triggers(asked: Asked) -> Any:
    symbol, limit, first = asked.one_symbol, asked.limit(500, 1000), asked.whole("algoId")
    start, end = asked.whole("startTime"), asked.whole("endTime")
    if start is not None and end is not None and end - start >= WEEK:
        raise Refused(errors.LONG_INTERVAL)
    mine = [
        one
        for one in asked.account.triggers
        if one.symbol == symbol
        and one.visible_at <= asked.now
        and (first is None or one.algo_id >= first)
        and (start is None or one.created >= start)
        and (end is None or one.created <= end)
    ]
    return [shapes.trigger(one) for one in (mine[:limit] if first is not None else mine[-limit:])]


def _forced(asked: Asked) -> Any:
    """Liquidations, the newest first."""
    start, end, limit = asked.whole("startTime"), asked.whole("endTime"), asked.limit(50, 100)
    since = (asked.now if end is None else end) - WEEK if start is None else start
    mine = [
        one
        for one in asked.account.orders
        if one.client_id.startswith("autoclose-")
        and asked.symbol in (None, one.symbol)
        and one.created >= since
        and (end is None or one.created <= end)
    ]
    return [shapes.order(one) for one in reversed(mine[-limit:])]


def _countdown(asked: Asked) -> Any:
    """Cancels the symbol's orders unless it is asked again in time; 0 calls it off."""
    symbol, milliseconds = asked.one_symbol, asked.whole("countdownTime")
    if milliseconds is None or milliseconds < 0:
        raise Refused(mandatory("countdownTime"))
    if milliseconds:
        asked.account.countdowns[symbol] = asked.exchange.clock() + milliseconds
    else:
        asked.account.countdowns.pop(symbol, None)
    return {"symbol": symbol, "countdownTime": str(milliseconds)}


ENDPOINTS: dict[tuple[str, str], Endpoint] = {
    ("POST", "/fapi/v1/order"): signed(_place),
    ("GET", "/fapi/v1/order"): signed(_look_up),
    ("DELETE", "/fapi/v1/order"): signed(_cancel),
    ("POST", "/fapi/v1/order/test"): signed(_test),
    ("GET", "/fapi/v1/openOrder"): signed(_look_up_open),
    ("GET", "/fapi/v1/openOrders"): signed(_open),
    ("DELETE", "/fapi/v1/allOpenOrders"): signed(_cancel_all),
    ("GET", "/fapi/v1/allOrders"): signed(_all),
    ("POST", "/fapi/v1/algoOrder"): signed(_place_trigger),
    ("GET", "/fapi/v1/algoOrder"): signed(_look_up_trigger),
    ("DELETE", "/fapi/v1/algoOrder"): signed(_cancel_trigger),
    ("GET", "/fapi/v1/openAlgoOrders"): signed(_open_triggers),
    ("DELETE", "/fapi/v1/algoOpenOrders"): signed(_cancel_all_triggers),
    ("GET", "/fapi/v1/allAlgoOrders"): signed(_all_triggers),
    ("GET", "/fapi/v1/forceOrders"): signed(_forced),
    ("POST", "/fapi/v1/countdownCancelAll"): signed(_countdown),
}
