"""Until when orders that fail rest: a person left them as they are, or said no.

The mark is a lock of its own, `left/orders/{service}`; the incident that it names says until when.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from functions import leaving
from functions.contracts import Run
from functions.errors import RunbookError
from functions.facts import Outcome
from functions.ports import Ports
from functions.rules.pieces import Ending
from functions.rules.reporting.moments import moment
from functions.runtime import logger
from functions.settings import Settings

MARK_NEEDS: Final = leaving.NEEDS
REST_NEEDS: Final = ("guards.held", "incidents.get")


def rest(ports: Ports, settings: Settings, run: Run, ending: Ending) -> None:
    """Where a person has decided to leave it. Never raises."""
    until = ending.until
    if ending.outcome is Outcome.DECLINED:
        until = ports.clock.now() + settings.span(settings.limits.declined_rests)
    if until is not None and ending.outcome in (Outcome.DECLINED, Outcome.LEFT_OPEN):
        leaving.leave(ports, run, [_name(settings)], until)


def rests_until(ports: Ports, settings: Settings, now: datetime) -> datetime | None:
    """None: nobody leaves them, or the time is over, or cannot be read."""
    try:
        held = ports.guards.held(leaving.mark_of(_name(settings)))
        until = moment((ports.incidents.get(held.incident_id) or {}).get("left_until")) if held else None
    except RunbookError as error:
        logger.warning("what a person leaves could not be read", cause=str(error))
        return None
    return until if until is not None and until > now else None


def _name(settings: Settings) -> str:
    return f"orders/{settings.platform.service}"
