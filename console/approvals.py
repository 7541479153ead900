"""What the command line makes of a request for a decision: how it reads, which option is meant, until when.

A request is a mapping as the approvals API shows it (functions/approvals.py). Texts in it come from people and from
the platform's logs, so nothing of them reaches the terminal as a control code.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from console.errors import ConsoleError, ExitCode

REJECT: Final = "reject"
Shown = Mapping[str, Any]
_SPAN: Final = re.compile(r"(?:(\d{1,4})d)?(?:(\d{1,4})h)?(?:(\d{1,5})m(?:in)?)?", re.ASCII)
# Control codes, and marks that turn the direction of what follows.
_HIDDEN: Final = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})


def clean(text: Any) -> str:
    """One line that a terminal shows as it stands."""
    told = " ".join(str(text).split())
    return "".join("?" if unicodedata.category(sign) in _HIDDEN else sign for sign in told)


def at(value: Any) -> datetime | None:
    """A time of the API; None where there is none or where it is none."""
    try:
        read = datetime.fromisoformat(str(value))
    except ValueError:
        return None
    return read if read.tzinfo else read.replace(tzinfo=UTC)


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


def question_of(shown: Shown) -> Mapping[str, Any]:
    found = shown.get("question")
    return found if isinstance(found, Mapping) else {}


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


def lapse(value: Any, now: datetime) -> str:
    """`03:12 UTC (in 11 min)`."""
    moment = at(value)
    if moment is None:
        return "at an unknown time"
    return f"{moment.astimezone(UTC):%H:%M} UTC ({left(moment - now)})"


def left(span: timedelta) -> str:
    seconds = span.total_seconds()
    if seconds <= 0:
        return "now" if seconds > -60 else f"{-seconds // 60:.0f} min ago"
    return f"in {seconds:.0f} s" if seconds < 90 else f"in {seconds // 60:.0f} min"


def people(entries: Sequence[Any]) -> dict[str, str]:
    """Person id -> name, in the order of their being asked."""
    return {str(one.get("person_id")): clean(one.get("name") or one.get("person_id")) for one in _maps(entries)}


def asked(shown: Shown) -> Iterator[str]:
    """Who was asked, and whom the mail did not reach."""
    for one in _maps(shown.get("asked")):
        trouble = {"sent": "", "no_address": " (by the paging topic and here)"}.get(
            str(one.get("mail")), f" ({str(one.get('mail')).replace('_', ' ')}{_because(one.get('why'))})"
        )
        yield f"{clean(one.get('name') or one.get('person') or one.get('person_id'))}{trouble}"


def looked(shown: Shown) -> list[str]:
    """Who opened it; who said "I am looking" is marked."""
    names = people(shown.get("asked") or ())
    seen: dict[str, bool] = {}
    for one in _maps(shown.get("seen")):
        who = str(_voter(one))
        seen[who] = seen.get(who, False) or bool(one.get("looking"))
    return [f"{names.get(who, clean(who))}{' (is looking)' if looking else ''}" for who, looking in seen.items()]


def votes(shown: Shown) -> Iterator[str]:
    names = people(shown.get("asked") or ())
    for one in _maps(shown.get("votes")):
        who = str(_voter(one))
        note = f': "{clean(one["note"])}"' if one.get("note") else ""
        yield f"{names.get(who, clean(who))} chose {clean(one.get('option'))}{note}"


def decided(shown: Shown) -> str | None:
    """`switch, by Alice and Bob at 03:12 UTC: "note"`; None where nothing is decided."""
    decision = shown.get("decision")
    if not isinstance(decision, Mapping):
        return None
    names = people(shown.get("asked") or ())
    who = " and ".join(names.get(str(one), clean(one)) for one in decision.get("by") or ())
    moment, until = at(decision.get("at")), at(decision.get("until"))
    parts = [f"{clean(decision.get('option'))}, by {who or 'nobody named'}"]
    if moment:
        parts.append(f" at {moment.astimezone(UTC):%H:%M} UTC")
    if until:
        parts.append(f", until {until.astimezone(UTC):%Y-%m-%d %H:%M} UTC")
    if decision.get("note"):
        parts.append(f': "{clean(decision["note"])}"')
    if decision.get("why_alone"):
        parts.append(f" (one was enough: {clean(decision['why_alone'])})")
    return "".join(parts)


def _because(why: Any) -> str:
    return f": {clean(why)}" if why else ""


def _voter(entry: Mapping[str, Any]) -> Any:
    """Nested in the API's answer, flat in the incident's record."""
    voter = entry.get("voter")
    return voter.get("person_id") if isinstance(voter, Mapping) else entry.get("person") or entry.get("person_id")


def _maps(entries: Any) -> list[Mapping[str, Any]]:
    return [one for one in entries or () if isinstance(one, Mapping)]
