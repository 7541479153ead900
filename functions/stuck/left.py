"""Which positions a person leaves open for now, and until when.

The mark is a lock of its own for each position, `left/position/{id}`; the incident that it names says until when.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from functions import leaving
from functions.contracts import Run
from functions.errors import RunbookError
from functions.ports import Ports
from functions.rules.reporting.moments import moment
from functions.runtime import logger

NEEDS: Final = ("guards.held", "incidents.get")
MARK_NEEDS: Final = leaving.NEEDS


def mark(ports: Ports, run: Run, position_id: str, until: datetime) -> None:
    """In the place of an earlier run's mark. Never raises."""
    leaving.leave(ports, run, [f"position/{position_id}"], until)


def come_back(ports: Ports, run: Run, position_id: str, guard_id: str, until: datetime) -> None:
    """Where the lock is held for *another* owner of the unit, this position is nobody's yet: the detector looks for
    it again from `until` on. Never raises: without the mark a person starts it again, whom the end tells."""
    try:
        held = ports.guards.held(guard_id)
        holder = (ports.incidents.get(held.incident_id) or {}) if held else {}
    except RunbookError as error:
        logger.warning("whose the lock is could not be read", cause=str(error))
        return
    if held is not None and position_id not in (holder.get("position_ids") or ()):
        mark(ports, run, position_id, until)


def until_of(ports: Ports, position_id: str) -> datetime | None:
    """Until when it is, or was, left; None: nobody has left it, or its end cannot be read, and so is over."""
    held = ports.guards.held(leaving.mark_of(f"position/{position_id}"))
    if held is None:
        return None
    return moment((ports.incidents.get(held.incident_id) or {}).get("left_until"))
