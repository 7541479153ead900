"""Answers as Bybit documents them (bybit-exchange.github.io/docs/v5), with invented numbers."""

from __future__ import annotations

from typing import Any

NOW = 1_700_000_000_000


def ok(result: Any, code: int = 0, message: str = "OK") -> dict[str, Any]:
    return {"retCode": code, "retMsg": message, "result": result, "retExtInfo": {}, "time": NOW}


def error(code: int, message: str = "no") -> dict[str, Any]:
    return ok({}, code, message)


INSTRUMENT = {
    "symbol": "BTCUSDT",
    "contractType": "LinearPerpetual",
    "status": "Trading",
    "baseCoin": "BTC",
    "quoteCoin": "USDT",
    "settleCoin": "USDT",
    "launchTime": "1584230400000",
    "deliveryTime": "0",
    "priceScale": "2",
    "leverageFilter": {"minLeverage": "1", "maxLeverage": "100.00", "leverageStep": "0.01"},
    "priceFilter": {"minPrice": "0.10", "maxPrice": "1999999.80", "tickSize": "0.10"},
    "lotSizeFilter": {
        "maxOrderQty": "1190.000",
        "minOrderQty": "0.001",
        "qtyStep": "0.001",
        "maxMktOrderQty": "500.000",
        "minNotionalValue": "5",
    },
    "fundingInterval": 480,
}
FUTURE = INSTRUMENT | {
    "symbol": "BTCUSDT-26DEC25",
    "contractType": "LinearFutures",
    "deliveryTime": "1766736000000",
}
INSTRUMENTS = ok({"category": "linear", "list": [INSTRUMENT, FUTURE], "nextPageCursor": ""})


def held(side: str, size: str, index: int = 0, **also: Any) -> dict[str, Any]:
    return {
        "positionIdx": index,
        "symbol": "BTCUSDT",
        "side": side,
        "size": size,
        "avgPrice": "60000.5" if side else "0",
        "markPrice": "61000.1",
        "liqPrice": "55000" if side else "",
        "unrealisedPnl": "49.98" if side else "",
        "positionIM": "305.5" if side else "",
        "positionStatus": "Normal",
        **also,
    }


def listed(*rows: Any, cursor: str = "") -> dict[str, Any]:
    return ok({"category": "linear", "list": list(rows), "nextPageCursor": cursor})


ORDER = {
    "orderId": "o-1",
    "orderLinkId": "ours1",
    "symbol": "BTCUSDT",
    "price": "60700",
    "qty": "0.050",
    "side": "Sell",
    "positionIdx": 0,
    "orderStatus": "Cancelled",
    "timeInForce": "IOC",
    "orderType": "Limit",
    "stopOrderType": "",
    "avgPrice": "60750.5",
    "leavesQty": "0.000",
    "cumExecQty": "0.020",
    "triggerPrice": "",
    "reduceOnly": True,
    "closeOnTrigger": False,
    "tpslMode": "",
    "triggerDirection": 0,
    "triggerBy": "",
    "createdTime": str(NOW),
}
STOP = ORDER | {
    "orderId": "o-2",
    "orderLinkId": "stop1",
    "orderStatus": "Untriggered",
    "orderType": "Market",
    "stopOrderType": "Stop",
    "price": "0",
    "avgPrice": "",
    "cumExecQty": "0",
    "triggerPrice": "55000",
    "triggerDirection": 2,
    "triggerBy": "MarkPrice",
    "closeOnTrigger": True,
}
ATTACHED = STOP | {
    "orderId": "o-3",
    "orderLinkId": "",
    "stopOrderType": "StopLoss",
    "tpslMode": "Full",
    "qty": "0",
}
TRADE = {
    "symbol": "BTCUSDT",
    "orderId": "o-1",
    "orderLinkId": "ours1",
    "side": "Sell",
    "orderType": "Limit",
    "execId": "e-1",
    "execPrice": "60750.5",
    "execQty": "0.020",
    "execType": "Trade",
    "execFee": "0.66825",
    "feeCurrency": "",
    "execTime": str(NOW + 5),
    "closedSize": "0.020",
    "isMaker": False,
}
