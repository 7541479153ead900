"""One attempt with the position's protection taken off, which goes back within ten seconds unless it is flat.

All that can be done before is done before: the unit is read, what rests is written down as it rests now, and the
attempt is prepared. Between the first cancel and the last order placed again lie only single calls. From the first
cancel on, nothing but a flat position ends this without the protection having been placed again; what kills the
function in between is mended by the next look, whose first verdict is to restore.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime, timedelta
from typing import Final

from functions.closing import protecting, sending, unit
from functions.closing.canceling import CANCELLED, cancel, names
from functions.closing.job import CloseJob, Sent
from functions.errors import Refused, RunbookError
from functions.facts import Evidence
from functions.ports import Ports
from functions.ports.exchange import Attempt
from functions.rules.closing.guarded import as_it_stands
from functions.rules.closing.next_step import Order
from functions.rules.closing.own_orders import protection
from functions.rules.left_behind import TAKE_OFF
from functions.settings import Settings
from functions.venue import VenueOrder

NEEDS: Final = (
    *sending.NEEDS,
    *protecting.NEEDS,
    "closes.write_down_anew",
    "exchange.cancel",
    "exchange.position",
    "incidents.note",
)


def attempt_unprotected(ports: Ports, settings: Settings, job: CloseJob, order: Order) -> Sent:
    """`Refused` where the protection is not all resting, or cannot be written down: then nothing is touched."""
    sight = unit.see(ports, settings, job)
    written = _written(ports, job, sight)
    if why := sending.why_not(sight, order.amount):
        return Sent(number=order.number, state="moved", over=True, why=why)
    attempt = sending.prepare(ports, job, order)
    if isinstance(attempt, Sent):
        return attempt
    began, limit = ports.clock.now(), timedelta(seconds=settings.positions.protection_back_within)
    resting = protection(sight.mine, sight.working)
    whole = False
    try:
        off = [cancel(ports, job, one, TAKE_OFF) for one in resting]
        whole = all(one == CANCELLED for one in off)
        return _send(ports, job, attempt, sight, whole=whole, until=began + limit / 2)
    finally:
        _back(ports, settings, job, sight, written if whole else None)
        _account(ports, job, names(resting), began, limit)


def _written(ports: Ports, job: CloseJob, sight: unit.Sight) -> tuple[VenueOrder, ...]:
    """As it rests now: its strategy may have moved it since it was written down first."""
    now = unit.guarding_of(job, sight)
    if sight.written is None or now.gone:
        raise Refused("its protection is not as it was written down")
    written = as_it_stands(job.position_id, job.incident_id, now)
    if written != sight.written and not ports.closes.write_down_anew(
        job.position_id, job.incident_id, written, instead_of=sight.written
    ):
        raise Refused("its protection was written down anew meanwhile")
    return written


def _send(
    ports: Ports, job: CloseJob, attempt: Attempt, sight: unit.Sight, *, whole: bool, until: datetime
) -> Sent:
    """Nothing is sent where an order was gone already (it may have fired), or where the time is better used to put
    the protection back."""
    if not whole:
        why = "its protection could not be taken off, or was gone already"
    elif ports.clock.now() > until:
        why = "taking its protection off took too long"
    else:
        return sending.go(ports, job, attempt, sight, protected=False, until=until)
    return Sent(number=attempt.number, state="moved", over=True, why=why)


def _back(
    ports: Ports, settings: Settings, job: CloseJob, sight: unit.Sight, written: tuple[VenueOrder, ...] | None
) -> None:
    """At once by what is known; where that is not all, by another reading. A failure here is named, and the next
    look tries again."""
    if written is not None:
        with suppress(RunbookError):
            protecting.put_back(ports, job, sight, written)
            return
    with suppress(RunbookError):
        protecting.restore(ports, settings, job)


def _account(ports: Ports, job: CloseJob, which: tuple[str, ...], began: datetime, limit: timedelta) -> None:
    """For the time without it."""
    with suppress(RunbookError):
        now = ports.clock.now()
        spent = now - began
        over = f", longer than the {limit.total_seconds():.0f} s that it may" if spent > limit else ""
        value = f"{', '.join(which)} off for {spent.total_seconds():.1f} s at most{over}"
        note = Evidence("protection taken off for one attempt", job.position_id, value, now)
        ports.incidents.note(job.incident_id, [note])
