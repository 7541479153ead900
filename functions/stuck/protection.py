"""The protection that a close of this incident wrote down, and every id under which it may stand now."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from functions.ports import Ports
from functions.rules.closing.client_ids import protection_ids
from functions.rules.units.fills import STOP
from functions.venue import VenueOrder

NEEDS: Final = ("closes.written_down",)


def written(ports: Ports, position_id: str, incident_id: str) -> Sequence[VenueOrder]:
    """Nothing where no close of this incident has touched the position."""
    return ports.closes.written_down(position_id, incident_id) or ()


def again(position_id: str, incident_id: str, orders: Sequence[VenueOrder]) -> frozenset[str]:
    """The ids under which a close of this incident may have placed them again."""
    ids = (protection_ids(position_id, incident_id, one.order_id) for one in orders)
    return frozenset(name for some in ids for name in some)


def stops(ports: Ports, position_id: str, incident_id: str) -> dict[str, str]:
    """Every id of it, to `stop` (rules/units/fills.py): who closed the position is read by them."""
    orders = written(ports, position_id, incident_id)
    names = (name for one in orders for name in (one.client_order_id, one.order_id) if name)
    return dict.fromkeys((*names, *again(position_id, incident_id, orders)), STOP)
