"""Which of the unit's working orders are this position's, and what has become of its protection.

In a unit of one owner everything that reduces it is that owner's. Where several own it, an order is this
position's only if its id stands in the orders table under it, was written down as its protection, or was placed by
this close: nobody else's order is ever touched.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
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
    """Written down, and not resting at the venue: neither itself, nor under an id of this close, nor as another
    protective order of this position of the same kind (its strategy has moved it)."""
    free, gone = list(protection(mine, working)), list(written)
    # Itself before its twin, so that no order stands for two.
    for stands in (_by_id(position_id, incident_id), _same_kind):
        for one in tuple(gone):
            found = next((order for order in free if stands(one, order)), None)
            if found is not None:
                free.remove(found)
                gone.remove(one)
    return tuple(gone)


def resized(order: VenueOrder, left: Decimal, *, alone: bool) -> VenueOrder:
    """The protective order as it is to be placed again. Where others own a part of the unit it holds no more than
    what is left of this position: were it larger, it would close theirs."""
    if alone or order.close_position or order.amount <= left:
        return order
    return replace(order, amount=left)


def _by_id(position_id: str, incident_id: str) -> Callable[[VenueOrder, VenueOrder], bool]:
    def stands(one: VenueOrder, order: VenueOrder) -> bool:
        ids = protection_ids(position_id, incident_id, one.order_id)
        mine = one.client_order_id is not None and order.client_order_id == one.client_order_id
        return mine or order.order_id == one.order_id or order.client_order_id in ids

    return stands


def _same_kind(one: VenueOrder, order: VenueOrder) -> bool:
    """The strategy has moved it: it manages its exits while its entries are paused."""
    return (one.type, one.side, one.close_position) == (order.type, order.side, order.close_position)
