"""Which strategies a person leaves as they are for now (functions/leaving.py)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from functions.errors import RunbookError
from functions.facts import StrategyState
from functions.leaving import MOST, mark_of
from functions.ports import Held, Ports
from functions.rules.reporting.moments import moment
from functions.runtime import logger

NEEDS: Final = ("guards.held", "incidents.get")


def left(ports: Ports, stale: Sequence[StrategyState], now: datetime) -> tuple[str, ...]:
    """Those of them that are left for now; none where the marks cannot be read."""
    incidents: dict[str, Mapping[str, Any]] = {}
    found = []
    try:
        for state in stale[:MOST]:
            held = ports.guards.held(mark_of(state.strategy_id))
            if held is None:
                continue
            if held.incident_id not in incidents:
                incidents[held.incident_id] = ports.incidents.get(held.incident_id) or {}
            if _stands(held, incidents[held.incident_id], state, now):
                found.append(state.strategy_id)
    except RunbookError as error:
        logger.warning("what a person leaves could not be read", cause=str(error))
        return ()
    return tuple(found)


def _stands(held: Held, incident: Mapping[str, Any], state: StrategyState, now: datetime) -> bool:
    """A strategy that has beaten since is in another trouble now."""
    until = moment(incident.get("left_until"))
    beaten = state.last_heartbeat is not None and state.last_heartbeat > held.taken_at
    return until is not None and until > now and not beaten
