"""Whether a position is stuck: it should be closed, by its age or by its exit, and is still open."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from functions.facts import OrderFact, PositionFact

_CLOSING_SIDE = {"long": "sell", "short": "buy"}

# Where the time is from at which an exit was due, the first that tells (CONTRACT.md 1; freqtrade is asked last).
BY_RECORD = "its record"
BY_ORDER = "its first exit order"
BY_LOG = "the strategy's log"
BY_BOT = "freqtrade's exit signal"


@dataclass(frozen=True, slots=True)
class Policy:
    """`max_age_minutes` is the strategy's own (`max_position_age_minutes`), else the settings'. `overdue_after`:
    how long an exit may be due before it counts as stuck."""

    max_age_minutes: int
    overdue_after: timedelta


@dataclass(frozen=True, slots=True)
class Overdue:
    """`stuck` None: nobody can tell. `due_at`: when its exit was due, None: no exit is known to be due. `told`:
    why, in one clause. `source`: what says when it was due."""

    stuck: bool | None
    due_at: datetime | None
    told: str
    source: str | None = None


def exits_of(position: PositionFact, orders: Sequence[OrderFact]) -> tuple[OrderFact, ...]:
    """Its orders that were to close it, the oldest first; protection waits for a price and is none. An order that
    does not say whether it reduces is told by its side."""
    side = _CLOSING_SIDE.get(position.side)
    found = [
        order
        for order in orders
        if not order.protective and (order.reducing is True or (order.reducing is None and order.side == side))
    ]
    return tuple(sorted(found, key=lambda order: (order.created_at is None, order.created_at, order.order_id)))


def due_by(
    position: PositionFact,
    orders: Sequence[OrderFact],
    logged_at: datetime | None,
    signalled_at: datetime | None = None,
) -> tuple[datetime, str] | None:
    """`exit_signal_at`, else when its first exit order was made, else when the service's log said so, else when the
    candle of its bot's exit signal closed; and which of them it was."""
    made = [order.created_at for order in exits_of(position, orders) if order.created_at is not None]
    known = (
        (position.exit_signal_at, BY_RECORD),
        (min(made, default=None), BY_ORDER),
        (logged_at, BY_LOG),
        (signalled_at, BY_BOT),
    )
    return next(((at, source) for at, source in known if at is not None), None)


def as_signalled(position: PositionFact, late: Overdue) -> PositionFact:
    """The position as it would stand in the table had its strategy written the signal that its log or its bot
    tells of."""
    if late.due_at is None or late.source not in (BY_LOG, BY_BOT):
        return position
    return replace(position, exit_signal_at=late.due_at, exit_reason=f"by {late.source}")


def overdue(
    position: PositionFact,
    orders: Sequence[OrderFact],
    policy: Policy,
    now: datetime,
    *,
    logged_at: datetime | None = None,
    signalled_at: datetime | None = None,
) -> Overdue:
    """A position whose record says closed is never stuck; one whose age and exit cannot be read may be."""
    found = due_by(position, orders, logged_at, signalled_at)
    due, by = found if found is not None else (None, None)
    if position.status == "closed":
        return Overdue(False, due, "its record says closed", by)
    if due is not None and now - due >= policy.overdue_after:
        since = f"{due:%Y-%m-%d %H:%M:%S} UTC by {by}"
        return Overdue(True, due, f"its exit is due since {since}, and it is still open", by)
    opened, most = position.opened_at, timedelta(minutes=policy.max_age_minutes)
    if opened is not None and now - opened > most:
        minutes = int((now - opened).total_seconds() // 60)
        return Overdue(True, due, f"it is open for {minutes} min, and {policy.max_age_minutes} are allowed", by)
    if opened is None and due is None:
        return Overdue(None, None, "neither its age nor a due exit can be read")
    if due is not None:
        waits = int((now - due).total_seconds())
        allowed = int(policy.overdue_after.total_seconds())
        return Overdue(False, due, f"its exit is due for {waits} s by {by}, and {allowed} are allowed", by)
    return Overdue(False, None, f"it is younger than {policy.max_age_minutes} min and no exit is due")
