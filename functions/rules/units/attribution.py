"""What of a unit's net position is this position's own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from functions.facts import OrderFact, PositionFact
from functions.rules.units.prices import ZERO
from functions.venue import Direction, Market, VenuePosition


class Standing(StrEnum):
    """`flat`: this position is gone from the venue, whoever else still holds something there. `break`: what the
    venue holds and what the table says cannot be brought together: no order, no correction."""

    AGREED = "agreed"
    FLAT = "flat"
    BREAK = "break"
    DUST = "dust"


@dataclass(frozen=True, slots=True)
class Share:
    """One open position of the table in the unit, or in the other direction of the same symbol. `table`: its item's
    amount; `exited`: what its own recorded reducing orders have filled since it opened; `amount`: what is left of it
    by the reading that holds. `doubt`: why nobody knows whether it is part of the unit; None: it is."""

    position_id: str
    strategy_id: str
    amount: Decimal
    table: Decimal
    exited: Decimal
    side: Direction
    doubt: str | None = None


@dataclass(frozen=True, slots=True)
class Attribution:
    """`amount`: what may be closed of this position, a multiple of the step: never more than its own share, never
    more than the venue holds beside the others' shares; 0 unless `agreed`. `own` and `others`: what the table leaves
    in this direction. `venue`: what the venue holds in it. `rest`: what must be left at the venue when this position
    is closed. `owners`: this position first. `told`: one sentence for people."""

    standing: Standing
    amount: Decimal
    own: Decimal
    others: Decimal
    venue: Decimal
    rest: Decimal
    owners: tuple[Share, ...]
    told: str


def share_of(
    position: PositionFact, orders: Sequence[OrderFact], side: Direction, doubt: str | None = None
) -> Share:
    """A position with what its own recorded orders have filled of its exit."""
    raise NotImplementedError


def attribute(
    position: PositionFact,
    orders: Sequence[OrderFact],
    siblings: Sequence[Share],
    venue: VenuePosition,
    market: Market,
    closed: Decimal = ZERO,
) -> Attribution:
    """`orders`: this position's, whatever became of them. `siblings`: every other open table position of the same
    venue, account and symbol, in either direction, and those of which that is not known. `closed`: what is proven to
    be closed of this position besides what `orders` tell as filled: the fills of a close's own attempts, and fills
    of its own orders that the table does not know (`fills.unrecorded`)."""
    raise NotImplementedError
