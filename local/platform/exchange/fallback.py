"""The second venue, to which a strategy may be switched: as much of Bybit's API as reads an account that is flat.

Nothing can be ordered there, so what it holds is nothing, and its lists are empty. Keys, times and signatures are
checked as Bybit checks them. Source: bybit-exchange.github.io/docs/v5 (guide, position, order, execution).
"""

from __future__ import annotations

import hashlib
import hmac
import time
from typing import Any, Final

from local.platform.exchange.venue import Venue
from local.platform.http import Answer, Request

ID = "bybit"
# The lists of an account, by path; all of them are paged alike.
LISTS: Final = frozenset({"/v5/position/list", "/v5/order/realtime", "/v5/order/history", "/v5/execution/list"})
COINS: Final = ("BTC", "ETH", "SOL", "BNB", "XRP")
LONGEST_WINDOW: Final = 60_000
AHEAD_AT_MOST: Final = 1_000


class FallbackRoutes:
    """Answers a path below `/_local/exchange2`."""

    def __init__(self, venue: Venue) -> None:
        self._venue = venue

    async def answer(self, request: Request, path: str) -> Answer:
        if self._venue.refusal() is not None:
            return Answer.json({"retCode": 10016, "retMsg": "Server error."}, 503)
        if (request.method, path) == ("GET", "/v5/market/time"):
            return Answer.json(_time())
        if (request.method, path) == ("GET", "/v5/market/instruments-info"):
            return Answer.json(_listed(request, [_instrument(coin) for coin in COINS]))
        if request.method == "GET" and path in LISTS:
            return Answer.json(self._refused(request) or _listed(request, []))
        return Answer.json({"retCode": 10000, "retMsg": f"{request.method} {path} is not built"}, 501)

    def _refused(self, request: Request) -> dict[str, Any] | None:
        """Bybit says so with status 200."""
        headers = {name.lower(): value for name, value in request.headers.items()}
        key, sent = headers.get("x-bapi-api-key", ""), headers.get("x-bapi-timestamp", "")
        window = headers.get("x-bapi-recv-window", "5000")
        secret = next((one.secret for one in self._venue.exchange.accounts.values() if one.key == key), None)
        if secret is None:
            return {"retCode": 10003, "retMsg": "API key is invalid."}
        if not (sent.isdigit() and window.isdigit() and 0 < int(window) <= LONGEST_WINDOW):
            return {"retCode": 10001, "retMsg": "params error: timestamp or recv_window"}
        now = time.time_ns() // 1_000_000
        if int(sent) >= now + AHEAD_AT_MOST or now - int(sent) > int(window):
            return {"retCode": 10002, "retMsg": "invalid request, please check your server timestamp"}
        wanted = signature(secret, f"{sent}{key}{window}{request.query_string}")
        if not hmac.compare_digest(wanted, headers.get("x-bapi-sign", "").lower()):
            return {"retCode": 10004, "retMsg": "error sign! please check your signature generation algorithm."}
        return None


def signature(secret: str, text: str) -> str:
    """`text`: timestamp, key, receive window and query string, one after the other."""
    return hmac.new(secret.encode(), text.encode(), hashlib.sha256).hexdigest()


def _listed(request: Request, found: list[dict[str, Any]]) -> dict[str, Any]:
    """One page, which is the last."""
    result = {"category": request.query.get("category", "linear"), "list": found, "nextPageCursor": ""}
    return {"retCode": 0, "retMsg": "OK", "result": result, "retExtInfo": {}, "time": time.time_ns() // 1_000_000}


def _instrument(coin: str) -> dict[str, Any]:
    """`GET /v5/market/instruments-info`: a linear perpetual."""
    return {
        "symbol": f"{coin}USDT",
        "contractType": "LinearPerpetual",
        "status": "Trading",
        "baseCoin": coin,
        "quoteCoin": "USDT",
        "settleCoin": "USDT",
        "launchTime": "1584230400000",
        "deliveryTime": "0",
        "deliveryFeeRate": "",
        "priceScale": "2",
        "leverageFilter": {"minLeverage": "1", "maxLeverage": "100.00", "leverageStep": "0.01"},
        "priceFilter": {"minPrice": "0.10", "maxPrice": "1999999.80", "tickSize": "0.10"},
        "lotSizeFilter": {
            "maxOrderQty": "1190.000",
            "minOrderQty": "0.001",
            "qtyStep": "0.001",
            "postOnlyMaxOrderQty": "1190.000",
            "maxMktOrderQty": "119.000",
            "minNotionalValue": "5",
        },
        "unifiedMarginTrade": True,
        "fundingInterval": 480,
        "copyTrading": "none",
        "isPreListing": False,
    }


def _time() -> dict[str, Any]:
    """`GET /v5/market/time`."""
    nanoseconds = time.time_ns()
    result = {"timeSecond": str(nanoseconds // 1_000_000_000), "timeNano": str(nanoseconds)}
    return {"retCode": 0, "retMsg": "OK", "result": result, "time": nanoseconds // 1_000_000}
