"""A person's root cause, prevention or note, kept in the incident beside what the run found out itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from functions import announcing
from functions.errors import Refused
from functions.ports import MOST_FOLLOW_UPS, FollowUp, Ports
from functions.rules import follow_up as rules

NEEDS: Final = (*announcing.NEEDS, "clock.now", "incidents.follow_up", "incidents.get")


class Full(Exception):
    """The incident takes no more entries; the sentence for whoever wrote one."""


@dataclass(frozen=True, slots=True)
class Kept:
    """`announced`: its report will be written again because of this."""

    entries: tuple[FollowUp, ...]
    announced: bool


def add(ports: Ports, incident_id: str, given: Mapping[str, str | None], by: str) -> Kept:
    """Appends what was given under its author and the time. Raises `Refused` where there is no such incident,
    `BadFollowUp` and `Full` where nothing of it is kept, and what the ports raise."""
    item = ports.incidents.get(incident_id)
    if item is None:
        raise Refused(f"there is no incident {incident_id}")
    new = rules.entries(given, by, ports.clock.now())
    # Somebody else's may take the last place in between: then the later ones of these are refused.
    if not rules.has_room(item, new) or not all(ports.incidents.follow_up(incident_id, one) for one in new):
        raise Full(f"The incident holds {MOST_FOLLOW_UPS} entries, or would: it takes no more. Write it elsewhere.")
    return Kept(new, announcing.announce(ports, incident_id))
