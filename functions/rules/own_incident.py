"""What a checklist finds that is not its run's business becomes an incident of its own (CONTRACT.md 4)."""

from __future__ import annotations

from dataclasses import replace
from hashlib import sha256

from functions.facts import Check, ChecklistItem, Outcome
from functions.rules.checklist import ELSEWHERE
from functions.rules.pieces import Ending


def is_apart(item: ChecklistItem) -> bool:
    """It fails, and only for what concerns others or failed before the run."""
    return item.result is Check.FAIL and item.concerns in ELSEWHERE


def incident_id_of(item: ChecklistItem) -> str:
    """The same trouble seen by ten runs of a day is one incident: by the line, what fails, and the day on which it
    began, or on which it is seen where that is not known."""
    what = "|".join(sorted(item.about)) or item.source
    day = (item.began_at or item.at).date().isoformat()
    return f"inc-{sha256(f'verify-trading|{item.id}|{what}|{day}'.encode()).hexdigest()[:20]}"


def ending_of(item: ChecklistItem, seen_by: str) -> Ending:
    """It stays open until somebody acknowledges it: nobody works on it. `seen_by`: the incident of the run that
    saw it."""
    when = f" since {item.began_at:%Y-%m-%d %H:%M:%S} UTC" if item.began_at else ""
    told = f"{item.question} - fail{when}: {item.value} ({item.source})"
    return Ending(
        Outcome.ESCALATED,
        f"A person must look: {told}",
        "high",
        known=(f"seen by the checklist of {seen_by}, which is about something else",),
        not_done=(told,),
        stays_open=True,
    )


def named(item: ChecklistItem, incident_id: str) -> ChecklistItem:
    """The line as the run tells it."""
    return replace(item, incident_id=incident_id, value=f"{item.value}; an incident of its own: {incident_id}")
