"""Whether an order of the table works for too long: `pending` beyond its limit, or an exit that does not fill."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from functions.facts import OrderFact, PositionFact

PENDING: Final = "pending"
OPEN: Final = "open"
# What reduces a position of a direction, by the table's words.
_CLOSES: Final[Mapping[str, str]] = {"long": "sell", "short": "buy"}


@dataclass(frozen=True, slots=True)
class Limits:
    """In seconds."""

    pending: int
    exit: int


@dataclass(frozen=True, slots=True)
class Kind:
    """`is_exit`: an open exit; else it is pending. `age_seconds` 0 where nobody knows its age."""

    is_exit: bool
    age_seconds: int
    why: str


def overdue(order: OrderFact, position: PositionFact, limits: Limits, now: datetime) -> Kind | None:
    """None: it works, and not for too long. One whose time cannot be read may be as old as any. A protective order
    rests for as long as its position is open."""
    status = order.status.strip().lower()
    is_exit = status == OPEN and not order.protective and reduces(order, position)
    if status != PENDING and not is_exit:
        return None
    limit, what = (limits.exit, "an open exit") if is_exit else (limits.pending, "pending")
    if order.created_at is None:
        return Kind(is_exit, 0, f"{what}, and its time cannot be read")
    age = int((now - order.created_at).total_seconds())
    if age <= limit:
        return None
    return Kind(is_exit, age, f"{what} for {age} s (at most {limit} s)")


def reduces(order: OrderFact, position: PositionFact) -> bool:
    """As the item says; where it does not say, by its side."""
    if order.reducing is not None:
        return order.reducing
    return _CLOSES.get(position.side.strip().lower()) == order.side.strip().lower()
