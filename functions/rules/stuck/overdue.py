"""Whether a position is stuck: it should be closed, by its age or by its exit, and is still open."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from functions.facts import OrderFact, PositionFact

_CLOSING_SIDE = {"long": "sell", "short": "buy"}


@dataclass(frozen=True, slots=True)
class Policy:
    """`max_age_minutes` is the strategy's own (`max_position_age_minutes`), else the settings'. `overdue_after`:
    how long an exit may be due before it counts as stuck."""

    max_age_minutes: int
    overdue_after: timedelta


@dataclass(frozen=True, slots=True)
class Overdue:
    """`stuck` None: nobody can tell. `due_at`: when its exit was due, None: no exit is known to be due. `told`:
    why, in one clause."""

    stuck: bool | None
    due_at: datetime | None
    told: str


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


def due_at(position: PositionFact, orders: Sequence[OrderFact], logged_at: datetime | None) -> datetime | None:
    """`exit_signal_at`, else when its first exit order was made, else when the service's log said so."""
    if position.exit_signal_at is not None:
        return position.exit_signal_at
    made = [order.created_at for order in exits_of(position, orders) if order.created_at is not None]
    return min(made, default=logged_at)


def overdue(
    position: PositionFact,
    orders: Sequence[OrderFact],
    policy: Policy,
    now: datetime,
    *,
    logged_at: datetime | None = None,
) -> Overdue:
    """A position whose record says closed is never stuck; one whose age and exit cannot be read may be."""
    due = due_at(position, orders, logged_at)
    if position.status == "closed":
        return Overdue(False, due, "its record says closed")
    if due is not None and now - due >= policy.overdue_after:
        return Overdue(True, due, f"its exit is due since {due:%Y-%m-%d %H:%M:%S} UTC and it is still open")
    opened, most = position.opened_at, timedelta(minutes=policy.max_age_minutes)
    if opened is not None and now - opened > most:
        minutes = int((now - opened).total_seconds() // 60)
        return Overdue(True, due, f"it is open for {minutes} min, and {policy.max_age_minutes} are allowed")
    if opened is None and due is None:
        return Overdue(None, None, "neither its age nor a due exit can be read")
    if due is not None:
        waits = int((now - due).total_seconds())
        allowed = int(policy.overdue_after.total_seconds())
        return Overdue(False, due, f"its exit is due for {waits} s, and {allowed} are allowed")
    return Overdue(False, None, f"it is younger than {policy.max_age_minutes} min and no exit is due")
