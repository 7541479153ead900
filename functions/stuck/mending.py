"""After a close that died: what it may have left is mended as a close mends it itself, so that no position waits
for a person without its protection."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from functions.closing import pausing, protecting
from functions.closing.job import CloseJob, Restored
from functions.errors import Broken
from functions.ports import Ports
from functions.rules.closing.approved import is_bounded
from functions.rules.stuck.end import SettleEnd
from functions.settings import Settings
from functions.stuck.closing_result import PROTECTION, TOUCHED, UNPROTECTED
from functions.stuck.model import Look, ended
from functions.venue import Unit

NEEDS: Final = (
    *protecting.NEEDS,
    *pausing.RESUME_NEEDS,
    "approvals.get",
    "clock.now",
    "closes.attempts",
    "closes.written_down",
    "incidents.note",
    "positions.by_id",
)
# What is left of `TOUCHED` once the entries have been looked at.
ORDERS: Final = "whether the close cancelled working exits before it broke"


def mend(ports: Ports, settings: Settings, look: Look) -> Look:
    """Puts the protection back and takes the mark away; the entries stay paused, for nobody knows how the position
    stands. `Broken` where the close cannot be told any more."""
    if look.end is None:
        raise Broken("no close has died")
    job = _job(ports, look)
    restored = protecting.restore(ports, settings, job)
    resumed = pausing.resume(ports, settings, job, None, None, restored)
    return ended(look, _told(look.end, restored, resumed.entries))


def _job(ports: Ports, look: Look) -> CloseJob:
    """As the close itself had it."""
    position_id, incident_id = look.job.position_id, look.job.run.incident_id
    approval = ports.approvals.get(look.approval_id) if look.approval_id else None
    position = ports.positions.by_id([position_id]).get(position_id)
    if approval is None or approval.question.close is None or position is None:
        raise Broken(f"the close of {position_id} by the approval {look.approval_id} cannot be told")
    terms = approval.question.close
    return CloseJob(
        run=look.job.run,
        position_id=position_id,
        incident_id=incident_id,
        approval_id=approval.approval_id,
        strategy_id=position.strategy_id,
        unit=Unit(terms.venue, terms.account, terms.symbol, terms.side),
        terms=terms,
        bounded=is_bounded(approval),
        attempts_before=len(ports.closes.attempts(position_id, incident_id)),
        began=ports.clock.now(),
    )


def _told(end: SettleEnd, restored: Restored, entries: str) -> SettleEnd:
    unprotected = (f"{UNPROTECTED} ({restored.why})",) if restored.protected is False else ()
    placed = f"placed its protection again: {', '.join(restored.placed)}"
    return replace(
        end,
        known=(*end.known, f"its protection: {restored.why}", f"entries of the strategy: {entries}"),
        done=(*end.done, *((placed,) if restored.placed else ())),
        not_done=(*end.not_done, *unprotected),
        unknown=tuple(ORDERS if one == TOUCHED else one for one in end.unknown if one != PROTECTION),
    )
