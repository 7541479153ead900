"""The first edition of a report, which a run writes at its own end. Nothing here fails a cure: trouble is named,
and the final edition (functions/tasks/write_report.py) begins anew."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from functions.errors import Broken
from functions.ports import Ports
from functions.reporting.place import place_of
from functions.rules.reporting.incident import Incident
from functions.rules.reporting.own import Own, stored
from functions.rules.reporting.redact import clean
from functions.rules.reporting.report import HTML, OWN, documents
from functions.settings import Settings

# What an item can hold besides, in characters.
MOST_IN_ITEM: Final = 60_000
Tried = Callable[[str, Callable[[], object]], bool]


@dataclass(frozen=True, slots=True)
class Stored:
    """`key` of the page, None where it could not be stored; `fields` are for the incident's item."""

    key: str | None
    fields: Mapping[str, Any]


def write(ports: Ports, settings: Settings, item: Mapping[str, Any], own: Own, tried: Tried) -> Stored:
    """`item` as it will stand. `tried(what, act)` does an act and says whether it came to an end; it keeps what
    went wrong."""
    fields = keep(ports, item, own, tried)
    it = Incident(item, place_of(ports, settings, item), ports.clock.now(), own)
    done = tried("the report", lambda: put(ports, it))
    return Stored(key_of(item, HTML) if done else None, fields)


def keep(ports: Ports, item: Mapping[str, Any], own: Own, tried: Tried) -> dict[str, Any]:
    """Stores what the runbook tells of its own, by which the final edition finds it. Fields for the item."""
    if own == Own():
        return {}
    key = key_of(item, OWN)
    if tried("the report's own sections", lambda: ports.reports.put(key, stored(own), "application/json")):
        return {"sections_key": key}
    return {"own_sections": json.loads(stored(own))} if len(stored(own)) <= MOST_IN_ITEM else {}


def put(ports: Ports, it: Incident) -> None:
    """Makes and stores both files; the page, which the incident names, comes last."""
    for name, document in reversed(documents_of(it).items()):
        ports.reports.put(key_of(it.item, name), *document)


def documents_of(it: Incident) -> dict[str, tuple[str, str]]:
    """Raises `Broken` where the incident holds something that no report can be made of."""
    try:
        return dict(documents(it))
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
        raise Broken(clean(f"the report cannot be made: {type(error).__name__}: {error}"[:300])) from None


def key_of(item: Mapping[str, Any], name: str) -> str:
    return f"incidents/{item['incident_id']}/{name}"
