"""Answers as Kraken Futures documents them (docs.kraken.com), with invented numbers."""

from __future__ import annotations

from typing import Any

NOW = "2023-11-14T22:13:20.000Z"
NOW_MS = 1_700_000_000_000


def ok(**said: Any) -> dict[str, Any]:
    return {"result": "success", **said, "serverTime": NOW}


def error(word: str) -> dict[str, Any]:
    return {"result": "error", "error": word, "serverTime": NOW}


PERPETUAL = {
    "symbol": "PF_XBTUSD",
    "type": "flexible_futures",
    "tradeable": True,
    "postOnly": False,
    "tickSize": 0.5,
    "contractSize": 1,
    "contractValueTradePrecision": 4,
    "impactMidSize": 1,
    "maxPositionSize": 1000000,
    "openingDate": "2022-01-01T00:00:00.000Z",
}
INVERSE = PERPETUAL | {"symbol": "PI_XBTUSD", "type": "futures_inverse", "contractValueTradePrecision": 0}
INSTRUMENTS = ok(instruments=[PERPETUAL, INVERSE])
STATUS = ok(instrumentStatus=[{"tradeable": "PF_XBTUSD", "experiencingDislocation": False}])


def held(side: str, size: float, symbol: str = "PF_XBTUSD") -> dict[str, Any]:
    return {
        "side": side,
        "symbol": symbol,
        "price": 60000.5,
        "size": size,
        "unrealizedPnl": 49.98,
        "unrealizedFunding": 0.1,
    }


def send(status: str, *events: Any, **also: Any) -> dict[str, Any]:
    said = {"status": status, "order_id": "o-9", "receivedTime": NOW, "orderEvents": list(events), **also}
    return ok(sendStatus=said)


def executed(amount: float, price: float, uid: str = "e-1") -> dict[str, Any]:
    prior = {
        "orderId": "o-9",
        "cliOrdId": "ours1",
        "type": "ioc",
        "symbol": "PF_XBTUSD",
        "side": "sell",
        "quantity": 0.05,
        "filled": 0,
        "limitPrice": 60700,
        "reduceOnly": True,
        "timestamp": NOW,
        "lastUpdateTimestamp": NOW,
    }
    return {
        "type": "EXECUTION",
        "executionId": uid,
        "price": price,
        "amount": amount,
        "orderPriorEdit": None,
        "orderPriorExecution": prior,
        "takerReducedQuantity": None,
    }


def event(kind: str = "PLACE", **also: Any) -> dict[str, Any]:
    order = {
        "orderId": "o-9",
        "cliOrdId": "ours1",
        "type": "ioc",
        "symbol": "PF_XBTUSD",
        "side": "sell",
        "quantity": 0.05,
        "filled": 0,
        "limitPrice": 60700,
        "reduceOnly": True,
        "timestamp": NOW,
        "lastUpdateTimestamp": NOW,
    }
    return {"type": kind, "order": order, "reducedQuantity": None, **also}


PLACED_TRIGGER = {
    "type": "PLACE",
    "orderTrigger": {
        "uid": "o-9",
        "clientId": "again1",
        "type": "ioc",
        "symbol": "PF_XBTUSD",
        "side": "sell",
        "quantity": 0.05,
        "limitPrice": None,
        "triggerPrice": 55000,
        "triggerSide": "trigger_below",
        "triggerSignal": "mark_price",
        "reduceOnly": True,
        "timestamp": NOW,
        "lastUpdateTimestamp": NOW,
    },
}


def looked_up(status: str, quantity: float, filled: float, client_id: str = "ours1") -> dict[str, Any]:
    order = {
        "type": "ORDER",
        "orderId": "o-1",
        "cliOrdId": client_id,
        "symbol": "PF_XBTUSD",
        "side": "sell",
        "quantity": quantity,
        "filled": filled,
        "limitPrice": 1,
        "reduceOnly": True,
        "timestamp": NOW,
        "lastUpdateTimestamp": NOW,
    }
    return {"order": order, "status": status, "updateReason": None, "error": None}


STOP = {
    "order_id": "s-1",
    "cliOrdId": "stop1",
    "symbol": "PF_XBTUSD",
    "side": "sell",
    "orderType": "stop",
    "stopPrice": 55000,
    "unfilledSize": 0.05,
    "filledSize": 0,
    "receivedTime": NOW,
    "status": "untouched",
    "triggerSignal": "mark",
    "reduceOnly": True,
    "lastUpdateTime": NOW,
}
LIMIT = {
    "order_id": "l-1",
    "cliOrdId": "exit1",
    "symbol": "PF_XBTUSD",
    "side": "sell",
    "orderType": "lmt",
    "limitPrice": 62000,
    "unfilledSize": 0.03,
    "filledSize": 0.02,
    "receivedTime": NOW,
    "status": "partiallyFilled",
    "reduceOnly": True,
    "lastUpdateTime": NOW,
}
TRAILING = STOP | {"order_id": "s-2", "cliOrdId": "trail1", "orderType": "trailing_stop"}


def past(kind: str, quantity: str, filled: str, **also: Any) -> dict[str, Any]:
    order = {
        "uid": "o-1",
        "accountUid": "account",
        "tradeable": "PF_XBTUSD",
        "direction": "Sell",
        "quantity": quantity,
        "filled": filled,
        "timestamp": str(NOW_MS),
        "limitPrice": "60700.0",
        "orderType": "IoC",
        "clientId": "ours1",
        "reduceOnly": True,
        "lastUpdateTimestamp": str(NOW_MS),
    }
    key = "newOrder" if kind == "OrderUpdated" else "order"
    return {"uid": "event", "timestamp": NOW_MS, "event": {kind: {key: order, "reason": "new_user_order", **also}}}


FILL = {
    "fill_id": "e-1",
    "order_id": "o-1",
    "cliOrdId": "ours1",
    "symbol": "PF_XBTUSD",
    "side": "sell",
    "size": 0.02,
    "price": 60750.5,
    "fillType": "taker",
}
LOGGED = {
    "id": 9,
    "asset": "usd",
    "contract": "pf_xbtusd",
    "execution": "e-1",
    "fee": 0.6075,
    "info": "futures trade",
    "realized_funding": None,
    "trade_price": 60750.5,
}
FUNDED = LOGGED | {
    "id": 12,
    "execution": None,
    "fee": 0,
    "info": "funding rate change",
    "realized_funding": -0.0321,
}
