"""The exchanges by ccxt: one face over every venue, and ccxt's errors as the four words.

Nothing is repeated and nothing is cached but the markets' names; `market` reads them afresh. Calls of one account
take turns, because ccxt keeps the latest answer in its client. Errors: see functions/ports/exchange.py.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from decimal import Decimal
from threading import RLock
from time import monotonic
from typing import Any, TypeVar

from functions.adapters.exchange.account_parts import merged
from functions.adapters.exchange.ccxt_client import READ_AHEAD, Ccxt
from functions.adapters.exchange.client import Clients
from functions.adapters.exchange.codes import Codes
from functions.adapters.exchange.errors import Doing, is_missing, trouble_of, word_for
from functions.adapters.exchange.refusals import unified_only, unlike
from functions.adapters.exchange.venues.base import VenueApi
from functions.errors import Refused, RunbookError
from functions.facts import Reading
from functions.ports import Clock
from functions.venue import (
    AccountFact,
    Book,
    Fill,
    Funding,
    Market,
    NewOrder,
    ProbeOrder,
    Row,
    Trouble,
    Unit,
    Validation,
    VenueOrder,
    VenuePosition,
    VenueStatus,
    Where,
)

T = TypeVar("T")


class CcxtExchange:
    """`api_of` gives what differs by venue; raises `Refused` for one that is not in the settings."""

    def __init__(self, clients: Clients, api_of: Callable[[str], VenueApi], clock: Clock) -> None:
        self._clients, self._api_of, self._clock = clients, api_of, clock
        self._turn = RLock()

    def status(self, venue: str) -> VenueStatus:
        try:
            api = self._api_of(venue)
        except Refused as refused:
            return VenueStatus(venue, Reading.UNKNOWN, str(refused), self._clock.now(), refused.trouble)
        with self._turn:
            client = self._clients.public(api)
            try:
                alive = api.alive(client)
            except Exception as error:
                trouble = trouble_of(error, client, api.codes)
                return VenueStatus(venue, Reading.FAILED, trouble.told(), self._clock.now(), trouble)
        at = self._clock.now()
        if alive.maintenance is None:
            return VenueStatus(venue, Reading.OK, "it answers", at)
        trouble = Trouble(Row.MAINTENANCE, "status", None, alive.maintenance)
        return VenueStatus(venue, Reading.FAILED, alive.maintenance, at, trouble, alive.until)

    def account(self, where: Where) -> AccountFact:
        """Every part by itself: one that fails is named in `unread`. Without the key: `Refused`."""
        api = self._api_of(where.venue)
        read: dict[str, Any] = {}
        unread: list[str] = []
        with self._turn:
            client = self._clients.of(api, where)
            for name, part in api.parts().items():
                try:
                    read = merged(read, part(client))
                except RunbookError as error:
                    unread.append(f"{name}: {error}")
                except Exception as error:
                    trouble = trouble_of(error, client, api.codes)
                    self._lost_key(where, trouble)
                    unread.append(f"{name}: {trouble.told()}")
        return AccountFact(where=where, at=self._clock.now(), unread=tuple(unread), **read)

    def market(self, where: Where, symbol: str) -> Market:
        def look(api: VenueApi, client: Ccxt) -> Market:
            client.load_markets(True)
            unified_only(client, symbol)
            return api.market(client, symbol)

        return self._read("market", where, look, markets=False)

    def symbols(self, where: Where) -> Sequence[str]:
        def look(api: VenueApi, client: Ccxt) -> Sequence[str]:
            del api
            found = client.load_markets(True)
            return sorted(name for name, one in found.items() if one.get("active") and one.get("swap"))

        return self._read("symbols", where, look, markets=False)

    def book(self, where: Where, symbol: str) -> Book:
        return self._read(
            "book", where, lambda api, client: api.book(client, symbol, self._clock.now()), symbol=symbol
        )

    def position(self, unit: Unit) -> VenuePosition:
        def look(api: VenueApi, client: Ccxt) -> VenuePosition:
            return api.position(client, unit, self._clock.now())

        return self._read("position", unit.where, look, symbol=unit.symbol)

    def positions(self, where: Where) -> Sequence[VenuePosition]:
        return self._read("positions", where, lambda api, client: api.positions(client, where, self._clock.now()))

    def orders(self, where: Where, symbol: str | None) -> Sequence[VenueOrder]:
        return self._read("orders", where, lambda api, client: api.orders(client, symbol), symbol=symbol)

    def order(self, where: Where, symbol: str, client_order_id: str) -> VenueOrder | None:
        def look(api: VenueApi, client: Ccxt) -> VenueOrder | None:
            return api.order(client, symbol, client_order_id)

        found = self._read("order", where, look, symbol=symbol, missing=None)
        if found is not None and found.client_order_id != client_order_id:
            said = f"asked for {client_order_id}, the answer is about {found.client_order_id}"
            raise unlike("order", where, said, Doing.READ)
        return found

    def fills(self, where: Where, symbol: str, since: datetime) -> Sequence[Fill]:
        found = self._read("fills", where, lambda api, client: api.fills(client, symbol, since), symbol=symbol)
        return [fill for fill in found if fill.at >= since]

    def funding(self, where: Where, symbol: str, since: datetime) -> Sequence[Funding]:
        found = self._read("funding", where, lambda api, client: api.funding(client, symbol, since), symbol=symbol)
        return [payment for payment in found if payment.at >= since]

    def rate(self, where: Where, asset: str, quote: str, at: datetime) -> Decimal | None:
        return self._read("rate", where, lambda api, client: api.rate(client, asset, quote, at))

    def create(self, where: Where, order: NewOrder) -> VenueOrder:
        def send(api: VenueApi, client: Ccxt) -> VenueOrder:
            return api.create(client, order)

        leaves_by = monotonic() + READ_AHEAD
        return self._send("create", where, order.unit.symbol, order.client_order_id, send, leaves_by)

    def validate(self, where: Where, order: ProbeOrder) -> Validation:
        def look(api: VenueApi, client: Ccxt) -> Validation:
            return api.validate(client, order)

        return self._read("validate", where, look, symbol=order.symbol)

    def probe(self, where: Where, order: ProbeOrder) -> VenueOrder:
        def send(api: VenueApi, client: Ccxt) -> VenueOrder:
            return api.probe(client, order)

        leaves_by = monotonic() + READ_AHEAD
        return self._send("probe", where, order.symbol, order.client_order_id, send, leaves_by)

    def place_again(self, where: Where, order: VenueOrder, client_order_id: str) -> VenueOrder:
        def send(api: VenueApi, client: Ccxt) -> VenueOrder:
            return api.place_again(client, order, client_order_id)

        return self._send("place_again", where, order.symbol, client_order_id, send)

    def cancel(self, where: Where, order: VenueOrder) -> bool:
        return self._read(
            "cancel", where, lambda api, client: api.cancel(client, order), symbol=order.symbol, missing=False
        )

    def _read(
        self,
        what: str,
        where: Where,
        look: Callable[[VenueApi, Ccxt], T],
        *,
        symbol: str | None = None,
        markets: bool = True,
        missing: Any = ...,
    ) -> T:
        """`missing`: what is answered where the venue says by its documented code that it knows no such order."""
        api = self._api_of(where.venue)
        with self._turn:
            client = self._clients.of(api, where)
            try:
                if markets and symbol is not None and symbol not in client.load_markets():
                    # Listed since this container read them, or no symbol at all.
                    client.load_markets(True)
                elif markets:
                    client.load_markets()
                if symbol is not None:
                    unified_only(client, symbol)
                return look(api, client)
            except Exception as error:
                if missing is not ... and is_missing(error, client, api.codes):
                    answer: T = missing
                    return answer
                raise self._word(error, Doing.READ, client, api.codes, what, where) from None

    def _send(
        self,
        what: str,
        where: Where,
        symbol: str,
        client_order_id: str,
        send: Callable[[VenueApi, Ccxt], VenueOrder],
        leaves_by: float | None = None,
    ) -> VenueOrder:
        """What fails before anything left, such as the reading of the market, was certainly not sent."""
        self._read(what, where, lambda _, client: client.market(symbol), symbol=symbol)
        api = self._api_of(where.venue)
        with self._turn:
            client = self._clients.of(api, where)
            before, client.leaves_by = client.acts, leaves_by
            try:
                made = send(api, client)
            except Exception as error:
                doing = Doing.ORDER if client.acts > before else Doing.READ
                raise self._word(error, doing, client, api.codes, what, where) from None
            finally:
                client.leaves_by = None
        if not made.order_id or made.client_order_id != client_order_id:
            said = (
                f"sent {client_order_id}, the answer is about {made.client_order_id} ({made.order_id or 'no id'})"
            )
            raise unlike(what, where, said, Doing.ORDER)
        return made

    def _word(
        self, error: Exception, doing: Doing, client: Ccxt, codes: Codes, what: str, where: Where
    ) -> RunbookError:
        word = word_for(error, doing, client, codes, f"{what} {where.venue}/{where.account}")
        if word.trouble:
            self._lost_key(where, word.trouble)
        return word

    def _lost_key(self, where: Where, trouble: Trouble) -> None:
        if trouble.row is Row.KEY:
            self._clients.forget(where)
