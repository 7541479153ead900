"""Strategies whose trouble a person leaves as it is: until the stated time the watcher starts nothing for them.

The mark is a lock of its own for each strategy and names the incident; the incident says until when.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from functions.contracts import Run
from functions.errors import RunbookError
from functions.facts import StrategyState
from functions.ports import Held, Ports
from functions.runtime import logger

NEEDS: Final = ("clock.now", "guards.take", "guards.take_over", "incidents.note")
NEEDS_LOOK: Final = ("guards.held", "incidents.get")

# One read each; a crowd is not told apart beyond this.
MOST: Final = 200


def leave(ports: Ports, run: Run, strategy_ids: Iterable[str], until: datetime) -> None:
    """Marks them, in the place of an earlier run's mark. Never raises: without a mark the worst is that somebody
    is asked again too soon."""
    try:
        ports.incidents.note(run.incident_id, [], left_until=until)
        for strategy_id in list(strategy_ids)[:MOST]:
            now = ports.clock.now()
            held = ports.guards.take(
                _mark(strategy_id), owner=run.execution_arn, incident_id=run.incident_id, now=now
            )
            if held is not None:
                ports.guards.take_over(held, owner=run.execution_arn, incident_id=run.incident_id, now=now)
    except RunbookError as error:
        logger.warning("what a person leaves could not be marked", cause=str(error))


def left(ports: Ports, stale: Sequence[StrategyState], now: datetime) -> tuple[str, ...]:
    """Those of them that are left for now; none where the marks cannot be read."""
    incidents: dict[str, Mapping[str, Any]] = {}
    found = []
    try:
        for state in stale[:MOST]:
            held = ports.guards.held(_mark(state.strategy_id))
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
    until = _time(incident.get("left_until"))
    beaten = state.last_heartbeat is not None and state.last_heartbeat > held.taken_at
    return until is not None and until > now and not beaten


def _mark(strategy_id: str) -> str:
    return f"left/{strategy_id}"


def _time(told: Any) -> datetime | None:
    """None: missing or unreadable, and so over."""
    try:
        return datetime.fromisoformat(str(told))
    except ValueError:
        return None
