"""Whether somebody needs the guard that a long wait holds: strategies of other venues that went stale meanwhile."""

from __future__ import annotations

from typing import Final

from functions import details
from functions.beating import judged
from functions.errors import RunbookError
from functions.outlasting import Outlast
from functions.ports import Ports
from functions.rules.switch_exchange import ASKS
from functions.runtime import logger
from functions.settings import Settings

NEEDS: Final = ("clock.now", "incidents.get", "strategy_config.venues", "trading_state.all")


def ill_elsewhere(plan: Outlast, ports: Ports, settings: Settings) -> tuple[str, ...]:
    """Only while a person has the run wait on, which may take hours; the wait before it is short. Whom the watcher
    told of is looked at again; whoever is of the same venue would wait as well. Empty where it cannot be read."""
    if plan.what != "exchange" or plan.asks_left >= ASKS:
        return ()
    try:
        told = frozenset((ports.incidents.get(plan.job.run.incident_id) or {}).get("also_stale") or ())
        if not told:
            return ()
        stale = judged(ports.trading_state.all(), settings, ports.clock.now(), only=told).stale
        found = details.with_venues(ports, stale, settings.connectivity.venue_without_config)
    except RunbookError as error:
        logger.warning("who else went stale cannot be read", cause=str(error))
        return ()
    return tuple(state.strategy_id for state in found if state.venue != plan.job.group.venue)
