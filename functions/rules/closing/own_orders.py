"""Which of the unit's working orders are this position's.

In a unit of one owner everything that reduces it is that owner's. Where several own it, an order is this
position's only if its id stands in the orders table under it, was written down as its protection, or was placed by
this close: nobody else's order is ever touched. The same holds for entries, whoever else is in the unit.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

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

    def enters(self, order: VenueOrder) -> bool:
        """It works, and would make the position larger again."""
        mine = order.symbol == self.unit.symbol and order.client_order_id in self.client_ids
        return mine and order.reduces(self.unit) is False


def whose(
    unit: Unit,
    position_id: str,
    incident_id: str,
    *,
    alone: bool,
    orders: Iterable[OrderFact],
    written: Iterable[VenueOrder],
    also: Collection[str] = (),
) -> Whose:
    """`also`: further ids that are this position's: protection that closes of earlier incidents placed again."""
    ids = {order.client_order_id for order in orders if order.client_order_id}
    ids.update(also)
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


def entries(mine: Whose, working: Iterable[VenueOrder]) -> tuple[VenueOrder, ...]:
    return tuple(order for order in working if mine.enters(order))


def left_over(mine: Whose, working: Iterable[VenueOrder]) -> tuple[VenueOrder, ...]:
    """An entry that filled after the close would be a position without a record and without protection."""
    return tuple(order for order in working if mine.owns(order) or mine.enters(order))
