"""How a request for a decision reads, in the API's answer and in an incident's record of it.

A request is a mapping as the approvals API shows it (functions/approvals.py). Texts in it come from people and from
the platform's logs, so nothing of them reaches the terminal as a control code.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final

Shown = Mapping[str, Any]
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


def question_of(shown: Shown) -> Mapping[str, Any]:
    found = shown.get("question")
    return found if isinstance(found, Mapping) else {}


def title_of(shown: Shown) -> str:
    """Nested in the API's answer, flat in the incident's record."""
    flat = shown.get("question")
    return clean(question_of(shown).get("title") or shown.get("title") or (flat if isinstance(flat, str) else ""))


def lapse(value: Any, now: datetime) -> str:
    """`03:12 UTC (in 11 min)`."""
    moment = at(value)
    if moment is None:
        return "at an unknown time"
    return f"{moment.astimezone(UTC):%H:%M} UTC ({left(moment - now)})"


def in_words(shown: Shown) -> Iterator[str]:
    """An incident's record of a question, in the lines that a later reader wants."""
    standing = str(shown.get("standing"))
    yield f"{title_of(shown)}: {decided(shown) or standing}"
    if names := list(asked(shown)):
        yield f"asked {', '.join(names)}"
    if told := together(shown):
        yield told
    if names := looked(shown):
        yield f"seen by {', '.join(names)}"
    if standing != "decided":
        yield from votes(shown)
    if told := ratified(shown):
        yield f"glass {told}"
    yield f"{clean(shown.get('approval_id'))}{_lapsing(shown) if standing == 'pending' else ''}"


def _lapsing(shown: Shown) -> str:
    moment = at(shown.get("lapses_at"))
    return f", lapses {moment.astimezone(UTC):%H:%M} UTC" if moment else ""


def left(span: timedelta) -> str:
    seconds = span.total_seconds()
    if seconds <= 0:
        return "now" if seconds > -60 else f"{-seconds // 60:.0f} min ago"
    return f"in {seconds:.0f} s" if seconds < 90 else f"in {seconds // 60:.0f} min"


def people(entries: Sequence[Any]) -> dict[str, str]:
    """Person id -> name, in the order of their being asked."""
    return {_who(one): clean(one.get("name") or _who(one)) for one in _maps(entries)}


def names_of(shown: Shown) -> dict[str, str]:
    """Person id -> name: of those who were asked, and of whom else the API knows (`names`)."""
    told = shown.get("names")
    known = {str(who): clean(name) for who, name in told.items()} if isinstance(told, Mapping) else {}
    return {**people(shown.get("asked") or ()), **known}


def together(shown: Shown) -> str | None:
    """With which request this one is answered; None where it asks for itself."""
    parent = shown.get("parent")
    return f"answered together with {clean(parent)}" if parent else None


def asked(shown: Shown) -> Iterator[str]:
    """Who was asked, each once however often, and whom no mail has reached."""
    mails: dict[str, Mapping[str, Any]] = {}
    for one in _maps(shown.get("asked")):
        if mails.get(_who(one), {}).get("mail") != "sent":
            mails[_who(one)] = one
    for who, one in mails.items():
        trouble = {"sent": "", "no_address": " (by the paging topic and here)"}.get(
            str(one.get("mail")), f" ({str(one.get('mail')).replace('_', ' ')}{_because(one.get('why'))})"
        )
        yield f"{clean(one.get('name') or who)}{trouble}"


def looked(shown: Shown) -> list[str]:
    """Who opened it; who said "I am looking" is marked."""
    names = names_of(shown)
    seen: dict[str, bool] = {}
    for one in _maps(shown.get("seen")):
        who = _who(one)
        seen[who] = seen.get(who, False) or bool(one.get("looking"))
    return [f"{names.get(who, clean(who))}{' (is looking)' if looking else ''}" for who, looking in seen.items()]


def votes(shown: Shown) -> Iterator[str]:
    names = names_of(shown)
    for one in _maps(shown.get("votes")):
        who = _who(one)
        note = f': "{clean(one["note"])}"' if one.get("note") else ""
        yield f"{names.get(who, clean(who))} chose {clean(one.get('option'))}{note}"


def decided(shown: Shown) -> str | None:
    """`switch, by Alice and Bob at 03:12 UTC: "note"`; None where nothing is decided."""
    decision = shown.get("decision")
    if not isinstance(decision, Mapping):
        return None
    names = names_of(shown)
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


def owed(shown: Shown) -> str | None:
    """Who broke the glass owes the ratification of another person; None where nothing is owed (any more)."""
    glass = shown.get("glass")
    if not isinstance(glass, Mapping) or glass.get("ratified_by"):
        return None
    return f"another person has to ratify it by {_day(glass.get('ratify_by'))}"


def ratified(shown: Shown) -> str | None:
    """How the ratification stands; None where nobody broke the glass."""
    glass = shown.get("glass")
    if not isinstance(glass, Mapping):
        return None
    if told := owed(shown):
        how = f": runbooks incidents ratify {clean(shown['incident_id'])}" if shown.get("incident_id") else ""
        return f"broken; {told}{how}"
    who = str(glass.get("ratified_by"))
    note = f': "{clean(glass["note"])}"' if glass.get("note") else ""
    return f"ratified by {names_of(shown).get(who, clean(who))} at {_day(glass.get('ratified_at'))}{note}"


def _day(value: Any) -> str:
    moment = at(value)
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M} UTC" if moment else "an unknown time"


def _because(why: Any) -> str:
    return f": {clean(why)}" if why else ""


def _who(entry: Mapping[str, Any]) -> str:
    """The person's id: nested in the API's answer, flat in the incident's record."""
    voter = entry.get("voter")
    inner = voter if isinstance(voter, Mapping) else entry
    return str(inner.get("person_id") or inner.get("person"))


def _maps(entries: Any) -> list[Mapping[str, Any]]:
    return [one for one in entries or () if isinstance(one, Mapping)]
