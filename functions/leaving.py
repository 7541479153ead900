"""A person leaves a strategy's trouble as it is: until the stated time the watcher starts nothing for it.

The mark is a lock of its own for each strategy and names the incident; the incident says until when.
functions/left.py reads it.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from functions.contracts import Run
from functions.errors import RunbookError
from functions.ports import Ports
from functions.runtime import logger

NEEDS: Final = ("clock.now", "guards.take", "guards.take_over", "incidents.note")

# One write each; a crowd is not told apart beyond this.
MOST: Final = 200


def leave(ports: Ports, run: Run, strategy_ids: Iterable[str], until: datetime) -> None:
    """Marks them, in the place of an earlier run's mark. Never raises: without a mark the worst is that somebody
    is asked again too soon."""
    try:
        ports.incidents.note(run.incident_id, [], left_until=until)
        for strategy_id in list(strategy_ids)[:MOST]:
            mark, now = mark_of(strategy_id), ports.clock.now()
            held = ports.guards.take(mark, owner=run.execution_arn, incident_id=run.incident_id, now=now)
            if held is not None:
                ports.guards.take_over(held, owner=run.execution_arn, incident_id=run.incident_id, now=now)
    except RunbookError as error:
        logger.warning("what a person leaves could not be marked", cause=str(error))


def mark_of(strategy_id: str) -> str:
    """The guard's id."""
    return f"left/{strategy_id}"
