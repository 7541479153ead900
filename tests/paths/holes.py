"""Points of the definitions that no run can be made to walk, each with its reason."""

from __future__ import annotations

from typing import Final

ALL_INSIDE: Final = (
    "every state inside catches what it is told, so only the engine itself could fail the whole; the catcher "
    "stands for errors that AWS does not name today"
)
HOLES: Final = {
    "cure-venue: CalmFirst catch 1": ALL_INSIDE,
    "cure-venue: ThenChange catch 1": ALL_INSIDE,
    "emergency-stop: StopEverything catch 1": ALL_INSIDE,
    "emergency-stop: StopEverything/StopStrategies catch 1": ALL_INSIDE,
    "gather-order-facts: LookAround catch 1": ALL_INSIDE,
    "order-failures: CureVenues catch 1": ALL_INSIDE,
    "raise-memory: AskAndKeepGoing catch 1": ALL_INSIDE,
    "restart-strategies: RestartEach catch 1": ALL_INSIDE,
    "stale-heartbeat: Diagnose catch 1": ALL_INSIDE,
    "stale-heartbeat: ApplyRemedies catch 1": ALL_INSIDE,
    "verify-trading: Checklist catch 1": ALL_INSIDE,
}
