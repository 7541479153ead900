"""Puts the position's protection back as it was written down, and proves it there."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from decimal import Decimal
from typing import Final

from functions.closing import calls, unit
from functions.closing.canceling import cancel, names
from functions.closing.fired import fates
from functions.closing.job import CloseJob, Restored
from functions.errors import Refused, RunbookError, Transient
from functions.ports import Ports
from functions.rules.closing.client_ids import protection_ids
from functions.rules.closing.guarded import fitted, guarding, too_large
from functions.rules.closing.rounds import ZERO, filled
from functions.rules.left_behind import PROTECT
from functions.rules.units.attribution import Standing
from functions.settings import Settings
from functions.venue import Row, Trouble, VenueOrder

NEEDS: Final = (*calls.NEEDS, *unit.NEEDS, "exchange.cancel", "exchange.order", "exchange.place_again")
# An answer that may have happened is looked for at the venue, and said again.
ROUNDS: Final = 3

Larger = tuple[VenueOrder, tuple[VenueOrder, ...]]


def restore(ports: Ports, settings: Settings, job: CloseJob) -> Restored:
    """What could not be had is named and not raised. What cannot be read does not count as protected, and neither
    does protection that would close what others own."""
    placed: list[str] = []
    told: list[str] = []
    gone: tuple[VenueOrder, ...] = ()
    larger: tuple[Larger, ...] = ()
    trouble: Trouble | None = None
    for _ in range(ROUNDS):
        sight = unit.see(ports, settings, job)
        written, standing = sight.written, sight.attribution
        venue = sight.facts.venue
        if written is None or venue is None or sight.facts.venue_orders is None:
            told.append(f"not readable: {'; '.join(sight.facts.unreadable) or 'what was written down'}")
            continue
        if not written:
            return Restored(protected=None, missing=(), placed=(), why="nothing protected it before")
        if venue.amount == 0 or (standing is not None and standing.standing is Standing.FLAT):
            return Restored(protected=None, missing=(), placed=tuple(placed), why="flat by this reading")
        if standing is not None and standing.own <= 0:
            return _beyond(job, sight, written, placed)
        # Where the shares cannot be told apart, the amount of before is the best that is known.
        left = min(standing.own, venue.amount) if standing is not None else venue.amount
        wanted = _wanted(job, sight, written, left, filled(sight.attempts))
        now = guarding(sight.mine, job.position_id, job.incident_id, wanted, sight.working, left)
        try:
            fired, off, unknown = fates(ports, job, now.gone, after=len(sight.attempts), alone=sight.mine.alone)
        except RunbookError as error:
            told.append(f"not known whether it has fired: {error}")
            gone = now.gone
            continue
        if fired and not off and not unknown and not now.pairs:
            why = f"{', '.join(names(fired))} has fired, and is not placed again: position without protection"
            return Restored(protected=False, missing=names(fired), placed=tuple(placed), why=why)
        if unknown and not sight.mine.alone and (standing is None or standing.standing is Standing.BREAK):
            why = "position without protection: whose it is what stands there is not known, nor what became of it"
            return Restored(protected=False, missing=names(unknown), placed=tuple(placed), why=why)
        gone, larger = (*off, *unknown), () if sight.mine.alone else too_large(now.pairs)
        if not gone and not larger:
            return Restored(protected=True, missing=(), placed=tuple(placed), why="it rests at the venue")
        for one, rest in (*((one, ()) for one in gone), *larger):
            try:
                placed.append(_place(ports, job, one, after=len(sight.attempts), smaller=bool(rest)))
                _lift(ports, job, rest)
            except RunbookError as error:
                told.append(str(error))
                trouble = error.trouble
    return Restored(
        protected=False,
        missing=names(gone) or names(order for _, rest in larger for order in rest) or ("not known",),
        placed=tuple(placed),
        why=f"{_wrong(gone, larger)}: {'; '.join(told[-3:]) or 'it does not show at the venue'}",
        row=trouble.row if trouble else None,
        retry_after=trouble.retry_after if trouble else None,
    )


def _beyond(job: CloseJob, sight: unit.Sight, written: Sequence[VenueOrder], placed: Sequence[str]) -> Restored:
    """By record and fills all of it is closed, and something stands there: nothing is placed for that. Where nobody
    else owns a part of the unit it may be the position's own all the same (a record that its strategy has reduced
    meanwhile): then it is without protection, and said to be."""
    gone = guarding(sight.mine, job.position_id, job.incident_id, written, sight.working, None).gone
    why = "all of it is closed, and what stands there is not its own"
    if not sight.mine.alone or not gone:
        return Restored(protected=None, missing=(), placed=tuple(placed), why=why)
    why = "position without protection: all of it is closed by record and fills, and whose it is what stands there"
    return Restored(protected=False, missing=names(gone), placed=tuple(placed), why=f"{why} is not known")


def _wrong(gone: Sequence[VenueOrder], larger: Sequence[object]) -> str:
    if larger and not gone:
        return "protection holds more than what is left of the position"
    if not gone:
        return "whether its protection rests at the venue is not known"
    return "position without protection"


def put_back(ports: Ports, job: CloseJob, sight: unit.Sight, written: Sequence[VenueOrder]) -> None:
    """All of it, which was taken off after `sight`, without another whole reading: seconds count. Raises where the
    venue did not take all."""
    attempts = ports.closes.attempts(job.position_id, job.incident_id)
    own = sight.left if sight.left is not None else job.terms.amount
    left = own - (filled(attempts) - filled(sight.attempts))
    if left <= 0:
        if not sight.mine.alone:
            return
        with suppress(RunbookError):
            if ports.exchange.position(job.unit).amount == 0:
                return
    wanted = _wanted(job, sight, written, left, filled(attempts))
    failed: RunbookError | None = None
    for one in wanted:
        try:
            _placed(ports, job, one, protection_ids(job.position_id, job.incident_id, one.order_id)[len(attempts)])
        except RunbookError as error:
            failed = error
    if failed is not None:
        raise failed


def _wanted(
    job: CloseJob, sight: unit.Sight, written: Sequence[VenueOrder], left: Decimal, closed: Decimal
) -> tuple[VenueOrder, ...]:
    """Where the unit is shared, what of this position's own rests besides what was written down counts as well."""
    more = () if sight.mine.alone else unit.guarding_of(job, sight).more
    known = {one.order_id for one in written}
    every = (*written, *(one for one in more if one.order_id not in known))
    market = sight.facts.market
    return fitted(every, left, closed, market.amount_step if market else ZERO, alone=sight.mine.alone)


