"""Which option a person means, until when, and whether there is anything left to choose."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from console.approvals import Shown, clean, decided, question_of
from console.errors import ConsoleError, ExitCode

REJECT: Final = "reject"
_SPAN: Final = re.compile(r"(?:(\d{1,4})d)?(?:(\d{1,4})h)?(?:(\d{1,5})m(?:in)?)?", re.ASCII)


def until_of(text: str, now: datetime) -> datetime:
    """`45m`, `2h`, `1h30m`, `1d`, or a time with a zone (`2026-03-01T04:00Z`). ConsoleError for all else."""
    span = _SPAN.fullmatch(text.strip().lower())
    if span and any(span.groups()):
        days, hours, minutes = (int(part or 0) for part in span.groups())
        return now + timedelta(days=days, hours=hours, minutes=minutes)
    try:
        read = datetime.fromisoformat(text.strip())
    except ValueError:
        read = None
    if read is None or read.tzinfo is None:
        told = f"--until {text!r} is no span or time"
        raise ConsoleError(ExitCode.USAGE, told, "try 45m, 2h or 2026-03-01T04:00Z")
    return read.astimezone(UTC)


def options_of(shown: Shown) -> list[Mapping[str, Any]]:
    return [one for one in question_of(shown).get("options") or () if isinstance(one, Mapping)]


def choose(shown: Shown, wanted: str | None) -> Mapping[str, Any]:
    """The option that is meant: the named one, else the only one that is no `reject`."""
    options = options_of(shown)
    names = ", ".join(clean(one.get("id")) for one in options) or "none"
    if wanted is not None:
        found = next((one for one in options if one.get("id") == wanted), None)
        if found is None:
            raise ConsoleError(ExitCode.NOT_TAKEN, f"there is no option {wanted!r}", f"there are {names}")
        return found
    open_to = [one for one in options if one.get("id") != REJECT]
    if len(open_to) != 1:
        raise ConsoleError(ExitCode.USAGE, "which one? give --option", f"there are {names}")
    return open_to[0]


def needs_open(shown: Shown) -> None:
    """Refuses what can be decided no more, before anybody types a phrase."""
    standing = str(shown.get("standing"))
    if standing == "pending":
        return
    how = decided(shown) or f"it is {standing}"
    raise ConsoleError(ExitCode.TOO_LATE, f"{shown.get('approval_id')} can be decided no more", how)
