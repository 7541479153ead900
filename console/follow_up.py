"""What people have added to an incident, what is left open of it, and both as short marks in a list."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC
from typing import Any, Final

from console.approvals import at, clean
from console.live.steps import Finding, Tone
from functions.rules.follow_up import unanswered

TITLES: Final = (("root_cause", "root cause"), ("prevention", "prevention"), ("note", "note"))


def told(item: Mapping[str, Any]) -> Iterator[tuple[str, tuple[Finding, ...]]]:
    """Titles and lines: the questions that nobody has answered, then what people wrote, the newest of each field
    first."""
    if questions := unanswered(item):
        how = f"runbooks incidents note {item.get('incident_id')} --root-cause TEXT --prevention TEXT"
        lines = [Finding(clean(one), Tone.UNKNOWN) for one in questions]
        yield "questions", (*lines, Finding(how, Tone.COMMAND))
    entries = [one for one in item.get("follow_up") or () if isinstance(one, Mapping)]
    for field, title in TITLES:
        of_field = [one for one in entries if one.get("field") == field]
        if of_field:
            yield title, tuple(line for one in reversed(of_field) for line in _entry(one))


def marks(item: Mapping[str, Any]) -> tuple[str, ...]:
    """`open`, `2 questions`, `drill`: what a list says beside the outcome."""
    count = len(unanswered(item))
    found = (
        "open" if not item.get("closed_at") else "",
        f"{count} question{'s' if count > 1 else ''}" if count else "",
        "drill" if item.get("drill") else "",
    )
    return tuple(one for one in found if one)


def _entry(entry: Mapping[str, Any]) -> Iterator[Finding]:
    moment = at(entry.get("at"))
    when = f"{moment.astimezone(UTC):%Y-%m-%d %H:%M} UTC" if moment else "at an unknown time"
    lines = [clean(line) for line in str(entry.get("text") or "").splitlines()]
    for line in lines[:-1]:
        yield Finding(line)
    yield Finding(f"{lines[-1] if lines else ''}  - {clean(entry.get('by'))}, {when}")
