"""Bybit, linear perpetuals of a unified account (v5).

The venue's own endpoints are called by name, because ccxt's unified layer asks for a cancelled or filled order by
fields that the endpoint ignores, asks two private endpoints about the kind of account before every order, and lists
funding among the trades. Amounts are in base units as they come. A conditional order stands in the same list as the
others and is cancelled like them. Source: bybit-exchange.github.io/docs/v5; ccxt 4.5.90, bybit.py.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from functions.adapters.exchange.ccxt_client import Ccxt
from functions.adapters.exchange.codes import Codes
from functions.adapters.exchange.venues import bybit_account
from functions.adapters.exchange.venues import bybit_orders as orders
from functions.adapters.exchange.venues import bybit_trades as trades
from functions.adapters.exchange.venues.answers import (
    Rowlike,
    about,
    above_zero,
    levels,
    linear,
    must,
    refused,
    rows,
    symbol_of,
)
from functions.adapters.exchange.venues.base import Alive, Part, VenueApi
from functions.adapters.exchange.venues.bybit_codes import CODES
from functions.adapters.exchange.venues.bybit_facts import HELD, position_of
from functions.adapters.exchange.venues.bybit_lists import SETTLES, listed, scope_of
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


class Bybit:
    venue: Final = "bybit"
    codes: Final[Codes] = CODES

    def options(self, recv_window_ms: int) -> Mapping[str, Any]:
        return {"recvWindow": recv_window_ms, "fetchMarkets": {"types": ["linear"]}}

    def redirect(self, client: Ccxt, base: str) -> None:
        client.urls["api"] = dict.fromkeys(client.urls["api"], base)

    def alive(self, client: Ccxt) -> Alive:
        return bybit_account.alive(client)

    def parts(self) -> Mapping[str, Part]:
        return bybit_account.PARTS

    def market(self, client: Ccxt, symbol: str) -> Market:
        market = linear(client, symbol)
        info = market["info"]
        lots = info["lotSizeFilter"]
        return Market(
            symbol=symbol,
            active=info["status"] == "Trading",
            quote=str(market["quote"]),
            price_tick=must(info["priceFilter"], "tickSize"),
            amount_step=must(lots, "qtyStep"),
            amount_least=must(lots, "minOrderQty"),
            notional_least=above_zero(lots.get("minNotionalValue")),
            limit_most=above_zero(lots.get("maxOrderQty")),
            market_most=above_zero(lots.get("maxMktOrderQty")),
            status=str(info["status"]),
        )

    def book(self, client: Ccxt, symbol: str, at: datetime) -> Book:
        answer = client.publicGetV5MarketOrderbook({**scope_of(client, symbol), "limit": 500})
        bids, asks = (levels(rows(answer, "result", side)) for side in ("b", "a"))
        return Book(symbol, tuple(sorted(bids, reverse=True)), tuple(sorted(asks)), at)

    def position(self, client: Ccxt, unit: Unit, at: datetime) -> VenuePosition:
        found = rows(client.privateGetV5PositionList(scope_of(client, unit.symbol)), "result", "list")
        if not found:
            # Asked by symbol it always answers, flat or not; and the rows alone tell the position mode.
            raise LookupError(f"no position row of {unit.symbol}")
        return position_of(about(found, "symbol", scope_of(client, unit.symbol)["symbol"]), unit, at)

    def positions(self, client: Ccxt, where: Where, at: datetime) -> Sequence[VenuePosition]:
        by_symbol: dict[str, list[Rowlike]] = {}
        for settles in SETTLES:
            asked = {"category": "linear", "settleCoin": settles, "limit": 200}
            for row in listed(client.privateGetV5PositionList, asked):
                by_symbol.setdefault(str(row["symbol"]), []).append(row)
        return [
            position_of(some, Unit(where.venue, where.account, symbol_of(client, venue_id), HELD[row["side"]]), at)
            for venue_id, some in by_symbol.items()
            for row in some
            if must(row, "size") > 0
        ]

    def orders(self, client: Ccxt, symbol: str | None) -> Sequence[VenueOrder]:
        return orders.working(client, symbol)

    def order(self, client: Ccxt, symbol: str, client_order_id: str) -> VenueOrder | None:
        return orders.find(client, symbol, client_order_id)

    def fills(self, client: Ccxt, symbol: str, since: datetime) -> Sequence[Fill]:
        return trades.fills(client, symbol, since)

    def funding(self, client: Ccxt, symbol: str, since: datetime) -> Sequence[Funding]:
        return trades.funding(client, symbol, since)

    def rate(self, client: Ccxt, asset: str, quote: str, at: datetime) -> Decimal | None:
        return trades.rate(client, asset, quote, at)

    def create(self, client: Ccxt, order: NewOrder) -> VenueOrder:
        return orders.create(client, order)

    def validate(self, client: Ccxt, order: ProbeOrder) -> Validation:
        """`/v5/order/pre-check` only tells what an order would do to the margin rates: no promise that it would be
        taken, and none at all in isolated margin."""
        del client, order
        return Validation.NOT_OFFERED

    def probe(self, client: Ccxt, order: ProbeOrder) -> VenueOrder:
        del client, order
        raise refused(Row.OTHER, "bybit: a test order is placed at binanceusdm only")

    def place_again(self, client: Ccxt, order: VenueOrder, client_order_id: str) -> VenueOrder:
        return orders.place_again(client, order, client_order_id)

    def cancel(self, client: Ccxt, order: VenueOrder) -> bool:
        return orders.cancel(client, order)


API: Final[VenueApi] = Bybit()
