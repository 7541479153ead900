"""OKX's fills, funding and rates. Source: okx.com/docs-v5 (transaction details, bills, candlesticks history)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from functions.adapters.exchange.ccxt_client import Ccxt
from functions.adapters.exchange.venues.answers import Rowlike, about, in_ms, linear, must, number, of_ms, rows
from functions.adapters.exchange.venues.okx_codes import CODES
from functions.adapters.exchange.venues.okx_facts import fill_of, named, size_of
from functions.adapters.exchange.venues.okx_lists import PAGE, SWAP, listed
from functions.venue import Fill, Funding

# The quick lists reach back three days (fills) and seven (bills); the others three months, some minutes late.
FILLS_REACH: Final = timedelta(days=3) - timedelta(hours=1)
# As the fills: the quick list of orders reaches back seven days.
ORDERS_REACH: Final = timedelta(days=7) - timedelta(hours=1)
BILLS_REACH: Final = timedelta(days=7) - timedelta(hours=1)
FUNDING: Final = "8"


def fills(client: Ccxt, symbol: str, since: datetime) -> Sequence[Fill]:
    market = linear(client, symbol)
    size = size_of(market)
    asked = {**SWAP, "instId": market["id"], "begin": in_ms(since), "limit": PAGE}
    methods = [client.privateGetTradeFills]
    if since < of_ms(client.milliseconds()) - FILLS_REACH:
        methods.append(client.privateGetTradeFillsHistory)
    found = {
        (str(row["ordId"]), str(row["tradeId"])): fill_of(row, size)
        for method in methods
        for row in about(listed(method, asked, "billId"), "instId", market["id"])
    }
    fills = sorted((one for one in found.values() if one.at >= since), key=lambda one: one.at)
    if all(one.client_order_id for one in fills):
        return fills
    orders = _orders(client, str(market["id"]), since)
    return [named(one, orders.get(one.order_id)) for one in fills]


def _orders(client: Ccxt, venue_id: str, since: datetime) -> Mapping[str, Rowlike]:
    """By their ids; only they tell which algo order made them, and whether the venue did. The order of a stop is
    made when it fires, and so inside the time of its fills."""
    asked = {**SWAP, "instId": venue_id, "begin": in_ms(since), "limit": PAGE}
    methods = [client.privateGetTradeOrdersHistory]
    if since < of_ms(client.milliseconds()) - ORDERS_REACH:
        methods.insert(0, client.privateGetTradeOrdersHistoryArchive)
    over = [row for method in methods for row in listed(method, asked, "ordId")]
    working = listed(client.privateGetTradeOrdersPending, {**SWAP, "instId": venue_id, "limit": PAGE}, "ordId")
    return {str(row["ordId"]): row for row in (*working, *over)}


def funding(client: Ccxt, symbol: str, since: datetime) -> Sequence[Funding]:
    """What the balance got (`balChg`); with isolated margin it is 0 there and the position got it (`posBalChg`).
    Below 0 was paid."""
    venue_id = linear(client, symbol)["id"]
    asked = {**SWAP, "type": FUNDING, "begin": in_ms(since), "limit": PAGE}
    old = since < of_ms(client.milliseconds()) - BILLS_REACH
    method = client.privateGetAccountBillsArchive if old else client.privateGetAccountBills
    found = [
        Funding(
            must(row, "balChg") or number(row.get("posBalChg")) or Decimal(0), str(row["ccy"]), of_ms(row["ts"])
        )
        for row in listed(method, asked, "billId")
        if row.get("instId") == venue_id
    ]
    return sorted((one for one in found if one.at >= since), key=lambda one: one.at)


def rate(client: Ccxt, asset: str, quote: str, at: datetime) -> Decimal | None:
    """`after` and `before` are exclusive and count backwards: earlier than, and newer than."""
    minute = in_ms(at.replace(second=0, microsecond=0))
    asked = {"instId": f"{asset}-{quote}", "bar": "1m", "after": minute + 1, "before": minute - 1, "limit": 1}
    try:
        answer = client.publicGetMarketHistoryCandles(asked)
    except Exception:
        if CODES.code_of(client.last_json_response) == "51001":
            return None
        raise
    candles: Sequence[Any] = rows(answer, "data")
    return next((Decimal(str(row[4])) for row in candles if int(row[0]) == minute), None)
