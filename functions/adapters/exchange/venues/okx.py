"""OKX, linear perpetuals (v5).

The venue's own endpoints are called by name: ccxt's unified layer sends an order to the batch endpoint, whose
partial failure (`code` 2) it takes for a success, counts in contracts, guesses the margin mode, and finds an order
by its client id only among plain orders. There is no cancel-all: each order is cancelled by itself, and those that
wait for a price at an endpoint of their own. A request holds for 30 s unless it says until when (`expTime`).
Source: okx.com/docs-v5; ccxt 4.5.90, okx.py.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from functions.adapters.exchange.ccxt_client import Ccxt
from functions.adapters.exchange.codes import Codes
from functions.adapters.exchange.venues import okx_account
from functions.adapters.exchange.venues import okx_trades as trades
from functions.adapters.exchange.venues.answers import (
    Rowlike,
    about,
    above_zero,
    checked_id,
    first,
    levels,
    linear,
    must,
    refused,
    rows,
    symbol_of,
)
from functions.adapters.exchange.venues.base import Alive, Part, VenueApi
from functions.adapters.exchange.venues.okx_codes import CODES
from functions.adapters.exchange.venues.okx_facts import (
    ALGOS,
    DIRECTIONS,
    algo_of,
    order_of,
    position_of,
    size_of,
)
from functions.adapters.exchange.venues.okx_lists import PAGE, SWAP, listed
from functions.adapters.exchange.venues.okx_orders import cancel, create, place_again
from functions.venue import (
    Book,
    Fill,
    Funding,
    Market,
    NewOrder,
    ProbeOrder,
    Row,
    Unit,
    Validation,
    VenueOrder,
    VenuePosition,
    Where,
)


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
        return position_of(about(found, "instId", market["id"]), unit, hedged, size_of(market), at)

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
            for row in listed(client.privateGetTradeOrdersPending, asked, "ordId")
        ]
        for kinds in ALGOS:
            waiting = listed(client.privateGetTradeOrdersAlgoPending, {**asked, "ordType": kinds}, "algoId")
            found += [algo_of(row, *_named(client, row)) for row in waiting]
        return found

    def order(self, client: Ccxt, symbol: str, client_order_id: str) -> VenueOrder | None:
        """Of several with one id the venue gives the newest. Orders that wait for a price have ids of their own
        kind (`algoClOrdId`) and are asked for apart."""
        market = linear(client, symbol)
        size = size_of(market)
        try:
            asked = {"instId": market["id"], "clOrdId": client_order_id}
            found = about(rows(client.privateGetTradeOrder(asked), "data"), "instId", market["id"])
            # One of another id is no proof that there is none of ours: the adapter tells them apart.
            return order_of(first(found), symbol, size)
        except Exception:
            if CODES.code_of(client.last_json_response) not in CODES.missing:
                raise
        row = first(rows(client.privateGetTradeOrderAlgo({"algoClOrdId": client_order_id}), "data"))
        ours = row.get("algoClOrdId") == client_order_id and row.get("instId") == market["id"]
        return algo_of(row, symbol, size) if ours else None

    def fills(self, client: Ccxt, symbol: str, since: datetime) -> Sequence[Fill]:
        return trades.fills(client, symbol, since)

    def funding(self, client: Ccxt, symbol: str, since: datetime) -> Sequence[Funding]:
        return trades.funding(client, symbol, since)

    def rate(self, client: Ccxt, asset: str, quote: str, at: datetime) -> Decimal | None:
        return trades.rate(client, asset, quote, at)

    def create(self, client: Ccxt, order: NewOrder) -> VenueOrder:
        checked_id(order.client_order_id)
        return create(client, linear(client, order.unit.symbol), order)

    def validate(self, client: Ccxt, order: ProbeOrder) -> Validation:
        """`order-precheck` only tells what an order would do to the account, and only in the multi-currency and the
        portfolio margin modes: no promise that it would be taken."""
        del client, order
        return Validation.NOT_OFFERED

    def probe(self, client: Ccxt, order: ProbeOrder) -> VenueOrder:
        del client, order
        raise refused(Row.OTHER, "okx: a test order is placed at binanceusdm only")

    def place_again(self, client: Ccxt, order: VenueOrder, client_order_id: str) -> VenueOrder:
        checked_id(client_order_id)
        return place_again(client, linear(client, order.symbol), order, client_order_id)

    def cancel(self, client: Ccxt, order: VenueOrder) -> bool:
        return cancel(client, linear(client, order.symbol), order)


def _named(client: Ccxt, row: Rowlike) -> tuple[str, Decimal]:
    symbol = symbol_of(client, str(row["instId"]))
    return symbol, size_of(linear(client, symbol))


API: Final[VenueApi] = Okx()
