"""Binance USD-M futures, by the venue's own endpoints: ccxt signs, sends and sorts the errors.

The unified calls are not used where money moves: they round, and one look at the position costs them three calls.
Orders that wait for a price live at endpoints of their own (`algoOrder`). Source: developers.binance.com, USD-M
futures, "Trade" and "Account" endpoints; wallet, "Account" endpoints for the key and the account's status.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Final
from urllib.parse import urlsplit

from functions.adapters.exchange import reading, translate
from functions.adapters.exchange.ccxt_client import Ccxt
from functions.adapters.exchange.codes import Codes
from functions.adapters.exchange.errors import is_missing
from functions.adapters.exchange.venues import binance_account as account
from functions.adapters.exchange.venues import binance_facts as facts
from functions.adapters.exchange.venues.base import Alive, Part, VenueApi
from functions.adapters.exchange.venues.binance_codes import CODES
from functions.venue import (
    CLOSES,
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

PAGE: Final = 1_000
LEVELS: Final = 500
# The longest span of `userTrades` between its two times.
WINDOW: Final = timedelta(days=7)
# Most pages of one reading: beyond it something repeats.
PAGES: Final = 100


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
        return facts.market_of(client.market(symbol))

    def book(self, client: Ccxt, symbol: str, at: datetime) -> Book:
        asked = {"symbol": _id(client, symbol), "limit": LEVELS}
        book = reading.mapping(client.fapiPublicGetDepth(asked), "depth")
        return translate.book_of(symbol, book.get("bids"), book.get("asks"), at)

    def position(self, client: Ccxt, unit: Unit, at: datetime) -> VenuePosition:
        hedged = account.hedged(client)
        rows = self._risk(client, {"symbol": _id(client, unit.symbol)})
        return facts.position_of(unit, rows, hedged, at)

    def positions(self, client: Ccxt, where: Where, at: datetime) -> Sequence[VenuePosition]:
        hedged = account.hedged(client)
        by_symbol: dict[str, list[Mapping[str, Any]]] = {}
        for row in self._risk(client, {}):
            if reading.number(row, "positionAmt"):
                by_symbol.setdefault(_symbol(client, row), []).append(row)
        return [
            facts.position_of(Unit(where.venue, where.account, symbol, side), rows, hedged, at)
            for symbol, rows in sorted(by_symbol.items())
            for side in facts.directions_of(rows)
        ]

    def orders(self, client: Ccxt, symbol: str | None) -> Sequence[VenueOrder]:
        asked = {} if symbol is None else {"symbol": _id(client, symbol)}
        plain = reading.rows(client.fapiPrivateGetOpenOrders(asked), "openOrders")
        waiting = reading.rows(client.fapiPrivateGetOpenAlgoOrders(asked), "openAlgoOrders")
        return [
            *(facts.order_of(row, _symbol(client, row)) for row in plain),
            *(facts.algo_of(row, _symbol(client, row)) for row in waiting),
        ]

    def order(self, client: Ccxt, symbol: str, client_order_id: str) -> VenueOrder | None:
        asked = {"symbol": _id(client, symbol), "origClientOrderId": client_order_id}
        try:
            row = reading.mapping(client.fapiPrivateGetOrder(asked), "order")
        except Exception as error:
            if not is_missing(error, client, self.codes):
                raise
            return self._waiting(client, symbol, client_order_id)
        return facts.order_of(row, symbol)

    def fills(self, client: Ccxt, symbol: str, since: datetime) -> Sequence[Fill]:
        """The first page by its time, the others by the id that follows: the venue takes both never together."""
        asked = {"symbol": _id(client, symbol), "limit": PAGE}
        page = self._first_trades(client, asked, since)
        found = {str(row["id"]): row for row in page}
        for _ in range(PAGES):
            if not page:
                return sorted(map(facts.fill_of, found.values()), key=lambda fill: (fill.at, int(fill.fill_id)))
            following = {**asked, "fromId": int(reading.text(page[-1], "id")) + 1}
            page = reading.rows(client.fapiPrivateGetUserTrades(following), "userTrades")
            found |= {reading.text(row, "id"): row for row in page}
        raise ValueError(f"userTrades: more than {PAGES} pages")

    def funding(self, client: Ccxt, symbol: str, since: datetime) -> Sequence[Funding]:
        asked = {"symbol": _id(client, symbol), "incomeType": "FUNDING_FEE", "limit": PAGE}
        asked |= {"startTime": reading.millis(since), "endTime": client.milliseconds() + 60_000}
        found: dict[tuple[str, str], Mapping[str, Any]] = {}
        for page in range(1, PAGES + 1):
            rows = reading.rows(client.fapiPrivateGetIncome({**asked, "page": page}), "income")
            found |= {(reading.text(row, "tranId"), reading.text(row, "time")): row for row in rows}
            if len(rows) < PAGE:
                return sorted(map(_funding, found.values()), key=lambda funding: funding.at)
        raise ValueError(f"income: more than {PAGES} pages")

    def rate(self, client: Ccxt, asset: str, quote: str, at: datetime) -> Decimal | None:
        if asset == quote:
            return Decimal(1)
        symbol = f"{asset}/{quote}:{quote}"
        if symbol not in client.load_markets():
            return None
        minute = reading.millis(at.replace(second=0, microsecond=0))
        asked = {"symbol": _id(client, symbol), "interval": "1m", "startTime": minute, "limit": 1}
        candles = client.fapiPublicGetKlines({**asked, "endTime": minute + 59_999})
        if not isinstance(candles, list):
            raise ValueError("klines: the answer is no list")
        closes = [reading.decimal(candle[4], "close") for candle in candles if int(candle[0]) == minute]
        return closes[0] if closes and closes[0] > 0 else None

    def create(self, client: Ccxt, order: NewOrder) -> VenueOrder:
        asked = {
            "symbol": _id(client, order.unit.symbol),
            "side": CLOSES[order.unit.side].upper(),
            "quantity": reading.plain(order.amount),
            "newClientOrderId": order.client_order_id,
            "newOrderRespType": "RESULT",
        }
        # In hedge mode the position side makes it reduce, and `reduceOnly` is refused.
        asked |= {"positionSide": order.unit.side.upper()} if order.hedged else {"reduceOnly": "true"}
        if order.price is None:
            asked["type"] = "MARKET"
        else:
            asked |= {"type": "LIMIT", "price": reading.plain(order.price), "timeInForce": "IOC"}
        answer = reading.mapping(client.fapiPrivatePostOrder(asked), "order")
        return facts.order_of(answer, order.unit.symbol)

    def place_again(self, client: Ccxt, order: VenueOrder, client_order_id: str) -> VenueOrder:
        asked = dict(_again(client, order))
        if not order.trigger:
            asked["newClientOrderId"] = client_order_id
            answer = reading.mapping(client.fapiPrivatePostOrder(asked), "order")
            return facts.order_of(answer, order.symbol)
        # Whatever it was listed as: orders that wait for a price are taken by the algo endpoint alone (-4120).
        asked |= {"clientAlgoId": client_order_id, **dict([facts.ALGO])}
        answer = reading.mapping(client.fapiPrivatePostAlgoOrder(asked), "algoOrder")
        return facts.algo_of(answer, order.symbol)

    def cancel(self, client: Ccxt, order: VenueOrder) -> bool:
        if facts.ALGO in order.parameters:
            answer = reading.mapping(client.fapiPrivateDeleteAlgoOrder({"algoId": order.order_id}), "algoOrder")
            return reading.text(answer, "algoId") == order.order_id
        asked = {"symbol": _id(client, order.symbol), "orderId": order.order_id}
        answer = reading.mapping(client.fapiPrivateDeleteOrder(asked), "order")
        return reading.text(answer, "orderId") == order.order_id

    def _risk(self, client: Ccxt, asked: Mapping[str, str]) -> Sequence[Mapping[str, Any]]:
        return reading.rows(client.fapiPrivateV3GetPositionRisk(dict(asked)), "positionRisk")

    def _waiting(self, client: Ccxt, symbol: str, client_order_id: str) -> VenueOrder | None:
        """One that waits for a price, with what came of it once it was triggered."""
        row = reading.mapping(client.fapiPrivateGetAlgoOrder({"clientAlgoId": client_order_id}), "algoOrder")
        order = facts.algo_of(row, symbol)
        made = reading.maybe_text(row, "actualOrderId")
        if made is None or not made.strip("0"):
            return order
        asked = {"symbol": _id(client, symbol), "orderId": made}
        return facts.triggered(
            order, facts.order_of(reading.mapping(client.fapiPrivateGetOrder(asked), "order"), symbol)
        )

    def _first_trades(self, client: Ccxt, asked: Mapping[str, Any], since: datetime) -> Sequence[Mapping[str, Any]]:
        """The first page that has any."""
        for start, end in _windows(since, reading.moment(client.milliseconds() + 60_000)):
            times = {"startTime": reading.millis(start), "endTime": reading.millis(end)}
            page = reading.rows(client.fapiPrivateGetUserTrades({**asked, **times}), "userTrades")
            if page:
                return sorted(page, key=lambda row: int(reading.text(row, "id")))
        return []


def _windows(since: datetime, until: datetime) -> Iterator[tuple[datetime, datetime]]:
    while since < until:
        end = min(since + WINDOW - timedelta(seconds=1), until)
        yield since, end
        since = end + timedelta(milliseconds=1)


def _again(client: Ccxt, order: VenueOrder) -> Iterator[tuple[str, str]]:
    """Everything that it had, by the venue's names; what is filled of it is not placed again."""
    yield "symbol", _id(client, order.symbol)
    yield "side", order.side.upper()
    yield "type", order.type.upper()
    if order.position_side:
        yield "positionSide", order.position_side.upper()
    if order.close_position:
        yield "closePosition", "true"
    else:
        yield "quantity", reading.plain(order.left)
        if order.reduce_only and not order.position_side:
            yield "reduceOnly", "true"
    if order.price is not None:
        yield "price", reading.plain(order.price)
    if order.trigger_price is not None:
        yield "triggerPrice", reading.plain(order.trigger_price)
    if order.time_in_force:
        yield "timeInForce", order.time_in_force
    yield from order.parameters


def _id(client: Ccxt, symbol: str) -> str:
    return str(client.market(symbol)["id"])


def _symbol(client: Ccxt, row: Mapping[str, Any]) -> str:
    """The unified symbol of the venue's own."""
    name = reading.text(row, "symbol")
    found = [market for market in client.load_markets().values() if market.get("id") == name]
    if not found:
        raise ValueError(f"{name} is in no market that was loaded")
    return str(found[0]["symbol"])


def _funding(row: Mapping[str, Any]) -> Funding:
    return Funding(reading.number(row, "income"), reading.text(row, "asset"), reading.when(row, "time"))


API: Final[VenueApi] = Binanceusdm()
