"""Bybit, linear perpetuals of a unified account (v5).

The venue's own endpoints are called by name, because ccxt's unified layer asks for a cancelled or filled order by
fields that the endpoint ignores, asks two private endpoints about the kind of account before every order, and lists
funding among the trades. Amounts are in base units as they come. A conditional order stands in the same list as the
others and is cancelled like them. Source: bybit-exchange.github.io/docs/v5; ccxt 4.5.90, bybit.py.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from functions.adapters.exchange.ccxt_client import Ccxt
from functions.adapters.exchange.codes import Codes
from functions.adapters.exchange.venues import bybit_account
from functions.adapters.exchange.venues.answers import (
    Rowlike,
    above_zero,
    checked_id,
    in_ms,
    levels,
    linear,
    must,
    number,
    of_ms,
    pages,
    placed,
    plain,
    refused,
    rows,
    symbol_of,
)
from functions.adapters.exchange.venues.base import Alive, Part, VenueApi
from functions.adapters.exchange.venues.bybit_codes import CODES
from functions.adapters.exchange.venues.bybit_facts import (
    HELD,
    INDEX,
    TRADES,
    fill_of,
    order_of,
    position_of,
)
from functions.venue import (
    CLOSES,
    Book,
    Fill,
    Funding,
    Market,
    NewOrder,
    OrderStatus,
    Row,
    Unit,
    VenueOrder,
    VenuePosition,
    Where,
)

# Every linear contract is settled in one of them; without a symbol the lists want to know which.
SETTLES: Final = ("USDT", "USDC")
# The histories answer for at most seven days at a time.
WINDOW: Final = timedelta(days=7) - timedelta(seconds=1)


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
        answer = client.publicGetV5MarketOrderbook({**_of(client, symbol), "limit": 500})
        bids, asks = (levels(rows(answer, "result", side)) for side in ("b", "a"))
        return Book(symbol, tuple(sorted(bids, reverse=True)), tuple(sorted(asks)), at)

    def position(self, client: Ccxt, unit: Unit, at: datetime) -> VenuePosition:
        found = rows(client.privateGetV5PositionList(_of(client, unit.symbol)), "result", "list")
        if not found:
            # Asked by symbol it always answers, flat or not; and the rows alone tell the position mode.
            raise LookupError(f"no position row of {unit.symbol}")
        return position_of(found, unit, at)

    def positions(self, client: Ccxt, where: Where, at: datetime) -> Sequence[VenuePosition]:
        by_symbol: dict[str, list[Rowlike]] = {}
        for settles in SETTLES:
            asked = {"category": "linear", "settleCoin": settles, "limit": 200}
            for row in _listed(client.privateGetV5PositionList, asked):
                by_symbol.setdefault(str(row["symbol"]), []).append(row)
        return [
            position_of(some, Unit(where.venue, where.account, symbol_of(client, venue_id), HELD[row["side"]]), at)
            for venue_id, some in by_symbol.items()
            for row in some
            if must(row, "size") > 0
        ]

    def orders(self, client: Ccxt, symbol: str | None) -> Sequence[VenueOrder]:
        scopes = [_of(client, symbol)] if symbol else [{"category": "linear", "settleCoin": one} for one in SETTLES]
        return [
            order_of(row, symbol or symbol_of(client, str(row["symbol"])))
            for scope in scopes
            for row in _listed(client.privateGetV5OrderRealtime, {**scope, "openOnly": 0, "limit": 50})
        ]

    def order(self, client: Ccxt, symbol: str, client_order_id: str) -> VenueOrder | None:
        """An order only moves from the working ones to the recent ones and on to the history, so asking in this
        order cannot miss it on its way. The recent ones are forgotten when the venue restarts."""
        asked = {**_of(client, symbol), "orderLinkId": client_order_id}
        for method, more in (
            (client.privateGetV5OrderRealtime, {"openOnly": 0}),
            (client.privateGetV5OrderRealtime, {"openOnly": 1}),
            (client.privateGetV5OrderHistory, {}),
        ):
            found = [
                order_of(row, symbol)
                for row in rows(method({**asked, **more}), "result", "list")
                if row.get("orderLinkId") == client_order_id and row.get("symbol") == asked["symbol"]
            ]
            if found:
                return max(found, key=lambda one: (one.created_at is not None, one.created_at))
        return None

    def fills(self, client: Ccxt, symbol: str, since: datetime) -> Sequence[Fill]:
        market = linear(client, symbol)
        asked = {**_of(client, symbol), "limit": 100}
        hedged = any(
            int(row["positionIdx"]) != 0
            for row in rows(client.privateGetV5PositionList(_of(client, symbol)), "result", "list")
        )
        found = {
            str(row["execId"]): fill_of(row, str(market["quote"]), hedged)
            for window in _windows(client, since)
            for row in _listed(client.privateGetV5ExecutionList, {**asked, **window})
            if row["execType"] in TRADES
        }
        return sorted(found.values(), key=lambda one: one.at)

    def funding(self, client: Ccxt, symbol: str, since: datetime) -> Sequence[Funding]:
        """`funding` above 0 was received; `execFee` of the same settlement has the other sign."""
        venue_id = linear(client, symbol)["id"]
        asked = {"accountType": "UNIFIED", "category": "linear", "type": "SETTLEMENT", "limit": 50}
        found = [
            Funding(must(row, "funding"), str(row["currency"]), of_ms(row["transactionTime"]))
            for window in _windows(client, since)
            for row in _listed(client.privateGetV5AccountTransactionLog, {**asked, **window})
            if row.get("symbol") == venue_id and number(row.get("funding")) is not None
        ]
        return sorted(found, key=lambda one: one.at)

    def rate(self, client: Ccxt, asset: str, quote: str, at: datetime) -> Decimal | None:
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

    def create(self, client: Ccxt, order: NewOrder) -> VenueOrder:
        """The answer only says that the order was taken in: what became of it is asked with `order`."""
        side = CLOSES[order.unit.side]
        asked = {
            **_of(client, order.unit.symbol),
            "side": side.capitalize(),
            "orderType": "Market" if order.price is None else "Limit",
            "qty": plain(order.amount),
            "timeInForce": "IOC",
            "reduceOnly": True,
            "positionIdx": INDEX[order.unit.side] if order.hedged else 0,
            "orderLinkId": checked_id(order.client_order_id),
        }
        if order.price is not None:
            asked["price"] = plain(order.price)
        taken = client.privatePostV5OrderCreate(asked)["result"]
        return VenueOrder(
            order_id=str(taken["orderId"]),
            client_order_id=str(taken["orderLinkId"]),
            symbol=order.unit.symbol,
            side=side,
            type="market" if order.price is None else "limit",
            status=OrderStatus.UNKNOWN,
            amount=order.amount,
            filled=Decimal(0),
            price=order.price,
            reduce_only=True,
            position_side=order.unit.side if order.hedged else None,
            time_in_force="IOC",
        )

    def place_again(self, client: Ccxt, order: VenueOrder, client_order_id: str) -> VenueOrder:
        _own_order(order)
        said = {key: value for key, value in order.parameters if key != "stopOrderType"}
        asked: dict[str, Any] = {
            **_of(client, order.symbol),
            **said,
            "side": order.side.capitalize(),
            "orderType": said.get("orderType", order.type.capitalize()),
            "qty": plain(order.left),
            "reduceOnly": bool(order.reduce_only),
            "positionIdx": INDEX[order.position_side] if order.position_side else 0,
            "orderLinkId": checked_id(client_order_id),
        }
        if order.time_in_force:
            asked["timeInForce"] = order.time_in_force
        if "closeOnTrigger" in said:
            asked["closeOnTrigger"] = said["closeOnTrigger"] == "true"
        if "triggerDirection" in said:
            asked["triggerDirection"] = int(said["triggerDirection"])
        if order.trigger_price is not None:
            asked["triggerPrice"] = plain(order.trigger_price)
        if order.price is not None:
            asked["price"] = plain(order.price)
        taken = client.privatePostV5OrderCreate(asked)["result"]
        return placed(order, str(taken["orderId"]), str(taken["orderLinkId"]))

    def cancel(self, client: Ccxt, order: VenueOrder) -> bool:
        _own_order(order)
        client.privatePostV5OrderCancel({**_of(client, order.symbol), "orderId": order.order_id})
        return True


def _own_order(order: VenueOrder) -> None:
    """A stop that was set on the position itself has no client id and cannot be placed again as it was. It goes by
    itself when the position goes, so it is never taken away from here."""
    kind = dict(order.parameters).get("stopOrderType", "Stop")
    if kind not in ("Stop", ""):
        why = f"bybit: order {order.order_id} ({kind}) belongs to its position: it can neither be placed again nor"
        raise refused(Row.OTHER, f"{why} be taken away without leaving the position unprotected")


def _of(client: Ccxt, symbol: str) -> dict[str, Any]:
    return {"category": "linear", "symbol": linear(client, symbol)["id"]}


def _listed(method: Any, asked: Mapping[str, Any]) -> list[Rowlike]:
    def read(cursor: str | None) -> tuple[Sequence[Rowlike], str | None]:
        answer = method({**asked, **({"cursor": cursor} if cursor else {})})
        found = rows(answer, "result", "list")
        # The last page of some lists repeats its cursor, and its next page is empty.
        return found, (answer["result"].get("nextPageCursor") or None) if found else None

    return pages(read)


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


API: Final[VenueApi] = Bybit()
