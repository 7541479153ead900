"""Says that an incident changed after its run, so that its report is written again."""

from __future__ import annotations

from typing import Final

from functions.errors import RunbookError
from functions.ports import Ports
from functions.runtime import logger

NEEDS: Final = ("announcements.changed",)


def announce(ports: Ports, incident_id: str) -> bool:
    """Whether it was said. Never raises: what changed stands, and its next change says so again."""
    try:
        ports.announcements.changed(incident_id)
    except RunbookError as error:
        cause = f"{type(error).__name__}: {error}"
        logger.error("a changed incident is not announced", incident_id=incident_id, cause=cause)
        return False
    return True
