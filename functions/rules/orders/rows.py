"""What the record of an order is to say, by what its venue says of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

from functions.facts import OrderCorrection, OrderFact
from functions.venue import OrderStatus, VenueOrder

PENDING: Final = "pending"
OPEN: Final = "open"
NEVER: Final = "never reached the venue"
# The table's words; it has none for what the venue let expire.
WORDS: Final = {
    OrderStatus.OPEN: OPEN,
    OrderStatus.FILLED: "filled",
    OrderStatus.CANCELED: "canceled",
    OrderStatus.EXPIRED: "canceled",
    OrderStatus.REJECTED: "rejected",
}


@dataclass(frozen=True, slots=True)
class Reading:
    """`correction` None: the record stays, and `why` says why."""

    correction: OrderCorrection | None
    why: str


def judged(row: OrderFact, venue: VenueOrder | None, now: datetime, *, settled_after: float) -> Reading:
    """`venue` None: it knows no order of this client id. `settled_after`: seconds from its making until that
    proves that it never came there."""
    if venue is None:
        return _unknown_there(row, now, settled_after)
    word = WORDS.get(venue.status)
    if word is None:
        return Reading(None, f"the venue has it as {venue.status.value}")
    differs = _differs(row, venue)
    if differs is not None:
        return Reading(None, differs)
    price = venue.average if venue.filled and venue.final else None
    error = "expired at the venue" if venue.status is OrderStatus.EXPIRED else None
    told = f"the venue has it as {venue.status.value}, {venue.filled:f} of {venue.amount:f} filled"
    return Reading(OrderCorrection(word, venue.filled, price, error), told)


def _unknown_there(row: OrderFact, now: datetime, settled_after: float) -> Reading:
    if row.created_at is None:
        return Reading(None, "the venue knows none, and nobody knows when it was made")
    if now - row.created_at < timedelta(seconds=settled_after):
        return Reading(None, "the venue knows none yet")
    if row.filled:
        return Reading(None, f"the venue knows none, and the record says that {row.filled:f} of it is filled")
    return Reading(OrderCorrection("rejected", Decimal(0), None, NEVER), "the venue knows none")


def _differs(row: OrderFact, venue: VenueOrder) -> str | None:
    """Another order under the same id proves nothing of this one."""
    if row.side and row.side.lower() != venue.side:
        return f"the venue's order of this id is a {venue.side}, the record a {row.side}"
    if row.amount is not None and row.amount != venue.amount:
        return f"the venue's order of this id is for {venue.amount:f}, the record for {row.amount:f}"
    return None
