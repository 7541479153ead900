"""Strategies whose trouble a person leaves as it is until a stated time: the watcher starts nothing for them before.

The mark names the incident, and the incident says until when: one place for the time that the person has chosen.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Final

from functions.adapters.values import time_of
from functions.contracts import Run
from functions.ports import Ports

MARKS: Final = ("clock.now", "guards.take", "guards.take_over")
READS: Final = ("guards.held", "incidents.get")

# One read each; a crowd is not told apart beyond this.
MOST: Final = 200


def mark(ports: Ports, run: Run, strategy_ids: Iterable[str]) -> None:
    """Marks them for this run's incident, in the place of an earlier one's mark."""
    for strategy_id in strategy_ids:
        now = ports.clock.now()
        held = ports.guards.take(_mark(strategy_id), owner=run.execution_arn, incident_id=run.incident_id, now=now)
        if held is not None:
            ports.guards.take_over(held, owner=run.execution_arn, incident_id=run.incident_id, now=now)


def left(ports: Ports, strategy_ids: Iterable[str], now: datetime) -> frozenset[str]:
    """Those of them that are left alone still."""
    incidents: dict[str, bool] = {}
    found = set()
    for strategy_id in list(strategy_ids)[:MOST]:
        held = ports.guards.held(_mark(strategy_id))
        if held is None:
            continue
        if held.incident_id not in incidents:
            incidents[held.incident_id] = _stands(ports.incidents.get(held.incident_id), now)
        if incidents[held.incident_id]:
            found.add(strategy_id)
    return frozenset(found)


def _stands(incident: Mapping[str, Any] | None, now: datetime) -> bool:
    """The mark is written right before its run ends: an incident that is open still is about to say until when."""
    if incident is None:
        return False
    if not incident.get("outcome"):
        return True
    until = time_of(incident.get("left_open_until"))
    return until is not None and until > now


def _mark(strategy_id: str) -> str:
    return f"left-open/{strategy_id}"
