"""Protection that does not rest because it has fired: it is not missing, and is not placed again.

Placed again it would hold what others own in the unit, or close once more what it has closed.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from functions.closing.job import CloseJob
from functions.ports import Ports
from functions.rules.closing.client_ids import protection_ids
from functions.venue import OrderStatus, VenueOrder

NEEDS: Final = ("exchange.order",)


def fates(
    ports: Ports, job: CloseJob, gone: Sequence[VenueOrder], *, after: int, alone: bool
) -> tuple[tuple[VenueOrder, ...], tuple[VenueOrder, ...], tuple[VenueOrder, ...]]:
    """Those that have fired, those that the venue says were taken off, and those of which it says nothing. `after`:
    how many attempts there were, by which the ids are counted under which one was placed again. Raises the
    reading's error word."""
    fired, off, unknown = [], [], []
    for one in gone:
        ids = protection_ids(job.position_id, job.incident_id, one.order_id)[: after + 1]
        names = [one.client_order_id, *ids] if one.client_order_id else list(ids)
        found = [ports.exchange.order(job.unit.where, job.unit.symbol, name) for name in names]
        known = [order for order in found if order is not None]
        if any(_has_fired(order, alone=alone) for order in known):
            fired.append(one)
        elif known:
            off.append(one)
        else:
            unknown.append(one)
    return tuple(fired), tuple(off), tuple(unknown)


def _has_fired(order: VenueOrder, *, alone: bool) -> bool:
    """A part is enough where others own a part of the unit; else what it can still close is the position's own."""
    return order.status is OrderStatus.FILLED or (order.final and order.filled > 0 and not alone)
