"""What differs by venue, said once as a protocol.

Every method speaks through a ccxt client of one account and lets ccxt's errors out as they are: the adapter turns
them into the four words by the venue's `codes`. Facts are functions.venue's: base units, `Decimal` from the raw
text, aware UTC. `at` is the adapter's clock. The client's markets are loaded before every method that takes a
symbol, a unit or an order. An answer that lacks what it must have is `ValueError` or `LookupError`: on readings it
becomes `Transient`, once an order was sent `Uncertain`; never fill in a healthy default. One of the four words
that a method raises before anything was sent stands as it is.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Protocol

from functions.adapters.exchange.ccxt_client import Ccxt
from functions.adapters.exchange.codes import Codes
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


@dataclass(frozen=True, slots=True)
class Alive:
    """The venue answered. `time`: its clock. `maintenance`: what it says of itself, where it says it is not
    serving (None: it serves); `until`: the planned end."""

    time: datetime | None
    maintenance: str | None = None
    until: datetime | None = None


# A part of an account: reads it, and gives fields of `AccountFact` (`{"can_trade": True, "hedged": False}`).
# A part that fails stands in `AccountFact.unread` by its name, and says nothing.
Part = Callable[[Ccxt], Mapping[str, Any]]


class VenueApi(Protocol):
    """A venue's module has ccxt's id for its name and ends in `API: Final[VenueApi] = ...`."""

    @property
    def venue(self) -> str:
        """ccxt's id, which is also the name in `settings.exchanges`."""
        ...

    @property
    def codes(self) -> Codes: ...

    def options(self, recv_window_ms: int) -> Mapping[str, Any]:
        """ccxt's `options` of a new client: which markets are loaded, how old a request may be when it arrives."""
        ...

    def redirect(self, client: Ccxt, base: str) -> None:
        """Points every URL at `base` (no slash at its end), keeping the paths; only for the stand-in. Puts back
        what ccxt derives from the host name (binance: `exceptions['linear']['exact']`)."""
        ...

    def alive(self, client: Ccxt) -> Alive:
        """One or two public calls of the venue that is traded at."""
        ...

    def parts(self) -> Mapping[str, Part]:
        """What an account is read by: key's rights, status, mode, balance, clock ... (see AccountFact)."""
        ...

    def market(self, client: Ccxt, symbol: str) -> Market:
        """From the markets, which were loaded afresh just now."""
        ...

    def book(self, client: Ccxt, symbol: str, at: datetime) -> Book: ...

    def position(self, client: Ccxt, unit: Unit, at: datetime) -> VenuePosition: ...

    def positions(self, client: Ccxt, where: Where, at: datetime) -> Sequence[VenuePosition]: ...

    def orders(self, client: Ccxt, symbol: str | None) -> Sequence[VenueOrder]:
        """Working orders with those that wait for a price; all pages."""
        ...

    def order(self, client: Ccxt, symbol: str, client_order_id: str) -> VenueOrder | None:
        """By our own id, final ones too, those that wait for a price too. None, or the venue's own error whose
        code is in `codes.missing`: it knows none now."""
        ...

    def fills(self, client: Ccxt, symbol: str, since: datetime) -> Sequence[Fill]: ...

    def funding(self, client: Ccxt, symbol: str, since: datetime) -> Sequence[Funding]: ...

    def rate(self, client: Ccxt, asset: str, quote: str, at: datetime) -> Decimal | None:
        """The close of the one-minute candle of `at`; None where the venue has no such market or candle."""
        ...

    def create(self, client: Ccxt, order: NewOrder) -> VenueOrder:
        """One call. Reduces always; immediate-or-cancel where it has a price. Checks nothing of the answer but
        what the fact needs; the adapter requires the id and that the client id is ours. An answer that the venue
        gives with 200 and that names no order must not come back as one: raise."""
        ...

    def validate(self, client: Ccxt, order: ProbeOrder) -> Validation:
        """By the venue's own check of an order that it does not place; `NOT_OFFERED` without a call where its
        documentation promises none."""
        ...

    def probe(self, client: Ccxt, order: ProbeOrder) -> VenueOrder:
        """One call; as `create`, but post-only and not reduce-only."""
        ...

    def place_again(self, client: Ccxt, order: VenueOrder, client_order_id: str) -> VenueOrder:
        """One call, with everything in `order.parameters`."""
        ...

    def cancel(self, client: Ccxt, order: VenueOrder) -> bool:
        """By the venue's order id (or the client's, where the venue takes only that). True: it took it. False, or
        an error whose code is in `codes.missing`: there is no such working order."""
        ...
