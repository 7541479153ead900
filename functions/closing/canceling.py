"""Cancels orders of this position, and of nobody else."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final, Literal

from functions.closing import calls, unit
from functions.closing.job import Cleared, CloseJob, Look
from functions.errors import RunbookError, Transient
from functions.ports import Ports
from functions.rules.closing.own_orders import entries, exits, left_over
from functions.settings import Settings
from functions.venue import VenueOrder

NEEDS: Final = (*calls.NEEDS, *unit.NEEDS, "exchange.cancel")
ROUNDS: Final = 3

CANCELLED: Final = "cancelled"
GONE: Final = "not working any more"
Which = Callable[[unit.Sight], tuple[VenueOrder, ...]]


def clear_exits(ports: Ports, settings: Settings, job: CloseJob, look: Look) -> Cleared:
    """Entries of this position, and working exits that hold the quantity; protection stays. Where the look saw that
    all of a share in a unit of several owners is closed, and it still is: all of its own orders, because they would
    close what the others own."""

    def which(sight: unit.Sight) -> tuple[VenueOrder, ...]:
        if look.seen.flat and sight.flat:
            return tuple(one for one in left_over(sight.mine, sight.working) if _known(sight, one))
        return (*entries(sight.mine, sight.working), *exits(sight.mine, sight.working))

    return _clear(ports, settings, job, look, which)


def cancel_left_over(ports: Ports, settings: Settings, job: CloseJob, look: Look) -> Cleared:
    """After flat: everything of this position, orders that wait for a price included, until it is seen gone. Where
    it is not flat (any more), somebody has opened anew: then only what is known by its id to be this position's."""

    def which(sight: unit.Sight) -> tuple[VenueOrder, ...]:
        return tuple(one for one in left_over(sight.mine, sight.working) if sight.flat or _known(sight, one))

    return _clear(ports, settings, job, look, which)


def _known(sight: unit.Sight, order: VenueOrder) -> bool:
    return order.client_order_id in sight.mine.client_ids


def _clear(ports: Ports, settings: Settings, job: CloseJob, look: Look, which: Which) -> Cleared:
    """`Transient` where the orders cannot be listed."""
    cancelled: dict[str, None] = {}
    left: tuple[VenueOrder, ...] = ()
    for _ in range(ROUNDS):
        sight = unit.see(ports, settings, job, look=look)
        if sight.facts.venue_orders is None or sight.attribution is None:
            raise Transient(f"the orders cannot be listed: {'; '.join(sight.facts.unreadable)}")
        left = which(sight)
        if not left:
            break
        for order in left:
            if cancel(ports, job, order):
                cancelled[name(order)] = None
    return Cleared(cancelled=tuple(cancelled), left=tuple(map(name, left)))


def cancel(
    ports: Ports, job: CloseJob, order: VenueOrder, action: str = "cancel an order"
) -> Literal["cancelled", "not working any more"] | None:
    """None: it may work yet, and the next listing says so. Not working any more: it was filled, or has fired, or
    somebody else cancelled it."""
    at = order.trigger_price or order.price
    before = f"{order.type} {order.side} {order.amount}{f' at {at}' if at else ''}, filled {order.filled}"

    def do() -> str:
        return CANCELLED if ports.exchange.cancel(job.unit.where, order) else GONE

    try:
        after = calls.call(ports, job, f"cancel/{order.order_id}", action, name(order), before, do)
    except RunbookError:
        return None
    return CANCELLED if after == CANCELLED else GONE


def name(order: VenueOrder) -> str:
    return order.client_order_id or order.order_id


def names(orders: Iterable[VenueOrder]) -> tuple[str, ...]:
    return tuple(map(name, orders))
