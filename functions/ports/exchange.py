"""The exchanges, and what the runbooks remember of a close.

An exchange's errors come as the four words with `error.trouble` (functions/venue.py) beside the text:
`Refused` is a known refusal (allow-list by class and code): nothing was accepted and nothing will be;
`Transient`: not accepted, later (429, 418, clock, maintenance before anything was said); `Uncertain`: everything
else that an order may have survived. Readings raise only `Transient`, `Refused` or `Broken`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Literal, Protocol

from functions.venue import (
    AccountFact,
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
    VenueStatus,
    Where,
)


class Exchange(Protocol):
    """Every venue, behind one face. The key of `where` is read from Secrets Manager once a container."""

    def status(self, venue: str) -> VenueStatus:
        """Ping, time and what the venue tells of maintenance. Never raises for a venue that is down."""
        ...

    def account(self, where: Where) -> AccountFact: ...

    def market(self, where: Where, symbol: str) -> Market:
        """`Refused` with `Row.INVALID_SYMBOL` where the venue does not know it."""
        ...

    def symbols(self, where: Where) -> Sequence[str]:
        """Every symbol that the venue trades now, of the kind that is traded there (swaps), read afresh."""
        ...

    def book(self, where: Where, symbol: str) -> Book: ...

    def position(self, unit: Unit) -> VenuePosition:
        """Flat is an answer; never from a cache."""
        ...

    def positions(self, where: Where) -> Sequence[VenuePosition]:
        """Every position of the account that is not flat."""
        ...

    def orders(self, where: Where, symbol: str | None) -> Sequence[VenueOrder]:
        """Every working order of the symbol (None: of the account), those that wait for a price too."""
        ...

    def order(self, where: Where, symbol: str, client_order_id: str) -> VenueOrder | None:
        """By our own id, the newest of that id. None: the venue knows none now, which proves nothing until
        `settles_within` has passed since it was sent."""
        ...

    def fills(self, where: Where, symbol: str, since: datetime) -> Sequence[Fill]:
        """Our trades of the symbol since then, the oldest first, over all pages."""
        ...

    def funding(self, where: Where, symbol: str, since: datetime) -> Sequence[Funding]: ...

    def rate(self, where: Where, asset: str, quote: str, at: datetime) -> Decimal | None:
        """What one `asset` cost in `quote` in the minute of `at`; None where that is not known."""
        ...

    def create(self, where: Where, order: NewOrder) -> VenueOrder:
        """One call, never repeated inside. Returns only an order with an id whose client id is ours."""
        ...

    def validate(self, where: Where, order: ProbeOrder) -> Validation:
        """The venue checks the order as if it were placed, and places none. Never returns `ACCEPTED` but for the
        venue's own yes. Errors as of a reading: `Refused` with what the venue has against it. What a yes proves:
        key, signature, clock, right to trade, symbol, filters; not the matching, and where the venue does not say
        so, not the margin."""
        ...

    def probe(self, where: Where, order: ProbeOrder) -> VenueOrder:
        """Places it, as `create` does: one call, never repeated inside. `Refused` where this venue's is not
        built."""
        ...

    def place_again(self, where: Where, order: VenueOrder, client_order_id: str) -> VenueOrder:
        """The same order (a protective one) under a new client id, with every parameter that it had."""
        ...

    def cancel(self, where: Where, order: VenueOrder) -> bool:
        """False: the venue has no such working order (any more)."""
        ...


# Seconds after which an order that cannot be found was not accepted: recvWindow and slack.
RECV_WINDOW: float = 4.0
SETTLES_WITHIN: float = 10.0


class AttemptState(StrEnum):
    """`prepared`: written down, certainly not sent. `sent`: it may have been accepted. The others are final:
    `done` has an order (filled whole, in part or not at all), `refused` and `not_accepted` have none."""

    PREPARED = "prepared"
    SENT = "sent"
    DONE = "done"
    REFUSED = "refused"
    NOT_ACCEPTED = "not_accepted"


@dataclass(frozen=True, slots=True)
class Attempt:
    """One order of a close: written down before it is sent, and sent at most once. `number` counts from 1.
    `client_order_id` is a hash of position, incident and number. `worst_price` None: a market order, which has no
    bound. `sent_until`: until when the Lambda that sends it can be alive."""

    position_id: str
    incident_id: str
    number: int
    client_order_id: str
    unit: Unit
    amount: Decimal
    worst_price: Decimal | None
    state: AttemptState
    prepared_at: datetime
    sent_at: datetime | None = None
    order_id: str | None = None
    filled: Decimal | None = None
    average: Decimal | None = None
    why: str | None = None


# `flat`: proven, by two reads and fills. `void`: the facts are not what was approved (any more); nothing is on its
# way. `not_closed`: nothing is on its way, and something is left. `break`: what the venue holds is not what its
# owners say. `dust`: what is left is below one step or the least order. `unknown`: an order may still be on its
# way, or what was done could not be proven.
How = Literal["flat", "void", "not_closed", "break", "dust", "unknown"]


@dataclass(frozen=True, slots=True)
class CloseResult:
    """How a close ended, for the run that asked for it. `closed`: what its own orders have filled; `left`: what is
    left of this position, None where that is not known; `average`: of its own fills. `recorded`: whether the
    position's record says closed (None: it was not to). `left_over`: client ids of this position's orders that
    still work after flat. `protected`: whether what was written down rests at the venue (None: nothing was written
    down, or nothing is to be protected). `entries`: `paused`, `running` ..., in words; `pause_stands`: this
    incident's pause of them stands, and nobody but a person ends it (None: not known). `trades_against`: client ids
    of orders by which the strategy opened again. `waited`: seconds for a venue that was away."""

    how: How
    closed: Decimal
    left: Decimal | None
    average: Decimal | None
    attempts: int
    why: str
    recorded: bool | None
    left_over: tuple[str, ...]
    protected: bool | None
    entries: str
    trades_against: tuple[str, ...]
    at: datetime
    pause_stands: bool | None = None
    waited: int = 0


class Closes(Protocol):
    """Items `close/{position_id}/{incident_id}/...` of the table `tradai-runbook-guards-{env}`."""

    def prepare(self, attempt: Attempt, *, approval_id: str, guard_id: str, act_until: datetime) -> str:
        """One transaction: the attempt (new), the approval marked as used by this incident, the guard still ours
        and held until `act_until`. `new`; `again`: this attempt stands already; `used`: another incident has used
        the approval; `lost`: the guard is not ours."""
        ...

    def send(self, attempt: Attempt, at: datetime) -> bool:
        """`prepared` to `sent` with its time, once. False: it was sent before, by an earlier try."""
        ...

    def settle(self, attempt: Attempt) -> None:
        """Its final state with what came of it; repeatable."""
        ...

    def attempts(self, position_id: str, incident_id: str) -> Sequence[Attempt]:
        """Consistently, by number."""
        ...

    def write_down(
        self, position_id: str, incident_id: str, protection: Sequence[VenueOrder]
    ) -> Sequence[VenueOrder]:
        """The protective orders as they stood before anything was touched; what was written down first stands. The
        incident is remembered as one of the position's (`incidents`), before."""
        ...

    def incidents(self, position_id: str) -> Sequence[str]:
        """Every incident that has begun to close this position, the first first: nothing is sent before its
        protection is written down."""
        ...

    def write_down_anew(
        self,
        position_id: str,
        incident_id: str,
        protection: Sequence[VenueOrder],
        *,
        instead_of: Sequence[VenueOrder],
    ) -> bool:
        """Its strategy has moved it since: what stands now, right before it is taken off. False: what was written
        down is not `instead_of` (any more), and stands."""
        ...

    def written_down(self, position_id: str, incident_id: str) -> Sequence[VenueOrder] | None: ...

    def approval_used_by(self, approval_id: str) -> str | None:
        """The incident that has used it; None: nobody has."""
        ...

    def begin(self, strategy_id: str, incident_id: str, *, until: datetime) -> bool:
        """Marks that a close of this strategy's position is in progress, so that nobody starts or unpauses it
        meanwhile (item `closing/{strategy_id}`, one mark an incident); prolongs our own. False: another incident's
        close is in progress as well."""
        ...

    def over(self, strategy_id: str, incident_id: str) -> None:
        """Takes our mark away; those of other incidents stand."""
        ...

    def conclude(self, position_id: str, incident_id: str, result: CloseResult) -> None:
        """Stores how the close ended (item `close/{position_id}/{incident_id}/result`); a later one stands."""
        ...

    def result(self, position_id: str, incident_id: str) -> CloseResult | None:
        """Consistently; None: no close of it has ended."""
        ...
