"""Whose the trades of Binance USD-M are: `userTrades` names only the order that was matched.

A conditional order is known by its `clientAlgoId`, and its trades carry the id of the order that its trigger made
(`actualOrderId`). A liquidation or an auto-deleveraging is told by its client id alone (`autoclose-`,
`adl_autoclose`). Source: developers.binance.com, USD-M futures, "All Orders", "Query All Algo Orders", "User's
Force Orders", "Event: Order Update".
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final

from functions.adapters.exchange import reading
from functions.adapters.exchange.ccxt_client import Ccxt
from functions.adapters.exchange.venues.binance_symbols import id_of
from functions.venue import Fill

PAGE: Final = 1_000
FORCED_PAGE: Final = 100
# Most pages of one reading: beyond it something repeats.
PAGES: Final = 100
# The longest span between the two times of the lists, less a second: it must be below seven days.
WEEK: Final = timedelta(days=7) - timedelta(seconds=1)
# The lists forget what was placed earlier.
KEPT: Final = timedelta(days=90)
# A stop may have been placed before the time from which the trades are read.
WAITED: Final = timedelta(days=7)
AHEAD_MS: Final = 60_000


def named(client: Ccxt, symbol: str, fills: Sequence[Fill], since: datetime) -> list[Fill]:
    """Each fill with the client id of its order; where a trigger made that order, with the id of the one that
    waited. None where the venue names neither."""
    if not fills:
        return []
    wanted = {int(fill.order_id) for fill in fills}
    venue_id = id_of(client, symbol)
    names = dict(_of_orders(client, venue_id, wanted))
    recent = reading.moment(_until(client)) - WEEK
    if any(int(fill.order_id) not in names for fill in fills if fill.at >= recent):
        names |= _of_forced(client, venue_id)
    waited = _of_triggers(client, venue_id, since)
    return [_named(fill, names.get(int(fill.order_id)), waited.get(int(fill.order_id))) for fill in fills]


def _named(fill: Fill, name: str | None, waited: tuple[str | None, str] | None) -> Fill:
    if waited is None:
        return replace(fill, client_order_id=name)
    return replace(fill, client_order_id=waited[0] or name, trigger_id=waited[1])


def listed(client: Ccxt, venue_id: str, client_order_id: str) -> Mapping[str, Any] | None:
    """The newest conditional order of that id, working or over; None: it is in no list of the venue."""
    waiting = reading.rows(client.fapiPrivateGetOpenAlgoOrders({"symbol": venue_id}), "openAlgoOrders")
    until = _until(client)
    spans = _spans(reading.moment(until) - KEPT, reading.moment(until))
    # The newest first: an order of ours was placed a moment ago.
    for rows in (waiting, *(_algos(client, venue_id, *span) for span in reversed(list(spans)))):
        ours = [row for row in rows if row.get("clientAlgoId") == client_order_id]
        if ours:
            return max(ours, key=lambda row: reading.number(row, "createTime"))
    return None


def _of_orders(client: Ccxt, venue_id: str, wanted: set[int]) -> Iterator[tuple[int, str]]:
    """From the smallest id on, until the largest."""
    following, last = min(wanted), max(wanted)
    for _ in range(PAGES):
        asked = {"symbol": venue_id, "orderId": following, "limit": PAGE}
        page = reading.rows(client.fapiPrivateGetAllOrders(asked), "allOrders")
        yield from _named_by(page)
        highest = max((int(row["orderId"]) for row in page), default=last)
        if len(page) < PAGE or highest >= last:
            return
        following = highest + 1
    raise ValueError(f"allOrders: more than {PAGES} pages")


def _of_forced(client: Ccxt, venue_id: str) -> dict[int, str]:
    """Those of the last seven days; asked only where the list of orders does not name one (it costs much more)."""
    asked = {"symbol": venue_id, "limit": FORCED_PAGE}
    page = reading.rows(client.fapiPrivateGetForceOrders(asked), "forceOrders")
    return dict(_named_by(page))


def _named_by(page: Sequence[Mapping[str, Any]]) -> Iterator[tuple[int, str]]:
    for row in page:
        name = reading.maybe_text(row, "clientOrderId")
        if name is not None:
            yield int(row["orderId"]), name


def _of_triggers(client: Ccxt, venue_id: str, since: datetime) -> dict[int, tuple[str | None, str]]:
    """`clientAlgoId` and `algoId`, by the orders that their triggers made."""
    until = reading.moment(_until(client))
    found: dict[int, tuple[str | None, str]] = {}
    for start, end in _spans(max(since - WAITED, until - KEPT), until):
        for row in _algos(client, venue_id, start, end):
            made = reading.maybe_text(row, "actualOrderId")
            if made is not None and made.strip("0"):
                found[int(made)] = (reading.maybe_text(row, "clientAlgoId"), reading.text(row, "algoId"))
    return found


def _spans(start: datetime, until: datetime) -> Iterator[tuple[int, int]]:
    """As long as the venue takes them, in milliseconds."""
    while start < until:
        end = min(start + WEEK, until)
        yield reading.millis(start), reading.millis(end)
        start = end + timedelta(milliseconds=1)


def _algos(client: Ccxt, venue_id: str, start: int, end: int) -> Iterator[Mapping[str, Any]]:
    """All of a span: a full page may lack some at either end, so each half is asked for by itself."""
    asked = {"symbol": venue_id, "startTime": start, "endTime": end, "limit": PAGE}
    page = reading.rows(client.fapiPrivateGetAllAlgoOrders(asked), "allAlgoOrders")
    if len(page) < PAGE:
        yield from page
        return
    if end <= start:
        raise ValueError("allAlgoOrders: more than a page in one millisecond")
    middle = (start + end) // 2
    yield from _algos(client, venue_id, start, middle)
    yield from _algos(client, venue_id, middle + 1, end)


def _until(client: Ccxt) -> int:
    """A venue's clock may be a little ahead of ours."""
    return int(client.milliseconds()) + AHEAD_MS
