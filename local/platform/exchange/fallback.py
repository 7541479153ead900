"""The second venue, to which a strategy may be switched: as much of Bybit's public API as a probe asks."""

from __future__ import annotations

import time
from typing import Any

from local.platform.exchange.venue import Venue
from local.platform.http import Answer, Request

ID = "bybit"


class FallbackRoutes:
    """Answers a path below `/_local/exchange2`."""

    def __init__(self, venue: Venue) -> None:
        self._venue = venue

    async def answer(self, request: Request, path: str) -> Answer:
        if self._venue.refusal() is not None:
            return Answer.json({"retCode": 10016, "retMsg": "Server error."}, 503)
        if (request.method, path) == ("GET", "/v5/market/time"):
            return Answer.json(_time())
        return Answer.json({"retCode": 10000, "retMsg": f"{request.method} {path} is not built"}, 501)


def _time() -> dict[str, Any]:
    """`GET /v5/market/time`."""
    nanoseconds = time.time_ns()
    result = {"timeSecond": str(nanoseconds // 1_000_000_000), "timeNano": str(nanoseconds)}
    return {"retCode": 0, "retMsg": "OK", "result": result, "time": nanoseconds // 1_000_000}
