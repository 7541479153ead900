"""What was: orders that are over, fills, fees. Source: docs.kraken.com, Futures REST (order status, open orders,
fills) and Account History (order events, trigger events, account log).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from functions.adapters.exchange.ccxt_client import Ccxt
from functions.adapters.exchange.venues.answers import (
    PAGES,
    Rowlike,
    in_iso,
    in_ms,
    number,
    of_iso,
    of_ms,
    pages,
    rows,
)
from functions.adapters.exchange.venues.krakenfutures_facts import (
    TRADE,
    fill_of,
    happened,
    looked_up,
    working,
)
from functions.venue import Fill, OrderStatus, VenueOrder

# How far back an order is looked for that is over. An order of ours is asked for within minutes of being sent.
LOOK_BACK: Final = timedelta(days=1)
COUNT: Final = 500


def look_up(client: Ccxt, market: Rowlike, client_order_id: str) -> VenueOrder | None:
    """From the quickest and shortest memory to the slowest and longest one. Fills that name an order which no
    history shows yet prove that it was accepted, but not that it is over."""
    symbol, venue_id = str(market["symbol"]), str(market["id"]).upper()
    # POST and the plural are the venue's; ccxt's own method says GET, and its list of ids would be sent as a text.
    said = client.request("orders/status", ["private"], "POST", {"cliOrdIds": client_order_id})
    for row in rows(said, "orders"):
        order = row.get("order") or {}
        if order.get("cliOrdId") == client_order_id and str(order.get("symbol")).upper() == venue_id:
            return looked_up(row, symbol)
    for row in rows(client.privateGetOpenorders(), "openOrders"):
        if row.get("cliOrdId") == client_order_id and str(row["symbol"]).upper() == venue_id:
            return working(row, symbol)
    since = of_ms(client.milliseconds()) - LOOK_BACK
    for event in _events(client, venue_id, since):
        found = happened(event.get("event") or {}, symbol)
        if found is not None and found.client_order_id == client_order_id:
            return found
    ours = [one for one in fills(client, market, since, {}) if one.client_order_id == client_order_id]
    return _filled(ours, symbol) if ours else None


def fills(client: Ccxt, market: Rowlike, since: datetime, fee_of: Mapping[str, Rowlike]) -> Sequence[Fill]:
    """The venue gives the newest hundred before a time, of all symbols."""
    venue_id, found = str(market["id"]).upper(), dict[str, Rowlike]()
    before: datetime | None = None
    for _ in range(PAGES):
        asked = {"lastFillTime": in_iso(before)} if before is not None else {}
        some = rows(client.privateGetFills(asked), "fills")
        new = [row for row in some if str(row["fill_id"]) not in found]
        found |= {str(row["fill_id"]): row for row in new}
        oldest = min((of_iso(row["fillTime"]) for row in some), default=since)
        if not new or oldest < since:
            break
        # A millisecond later, so that fills of the same moment on the next page are not lost.
        before = oldest + timedelta(milliseconds=1)
    else:
        raise LookupError(f"more than {PAGES} pages of fills")
    facts = [fill_of(row, fee_of) for row in found.values() if str(row["symbol"]).upper() == venue_id]
    return sorted((one for one in facts if one.at >= since), key=lambda one: one.at)


def fees(client: Ccxt, since: datetime) -> Mapping[str, Rowlike]:
    """The log's rows by execution. Each has two: of money, and of the contract itself, which bears no fee."""
    return {
        str(row["execution"]): row
        for row in log(client, TRADE, since)
        if row.get("execution") and row.get("asset") != row.get("contract") and number(row.get("fee")) is not None
    }


def log(client: Ccxt, info: str, since: datetime) -> Sequence[Rowlike]:
    """Rows of one kind of the account log, the oldest first; `from` is the first id of a page."""

    def read(cursor: str | None) -> tuple[Sequence[Rowlike], str | None]:
        asked = {"info": info, "since": in_ms(since), "sort": "asc", "count": COUNT}
        found = rows(client.historyGetAccountLog({**asked, **({"from": cursor} if cursor else {})}), "logs")
        return found, str(int(found[-1]["id"]) + 1) if len(found) >= COUNT else None

    return [row for row in pages(read) if of_iso(row["date"]) >= since]


def _events(client: Ccxt, venue_id: str, since: datetime) -> Sequence[Mapping[str, Any]]:
    """The newest first."""

    def read(token: str | None) -> tuple[Sequence[Rowlike], str | None]:
        asked = {"tradeable": venue_id, "since": in_ms(since), "sort": "desc"}
        answer = client.historyGetOrders({**asked, **({"continuation_token": token} if token else {})})
        return rows(answer, "elements"), answer.get("continuationToken") or None

    return pages(read)


def _filled(ours: Sequence[Fill], symbol: str) -> VenueOrder:
    amount = sum((one.amount for one in ours), Decimal(0))
    return VenueOrder(
        order_id=ours[-1].order_id,
        client_order_id=ours[-1].client_order_id,
        symbol=symbol,
        side=ours[-1].side,
        type="",
        status=OrderStatus.UNKNOWN,
        amount=amount,
        filled=amount,
        average=sum((one.amount * one.price for one in ours), Decimal(0)) / amount,
        created_at=ours[0].at,
    )
