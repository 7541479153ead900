"""How requests for a decision look on a terminal: the list, one whole, and what a person is about to choose."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from rich.text import Text

from console import approvals
from console.approvals import Shown, at, clean
from console.choosing import options_of

# Columns for what a line is about.
HEAD: Final = 13
RISKS: Final = {"none": ("no risk", "green"), "reduces": ("reduces risk", "green"), "adds": ("adds risk", "red")}
STANDING: Final = {"pending": "yellow", "decided": "green", "lapsed": "red", "unreached": "red"}


def listed(found: Sequence[Shown], now: datetime) -> Iterator[Text]:
    """Two lines a request: what is asked, and until when of whom."""
    for shown in found:
        line = Text(f"{clean(shown.get('approval_id'))}  ", style="bold")
        line.append(approvals.title_of(shown))
        yield line
        yield Text(f"    {_stands(shown, now)}; {_of_whom(shown)}", style="dim")
        if members := shown.get("members"):
            yield Text(f"    decides for {len(members)} more alike", style="dim")
        if seen := approvals.looked(shown):
            yield Text(f"    seen by {', '.join(seen)}", style="dim")
    if not found:
        yield Text("nothing waits for a person")


def whole(shown: Shown, now: datetime) -> Iterator[Text]:
    """Everything about one request, the question first."""
    question, standing = approvals.question_of(shown), str(shown.get("standing"))
    head = Text(approvals.title_of(shown), style="bold")
    head.append(f"  {standing.upper()}", style=STANDING.get(standing, ""))
    yield head
    yield from _rows("", [f"{clean(shown.get('approval_id'))}  {_stands(shown, now)}"])
    yield Text("")
    facts = [(clean(fact.get("name")), clean(fact.get("value"))) for fact in question.get("facts") or ()]
    width = max([HEAD, *(len(name) for name, _ in facts)])
    for name, value in facts:
        yield from _rows(name, [value], width)
    yield from _rows("evidence", [_seen(one) for one in question.get("evidence") or ()])
    yield from also(shown)
    for option in options_of(shown):
        yield Text("")
        yield from choice(option, question)
    yield Text("")
    yield from _rows("asked", list(approvals.asked(shown)) or [approvals.together(shown) or "nobody"])
    yield from _rows("seen by", approvals.looked(shown))
    yield from _rows("votes", list(approvals.votes(shown)))
    yield from _rows("decided", [approvals.decided(shown)] if shown.get("decision") else [])
    yield from _rows("glass", [told] if (told := approvals.ratified(shown)) else [])
    yield from _rows("trouble", [clean(one) for one in shown.get("trouble") or ()])
    yield from _rows("incident", [f"{clean(shown.get('incident_id'))}  {clean(shown.get('runbook'))}"])
    claim = shown.get("requested_by")
    yield from _rows("requested", [f"by {clean(claim)} (a claim)"] if claim else [])


def also(shown: Shown) -> Iterator[Text]:
    """What else the answer counts for, so that nobody decides on what he was not shown."""
    members = [one for one in shown.get("members") or () if isinstance(one, Mapping)]
    if members and shown.get("own_target"):
        yield from _rows("itself for", [clean(shown["own_target"])])
    for one in members:
        head = f"{clean(one.get('title'))} ({clean(one.get('target'))}, {clean(one.get('incident_id'))})"
        facts = [fact for fact in one.get("facts") or () if isinstance(fact, Mapping)]
        yield from _rows("also for", [head, *(f"  {clean(f.get('name'))}: {clean(f.get('value'))}" for f in facts)])


def _of_whom(shown: Shown) -> str:
    """A request that another one speaks for asked nobody itself, and is waited for all the same."""
    names, together = list(approvals.asked(shown)), approvals.together(shown)
    parts = [f"asked {', '.join(names)}" if names else "", together or ""]
    return "; ".join(part for part in parts if part) or "asked nobody"


def choice(option: Mapping[str, Any], question: Mapping[str, Any]) -> Iterator[Text]:
    """One option: what it does, what is declared by it, and the two words to type, apart."""
    told, style = RISKS.get(str(option.get("risk")), (clean(option.get("risk")), ""))
    needed = int(option.get("needed") or 1)
    line = Text(f"  {clean(option.get('id'))}", style="bold cyan")
    line.append(f"  {clean(option.get('label'))}  ", style="bold")
    line.append(told + (f", {needed} people" if needed > 1 else ""), style=style)
    yield line
    yield from _rows("  does", [clean(option.get("consequence"))])
    if option.get("statement"):
        yield from _rows("  you declare", [clean(option.get("statement"))])
    if option.get("until_at_most_minutes"):
        yield from _rows("  until", [f"at most {clean(option['until_at_most_minutes'])} min (--until)"])
    if option.get("note_required"):
        yield from _rows("  note", ["required: it says why (--note)"])
    if opens := at(option.get("opens_at")):
        yield from _rows("  available", [f"from {opens.astimezone(UTC):%H:%M} UTC if nobody else has decided"])
    yield from _rows("  act", [clean(option.get("act"))])
    yield from _rows("  target", [clean(question.get("target"))])


def _stands(shown: Shown, now: datetime) -> str:
    standing = str(shown.get("standing"))
    if standing == "pending":
        return f"lapses {approvals.lapse(shown.get('lapses_at'), now)}"
    if standing == "decided":
        where = {"due": ", being handed over", "over": ", the run no longer waited"}
        owed = f"; {told}" if (told := approvals.owed(shown)) else ""
        return f"decided {approvals.decided(shown) or ''}{where.get(str(shown.get('delivery')), '')}{owed}"
    acknowledged = shown.get("acknowledged_by")
    if acknowledged:
        name = approvals.names_of(shown).get(str(acknowledged), clean(acknowledged))
        return f"{standing}, acknowledged by {name}"
    return f"{standing}, not acknowledged" if standing in ("lapsed", "unreached") else standing


def _seen(evidence: Mapping[str, Any]) -> str:
    moment = at(evidence.get("at"))
    when = f"  {moment.astimezone(UTC):%H:%M:%SZ}" if moment else ""
    return f"{clean(evidence.get('what'))}: {clean(evidence.get('value'))} ({clean(evidence.get('where'))}){when}"


def _rows(head: str, lines: Sequence[str | None], width: int = HEAD) -> Iterator[Text]:
    for number, line in enumerate(lines):
        yield Text.assemble((f"  {head if number == 0 else '':<{width}}  ", "dim"), line or "")
