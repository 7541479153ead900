"""The owners of a unit by the table: what each of them has in it, by each of the ways to read its record."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from functions.facts import OrderFact, PositionFact
from functions.rules.closing.client_ids import is_attempt
from functions.rules.units.prices import ZERO
from functions.rules.units.words import number
from functions.venue import CLOSES, Direction


@dataclass(frozen=True, slots=True)
class Share:
    """One open position of the table in the unit, or in the other direction of the same symbol. `table`: its
    item's amount; `exited`: what its own recorded reducing orders have filled since it opened; `ours`: what orders
    of earlier closes by this project have; `amount`: what is left of it by the reading that holds. `doubt`: why
    nobody knows whether it is part of the unit; None: it is."""

    position_id: str
    strategy_id: str
    amount: Decimal
    table: Decimal
    exited: Decimal
    side: Direction
    doubt: str | None = None
    ours: Decimal = ZERO

    @property
    def out(self) -> Decimal:
        """What all of these orders have filled."""
        return self.exited + self.ours

    def read(self, *, reduced: bool, ours_reduced: bool = False) -> Share:
        """`reduced`: the platform has taken its exits off the item's amount already; `ours_reduced`: and what our
        orders have filled. It may know of its own, and nothing of ours."""
        off = (ZERO if reduced else self.exited) + (ZERO if ours_reduced else self.ours)
        return replace(self, amount=max(ZERO, self.table - off))

    def told(self) -> str:
        exits = f", of which its orders have closed {number(self.out)}" if self.out else ""
        doubt = f", {self.doubt}" if self.doubt else ""
        return f"{self.position_id} of {self.strategy_id} ({self.side} {number(self.table)}{exits}{doubt})"


def share_of(
    position: PositionFact, orders: Sequence[OrderFact], side: Direction, doubt: str | None = None
) -> Share:
    """A position with what its own recorded orders have filled of its exit. A closed one has nothing left."""
    table = ZERO if position.status == "closed" else position.amount
    exits = exits_of(position, orders, side)
    out = sum((filled_of(order, position) for order in exits), ZERO)
    ours = sum((filled_of(order, position) for order in exits if is_attempt(order.client_order_id)), ZERO)
    return Share(
        position.position_id,
        position.strategy_id,
        amount=max(ZERO, table - out),
        table=table,
        exited=out - ours,
        side=side,
        doubt=doubt,
        ours=ours,
    )


def exits_of(position: PositionFact, orders: Sequence[OrderFact], side: Direction) -> tuple[OrderFact, ...]:
    """Its recorded orders that can only have reduced it, and not those of an earlier position of the same id: sent
    since it opened, where both times are known. Protection may be placed together with the entry, so before that
    was filled."""
    return tuple(
        order
        for order in orders
        if order.position_id == position.position_id
        and order.side.strip().lower() == CLOSES[side]
        and order.reducing is not False
        and not _before(order, position)
    )


def filled_of(order: OrderFact, position: PositionFact) -> Decimal:
    """What the record says is filled of an exit; one that is `filled` without a figure is filled whole."""
    if order.filled is not None:
        return max(ZERO, order.filled)
    if order.status.strip().lower() != "filled":
        return ZERO
    return max(ZERO, order.amount if order.amount is not None else position.amount)


def _before(order: OrderFact, position: PositionFact) -> bool:
    if order.protective or order.created_at is None or position.opened_at is None:
        return False
    return order.created_at < position.opened_at