def _lift(ports: Ports, job: CloseJob, rest: Sequence[VenueOrder]) -> None:
    """Takes away what holds too much, after what holds enough was placed."""
    left = [one for one in rest if cancel(ports, job, one) is None]
    if left:
        raise Transient(f"{', '.join(names(left))} may still work")


def _place(ports: Ports, job: CloseJob, order: VenueOrder, *, after: int, smaller: bool = False) -> str:
    """Under an id of its own under which it has not stood yet, looked for from that after so many attempts on; the
    id. `Refused` where all are spent. `smaller`: one that works and holds more is not it."""
    where, symbol = job.unit.where, job.unit.symbol
    ids = protection_ids(job.position_id, job.incident_id, order.order_id)
    for client_id in (*ids[after:], *ids[:after]):
        there = ports.exchange.order(where, symbol, client_id)
        works = there is not None and not there.final
        if there is not None and works and not (smaller and there.left > order.left):
            return client_id
        if there is not None:
            continue
        return _placed(ports, job, order, client_id)
    raise Refused(f"{order.client_order_id or order.order_id} was placed again too often and never stayed")


def _placed(ports: Ports, job: CloseJob, order: VenueOrder, client_id: str) -> str:
    before = f"{order.type} {_amount(order)} at {order.trigger_price or order.price}, as {order.client_order_id}"

    def do() -> str:
        made = ports.exchange.place_again(job.unit.where, order, client_id)
        return f"{made.status.value} as {client_id}"

    try:
        calls.call(ports, job, f"protect/{client_id}", PROTECT, job.unit.symbol, before, do, must_be_written=False)
    except RunbookError as error:
        # A working order has the id already: it is the one.
        if error.trouble is None or error.trouble.row is not Row.DUPLICATE_ID:
            raise
    return client_id


def _amount(order: VenueOrder) -> Decimal | str:
    return "the whole position" if order.close_position else order.amount
