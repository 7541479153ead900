"""Answers as OKX documents them (okx.com/docs-v5), with invented numbers. One contract is 0.01 BTC."""

from __future__ import annotations

from typing import Any

NOW = 1_700_000_000_000


def ok(*data: Any) -> dict[str, Any]:
    return {"code": "0", "msg": "", "data": list(data)}


def error(code: str, message: str = "no") -> dict[str, Any]:
    """Of the whole request."""
    return {"code": code, "msg": message, "data": []}


def refused(code: str, outer: str = "1") -> dict[str, Any]:
    """Of the one order in it."""
    row = {"clOrdId": "ours1", "ordId": "", "algoId": "", "tag": "", "sCode": code, "sMsg": "no"}
    return {"code": outer, "msg": "", "data": [row]}


SWAP = {
    "instType": "SWAP",
    "instId": "BTC-USDT-SWAP",
    "instFamily": "BTC-USDT",
    "uly": "BTC-USDT",
    "baseCcy": "",
    "quoteCcy": "",
    "settleCcy": "USDT",
    "ctVal": "0.01",
    "ctMult": "1",
    "ctValCcy": "BTC",
    "ctType": "linear",
    "lever": "100",
    "tickSz": "0.1",
    "lotSz": "0.01",
    "minSz": "0.01",
    "maxLmtSz": "100000000",
    "maxMktSz": "12000",
    "state": "live",
    "listTime": "1573557408000",
    "expTime": "",
}
INVERSE = SWAP | {
    "instId": "BTC-USD-SWAP",
    "instFamily": "BTC-USD",
    "uly": "BTC-USD",
    "settleCcy": "BTC",
    "ctVal": "100",
    "ctValCcy": "USD",
    "ctType": "inverse",
    "lotSz": "1",
}
INSTRUMENTS = ok(SWAP, INVERSE)


def config(mode: str = "net_mode", **also: str) -> dict[str, Any]:
    said = {"acctLv": "2", "posMode": mode, "perm": "read_only,trade", "ip": "10.0.0.1", "uid": "1"}
    return ok(said | also)


def held(pos: str, side: str = "net", margin: str = "cross", **also: str) -> dict[str, Any]:
    return {
        "instId": "BTC-USDT-SWAP",
        "instType": "SWAP",
        "posSide": side,
        "pos": pos,
        "mgnMode": margin,
        "avgPx": "60000.5",
        "markPx": "61000.1",
        "liqPx": "55000",
        "upl": "49.98",
        "imr": "305.5" if margin == "cross" else "",
        "margin": "" if margin == "cross" else "306",
        **also,
    }


ORDER = {
    "instType": "SWAP",
    "instId": "BTC-USDT-SWAP",
    "ordId": "o-1",
    "clOrdId": "ours1",
    "px": "60700",
    "sz": "5",
    "ordType": "ioc",
    "side": "sell",
    "posSide": "net",
    "tdMode": "cross",
    "accFillSz": "2",
    "fillPx": "60750",
    "avgPx": "60750.5",
    "state": "canceled",
    "reduceOnly": "true",
    "cTime": str(NOW),
    "uTime": str(NOW),
}
STOP = {
    "instType": "SWAP",
    "instId": "BTC-USDT-SWAP",
    "algoId": "a-1",
    "algoClOrdId": "stop1",
    "ordType": "conditional",
    "side": "sell",
    "posSide": "net",
    "tdMode": "isolated",
    "sz": "5",
    "closeFraction": "",
    "slTriggerPx": "55000",
    "slTriggerPxType": "mark",
    "slOrdPx": "-1",
    "tpTriggerPx": "",
    "tpTriggerPxType": "",
    "tpOrdPx": "",
    "triggerPx": "",
    "ordPx": "",
    "state": "live",
    "actualSz": "0",
    "actualPx": "",
    "reduceOnly": "true",
    "cTime": str(NOW),
}
WHOLE = STOP | {"algoId": "a-2", "algoClOrdId": "whole1", "sz": "", "closeFraction": "1", "cxlOnClosePos": "true"}
TRAILING = STOP | {
    "algoId": "a-3",
    "algoClOrdId": "trail1",
    "ordType": "move_order_stop",
    "slTriggerPx": "",
    "slTriggerPxType": "",
    "slOrdPx": "",
    "callbackRatio": "0.01",
    "activePx": "62000",
}
FILL = {
    "instType": "SWAP",
    "instId": "BTC-USDT-SWAP",
    "tradeId": "t-1",
    "ordId": "o-1",
    "clOrdId": "ours1",
    "billId": "b-1",
    "fillPx": "60750.5",
    "fillSz": "2",
    "side": "sell",
    "posSide": "net",
    "execType": "T",
    "feeCcy": "USDT",
    "fee": "-0.6075",
    "ts": str(NOW + 9),
    "fillTime": str(NOW + 5),
}
