"""What a contract test of the exchanges sets up, the same words for the twin and for the stand-in venue."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from importlib import import_module
from typing import Any, Protocol

from functions.adapters.clock import SystemClock
from functions.adapters.exchange import exchanges
from functions.adapters.memory import World, twins
from functions.errors import Refused, Uncertain
from functions.ports import Exchange
from functions.position_settings import ExchangeSettings
from functions.venue import CLOSES, Funding, OrderStatus, Row, Side, Trouble, Unit, VenueOrder, Where
from local.platform.exchange.server import Keys, Served, serve
from tests.adapters.rigs import SETTINGS

VENUE = "binanceusdm"
MAIN, SECOND = Where(VENUE, "main"), Where(VENUE, "second")
BTC = "BTC/USDT:USDT"
LONG = Unit(VENUE, "main", BTC, "long")
SHORT = replace(LONG, side="short")
MARK = Decimal(60_000)
Levels = list[tuple[str, str]]


class VenueRig(Protocol):
    exchange: Exchange

    def hold(self, unit: Unit, amount: str) -> None:
        """Opened at the market, so that there is a fill of it."""
        ...

    def pin(self, *, bids: Levels = ..., asks: Levels = ...) -> None: ...
    def hedge(self) -> None: ...
    def rest_exit(self, unit: Unit, client_id: str, amount: str, price: str) -> None: ...
    def protect(self, unit: Unit, client_id: str, **also: str) -> None:
        """A stop-market order of the whole position unless `quantity` says otherwise."""
        ...

    def fires_the_stops(self) -> None:
        """The price goes to 54 000."""
        ...

    def executes_in_silence(self) -> None: ...
    def refuses_the_price(self) -> None: ...
    def is_slow_to_know(self) -> None: ...
    def fills_half(self) -> None: ...
    def pays_funding(self, rate: str) -> None: ...
    def closes_the_symbol(self) -> None: ...
    def freezes(self) -> None: ...
    def goes_down(self) -> None: ...


class MemoryVenueRig:
    def __init__(self) -> None:
        self.world = World(now=datetime.now(UTC))
        self.venue = self.world.venue
        # The stand-in's own.
        self.venue.leverage = Decimal(10)
        self.exchange = twins(self.world).exchange

    def hold(self, unit: Unit, amount: str) -> None:
        side: Side = "buy" if unit.side == "long" else "sell"
        self.venue.trade(unit, side, Decimal(amount), MARK, self.world.now)

    def pin(self, *, bids: Levels = [], asks: Levels = []) -> None:  # noqa: B006 - read only
        self.venue.bids[BTC] = [(Decimal(price), Decimal(amount)) for price, amount in bids]
        self.venue.asks[BTC] = [(Decimal(price), Decimal(amount)) for price, amount in asks]

    def hedge(self) -> None:
        self.venue.hedged = True

    def rest_exit(self, unit: Unit, client_id: str, amount: str, price: str) -> None:
        self.venue.rest(unit.where, self._order(unit, client_id, amount, price=Decimal(price), type="limit"))

    def protect(self, unit: Unit, client_id: str, **also: str) -> None:
        whole = "quantity" not in also
        order = self._order(unit, client_id, also.get("quantity", "0"), type="stop_market", trigger=True)
        said = {"workingType": "MARK_PRICE", "priceProtect": "true"} | also
        kept = tuple((name, text) for name, text in said.items() if name != "quantity")
        below = Decimal(55_000) if unit.side == "long" else Decimal(65_000)
        order = replace(order, close_position=whole, trigger_price=below, parameters=kept)
        self.venue.rest(unit.where, replace(order, reduce_only=None if whole else order.reduce_only))

    def _order(self, unit: Unit, client_id: str, amount: str, **more: Any) -> VenueOrder:
        hedged = self.venue.hedged
        return VenueOrder(
            order_id="",
            client_order_id=client_id,
            symbol=unit.symbol,
            side=CLOSES[unit.side],
            status=OrderStatus.OPEN,
            amount=Decimal(amount),
            filled=Decimal(0),
            reduce_only=not hedged,
            position_side=unit.side if hedged else None,
            created_at=self.world.now,
            **more,
        )

    def fires_the_stops(self) -> None:
        for where, order in [*self.venue.orders]:
            unit = LONG if order.side == "sell" else SHORT
            if order.trigger and order.status is OrderStatus.OPEN:
                amount = order.amount or self.venue.amount(unit)
                self.venue.trade(unit, order.side, amount, Decimal(54_000), self.world.now, order.order_id)
                self.venue.change(where, replace(order, status=OrderStatus.FILLED, filled=amount))

    def executes_in_silence(self) -> None:
        self.venue.executed_but.append(Uncertain("silence").of(Trouble(Row.UNREACHABLE, "t", None, "silence")))

    def refuses_the_price(self) -> None:
        trouble = Trouble(Row.INVALID_PRICE, "BadRequest", "-4014", "Price not increased by tick size.")
        self.venue.refusals.append(Refused(trouble.told()).of(trouble))

    def is_slow_to_know(self) -> None:
        self.venue.lag = 1

    def fills_half(self) -> None:
        self.venue.fills_at_most = Decimal("0.025")

    def pays_funding(self, rate: str) -> None:
        for unit, held in self.venue.held.items():
            paid = -held.amount * MARK * Decimal(rate) * (1 if unit.side == "long" else -1)
            self.venue.funding.append((unit.where, unit.symbol, Funding(paid, "USDT", self.world.now)))

    def closes_the_symbol(self) -> None:
        self.venue.markets[BTC] = replace(self.venue.markets[BTC], active=False, status="SETTLING")

    def freezes(self) -> None:
        account = self.exchange.account(MAIN)
        self.venue.accounts[MAIN] = replace(account, frozen=True, frozen_why="locked", can_trade=False)

    def goes_down(self) -> None:
        self.venue.down = Trouble(Row.MAINTENANCE, "BadRequest", "-1016", "This service is no longer available.")


class HttpVenueRig:
    """The real ccxt, over HTTP, to the stand-in."""

    def __init__(self, served: Served) -> None:
        self.venue = served.venue
        self.venue.reset()
        self.venue.exchange.set_price("BTCUSDT", MARK)
        environment = {"EXCHANGE_API_URLS": json.dumps({VENUE: served.url})}
        settings = SETTINGS.model_copy(update={"exchanges": {VENUE: ExchangeSettings(http_timeout=1)}})
        aws: Any = KeysOf(served.keys)
        self.exchange = exchanges(aws, settings, SystemClock(), environment=environment)

    def hold(self, unit: Unit, amount: str) -> None:
        side = "BUY" if unit.side == "long" else "SELL"
        self._place(unit, side=side, type="MARKET", quantity=amount)

    def pin(self, *, bids: Levels = [], asks: Levels = []) -> None:  # noqa: B006 - read only
        levels = [[(Decimal(price), Decimal(amount)) for price, amount in side] for side in (bids, asks)]
        self.venue.exchange.set_book("BTCUSDT", *levels)

    def hedge(self) -> None:
        self.venue.exchange.set_hedged("main", True)

    def rest_exit(self, unit: Unit, client_id: str, amount: str, price: str) -> None:
        named = {"newClientOrderId": client_id, "timeInForce": "GTC", "price": price, "quantity": amount}
        self._place(unit, type="LIMIT", **self._closing(unit), **named)

    def protect(self, unit: Unit, client_id: str, **also: str) -> None:
        named = {"clientAlgoId": client_id, "newClientOrderId": client_id, "algoType": "CONDITIONAL"}
        stop = "55000" if unit.side == "long" else "65000"
        whole = {"quantity": also["quantity"]} | self._closing(unit) if "quantity" in also else {}
        asked = {
            "symbol": "BTCUSDT",
            "side": CLOSES[unit.side].upper(),
            "type": "STOP_MARKET",
            "triggerPrice": stop,
            "workingType": "MARK_PRICE",
            "priceProtect": "true",
            "positionSide": self._side(unit),
            **(whole or {"closePosition": "true"}),
            **also,
            **named,
        }
        self.venue.exchange.place_trigger(unit.account, asked)

    def fires_the_stops(self) -> None:
        self.venue.exchange.set_price("BTCUSDT", Decimal(54_000))

    def executes_in_silence(self) -> None:
        self.venue.break_with("timeout-after-accept", seconds=2.0)

    def refuses_the_price(self) -> None:
        self.venue.break_with("invalid-price")

    def is_slow_to_know(self) -> None:
        self.venue.break_with("query-lag", seconds=0.5)

    def fills_half(self) -> None:
        self.venue.break_with("partial-fill")

    def pays_funding(self, rate: str) -> None:
        self.venue.exchange.funding("BTCUSDT", Decimal(rate))

    def closes_the_symbol(self) -> None:
        self.venue.break_with("symbol-delisted", symbol="BTCUSDT")

    def freezes(self) -> None:
        self.venue.break_with("account-frozen")

    def goes_down(self) -> None:
        self.venue.down = True

    def _place(self, unit: Unit, **asked: str) -> None:
        said = {"symbol": "BTCUSDT", "side": CLOSES[unit.side].upper(), "positionSide": self._side(unit)}
        self.venue.exchange.place(unit.account, {**said, **asked})

    def _closing(self, unit: Unit) -> dict[str, str]:
        return {} if self._hedged(unit) else {"reduceOnly": "true"}

    def _side(self, unit: Unit) -> str:
        return unit.side.upper() if self._hedged(unit) else "BOTH"

    def _hedged(self, unit: Unit) -> bool:
        return self.venue.exchange.accounts[unit.account].hedged


class KeysOf:
    """Secrets Manager with the stand-in's keys."""

    def __init__(self, keys: dict[str, Keys]) -> None:
        self._keys = keys

    def client(self, service: str, saying: object) -> KeysOf:
        return self

    def get_secret_value(self, *, SecretId: str) -> dict[str, str]:
        one = self._keys[SecretId.rpartition("-")[2]]
        return {"SecretString": json.dumps({"apiKey": one.key, "secret": one.secret})}


@contextmanager
def stand_in() -> Iterator[Served]:
    # Imported now: that may take longer than the readings before an order are given.
    import_module("ccxt")
    with serve() as served:
        yield served
