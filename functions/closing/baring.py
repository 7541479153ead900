"""One attempt with the position's protection taken off, which goes back within ten seconds unless it is flat.

From the first cancel on, nothing but a flat position ends this without the protection having been placed again;
what kills the function in between is mended by the next look, whose first verdict is to restore.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from typing import Final

from functions.closing import protecting, sending, unit
from functions.closing.canceling import cancel, names
from functions.closing.job import CloseJob, Restored, Sent
from functions.errors import Refused, RunbookError
from functions.facts import Evidence
from functions.ports import Ports
from functions.rules.closing.next_step import Order
from functions.rules.closing.own_orders import missing, protection
from functions.settings import Settings

NEEDS: Final = (*sending.NEEDS, *protecting.NEEDS, "exchange.cancel", "exchange.position", "incidents.note")


def attempt_unprotected(ports: Ports, settings: Settings, job: CloseJob, order: Order) -> Sent:
    """`Refused` where the protection is not all written down and resting: then nothing is touched."""
    sight = unit.see(ports, settings, job)
    resting = protection(sight.mine, sight.working)
    if sight.written is None or missing(sight.mine, job.position_id, job.incident_id, sight.written, sight.working):
        raise Refused("its protection is not as it was written down")
    if len(resting) > len(sight.written):
        raise Refused("it has more protection than was written down")
    began = ports.clock.now()
    sent: Sent | None = None
    try:
        off = [cancel(ports, job, one) for one in resting]
        if all(off):
            sent = sending.send(ports, settings, job, order)
    finally:
        _back(ports, settings, job, began, names(resting))
    if sent is None:
        return Sent(number=order.number, state="moved", over=True, why="its protection could not be taken off")
    return sent


def _back(
    ports: Ports, settings: Settings, job: CloseJob, began: datetime, which: tuple[str, ...]
) -> Restored | None:
    """Accounts for the time without it. A failure here is named, and the next look tries again."""
    with suppress(RunbookError):
        restored = protecting.restore(ports, settings, job)
        now = ports.clock.now()
        spent = (now - began).total_seconds()
        value = f"{', '.join(which)} off for {spent:.1f} s at most: {restored.why}"
        note = Evidence("protection taken off for one attempt", job.position_id, value, now)
        with suppress(RunbookError):
            ports.incidents.note(job.incident_id, [note])
        return restored
    return None
