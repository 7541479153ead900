"""Since when the log's failures count: what a run has cured and proven is no failure any more.

The mark is a lock of its own, which names the incident; nobody owns it for longer than it takes to write it.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from functions.contracts import Run
from functions.errors import RunbookError
from functions.ports import Ports
from functions.runtime import logger
from functions.settings import Settings

CURED_NEEDS: Final = ("clock.now", "guards.take", "guards.take_over")
SINCE_NEEDS: Final = ("guards.held",)


def mark_cured(ports: Ports, settings: Settings, run: Run) -> None:
    """Never raises: without the mark the worst is one more run, which finds nothing to do."""
    try:
        mark, now = _mark(settings), ports.clock.now()
        held = ports.guards.take(mark, owner=run.execution_arn, incident_id=run.incident_id, now=now)
        if held is not None:
            ports.guards.take_over(held, owner=run.execution_arn, incident_id=run.incident_id, now=now)
    except RunbookError as error:
        logger.warning("that the orders are cured could not be marked", cause=str(error))


def cured_at(ports: Ports, settings: Settings) -> datetime | None:
    """When they were cured the last time; None: never, as far as is known."""
    held = ports.guards.held(_mark(settings))
    return held.taken_at if held else None


def _mark(settings: Settings) -> str:
    return f"cured/orders/{settings.platform.service}"
