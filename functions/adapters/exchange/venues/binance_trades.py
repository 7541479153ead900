"""What was traded, paid and asked for at Binance USD-M, over all pages.

Source: developers.binance.com, USD-M futures, "Account Trade List", "Get Income History", "Kline Data".
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from functions.adapters.exchange import reading
from functions.adapters.exchange.ccxt_client import Ccxt
from functions.adapters.exchange.venues.binance_holdings import fill_of
from functions.adapters.exchange.venues.binance_names import named
from functions.adapters.exchange.venues.binance_symbols import id_of
from functions.venue import Fill, Funding

PAGE: Final = 1_000
# The longest span of `userTrades` between its two times.
WINDOW: Final = timedelta(days=7)
# Most pages of one reading: beyond it something repeats.
PAGES: Final = 100
# A venue's clock may be a little ahead of ours.
AHEAD_MS: Final = 60_000


def fills(client: Ccxt, symbol: str, since: datetime) -> Sequence[Fill]:
    """The first page by its time, the others by the id that follows: the venue takes both never together."""
    asked = {"symbol": id_of(client, symbol), "limit": PAGE}
    page = _first_trades(client, asked, since)
    found = {reading.text(row, "id"): row for row in reading.about(page, asked["symbol"])}
    for _ in range(PAGES):
        if not page:
            fills = sorted(map(fill_of, found.values()), key=lambda fill: (fill.at, int(fill.fill_id)))
            return named(client, symbol, fills, since)
        following = {**asked, "fromId": max(int(row["id"]) for row in page) + 1}
        page = reading.rows(client.fapiPrivateGetUserTrades(following), "userTrades")
        found |= {reading.text(row, "id"): row for row in reading.about(page, asked["symbol"])}
    raise ValueError(f"userTrades: more than {PAGES} pages")


def funding(client: Ccxt, symbol: str, since: datetime) -> Sequence[Funding]:
    asked = {"symbol": id_of(client, symbol), "incomeType": "FUNDING_FEE", "limit": PAGE}
    asked |= {"startTime": reading.millis(since), "endTime": client.milliseconds() + AHEAD_MS}
    found: dict[tuple[str, str], Mapping[str, Any]] = {}
    for page in range(1, PAGES + 1):
        rows = reading.rows(client.fapiPrivateGetIncome({**asked, "page": page}), "income")
        found |= {(reading.text(row, "tranId"), reading.text(row, "time")): row for row in rows}
        if len(rows) < PAGE:
            return sorted(map(_funding, found.values()), key=lambda payment: payment.at)
    raise ValueError(f"income: more than {PAGES} pages")


def rate(client: Ccxt, asset: str, quote: str, at: datetime) -> Decimal | None:
    if asset == quote:
        return Decimal(1)
    symbol = f"{asset}/{quote}:{quote}"
    if symbol not in client.load_markets():
        return None
    minute = reading.millis(at.replace(second=0, microsecond=0))
    asked = {"symbol": id_of(client, symbol), "interval": "1m", "startTime": minute, "limit": 1}
    candles = client.fapiPublicGetKlines({**asked, "endTime": minute + 59_999})
    if not isinstance(candles, list):
        raise ValueError("klines: the answer is no list")
    closes = [reading.decimal(candle[4], "close") for candle in candles if int(candle[0]) == minute]
    return closes[0] if closes and closes[0] > 0 else None


def _first_trades(client: Ccxt, asked: Mapping[str, Any], since: datetime) -> Sequence[Mapping[str, Any]]:
    """The first page that has any."""
    for start, end in _windows(since, reading.moment(client.milliseconds() + AHEAD_MS)):
        times = {"startTime": reading.millis(start), "endTime": reading.millis(end)}
        page = reading.rows(client.fapiPrivateGetUserTrades({**asked, **times}), "userTrades")
        if page:
            return page
    return []


def _windows(since: datetime, until: datetime) -> Iterator[tuple[datetime, datetime]]:
    while since < until:
        end = min(since + WINDOW - timedelta(seconds=1), until)
        yield since, end
        since = end + timedelta(milliseconds=1)


def _funding(row: Mapping[str, Any]) -> Funding:
    return Funding(reading.number(row, "income"), reading.text(row, "asset"), reading.when(row, "time"))
