"""Why a position that should be closed is still open, by its own order history."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from functions.facts import OrderFact, PositionFact

OVERDUE: Final = timedelta(minutes=5)


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
    position: PositionFact, orders: Sequence[OrderFact], now: datetime, overdue: timedelta = OVERDUE
) -> WhyStuck:
    """`orders`: every recorded order of the position. `overdue`: how long an exit order may work
    (settings.positions.exit_overdue_after)."""
    raise NotImplementedError
