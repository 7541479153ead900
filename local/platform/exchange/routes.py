"""The venue's HTTP face: Binance's paths below `/_local/exchange`."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable, Mapping
from typing import Any

from local.platform.exchange.market import exchange_info
from local.platform.exchange.venue import Venue
from local.platform.http import Answer, Request

# Longer than any probe waits; the task ends when the client hangs up.
HANGS = 60.0

Endpoint = Callable[[Mapping[str, str]], Any]


def _time(_query: Mapping[str, str]) -> Any:
    return {"serverTime": time.time_ns() // 1_000_000}


def _status(_query: Mapping[str, str]) -> Any:
    """The wallet's status, not that of futures: it stays `normal` when futures are down, as on Binance."""
    return {"status": 0, "msg": "normal"}


ENDPOINTS: dict[tuple[str, str], Endpoint] = {
    ("GET", "/fapi/v1/ping"): lambda _query: {},
    ("GET", "/fapi/v1/time"): _time,
    ("GET", "/fapi/v1/exchangeInfo"): lambda _query: exchange_info(),
    ("GET", "/sapi/v1/system/status"): _status,
}


class ExchangeRoutes:
    """Answers a path below the exchange's address, in the venue's present condition."""

    def __init__(self, venue: Venue) -> None:
        self._venue = venue

    async def answer(self, request: Request, path: str) -> Answer:
        refusal = self._venue.refusal()
        if refusal is not None and not (self._venue.down and path.startswith("/sapi/")):
            if self._venue.down and self._venue.how == "timeout":
                await asyncio.sleep(HANGS)
            headers = {} if refusal.retry_after is None else {"retry-after": str(refusal.retry_after)}
            return Answer.json({"code": refusal.code, "msg": refusal.text}, refusal.status, headers)
        endpoint = ENDPOINTS.get((request.method, path))
        if endpoint is None:
            text = f"{request.method} {path} is not built yet: the stand-in exchange grows with order flow"
            return Answer.json({"code": -1, "msg": text}, 501)
        return Answer(200, json.dumps(endpoint(request.query)).encode(), "application/json")
