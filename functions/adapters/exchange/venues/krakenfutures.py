"""Kraken Futures, linear perpetuals of the multi-collateral wallet (`PF_`).

The venue's own endpoints are called by name: ccxt's unified layer looks an order up with GET and by order ids only,
calls an immediate-or-cancel limit a market order, and invents fees. An order that is over is known by its client id
for five seconds; after that it is in the order history, which takes no client id, and its fills name it.
Source: docs.kraken.com, Futures REST; ccxt 4.5.90, krakenfutures.py.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from functions.adapters.exchange.ccxt_client import Ccxt
from functions.adapters.exchange.codes import Codes
from functions.adapters.exchange.venues import krakenfutures_account
from functions.adapters.exchange.venues.answers import (
    Rowlike,
    above_zero,
    checked_id,
    in_ms,
    levels,
    linear,
    must,
    must_text,
    number,
    of_iso,
    refused,
    rows,
    symbol_of,
)
from functions.adapters.exchange.venues.base import Alive, Part, VenueApi
from functions.adapters.exchange.venues.krakenfutures_codes import CODES
from functions.adapters.exchange.venues.krakenfutures_facts import HELD, asset, position_of, working
from functions.adapters.exchange.venues.krakenfutures_history import fees, fills, log, look_up
from functions.adapters.exchange.venues.krakenfutures_orders import cancel, create, place_again
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


class KrakenFutures:
    venue: Final = "krakenfutures"
    codes: Final[Codes] = CODES

    def options(self, recv_window_ms: int) -> Mapping[str, Any]:
        """`recvWindow` is ours: ccxt knows none here. It becomes the order's `processBefore`."""
        return {"recvWindow": recv_window_ms}

    def redirect(self, client: Ccxt, base: str) -> None:
        api = client.urls["api"]
        client.urls["api"] = {key: f"{base}/{url.split('/', 3)[3]}" for key, url in api.items()}

    def alive(self, client: Ccxt) -> Alive:
        return krakenfutures_account.alive(client)

    def parts(self) -> Mapping[str, Part]:
        return krakenfutures_account.PARTS

    def market(self, client: Ccxt, symbol: str) -> Market:
        """`contractValueTradePrecision`: the decimals of an amount, below 0 for whole tens. While only orders that
        add to the book are taken (`postOnly`), nothing can be closed at once."""
        market = _market(client, symbol)
        info = market["info"]
        step = Decimal(1).scaleb(-int(info["contractValueTradePrecision"]))
        post_only = info.get("postOnly") is True
        return Market(
            symbol=symbol,
            active=info["tradeable"] is True and not post_only,
            quote=str(market["quote"]),
            price_tick=must(info, "tickSize"),
            amount_step=step,
            amount_least=above_zero(info.get("minimumTradeSize")) or step,
            status="post only" if post_only else "tradeable" if info["tradeable"] is True else "not tradeable",
        )

    def book(self, client: Ccxt, symbol: str, at: datetime) -> Book:
        answer = client.publicGetOrderbook({"symbol": _market(client, symbol)["id"]})
        bids, asks = (levels(rows(answer, "orderBook", side)) for side in ("bids", "asks"))
        return Book(symbol, tuple(sorted(bids, reverse=True)), tuple(sorted(asks)), at)

    def position(self, client: Ccxt, unit: Unit, at: datetime) -> VenuePosition:
        venue_id = _market(client, unit.symbol)["id"]
        found = rows(client.privateGetOpenpositions(), "openPositions")
        ticker = client.publicGetTickersSymbol({"symbol": venue_id})["ticker"]
        # One that does not say of what it is may be ours.
        ours = [row for row in found if must_text(row, "symbol").upper() == venue_id.upper()]
        return position_of(ours, unit, at, above_zero(ticker.get("markPrice")))

    def positions(self, client: Ccxt, where: Where, at: datetime) -> Sequence[VenuePosition]:
        return [
            position_of([row], Unit(where.venue, where.account, symbol, HELD[row["side"]]), at, None)
            for row in rows(client.privateGetOpenpositions(), "openPositions")
            if must(row, "size") != 0 and (symbol := _known(client, row))
        ]

    def orders(self, client: Ccxt, symbol: str | None) -> Sequence[VenueOrder]:
        """The venue lists those of the whole account, whatever is asked."""
        venue_id = str(_market(client, symbol)["id"]).upper() if symbol else None
        return [
            working(row, _known(client, row))
            for row in rows(client.privateGetOpenorders(), "openOrders")
            if venue_id is None or str(row["symbol"]).upper() == venue_id
        ]

    def order(self, client: Ccxt, symbol: str, client_order_id: str) -> VenueOrder | None:
        return look_up(client, _market(client, symbol), client_order_id)

    def fills(self, client: Ccxt, symbol: str, since: datetime) -> Sequence[Fill]:
        return fills(client, _market(client, symbol), since, fees(client, since))

    def funding(self, client: Ccxt, symbol: str, since: datetime) -> Sequence[Funding]:
        """`realized_funding` above 0 was received."""
        venue_id = str(_market(client, symbol)["id"]).lower()
        found = [
            Funding(must(row, "realized_funding"), asset(row["asset"]), of_iso(row["date"]))
            for row in log(client, "funding rate change", since)
            if str(row.get("contract")).lower() == venue_id and number(row.get("realized_funding")) is not None
        ]
        return sorted(found, key=lambda one: one.at)

    def rate(self, client: Ccxt, asset: str, quote: str, at: datetime) -> Decimal | None:
        """By the candles of the spot index behind the asset's perpetual; an asset without one has no rate."""
        traded = (
            market
            for market in client.load_markets().values()
            if market.get("swap") and market.get("linear") and market["base"] == asset and market["quote"] == quote
        )
        if (market := next(traded, None)) is None:
            return None
        minute = at.replace(second=0, microsecond=0)
        asked = {"price_type": "spot", "symbol": market["id"], "interval": "1m", "from": in_ms(minute) // 1_000}
        answer = client.chartsGetPriceTypeSymbolInterval(
            {**asked, "to": in_ms(minute + timedelta(seconds=59)) // 1_000}
        )
        candles = rows(answer, "candles")
        return next((must(one, "close") for one in candles if int(one["time"]) == in_ms(minute)), None)

    def create(self, client: Ccxt, order: NewOrder) -> VenueOrder:
        checked_id(order.client_order_id)
        return create(client, _market(client, order.unit.symbol), order)

    def validate(self, client: Ccxt, order: ProbeOrder) -> Validation:
        """The futures API documents no order that is checked and not placed (`validate` is the spot API's)."""
        del client, order
        return Validation.NOT_OFFERED

    def probe(self, client: Ccxt, order: ProbeOrder) -> VenueOrder:
        del client, order
        raise refused(Row.OTHER, "krakenfutures: a test order is placed at binanceusdm only")

    def place_again(self, client: Ccxt, order: VenueOrder, client_order_id: str) -> VenueOrder:
        checked_id(client_order_id)
        return place_again(client, _market(client, order.symbol), order, client_order_id)

    def cancel(self, client: Ccxt, order: VenueOrder) -> bool:
        return cancel(client, order)


def _market(client: Ccxt, symbol: str) -> Rowlike:
    """ccxt counts every contract that is not inverse as linear. One whose size is not one base unit is unknown."""
    market = linear(client, symbol)
    if must(market["info"], "contractSize") != 1:
        raise ValueError(f"{market['id']}: a contract of {market['info']['contractSize']}")
    return market


def _known(client: Ccxt, row: Rowlike) -> str:
    symbol = symbol_of(client, str(row["symbol"]))
    _market(client, symbol)
    return symbol


API: Final[VenueApi] = KrakenFutures()
