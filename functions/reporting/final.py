"""The final edition of an incident's report: the incident as it stands, with the histories of its executions."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any, Final

from functions.errors import RunbookError, Transient
from functions.history import History
from functions.ports import Ports
from functions.reporting.first import key_of, put
from functions.reporting.place import place_of
from functions.rules.reporting.incident import Incident
from functions.rules.reporting.moments import moment
from functions.rules.reporting.own import Own, of_map, own_of
from functions.rules.reporting.report import HTML
from functions.rules.reporting.timeline import Timeline, timeline_of
from functions.runtime import logger
from functions.settings import Settings

NEEDS: Final = (
    "clock.now",
    "histories.of",
    "incidents.get",
    "incidents.note",
    "pictures.timeline",
    "reports.console_url",
    "reports.get",
    "reports.put",
)
# Written by the report itself, or without meaning to anybody who reads.
_NOT_TOLD: Final = frozenset({"report_key", "reported_at", "reported_of", "noted", "revision"})
# An incident that changes faster than this is announced again by whoever changes it.
MOST_EDITIONS: Final = 3


@dataclass(frozen=True, slots=True)
class Reported:
    """`again`: what could not be read now and may be later; the report is there without it."""

    written: bool
    why: str
    again: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Found:
    history: History | None
    own: Own
    unread: tuple[str, ...]
    again: tuple[str, ...]


def write(ports: Ports, settings: Settings, incident_id: str) -> Reported:
    """Writes both files and says so in the incident. What is told already is not written again; what changed
    meanwhile is. Raises what the bucket and the table raise: then it is tried again from the start."""
    written = Reported(False, "the incident changes faster than it can be told")
    for _ in range(MOST_EDITIONS):
        item = ports.incidents.get(incident_id)
        if item is None:
            return Reported(False, "there is no such incident")
        found = _find(ports, item)
        edition = _digest(item, found)
        if item.get("reported_of") == edition:
            return written if written.written else Reported(False, "it is told already", found.again)
        _store(ports, settings, item, found, edition)
        written = Reported(True, "written", found.again)
    return written


def _store(ports: Ports, settings: Settings, item: Mapping[str, Any], found: _Found, edition: str) -> None:
    now = ports.clock.now()
    unread = list(found.unread)
    timeline, picture = _timeline(ports, item, found.history, moment(item.get("ended_at")) or now, unread)
    it = Incident(
        item,
        place_of(ports, settings, item),
        now,
        found.own,
        history=found.history,
        timeline=timeline,
        picture=picture,
        final=True,
        unread=tuple(unread),
    )
    put(ports, it)
    fields = {"report_key": key_of(item, HTML), "reported_at": now, "reported_of": edition}
    ports.incidents.note(str(item["incident_id"]), [], **fields)


def _timeline(
    ports: Ports, item: Mapping[str, Any], history: History | None, ended: datetime, unread: list[str]
) -> tuple[Timeline | None, str]:
    """With its picture. A report without is a report all the same, and says so."""
    last = history.ended_at if history else None
    try:
        timeline = timeline_of(item, history, end=max(ended, last or ended))
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
        unread.append(f"the timeline: {type(error).__name__}: {error}")
        return None, ""
    if timeline is None:
        return None, ""
    try:
        return timeline, ports.pictures.timeline(timeline)
    except RunbookError as error:
        unread.append(f"the timeline has no picture: {error}")
        return timeline, ""


def _find(ports: Ports, item: Mapping[str, Any]) -> _Found:
    unread: list[str] = []
    again: list[str] = []
    history: History | None = None
    try:
        history = ports.histories.of(str(item.get("execution_arn")))
    except RunbookError as error:
        unread.append(f"the execution's history: {error}")
        again += unread if isinstance(error, Transient) else []
    own = Own()
    try:
        own = _own(ports, item)
    except (RunbookError, ValueError) as error:
        unread.append(f"the runbook's own sections: {error}")
        again += unread[-1:] if isinstance(error, Transient) else []
    for one in unread:
        logger.warning("a report goes without", incident_id=item.get("incident_id"), cause=one)
    return _Found(history, own, tuple(unread), tuple(again))


def _own(ports: Ports, item: Mapping[str, Any]) -> Own:
    """From the bucket, or from the incident where the bucket did not take them."""
    if key := item.get("sections_key"):
        return own_of(ports.reports.get(str(key)))
    kept = item.get("own_sections")
    return of_map(kept) if isinstance(kept, Mapping) else Own()


def _digest(item: Mapping[str, Any], found: _Found) -> str:
    """Of all that the report tells, and of nothing that it changes itself."""
    told = {name: value for name, value in item.items() if name not in _NOT_TOLD}
    history = found.history and (found.history.status, found.history.events, found.history.unread)
    text = json.dumps([told, history, found.unread], sort_keys=True, default=str)
    return sha256(text.encode()).hexdigest()[:32]
