"""What anybody may ask: market data."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any, Final

from local.platform.exchange import errors, shapes
from local.platform.exchange.asked import Asked, Endpoint, public
from local.platform.exchange.errors import Refused, mandatory
from local.platform.exchange.market import exchange_info

UNITS: Final = {"m": 60_000, "h": 3_600_000, "d": 86_400_000, "w": 604_800_000}
EIGHT_HOURS: Final = 8 * 3_600_000
FUNDING_RATE: Final = "0.00010000"


def _info(asked: Asked) -> Any:
    return exchange_info(asked.now, asked.exchange.statuses)


def _depth(asked: Asked) -> Any:
    symbol, limit = asked.one_symbol, asked.limit(500, 1000)
    book = asked.exchange.books[symbol]

    def listed(side: str) -> list[list[str]]:
        return [
            [shapes.price(price, symbol), shapes.amount(amount, symbol)]
            for price, amount in book.standing(side)[:limit]
        ]

    return {
        "lastUpdateId": asked.now,
        "E": asked.now,
        "T": asked.now,
        "symbol": symbol,
        "bids": listed("BUY"),
        "asks": listed("SELL"),
    }


def _best(asked: Asked, symbol: str) -> dict[str, Any]:
    book = asked.exchange.books[symbol]
    nothing = (Decimal(0), Decimal(0))
    bid, ask = (next(iter(book.standing(side)), nothing) for side in ("BUY", "SELL"))
    return {
        "symbol": symbol,
        "bidPrice": shapes.price(bid[0], symbol),
        "bidQty": shapes.amount(bid[1], symbol),
        "askPrice": shapes.price(ask[0], symbol),
        "askQty": shapes.amount(ask[1], symbol),
        "time": asked.now,
        "lastUpdateId": asked.now,
    }


def _premium(asked: Asked, symbol: str) -> dict[str, Any]:
    mark = shapes.plain(asked.exchange.prices.mark(symbol))
    return {
        "symbol": symbol,
        "markPrice": mark,
        "indexPrice": mark,
        "estimatedSettlePrice": mark,
        "lastFundingRate": FUNDING_RATE,
        "interestRate": FUNDING_RATE,
        "nextFundingTime": (asked.now // EIGHT_HOURS + 1) * EIGHT_HOURS,
        "time": asked.now,
    }


def _price(asked: Asked, symbol: str) -> dict[str, Any]:
    price = shapes.price(asked.exchange.prices.last(symbol), symbol)
    return {"symbol": symbol, "price": price, "time": asked.now}


def _one_or_all(answer: Any) -> Endpoint:
    """Of the symbol, or a list of all where none is named."""

    def handle(asked: Asked) -> Any:
        symbol = asked.symbol
        return answer(asked, symbol) if symbol else [answer(asked, one) for one in asked.exchange.listed]

    return public(handle)


def _klines(asked: Asked) -> Any:
    """Candles from what the price is known to have been; volume is not kept."""
    symbol, limit = asked.one_symbol, asked.limit(500, 1500)
    known = re.fullmatch(r"(\d+)([mhdw])", asked.params.get("interval", ""))
    if "interval" not in asked.params:
        raise Refused(mandatory("interval"))
    if known is None or int(known[1]) == 0:
        raise Refused(errors.BAD_INTERVAL)
    width = int(known[1]) * UNITS[known[2]]
    start, end = asked.whole("startTime"), asked.whole("endTime")
    end = asked.now if end is None else min(end, asked.now)
    last = end // width * width
    first = last - (limit - 1) * width if start is None else -(-start // width) * width
    opens = range(first, last + 1, width)
    return [_candle(asked, symbol, at, width) for at in list(opens)[:limit]]


def _candle(asked: Asked, symbol: str, at: int, width: int) -> list[Any]:
    known = asked.exchange.prices.between(symbol, at, min(at + width, asked.now + 1))
    prices = [known[0], max(known), min(known), known[-1]]
    written = [shapes.price(one, symbol) for one in prices]
    return [at, *written, "0", at + width - 1, "0", 0, "0", "0", "0"]


def _time(asked: Asked) -> Any:
    return {"serverTime": asked.now}


def _nothing(_asked: Asked) -> Any:
    return {}


def _status(_asked: Asked) -> Any:
    """The wallet's status, not that of futures: it stays `normal` when futures are down, as on Binance."""
    return {"status": 0, "msg": "normal"}


ENDPOINTS: dict[tuple[str, str], Endpoint] = {
    ("GET", "/fapi/v1/ping"): public(_nothing),
    ("GET", "/fapi/v1/time"): public(_time),
    ("GET", "/fapi/v1/exchangeInfo"): public(_info),
    ("GET", "/fapi/v1/depth"): public(_depth),
    ("GET", "/fapi/v1/ticker/bookTicker"): _one_or_all(_best),
    ("GET", "/fapi/v1/ticker/price"): _one_or_all(_price),
    ("GET", "/fapi/v2/ticker/price"): _one_or_all(_price),
    ("GET", "/fapi/v1/premiumIndex"): _one_or_all(_premium),
    ("GET", "/fapi/v1/klines"): public(_klines),
    ("GET", "/fapi/v1/markPriceKlines"): public(_klines),
    # Spot, for the rate of a fee that was paid in BNB.
    ("GET", "/api/v3/ping"): public(_nothing),
    ("GET", "/api/v3/time"): public(_time),
    ("GET", "/api/v3/klines"): public(_klines),
    ("GET", "/api/v3/ticker/price"): _one_or_all(_price),
    ("GET", "/sapi/v1/system/status"): public(_status),
}
