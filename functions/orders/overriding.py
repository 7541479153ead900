"""What an earlier incident has changed for a while, and whether this one may change it further."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from functions.errors import RunbookError
from functions.ports import Ports

NEEDS: Final = ("incidents.get",)


def overrider(item: Mapping[str, Any], field: str, incident_id: str) -> str | None:
    """The other incident whose override of this field stands in the config; None where none does."""
    record = item.get(f"override_{field}")
    found = record.get("incident_id") if isinstance(record, Mapping) else None
    return found if isinstance(found, str) and found != incident_id else None


def is_over(ports: Ports, incident_id: str) -> bool:
    """Its run has ended, so that nobody raises the same value beside us. What nobody knows or reads is not over."""
    try:
        incident = ports.incidents.get(incident_id)
    except RunbookError:
        return False
    return incident is not None and ("ended_at" in incident or "closed_at" in incident)
