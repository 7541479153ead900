"""Bybit's fills, funding and rates.

Source: bybit-exchange.github.io/docs/v5 (order/execution, account/transaction-log, market/kline).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from functions.adapters.exchange.ccxt_client import Ccxt
from functions.adapters.exchange.venues.answers import about, in_ms, linear, must, number, of_ms, rows
from functions.adapters.exchange.venues.bybit_codes import CODES
from functions.adapters.exchange.venues.bybit_facts import TRADES, fill_of
from functions.adapters.exchange.venues.bybit_lists import listed, scope_of
from functions.venue import Fill, Funding

# The histories answer for at most seven days at a time.
WINDOW: Final = timedelta(days=7) - timedelta(seconds=1)


def fills(client: Ccxt, symbol: str, since: datetime) -> Sequence[Fill]:
    market = linear(client, symbol)
    asked = {**scope_of(client, symbol), "limit": 100}
    hedged = any(
        int(row["positionIdx"]) != 0
        for row in rows(client.privateGetV5PositionList(scope_of(client, symbol)), "result", "list")
    )
    found = {
        str(row["execId"]): fill_of(row, str(market["quote"]), hedged)
        for window in _windows(client, since)
        for row in about(listed(client.privateGetV5ExecutionList, {**asked, **window}), "symbol", market["id"])
        if row["execType"] in TRADES
    }
    return sorted(found.values(), key=lambda one: one.at)


def funding(client: Ccxt, symbol: str, since: datetime) -> Sequence[Funding]:
    """`funding` above 0 was received; `execFee` of the same settlement has the other sign."""
    venue_id = linear(client, symbol)["id"]
    asked = {"accountType": "UNIFIED", "category": "linear", "type": "SETTLEMENT", "limit": 50}
    found = [
        Funding(must(row, "funding"), str(row["currency"]), of_ms(row["transactionTime"]))
        for window in _windows(client, since)
        for row in listed(client.privateGetV5AccountTransactionLog, {**asked, **window})
        if row.get("symbol") == venue_id and number(row.get("funding")) is not None
    ]
    return sorted(found, key=lambda one: one.at)


def rate(client: Ccxt, asset: str, quote: str, at: datetime) -> Decimal | None:
    minute = in_ms(at.replace(second=0, microsecond=0))
    asked = {"category": "spot", "symbol": f"{asset}{quote}", "interval": "1", "start": minute, "limit": 1}
    try:
        answer = client.publicGetV5MarketKline({**asked, "end": minute + 59_999})
    except Exception:
        # 10001: a parameter; here the symbol is the only one that can be wrong.
        if CODES.code_of(client.last_json_response) in ("10001", "170121"):
            return None
        raise
    return next((Decimal(str(row[4])) for row in _candles(answer) if int(row[0]) == minute), None)


def _windows(client: Ccxt, since: datetime) -> Sequence[Mapping[str, int]]:
    now, start, found = of_ms(client.milliseconds()), since, []
    # A fill of this moment may carry a time that is ahead of our clock.
    until = now + timedelta(minutes=1)
    while start < until:
        end = min(start + WINDOW, until)
        found.append({"startTime": in_ms(start), "endTime": in_ms(end)})
        start = end + timedelta(milliseconds=1)
    return found


def _candles(answer: Any) -> Sequence[Any]:
    return rows(answer, "result", "list")
