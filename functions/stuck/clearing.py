"""After a record was corrected: what still works at the venue of a position that is gone is cancelled, seen gone.

Left there, a reducing order would close the next position that its strategy opens.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from functions import acts, units
from functions.errors import RunbookError
from functions.ports import Ports
from functions.rules.closing.own_orders import left_over, whose
from functions.rules.stuck.end import SettleEnd
from functions.rules.stuck.telling import told
from functions.settings import Settings
from functions.stuck import protection
from functions.stuck.model import Job, Look, step
from functions.venue import Unit, VenueOrder

NEEDS: Final = (*acts.NEEDS, *units.NEEDS, *protection.NEEDS, "exchange.cancel")
ROUNDS: Final = 3


def clear(ports: Ports, settings: Settings, look: Look, end: SettleEnd) -> Look:
    cancelled: dict[str, None] = {}
    left: tuple[VenueOrder, ...] = ()
    for _ in range(ROUNDS):
        found = _left(ports, settings, look.job)
        if found is None:
            unknown = (*end.unknown, "whether orders of it still work at the venue: they could not be listed")
            return _with(look, replace(end, unknown=unknown), cancelled)
        unit, left = found
        if not left:
            break
        for order in left:
            if _cancel(ports, look.job, unit, order):
                cancelled[_name(order)] = None
    not_done = tuple(f"still works at the venue, cancel it by hand: {_name(order)}" for order in left)
    return _with(look, replace(end, not_done=(*end.not_done, *not_done)), cancelled)


def _left(ports: Ports, settings: Settings, job: Job) -> tuple[Unit, tuple[VenueOrder, ...]] | None:
    """Everything that reduces the unit while it is nobody's and flat; else only what is known by its id."""
    facts = units.read_unit(ports, settings, job.position_id, book=False)
    if facts.unit is None or facts.venue_orders is None or facts.venue is None or not facts.whole:
        return None
    alone = not facts.siblings and not facts.venue.amount
    incident = job.run.incident_id
    written = protection.written(ports, job.position_id, incident)
    also = facts.before.stops
    mine = whose(
        facts.unit, job.position_id, incident, alone=alone, orders=facts.orders, written=written, also=also
    )
    return facts.unit, left_over(mine, facts.venue_orders)


def _cancel(ports: Ports, job: Job, unit: Unit, order: VenueOrder) -> bool:
    """False: it may work yet, and the next listing says so."""
    before = f"{order.type} {order.side} {told(order.left)} at {told(order.trigger_price or order.price)}"
    act = acts.Act(f"cancel/{order.order_id}", "cancel an order", _name(order), before)

    def do() -> str:
        return "cancelled" if ports.exchange.cancel(unit.where, order) else "not working any more"

    try:
        acts.perform(ports, job.run, job.guard_id, act, do=do, seen=lambda _: None)
    except RunbookError:
        return False
    return True


def _with(look: Look, end: SettleEnd, cancelled: dict[str, None]) -> Look:
    done = (f"cancelled what was left of it at the venue: {', '.join(cancelled)}",) if cancelled else ()
    return step(look, "end", end.told, end=replace(end, done=(*end.done, *done)))


def _name(order: VenueOrder) -> str:
    return order.client_order_id or order.order_id
