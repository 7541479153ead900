"""OKX, linear perpetuals (v5).

The venue's own endpoints are called by name: ccxt's unified layer sends an order to the batch endpoint, whose
partial failure (`code` 2) it takes for a success, counts in contracts, guesses the margin mode, and finds an order
by its client id only among plain orders. There is no cancel-all: each order is cancelled by itself, and those that
wait for a price at an endpoint of their own. A request holds for 30 s unless it says until when (`expTime`).
Source: okx.com/docs-v5; ccxt 4.5.90, okx.py.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from functions.adapters.exchange.ccxt_client import Ccxt
from functions.adapters.exchange.codes import Codes
from functions.adapters.exchange.venues import okx_account
from functions.adapters.exchange.venues.answers import (
    Rowlike,
    above_zero,
    checked_id,
    first,
    in_ms,
    levels,
    linear,
    must,
    of_ms,
    pages,
    rows,
    symbol_of,
)
from functions.adapters.exchange.venues.base import Alive, Part, VenueApi
from functions.adapters.exchange.venues.okx_codes import CODES
from functions.adapters.exchange.venues.okx_facts import (
    ALGOS,
    DIRECTIONS,
    algo_of,
    fill_of,
    order_of,
    position_of,
    size_of,
)
from functions.adapters.exchange.venues.okx_orders import cancel, create, place_again
from functions.venue import (
    Book,
    Fill,
    Funding,
    Market,
    NewOrder,
    Unit,
    VenueOrder,
    VenuePosition,
    Where,
)

SWAP: Final = {"instType": "SWAP"}
# The quick lists reach back three days (fills) and seven (bills); the others three months, some minutes late.
FILLS_REACH: Final = timedelta(days=3) - timedelta(hours=1)
BILLS_REACH: Final = timedelta(days=7) - timedelta(hours=1)
PAGE: Final = 100
FUNDING: Final = "8"


class Okx:
    venue: Final = "okx"
    codes: Final[Codes] = CODES

    def options(self, recv_window_ms: int) -> Mapping[str, Any]:
        """`recvWindow` is ours: ccxt knows none here. It becomes the order's `expTime`."""
        return {"recvWindow": recv_window_ms, "fetchMarkets": {"types": ["swap"]}}

    def redirect(self, client: Ccxt, base: str) -> None:
        client.urls["api"] = {**client.urls["api"], "rest": base}

    def alive(self, client: Ccxt) -> Alive:
        return okx_account.alive(client)

    def parts(self) -> Mapping[str, Part]:
        return okx_account.PARTS

    def market(self, client: Ccxt, symbol: str) -> Market:
        market = linear(client, symbol)
        info, size = market["info"], size_of(market)
        limit, market_most = above_zero(info.get("maxLmtSz")), above_zero(info.get("maxMktSz"))
        return Market(
            symbol=symbol,
            active=info["state"] == "live",
            quote=str(market["quote"]),
            price_tick=must(info, "tickSz"),
            amount_step=must(info, "lotSz") * size,
            amount_least=must(info, "minSz") * size,
            limit_most=limit * size if limit else None,
            market_most=market_most * size if market_most else None,
            status=str(info["state"]),
        )

    def book(self, client: Ccxt, symbol: str, at: datetime) -> Book:
        market = linear(client, symbol)
        found = first(rows(client.publicGetMarketBooks({"instId": market["id"], "sz": 400}), "data"))
        bids, asks = (levels(rows(found, side), size_of(market)) for side in ("bids", "asks"))
        return Book(symbol, tuple(sorted(bids, reverse=True)), tuple(sorted(asks)), at)

    def position(self, client: Ccxt, unit: Unit, at: datetime) -> VenuePosition:
        """The mode is asked apart, because a flat symbol may have no row at all."""
        market = linear(client, unit.symbol)
        hedged = okx_account.hedged(client)
        found = rows(client.privateGetAccountPositions({**SWAP, "instId": market["id"]}), "data")
        return position_of(found, unit, hedged, size_of(market), at)

    def positions(self, client: Ccxt, where: Where, at: datetime) -> Sequence[VenuePosition]:
        hedged = okx_account.hedged(client)
        by_unit: dict[Unit, list[Rowlike]] = {}
        for row in rows(client.privateGetAccountPositions(SWAP), "data"):
            contracts = must(row, "pos")
            if contracts != 0:
                side = DIRECTIONS[row["posSide"]] or ("long" if contracts > 0 else "short")
                unit = Unit(where.venue, where.account, symbol_of(client, str(row["instId"])), side)
                by_unit.setdefault(unit, []).append(row)
        return [
            position_of(
                [row for unit, some in by_unit.items() if unit.symbol == one.symbol for row in some],
                one,
                hedged,
                size_of(linear(client, one.symbol)),
                at,
            )
            for one in by_unit
        ]

    def orders(self, client: Ccxt, symbol: str | None) -> Sequence[VenueOrder]:
        asked = {**SWAP, **({"instId": linear(client, symbol)["id"]} if symbol else {}), "limit": PAGE}
        found = [
            order_of(row, *_named(client, row))
            for row in _listed(client.privateGetTradeOrdersPending, asked, "ordId")
        ]
        for kinds in ALGOS:
            waiting = _listed(client.privateGetTradeOrdersAlgoPending, {**asked, "ordType": kinds}, "algoId")
            found += [algo_of(row, *_named(client, row)) for row in waiting]
        return found

    def order(self, client: Ccxt, symbol: str, client_order_id: str) -> VenueOrder | None:
        """Of several with one id the venue gives the newest. Orders that wait for a price have ids of their own
        kind (`algoClOrdId`) and are asked for apart."""
        market = linear(client, symbol)
        size = size_of(market)
        try:
            asked = {"instId": market["id"], "clOrdId": client_order_id}
            found = order_of(first(rows(client.privateGetTradeOrder(asked), "data")), symbol, size)
            return found if found.client_order_id == client_order_id else None
        except Exception:
            if CODES.code_of(client.last_json_response) not in CODES.missing:
                raise
        row = first(rows(client.privateGetTradeOrderAlgo({"algoClOrdId": client_order_id}), "data"))
        ours = row.get("algoClOrdId") == client_order_id and row.get("instId") == market["id"]
        return algo_of(row, symbol, size) if ours else None

    def fills(self, client: Ccxt, symbol: str, since: datetime) -> Sequence[Fill]:
        market = linear(client, symbol)
        size = size_of(market)
        asked = {**SWAP, "instId": market["id"], "begin": in_ms(since), "limit": PAGE}
        methods = [client.privateGetTradeFills]
        if since < of_ms(client.milliseconds()) - FILLS_REACH:
            methods.append(client.privateGetTradeFillsHistory)
        found = {
            (str(row["ordId"]), str(row["tradeId"])): fill_of(row, size)
            for method in methods
            for row in _listed(method, asked, "billId")
        }
        return sorted((one for one in found.values() if one.at >= since), key=lambda one: one.at)

    def funding(self, client: Ccxt, symbol: str, since: datetime) -> Sequence[Funding]:
        """`balChg` is what the balance got: below 0 was paid."""
        venue_id = linear(client, symbol)["id"]
        asked = {**SWAP, "type": FUNDING, "begin": in_ms(since), "limit": PAGE}
        old = since < of_ms(client.milliseconds()) - BILLS_REACH
        method = client.privateGetAccountBillsArchive if old else client.privateGetAccountBills
        found = [
            Funding(must(row, "balChg"), str(row["ccy"]), of_ms(row["ts"]))
            for row in _listed(method, asked, "billId")
            if row.get("instId") == venue_id
        ]
        return sorted((one for one in found if one.at >= since), key=lambda one: one.at)

    def rate(self, client: Ccxt, asset: str, quote: str, at: datetime) -> Decimal | None:
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

    def create(self, client: Ccxt, order: NewOrder) -> VenueOrder:
        checked_id(order.client_order_id)
        return create(client, linear(client, order.unit.symbol), order)

    def place_again(self, client: Ccxt, order: VenueOrder, client_order_id: str) -> VenueOrder:
        checked_id(client_order_id)
        return place_again(client, linear(client, order.symbol), order, client_order_id)

    def cancel(self, client: Ccxt, order: VenueOrder) -> bool:
        return cancel(client, linear(client, order.symbol), order)


def _named(client: Ccxt, row: Rowlike) -> tuple[str, Decimal]:
    symbol = symbol_of(client, str(row["instId"]))
    return symbol, size_of(linear(client, symbol))


def _listed(method: Any, asked: Mapping[str, Any], key: str) -> list[Rowlike]:
    """`after` asks for what is older than the row of that id; a short page is the last one."""

    def read(cursor: str | None) -> tuple[Sequence[Rowlike], str | None]:
        found = rows(method({**asked, **({"after": cursor} if cursor else {})}), "data")
        return found, str(found[-1][key]) if len(found) >= PAGE else None

    return pages(read)


API: Final[VenueApi] = Okx()
