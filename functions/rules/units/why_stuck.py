"""Why a position that should be closed is still open, by its own order history."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from functions.facts import OrderFact, PositionFact
from functions.rules.units.owner import side_of
from functions.rules.units.prices import ZERO
from functions.rules.units.shares import exits_of, filled_of
from functions.rules.units.words import moment, number
from functions.venue import OrderStatus, VenueOrder

OVERDUE: Final = timedelta(minutes=5)
# An order may carry a time a little before that of the signal which it answers.
SLACK: Final = timedelta(seconds=60)
_NOT_ASKED: Final[Mapping[str, VenueOrder | None]] = MappingProxyType({})
_FIRST: Final = datetime.min.replace(tzinfo=UTC)


class Why(StrEnum):
    """`working`: an exit order is at work and not overdue. `no_exit_due`: no exit was signalled or tried: it is
    open for too long, and nothing else is wrong. `unknown`: what the records say does not fit together."""

    NEVER_SUBMITTED = "never_submitted"
    REJECTED = "rejected"
    UNFILLED = "unfilled"
    PARTIAL = "partial"
    WORKING = "working"
    NO_EXIT_DUE = "no_exit_due"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class WhyStuck:
    """`order`: the exit order that says so. `due_at`: when the exit was due: its signal, else its first order."""

    why: Why
    detail: str
    order: OrderFact | None = None
    due_at: datetime | None = None


def why_stuck(
    position: PositionFact,
    orders: Sequence[OrderFact],
    now: datetime,
    overdue: timedelta = OVERDUE,
    at_venue: Mapping[str, VenueOrder | None] = _NOT_ASKED,
) -> WhyStuck:
    """`orders`: every recorded order of the position. `overdue`: how long an exit order may work
    (settings.positions.exit_overdue_after). `at_venue`: what the venue has under the client ids of pending exits,
    None where it knows none; it was not asked about an id that is missing."""
    side = side_of(position)
    if side is None:
        return WhyStuck(Why.UNKNOWN, f"Its side is {position.side!r}, so no order can be told to be its exit.")
    exits = sorted(
        (order for order in exits_of(position, orders, side) if not order.protective),
        key=lambda order: (order.created_at or _FIRST, order.order_id),
    )
    times = [order.created_at for order in exits if order.created_at is not None]
    due_at = position.exit_signal_at or min(times, default=None)
    last = exits[-1] if exits else None
    if last is None or _answers_another(last, position):
        return _without_order(position, last, due_at)
    why, detail = _of(last, position, now, overdue, at_venue)
    return WhyStuck(why, detail, last, due_at)


def _answers_another(order: OrderFact, position: PositionFact) -> bool:
    """It is over, and older than the signal: an earlier try, not this exit's."""
    if position.exit_signal_at is None or order.created_at is None or _status(order) in ("pending", "open"):
        return False
    return order.created_at < position.exit_signal_at - SLACK


def _without_order(position: PositionFact, earlier: OrderFact | None, due_at: datetime | None) -> WhyStuck:
    before = f" The last order before it, {_named(earlier)}, is {_status(earlier)}." if earlier else ""
    if position.exit_signal_at is not None:
        reason = f" ({position.exit_reason})" if position.exit_reason else ""
        told = (
            f"The exit was signalled at {moment(position.exit_signal_at)}{reason}, and no exit order was ever sent."
        )
        return WhyStuck(Why.NEVER_SUBMITTED, told + before, earlier, due_at)
    if position.status.strip().lower() == "closing":
        told = "The record says that it is closing, and no exit order was ever sent; when it was due is not known."
        return WhyStuck(Why.NEVER_SUBMITTED, told, None, due_at)
    return WhyStuck(Why.NO_EXIT_DUE, "No exit was signalled, and none was tried.", None, due_at)


def pending_exits(position: PositionFact, orders: Sequence[OrderFact]) -> tuple[str, ...]:
    """The client ids of exits that the record has as pending: nobody but the venue knows whether they got there."""
    side = side_of(position)
    exits = exits_of(position, orders, side) if side is not None else ()
    return tuple(
        one.client_order_id
        for one in exits
        if one.client_order_id and not one.protective and _status(one) == "pending"
    )


def _of(
    order: OrderFact,
    position: PositionFact,
    now: datetime,
    overdue: timedelta,
    at_venue: Mapping[str, VenueOrder | None],
) -> tuple[Why, str]:
    name, filled = _named(order), filled_of(order, position)
    whole = order.amount if order.amount is not None else position.amount
    part = f"{number(filled)} of {number(whole)}"
    late = order.created_at is None or now - order.created_at >= overdue
    since = f"since {moment(order.created_at)}"
    match _status(order):
        case "rejected":
            said = _clause(order.error) or "no error is recorded"
            more = f" after {part} was filled" if filled else ""
            return Why.REJECTED, f"The exit order {name} was rejected{more}: {said}."
        case "pending" if not filled:
            if not late:
                return Why.WORKING, f"The exit order {name} is being sent, {since}."
            return _of_pending(order, position, since, at_venue)
        case "pending" | "open":
            if not late:
                return Why.WORKING, f"The exit order {name} is at work {since}: {part} filled."
            why = Why.PARTIAL if filled else Why.UNFILLED
            return why, f"The exit order {name} works {since}{_limit(order)}: {part} filled."
        case "canceled" | "cancelled" | "expired" as ended:
            why = Why.PARTIAL if filled else Why.UNFILLED
            return why, f"The exit order {name} is {ended}{_limit(order)}: {part} was filled."
        case "filled":
            return _of_filled(name, filled, position)
        case other:
            return Why.UNKNOWN, f"The exit order {name} has the status {other!r}, which nobody knows."


def _of_pending(
    order: OrderFact, position: PositionFact, since: str, at_venue: Mapping[str, VenueOrder | None]
) -> tuple[Why, str]:
    """By the venue's own word: the record alone says no more than that no answer was written down."""
    name, said = _named(order), f" ({_clause(order.error)})" if order.error else ""
    client_id = order.client_order_id
    if client_id is None or client_id not in at_venue:
        told = f"The exit order {name} is pending {since}{said}: whether it reached the venue is not known."
        return Why.UNKNOWN, told
    found = at_venue[client_id]
    if found is None:
        return Why.NEVER_SUBMITTED, f"The exit order {name} is pending {since}: it never reached the venue{said}."
    part = f"{number(found.filled)} of {number(found.amount)} filled"
    told = (
        f"The exit order {name} is pending in the table {since}, and the venue has it {found.status.value}: {part}."
    )
    if found.status is OrderStatus.REJECTED:
        return Why.REJECTED, told
    if found.filled >= position.amount:
        return Why.UNKNOWN, told
    return (Why.PARTIAL if found.filled else Why.UNFILLED), told


def _of_filled(name: str, filled: Decimal, position: PositionFact) -> tuple[Why, str]:
    if ZERO < filled < position.amount:
        told = f"The exit order {name} is filled, for {number(filled)} of the position's {number(position.amount)}."
        return Why.PARTIAL, told
    return Why.UNKNOWN, f"The exit order {name} is filled whole, and the record was never closed."


def _clause(text: str | None) -> str:
    """The venue's own words without the point at their end, where a sentence goes on."""
    return (text or "").strip().rstrip(".").rstrip()


def _status(order: OrderFact) -> str:
    return order.status.strip().lower()


def _named(order: OrderFact) -> str:
    return order.client_order_id or order.order_id


def _limit(order: OrderFact) -> str:
    return "" if order.price is None else f" ({order.type or 'limit'} at {number(order.price)})"
