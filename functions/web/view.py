"""What the page shows of a request, worked out from the request alone; the template only sets it in type."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Literal

from functions.approvals import Approval, Asked, MailStatus, Option, Seen, Standing
from functions.rules.asking.counting import barred, needed
from functions.rules.asking.sights import wave_began
from functions.settings import Approvers
from functions.web.words import REACHED, RISKS, clean, clean_lines, clock, listed, moment, short, span

Tone = Literal["calm", "good", "warn", "bad"]
Masked = Callable[[str], str]

_MOST: Final = 50
_MOST_MEMBERS: Final = 100
_MOST_STRATEGIES: Final = 12
_WAVES: Final = ("at once", "second wave", "third wave")


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
class Card:
    """One answer, with a form of its own. `barred`: why this person may not give it."""

    number: int
    id: str
    label: str
    consequence: str
    risk: str
    risk_name: str
    needed: int
    statement: str | None
    until_most: int | None
    act: str
    mine: bool
    barred: str | None
    typed: Typed | None

    @property
    def wrong(self) -> str | None:
        return self.typed.field if self.typed else None


@dataclass(frozen=True, slots=True)
class Row:
    """A person and what is known: a name, a sentence, a tone."""

    name: str
    text: str
    tone: Tone = "calm"
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Facts:
    """Pairs of name and value, already safe to read."""

    rows: tuple[tuple[str, str], ...]
    left_out: int = 0


@dataclass(frozen=True, slots=True)
class People:
    asked: tuple[Row, ...] = ()
    looking: tuple[Row, ...] = ()
    opened: tuple[str, ...] = ()
    votes: tuple[Row, ...] = ()
    i_look_since: str | None = None


@dataclass(frozen=True, slots=True)
class End:
    """How it stands once nobody can answer any more, or who decided."""

    tone: Tone
    head: str
    rows: tuple[tuple[str, str], ...] = field(default=())
    note: str | None = None


def cards(approval: Approval, me: str, typed: Typed | None, masked: Masked) -> tuple[Card, ...]:
    mine = next((vote.option for vote in approval.votes if vote.voter.person_id == me), None)
    return tuple(
        Card(
            number=number,
            id=option.id,
            label=short(option.label),
            consequence=clean(option.consequence),
            risk=RISKS[option.risk],
            risk_name=option.risk.value,
            needed=needed(option),
            statement=clean(option.statement) if option.statement else None,
            until_most=option.until_at_most_minutes,
            act=short(option.act),
            mine=mine == option.id,
            barred=_barred(approval, option, me),
            typed=_given_back(typed, masked) if typed and typed.option == option.id else None,
        )
        for number, option in enumerate(approval.question.options, start=1)
    )


def people(approval: Approval, me: str, name: Callable[[str], str], masked: Masked) -> People:
    latest: dict[tuple[str, int], Asked] = {(one.person_id, one.rung): one for one in approval.asked}
    looking: dict[str, Seen] = {one.voter.person_id: one for one in approval.seen if one.looking}
    opened = dict.fromkeys(one.voter.person_id for one in approval.seen if not one.looking)
    return People(
        asked=tuple(_asked(one, me) for one in latest.values()),
        looking=tuple(
            Row(_named(name(who), who == me), f"is looking, said at {clock(one.at)}")
            for who, one in looking.items()
        ),
        opened=tuple(_named(name(who), who == me) for who in opened),
        votes=tuple(
            Row(
                _named(name(vote.voter.person_id), vote.voter.person_id == me),
                f"{_label(approval, vote.option)}, at {clock(vote.at)}",
                note=masked(clean_lines(vote.note)) if vote.note else None,
            )
            for vote in approval.votes
        ),
        i_look_since=_my_look(approval, looking.get(me)),
    )


def evidence(approval: Approval) -> tuple[tuple[str, str, str, str], ...]:
    return tuple(
        (short(seen.what), clean(seen.value), short(seen.where), moment(seen.at))
        for seen in approval.question.evidence[:_MOST]
    )


def facts(approval: Approval) -> Facts:
    lines = approval.question.facts
    return Facts(tuple((short(line.name), clean(line.value)) for line in lines[:_MOST]), max(0, len(lines) - _MOST))


def members(approval: Approval, masked: Masked) -> Facts:
    shown = approval.members[:_MOST_MEMBERS]
    return Facts(
        tuple((masked(short(one.title)), short(one.incident_id)) for one in shown),
        len(approval.members) - len(shown),
    )


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


def _my_look(approval: Approval, mine: Seen | None) -> str | None:
    """When I said so in this wave; in the next one it may be said once more."""
    wave = max((one.rung for one in approval.asked), default=0)
    return clock(mine.at) if mine is not None and mine.at >= wave_began(approval, wave) else None


def _label(approval: Approval, option_id: str) -> str:
    option = approval.option(option_id)
    return short(option.label if option else option_id)


def _named(name: str, me: bool) -> str:
    return f"{name} (you)" if me else name


def _barred(approval: Approval, option: Option, me: str) -> str | None:
    if barred(approval, option, me):
        return "You asked for this yourself: somebody else has to choose it. You may still say no."
    return None


def _given_back(typed: Typed, masked: Masked) -> Typed:
    note = masked(typed.note)
    return Typed(typed.option, note if note == typed.note else "", typed.until_minutes, typed.field, typed.error)


def _asked(one: Asked, me: str) -> Row:
    wave = _WAVES[one.rung] if one.rung < len(_WAVES) else f"wave {one.rung + 1}"
    on_its_way = one.mail is MailStatus.SENT and one.message_id is None
    reached = "mail on its way" if on_its_way else REACHED[one.mail]
    good = one.mail in (MailStatus.SENT, MailStatus.NO_ADDRESS)
    text = f"{reached}, {wave}, {clock(one.at)}"
    return Row(_named(short(one.name), one.person_id == me), text, "calm" if good else "bad")


def _strategies(strategies: Sequence[str] | None) -> str:
    if strategies is None:
        return "strategies that cannot be read at the moment"
    if not strategies:
        return "the whole service"
    noun = "strategy" if len(strategies) == 1 else "strategies"
    shown = [short(one) for one in strategies[:_MOST_STRATEGIES]]
    more = [f"{len(strategies) - len(shown)} more"] if len(strategies) > len(shown) else []
    return f"{noun} {listed([*shown, *more])}"
