"""Which of the unit's working orders are this position's, and what has become of its protection.

In a unit of one owner everything that reduces it is that owner's. Where several own it, an order is this
position's only if its id stands in the orders table under it, was written down as its protection, or was placed by
this close: nobody else's order is ever touched.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from functions.facts import OrderFact
from functions.rules.closing.client_ids import protection_ids
from functions.venue import Unit, VenueOrder


@dataclass(frozen=True, slots=True)
class Whose:
    """`alone`: the unit has one owner. `client_ids`: every id that is known to be this position's."""

    unit: Unit
    alone: bool
    client_ids: frozenset[str]

    def owns(self, order: VenueOrder) -> bool:
        if order.symbol != self.unit.symbol or order.reduces(self.unit) is False:
            return False
        if order.client_order_id in self.client_ids:
            return True
        return self.alone and order.reduces(self.unit) is True


def whose(
    unit: Unit,
    position_id: str,
    incident_id: str,
    *,
    alone: bool,
    orders: Iterable[OrderFact],
    written: Iterable[VenueOrder],
) -> Whose:
    ids = {order.client_order_id for order in orders if order.client_order_id}
    for one in written:
        ids.update(protection_ids(position_id, incident_id, one.order_id))
        if one.client_order_id:
            ids.add(one.client_order_id)
    return Whose(unit, alone, frozenset(ids))


def protection(mine: Whose, working: Iterable[VenueOrder]) -> tuple[VenueOrder, ...]:
    return tuple(order for order in working if mine.owns(order) and order.protects(mine.unit))


def exits(mine: Whose, working: Iterable[VenueOrder]) -> tuple[VenueOrder, ...]:
    """Working exits, which hold the quantity: all that reduces and waits for no trigger."""
    return tuple(order for order in working if mine.owns(order) and not order.trigger)


def left_over(mine: Whose, working: Iterable[VenueOrder]) -> tuple[VenueOrder, ...]:
    return tuple(order for order in working if mine.owns(order))


def missing(
    mine: Whose,
    position_id: str,
    incident_id: str,
    written: Sequence[VenueOrder],
    working: Sequence[VenueOrder],
) -> tuple[VenueOrder, ...]:
    """Written down, and not resting at the venue: neither itself, nor under an id of this close, nor (in a unit of
    one owner) as an order that does the same."""
    free = list(protection(mine, working))
    gone = []
    for one in written:
        ids = {one.client_order_id, *protection_ids(position_id, incident_id, one.order_id)} - {None}
        stands = next(
            (order for order in free if order.client_order_id in ids or order.order_id == one.order_id), None
        )
        if stands is None and mine.alone:
            stands = next((order for order in free if _same(order, one)), None)
        if stands is None:
            gone.append(one)
        else:
            free.remove(stands)
    return tuple(gone)


def resized(order: VenueOrder, left: Decimal, *, alone: bool) -> VenueOrder:
    """The protective order as it is to be placed again. Where others own a part of the unit it holds no more than
    what is left of this position: were it larger, it would close theirs."""
    if alone or order.close_position or order.amount <= left:
        return order
    return replace(order, amount=left)


def _same(one: VenueOrder, other: VenueOrder) -> bool:
    return (
        (one.type, one.trigger_price, one.price, one.close_position, one.side)
        == (other.type, other.trigger_price, other.price, other.close_position, other.side)
    ) and (one.close_position or one.amount == other.amount)
