"""What a checklist finds that is not its run's business becomes an incident of its own (CONTRACT.md 4)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from hashlib import sha256
from typing import Any

from functions.facts import Check, ChecklistItem, Outcome
from functions.rules.checklist import ELSEWHERE
from functions.rules.pieces import Ending
from functions.rules.proposals import names
from functions.rules.reporting.moments import moment


def is_apart(item: ChecklistItem) -> bool:
    """It fails, and only for what concerns others or failed before the run."""
    return item.result is Check.FAIL and item.concerns in ELSEWHERE


def incident_id_of(item: ChecklistItem, again: int = 0) -> str:
    """The same trouble seen by ten runs of a day is one incident: by the line, what fails, and the day on which it
    began, or on which it is seen where that is not known. `again`: how many of these ended that day already."""
    what = "|".join(sorted(item.about)) or item.source
    day = (item.began_at or item.at).date().isoformat()
    which = f"|{again}" if again else ""
    return f"inc-{sha256(f'verify-trading|{item.id}|{what}|{day}{which}'.encode()).hexdigest()[:20]}"


def is_past(incident: Mapping[str, Any], item: ChecklistItem) -> bool:
    """The incident was ended by a person, and what is seen now began after that: it is trouble of its own."""
    if not incident.get("closed_at"):
        return False
    closed = moment(incident["closed_at"])
    return closed is None or item.began_at is None or item.began_at > closed


def ending_of(item: ChecklistItem, seen_by: str, ended_by: str) -> Ending:
    """It stays open until somebody acknowledges it: nobody works on it. `seen_by`: the incident of the run that
    saw it. `ended_by`: the command that ends it."""
    when = f" since {item.began_at:%Y-%m-%d %H:%M:%S} UTC" if item.began_at else ""
    told = f"{item.question} - fail{when}: {item.value} ({item.source})"
    return Ending(
        Outcome.ESCALATED,
        f"A person must look: {told}",
        "high",
        known=(
            f"seen by the checklist of {seen_by}, which is about something else",
            f"no run works on it: it stays open until somebody has seen to it and says so by `{ended_by}`",
        ),
        not_done=(told,),
        stays_open=True,
        headline=(f"beside another run, {item.id} fail{f': {names(item.about)}' if item.about else ''}",),
    )


def named(item: ChecklistItem, incident_id: str) -> ChecklistItem:
    """The line as the run tells it."""
    return replace(item, incident_id=incident_id, value=f"{item.value}; an incident of its own: {incident_id}")
