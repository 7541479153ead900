"""Tells the outside that trading comes back: the status page of the stop. Best effort: it never stops a resume."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from functions.errors import RunbookError
from functions.ids import incident_id_for
from functions.ports import Ports
from functions.runtime import logger

NEEDS: Final = ("incidents.get", "status_page.update")
MOST_STOPS: Final = 10
MONITORING: Final = "monitoring"
RESOLVED: Final = "resolved"


def pages_of(ports: Ports, halts: Iterable[str], stops: Sequence[str]) -> tuple[str, ...]:
    """The status page's incidents that the stops of these halts have posted. Never raises."""
    incidents = dict.fromkeys([*halts, *(incident_id_for(arn) for arn in stops[:MOST_STOPS])])
    pages: list[str] = []
    for incident_id in incidents:
        try:
            posted = (ports.incidents.get(incident_id) or {}).get("status_page_incident")
        except RunbookError as error:
            logger.warning("the status page's incident could not be read", cause=str(error))
            continue
        if isinstance(posted, str) and posted:
            pages.append(posted)
    return tuple(dict.fromkeys(pages))


def update(ports: Ports, pages: Iterable[str], status: str, body: str) -> tuple[str, ...]:
    """What went wrong, a sentence each. Never raises."""
    trouble: list[str] = []
    for page in pages:
        try:
            ports.status_page.update(page, status=status, body=body)
        except RunbookError as error:
            trouble.append(f"the status page was not told ({status}): {error}")
    return tuple(trouble)
