"""Binance USD-M futures, by the venue's own endpoints: ccxt signs, sends and sorts the errors.

The unified calls are not used where money moves: they round, and one look at the position costs them three calls.
Orders that wait for a price live at endpoints of their own (`algoOrder`). Source: developers.binance.com, USD-M
futures, "Trade" and "Account" endpoints; wallet, "Account" endpoints for the key and the account's status.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, Final
from urllib.parse import urlsplit

from functions.adapters.exchange import reading, translate
from functions.adapters.exchange.ccxt_client import Ccxt
from functions.adapters.exchange.codes import Codes
from functions.adapters.exchange.venues import binance_account as account
from functions.adapters.exchange.venues import binance_holdings as holdings
from functions.adapters.exchange.venues import binance_orders as orders
from functions.adapters.exchange.venues import binance_trades as trades
from functions.adapters.exchange.venues.base import Alive, Part, VenueApi
from functions.adapters.exchange.venues.binance_codes import CODES
from functions.adapters.exchange.venues.binance_symbols import id_of, symbol_of
from functions.venue import (
    Book,
    Fill,
    Funding,
    Market,
    NewOrder,
    ProbeOrder,
    Unit,
    Validation,
    VenueOrder,
    VenuePosition,
    Where,
)

LEVELS: Final = 500


class Binanceusdm:
    venue: Final = "binanceusdm"
    codes: Final[Codes] = CODES

    def options(self, recv_window_ms: int) -> Mapping[str, Any]:
        return {
            "fetchMarkets": {"types": ["linear"]},
            "fetchCurrencies": False,
            "recvWindow": recv_window_ms,
        }

    def redirect(self, client: Ccxt, base: str) -> None:
        api = {name: base + urlsplit(url).path for name, url in client.urls["api"].items()}
        client.urls = {**client.urls, "api": api}
        # ccxt finds the futures' table of errors by the address; without it a refusal reads as unknown.
        said = client.exceptions
        client.exceptions = {**said, "exact": {**said["exact"], **said["linear"]["exact"]}}

    def alive(self, client: Ccxt) -> Alive:
        """The wallet's system status says nothing about futures: their ping and clock do."""
        client.fapiPublicGetPing()
        return Alive(reading.when(reading.mapping(client.fapiPublicGetTime(), "time"), "serverTime"))

    def parts(self) -> Mapping[str, Part]:
        return account.PARTS

    def market(self, client: Ccxt, symbol: str) -> Market:
        return holdings.market_of(client.market(symbol))

    def book(self, client: Ccxt, symbol: str, at: datetime) -> Book:
        asked = {"symbol": id_of(client, symbol), "limit": LEVELS}
        book = reading.mapping(client.fapiPublicGetDepth(asked), "depth")
        return translate.book_of(symbol, book.get("bids"), book.get("asks"), at)

    def position(self, client: Ccxt, unit: Unit, at: datetime) -> VenuePosition:
        hedged = account.hedged(client)
        venue_id = id_of(client, unit.symbol)
        rows = reading.about(self._risk(client, {"symbol": venue_id}), venue_id)
        return holdings.position_of(unit, rows, hedged, at)

    def positions(self, client: Ccxt, where: Where, at: datetime) -> Sequence[VenuePosition]:
        hedged = account.hedged(client)
        by_symbol: dict[str, list[Mapping[str, Any]]] = {}
        for row in self._risk(client, {}):
            if reading.number(row, "positionAmt"):
                by_symbol.setdefault(symbol_of(client, row), []).append(row)
        return [
            holdings.position_of(Unit(where.venue, where.account, symbol, side), rows, hedged, at)
            for symbol, rows in sorted(by_symbol.items())
            for side in holdings.directions_of(rows)
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
        return orders.validate(client, order)

    def probe(self, client: Ccxt, order: ProbeOrder) -> VenueOrder:
        return orders.probe(client, order)

    def place_again(self, client: Ccxt, order: VenueOrder, client_order_id: str) -> VenueOrder:
        return orders.place_again(client, order, client_order_id)

    def cancel(self, client: Ccxt, order: VenueOrder) -> bool:
        return orders.cancel(client, order)

    def _risk(self, client: Ccxt, asked: Mapping[str, str]) -> Sequence[Mapping[str, Any]]:
        return reading.rows(client.fapiPrivateV3GetPositionRisk(dict(asked)), "positionRisk")


API: Final[VenueApi] = Binanceusdm()
