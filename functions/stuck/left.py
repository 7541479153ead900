"""Which positions a person leaves open for now, and until when.

The mark is a lock of its own for each position, `left/position/{id}`; the incident that it names says until when.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from functions import leaving
from functions.contracts import Run
from functions.ports import Ports

NEEDS: Final = ("guards.held", "incidents.get")
MARK_NEEDS: Final = leaving.NEEDS


def mark(ports: Ports, run: Run, position_id: str, until: datetime) -> None:
    """In the place of an earlier run's mark. Never raises."""
    leaving.leave(ports, run, [f"position/{position_id}"], until)


def until_of(ports: Ports, position_id: str) -> datetime | None:
    """Until when it is, or was, left; None: nobody has left it, or its end cannot be read, and so is over."""
    held = ports.guards.held(leaving.mark_of(f"position/{position_id}"))
    if held is None:
        return None
    return _time((ports.incidents.get(held.incident_id) or {}).get("left_until"))


def _time(told: Any) -> datetime | None:
    try:
        return datetime.fromisoformat(str(told))
    except ValueError:
        return None
