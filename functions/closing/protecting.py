"""Puts the position's protection back as it was written down, and proves it there."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from functions.closing import calls, unit
from functions.closing.job import CloseJob, Restored
from functions.errors import Refused, RunbookError
from functions.ports import Ports
from functions.rules.closing.client_ids import protection_ids
from functions.rules.closing.own_orders import missing, resized
from functions.rules.units.attribution import Standing
from functions.settings import Settings
from functions.venue import OrderStatus, Row, VenueOrder

NEEDS: Final = (*calls.NEEDS, *unit.NEEDS, "exchange.order", "exchange.place_again")
# An answer that may have happened is looked for at the venue, and said again.
ROUNDS: Final = 3


def restore(ports: Ports, settings: Settings, job: CloseJob) -> Restored:
    """What could not be had is named and not raised. What cannot be read does not count as protected."""
    placed: list[str] = []
    told: list[str] = []
    gone: tuple[VenueOrder, ...] = ()
    for _ in range(ROUNDS):
        sight = unit.see(ports, settings, job)
        written, standing = sight.written, sight.attribution
        if written is not None and not written:
            return Restored(protected=None, missing=(), placed=(), why="nothing protected it before")
        venue = sight.facts.venue
        if written is None or venue is None or sight.facts.venue_orders is None:
            told.append(f"not readable: {'; '.join(sight.facts.unreadable) or 'what was written down'}")
            continue
        if venue.amount == 0 or (standing is not None and standing.standing is Standing.FLAT):
            return Restored(protected=None, missing=(), placed=tuple(placed), why="flat by this reading")
        if standing is not None and standing.own <= 0:
            told.append("all of it is closed, and what stands there is not its own")
            return Restored(protected=None, missing=(), placed=tuple(placed), why=told[-1])
        gone = missing(sight.mine, job.position_id, job.incident_id, written, sight.working)
        if not gone:
            return Restored(protected=True, missing=(), placed=tuple(placed), why="it rests at the venue")
        # Where the shares cannot be told apart, the amount of before is the best that is known.
        left = min(standing.own, venue.amount) if standing is not None else venue.amount
        for one in gone:
            try:
                order = resized(one, left, alone=sight.mine.alone)
                placed.append(_place(ports, job, order, after=len(sight.attempts)))
            except RunbookError as error:
                told.append(str(error))
    return Restored(
        protected=False,
        missing=tuple(one.client_order_id or one.order_id for one in gone) or ("not known",),
        placed=tuple(placed),
        why=f"position without protection: {'; '.join(told[-3:]) or 'it does not show at the venue'}",
    )


def _place(ports: Ports, job: CloseJob, order: VenueOrder, *, after: int) -> str:
    """Under an id of its own under which it has not stood yet, looked for from that after so many attempts on; the
    id. `Refused` where all are spent."""
    where, symbol = job.unit.where, job.unit.symbol
    ids = protection_ids(job.position_id, job.incident_id, order.order_id)
    for client_id in (*ids[after:], *ids[:after]):
        there = ports.exchange.order(where, symbol, client_id)
        if there is not None and there.status in (OrderStatus.OPEN, OrderStatus.UNKNOWN):
            return client_id
        if there is not None:
            continue
        before = (
            f"{order.type} {_amount(order)} at {order.trigger_price or order.price}, as {order.client_order_id}"
        )

        def do(client_id: str = client_id) -> str:
            made = ports.exchange.place_again(where, order, client_id)
            return f"{made.status.value} as {client_id}"

        try:
            calls.call(
                ports,
                job,
                f"protect/{client_id}",
                "place a protective order again",
                job.unit.symbol,
                before,
                do,
                must_be_written=False,
            )
        except RunbookError as error:
            # A working order has the id already: it is the one.
            if error.trouble is None or error.trouble.row is not Row.DUPLICATE_ID:
                raise
        return client_id
    raise Refused(f"{order.client_order_id or order.order_id} was placed again too often and never stayed")


def _amount(order: VenueOrder) -> Decimal | str:
    return "the whole position" if order.close_position else order.amount
