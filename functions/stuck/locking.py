"""The lock of a run about one position, and whether a run holds it that is about this very position."""

from __future__ import annotations

from typing import Final

from functions.errors import RunbookError
from functions.facts import PositionFact
from functions.ports import Ports
from functions.rules.units.owner import owner_of, unit_of
from functions.settings import Settings

NEEDS: Final = ("strategy_config.get",)
HELD_NEEDS: Final = (*NEEDS, "executions.status", "guards.held", "incidents.get")


def guard_of(ports: Ports, settings: Settings, position: PositionFact) -> str:
    """Of the unit, so that two of its owners are not acted on at once; of the position alone where nobody knows
    its unit, and then no order is sent."""
    try:
        config = ports.strategy_config.get(position.strategy_id) if position.strategy_id else None
    except RunbookError:
        return f"position/{position.position_id}"
    venue = settings.connectivity.venue_without_config
    unit = unit_of(position, owner_of(position, config, settings.platform.accounts, venue))
    return unit.guard_id if unit else f"position/{position.position_id}"


def run_of(ports: Ports, settings: Settings, position: PositionFact) -> str | None:
    """The execution that is at work on this very position, whoever started it; None: none is, or nobody can tell,
    and a run that is started then finds the lock itself."""
    try:
        held = ports.guards.held(guard_of(ports, settings, position))
        if held is None or ports.executions.status(held.owner) != "RUNNING":
            return None
        concerns = (ports.incidents.get(held.incident_id) or {}).get("position_ids") or ()
    except RunbookError:
        return None
    return held.owner if position.position_id in concerns else None
