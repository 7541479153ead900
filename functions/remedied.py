"""The last remedies of the strategies that a verification of its own is about.

Remembered when a run begins its checklist, and read by a bounded number of keys: the incidents' table has no index,
and is never scanned for this.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from functions.beating import judged
from functions.errors import RunbookError
from functions.ports import Ports
from functions.rules.remedied import Remedy, remedy_of, window_of
from functions.runtime import logger
from functions.settings import Settings

NEEDS: Final = ("guards.remedies", "guards.remember_remedy", "incidents.get", "trading_state.all")

# What is asked about more strategies, or was remedied by more runs, gets the whole window.
MOST_STRATEGIES: Final = 200
MOST_INCIDENTS: Final = 20


def remember(ports: Ports, strategy_ids: Sequence[str], incident_id: str, now: datetime) -> None:
    """Of a run whose checklist begins. Without it a later window is longer, and nothing else."""
    try:
        ports.guards.remember_remedy(strategy_ids[:MOST_STRATEGIES], incident_id=incident_id, now=now)
    except RunbookError as error:
        logger.warning("the remedy could not be remembered", cause=str(error))


def last(
    ports: Ports, settings: Settings, strategy_ids: Sequence[str] | None, earliest: datetime, now: datetime
) -> Remedy | None:
    """The remedy with which the window begins; None: with nothing, or nobody can tell."""
    try:
        asked = list(strategy_ids) if strategy_ids is not None else _trading(ports, settings, now)
        if not 0 < len(asked) <= MOST_STRATEGIES:
            return None
        known = ports.guards.remedies(asked)
        wanted = {incident for incidents in known.values() for incident in incidents}
        if len(wanted) > MOST_INCIDENTS:
            return None
        found = _read(ports, wanted)
    except RunbookError as error:
        logger.warning("the last remedy could not be read", cause=str(error))
        return None
    remedies = {one: [found[name] for name in incidents if name in found] for one, incidents in known.items()}
    return window_of(asked, remedies, earliest=earliest, now=now)


def _trading(ports: Ports, settings: Settings, now: datetime) -> list[str]:
    """Who writes lines; a status that nobody knows may be of one who does."""
    beats = judged(ports.trading_state.all(), settings, now)
    return [state.strategy_id for state in (*beats.beating, *beats.stale, *beats.unknown_status)]


def _read(ports: Ports, incident_ids: Collection[str]) -> dict[str, Remedy]:
    items: Mapping[str, Mapping[str, Any] | None] = {one: ports.incidents.get(one) for one in incident_ids}
    return {one: remedy for one, item in items.items() if (remedy := remedy_of(one, item)) is not None}
