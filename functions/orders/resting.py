"""Until when orders that fail rest: a person left them as they are, or said no.

The mark is a lock of its own, `left/orders/{service}`; the incident that it names says until when, and whose orders
were left: what others fail by is nothing that anybody has decided.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

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


# More strategies than these are not told apart: then everybody's orders rest.
MOST_LEFT: Final = 200
LEFT: Final = "left_orders_of"


@dataclass(frozen=True, slots=True)
class Rest:
    """`strategy_ids`: whose orders a person leaves; None: not told apart, so everybody's."""

    until: datetime
    strategy_ids: frozenset[str] | None


def rest(ports: Ports, settings: Settings, run: Run, ending: Ending, of: Iterable[str]) -> None:
    """Where a person has decided to leave it. `of`: whose orders. Never raises."""
    until, ids = ending.until, sorted(set(of))
    if ending.outcome is Outcome.DECLINED:
        until = ports.clock.now() + settings.span(settings.limits.declined_rests)
    if until is not None and ending.outcome in (Outcome.DECLINED, Outcome.LEFT_OPEN):
        if ids and len(ids) <= MOST_LEFT:
            with suppress(RunbookError):
                ports.incidents.note(run.incident_id, [], **{LEFT: ids})
        leaving.leave(ports, run, [_name(settings)], until)


def resting(ports: Ports, settings: Settings, now: datetime) -> Rest | None:
    """None: nobody leaves them, or the time is over, or cannot be read."""
    try:
        held = ports.guards.held(leaving.mark_of(_name(settings)))
        item = (ports.incidents.get(held.incident_id) or {}) if held else {}
    except RunbookError as error:
        logger.warning("what a person leaves could not be read", cause=str(error))
        return None
    until = moment(item.get("left_until"))
    return Rest(until, _ids(item.get(LEFT))) if until is not None and until > now else None


def _ids(found: Any) -> frozenset[str] | None:
    whole = isinstance(found, list | tuple) and found and all(isinstance(one, str) for one in found)
    return frozenset(found) if whole else None


def _name(settings: Settings) -> str:
    return f"orders/{settings.platform.service}"
