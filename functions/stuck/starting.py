"""Starts a run of its own for a stuck position, once for each transition of the alarm: whoever is first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from functions.facts import PositionFact
from functions.ids import execution_name
from functions.ports import Ports
from functions.settings import Settings
from functions.stuck import locking
from functions.stuck.left import until_of
from functions.stuck.model import RUNBOOK

NEEDS: Final = (*locking.HELD_NEEDS, "executions.start", "guards.held", "incidents.get")


@dataclass(frozen=True, slots=True)
class Begun:
    """`new` False: an execution of that name was there already, or one that somebody started by hand is at work on
    the position; its name."""

    name: str
    new: bool


def start(
    ports: Ports,
    settings: Settings,
    position: PositionFact,
    *,
    alarm_name: str | None,
    alarm_at: datetime,
    by: str,
    now: datetime,
    reason: str | None = None,
) -> Begun | None:
    """None: a person leaves the position for now. Once that time is over it is asked about again, by a run of
    another name. `reason`: why it should be closed although it is not stuck by itself."""
    position_id = position.position_id
    until = until_of(ports, position_id)
    if until is not None and until > now:
        return None
    at_work = locking.run_of(ports, settings, position)
    if at_work is not None:
        return Begun(at_work.rpartition(":")[2], new=False)
    since = stamp(alarm_at)
    over = "" if until is None or until < alarm_at else f"#left until {stamp(until)}"
    name = execution_name(RUNBOOK, position_id, f"{since}{over}")
    payload: dict[str, Any] = {"position_id": position_id, "alarm_at": since, "requested_by": by}
    if alarm_name is not None:
        payload["alarm_name"] = alarm_name
    if reason is not None:
        payload["reason"] = reason
    return Begun(name, new=bool(ports.executions.start(RUNBOOK, name, payload)))


def stamp(at: datetime) -> str:
    """An alarm's event and its state tell the same moment in other forms and places after the point."""
    return at.astimezone(UTC).replace(microsecond=0).isoformat()
