"""What the page shows of a request, worked out from the request alone; the template only sets it in type."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Literal

from functions.approvals import Approval, Member, Standing
from functions.approvers import Approvers
from functions.web.words import clean, listed, moment, short, span

Tone = Literal["calm", "good", "warn", "bad"]
Masked = Callable[[str], str]

_MOST: Final = 50
_MOST_MEMBERS: Final = 100
_MOST_STRATEGIES: Final = 12


@dataclass(frozen=True, slots=True)
class Typed:
    """What a person had filled in when an answer was not taken: given back, except for the phrase."""

    option: str
    note: str = ""
    until_minutes: str = ""
    field: Literal["confirm", "until", "note"] | None = None
    error: str = ""


@dataclass(frozen=True, slots=True)
class Told:
    """What the last call came to, at the head of the page."""

    tone: Tone
    head: str
    text: str
    typed: Typed | None = None


@dataclass(frozen=True, slots=True)
class Facts:
    """Pairs of name and value, already safe to read."""

    rows: tuple[tuple[str, str], ...]
    left_out: int = 0


@dataclass(frozen=True, slots=True)
class Also:
    """Another request that the answer counts for: what it is about, and its first facts."""

    title: str
    target: str
    incident_id: str
    facts: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Members:
    rows: tuple[Also, ...]
    left_out: int


@dataclass(frozen=True, slots=True)
class End:
    """How it stands once nobody can answer any more, or who decided."""

    tone: Tone
    head: str
    rows: tuple[tuple[str, str], ...] = field(default=())
    note: str | None = None


def evidence(approval: Approval) -> tuple[tuple[str, str, str, str], ...]:
    return tuple(
        (short(seen.what), clean(seen.value), short(seen.where), moment(seen.at))
        for seen in approval.question.evidence[:_MOST]
    )


def facts(approval: Approval) -> Facts:
    lines = approval.question.facts
    return Facts(tuple((short(line.name), clean(line.value)) for line in lines[:_MOST]), max(0, len(lines) - _MOST))


def members(approval: Approval, masked: Masked) -> Members:
    shown = approval.members[:_MOST_MEMBERS]
    return Members(tuple(_also(one, masked) for one in shown), len(approval.members) - len(shown))


def _also(one: Member, masked: Masked) -> Also:
    facts = tuple((masked(clean(line.name, 100)), masked(short(line.value))) for line in one.facts)
    return Also(masked(short(one.title)), masked(short(one.target)), short(one.incident_id), facts)


def for_whom(approval: Approval, strategies: Sequence[str] | None) -> str:
    """One line below the question."""
    who = _strategies(strategies)
    return f"For {who}. Incident {short(approval.incident_id)}."


def about(approval: Approval, masked: Masked) -> Facts:
    """Where it comes from and where to read on."""
    rows = [("Runbook", short(approval.runbook)), ("Incident", short(approval.incident_id))]
    if approval.requested_by:
        rows.append(("Requested by (a claim)", masked(short(approval.requested_by))))
    rows += [("Asked", moment(approval.asked_at)), ("Request", short(approval.approval_id))]
    if approval.parent:
        rows.append(("Answered with", short(approval.parent)))
    return Facts(tuple(rows))


def left(approval: Approval, now: datetime) -> str:
    """`in 12 min`, or how long ago."""
    length = approval.lapses_at - now
    return f"in {span(length)}" if length.total_seconds() > 0 else f"{span(-length)} ago"


def name_in(approval: Approval, approvers: Approvers) -> Callable[[str], str]:
    """How a person is called: as the request says, else as the settings do, else by the id."""
    named = {person_id: person.name for person_id, person in approvers.people.items()}
    named |= {asked.person_id: asked.name for asked in approval.asked}
    return lambda person_id: short(named.get(person_id, person_id))


def open_now(approval: Approval, now: datetime) -> bool:
    return approval.standing is Standing.PENDING and now < approval.lapses_at


def _strategies(strategies: Sequence[str] | None) -> str:
    if strategies is None:
        return "strategies that cannot be read at the moment"
    if not strategies:
        return "the whole service"
    noun = "strategy" if len(strategies) == 1 else "strategies"
    shown = [short(one) for one in strategies[:_MOST_STRATEGIES]]
    more = [f"{len(strategies) - len(shown)} more"] if len(strategies) > len(shown) else []
    return f"{noun} {listed([*shown, *more])}"
