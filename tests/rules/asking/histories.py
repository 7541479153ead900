"""Random histories of a request: people and sweeps one after another, each on what the one before has written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from hypothesis import strategies as st

from functions.approvals import Approval, Delivery, MailStatus, Option, Voter
from functions.rules import glass
from functions.rules.asking.ballots import Ballot, Kind, Ruling, judge, tries_of
from functions.rules.asking.rounds import (
    CallToRatify,
    DecideAlone,
    Deliver,
    Due,
    Lapse,
    Overdue,
    Ratified,
    Remind,
    Repeat,
    SendRung,
    TellGlass,
    Unreached,
    due,
)
from functions.rules.asking.sights import looked, opened_by
from functions.rules.asking.standing import decide_alone, lapse, repeated, revoke, supersede, unreached
from functions.rules.asking.storms import joined
from tests.rules.asking.asks import GLASS, OPTIONS, PEOPLE, POLICY, approval, asked, at, member, question

RUNGS = 3


@dataclass(frozen=True)
class Cast:
    """Somebody answers, at so many seconds after the question."""

    seconds: float
    person: str
    option: str
    typed: str
    minutes: int | None
    note: str | None
    form: int | None
    members_seen: int | None


@dataclass(frozen=True)
class Swept:
    seconds: float


@dataclass(frozen=True)
class Told:
    """Something else happens to the request."""

    seconds: float
    what: str
    person: str


Event = Cast | Swept | Told


@dataclass(frozen=True)
class Step:
    """One event: what stood before, what stands after, and what was said."""

    event: Event
    before: Approval
    after: Approval
    ruling: Ruling | None = None
    due: tuple[Due, ...] = ()


SECONDS = st.integers(0, 9_500).map(lambda tenths: tenths / 10) | st.sampled_from([899.9, 900.0, 1_400.0])
PERSONS = st.sampled_from([*PEOPLE * 4, "dee", "stranger"])
PHRASES = st.sampled_from([*["right"] * 16, "", "no", f"{OPTIONS[0].act} strat-a"])
WHATS = st.sampled_from(["looked", "looked", "opened", "bounced", "joined", "revoked", "superseded", "ratified"])


def casts(options: Sequence[Option]) -> st.SearchStrategy[Event]:
    """Mostly of people who do it right, so that histories come to their decisions."""
    return st.builds(
        Cast,
        SECONDS,
        PERSONS,
        st.sampled_from([*[option.id for option in options] * 6, "nonsense"]),
        PHRASES,
        st.sampled_from([*[30] * 10, None, 61, 0]),
        st.sampled_from([*[None] * 6, *["note"] * 6, "\x00"]),
        st.sampled_from([*[None] * 8, 0, 1]),
        st.sampled_from([*[None] * 8, 0, 1]),
    )


@st.composite
def histories(draw: st.DrawFn) -> list[Step]:
    some = st.lists(st.sampled_from([*OPTIONS, GLASS]), min_size=1, max_size=3, unique=True)
    options = tuple(draw(some))
    requester = draw(st.sampled_from([None, None, "ana", "bo"]))
    start = approval(requester=requester, question=question(options=options))
    cast, sweep, told = casts(options), st.builds(Swept, SECONDS), st.builds(Told, SECONDS, WHATS, PERSONS)
    kinds = draw(st.sampled_from([st.one_of(cast, cast, sweep), st.one_of(cast, cast, cast, sweep, told)]))
    events = draw(st.lists(kinds, max_size=14))
    return walk(start, sorted(events, key=lambda event: event.seconds))


def walk(given: Approval, events: Sequence[Event]) -> list[Step]:
    steps = []
    for event in events:
        step = _step(given, event)
        steps.append(step)
        given = step.after
    return steps


def _step(given: Approval, event: Event) -> Step:
    match event:
        case Cast():
            ruling = judge(
                given,
                Voter(event.person, "link", "192.0.2.1", "a"),
                _ballot(given, event),
                at(event.seconds),
                POLICY,
            )
            return Step(event, given, ruling.approval or given, ruling)
        case Swept():
            found = due(given, RUNGS, at(event.seconds), POLICY)
            return Step(event, given, swept(given, found, event.seconds), due=found)
        case Told():
            return Step(event, given, _told(given, event))


def _ballot(given: Approval, cast: Cast) -> Ballot:
    option = given.option(cast.option)
    target = f"all {len(given.members) + 1}" if given.members else "strat-a"
    right = f"{option.act if option else ''} {target}"
    ends = bool(option and option.until_at_most_minutes)
    return Ballot(
        option=cast.option,
        typed=right if cast.typed == "right" else cast.typed,
        members_seen=len(given.members) if cast.members_seen is None else cast.members_seen,
        note=cast.note,
        until=at(cast.seconds) + timedelta(minutes=cast.minutes) if ends and cast.minutes is not None else None,
        form=cast.form,
    )


def swept(given: Approval, found: tuple[Due, ...], seconds: float) -> Approval:
    """Does what is due, as the sweeper does."""
    now = at(seconds)
    for one in found:
        match one:
            case SendRung(rung):
                new = asked(PEOPLE[rung], rung, seconds=seconds)
                given = replace(given, version=given.version + 1, asked=(*given.asked, new), rungs_sent=rung + 1)
            case Remind():
                given = replace(given, version=given.version + 1, reminded_at=now)
            case DecideAlone():
                given = must(decide_alone(given, now, POLICY))
            case Lapse():
                given = must(lapse(given, now, POLICY))
            case Unreached():
                given = must(unreached(given, now, POLICY))
            case Repeat() | CallToRatify():
                given = repeated(given, now, POLICY)
            case TellGlass():
                given = must(glass.told(given, now, POLICY))
            case Overdue():
                given = must(glass.overdue(given, now, POLICY))
            case Ratified():
                given = must(glass.closed(given))
            case Deliver():
                given = replace(given, version=given.version + 1, delivery=Delivery.TAKEN, delivered_at=now)
    return given


def must(changed: Approval | None) -> Approval:
    assert changed is not None, "what is due can be done"
    return changed


def _told(given: Approval, told: Told) -> Approval:
    voter, now = Voter(told.person, "link", "192.0.2.1", "a"), at(told.seconds)
    match told.what:
        case "looked":
            return looked(given, voter, now) or given
        case "opened":
            return opened_by(given, voter, now) or given
        case "joined":
            return joined(given, member(round(told.seconds))) or given
        case "revoked":
            return revoke(given) or given
        case "ratified":
            return glass.ratify(given, voter, None, now, POLICY).approval or given
        case "superseded":
            return supersede(given) or given
    mails = tuple(
        replace(one, mail=MailStatus.NOT_REACHED) if one.person_id == told.person else one for one in given.asked
    )
    return replace(given, version=given.version + 1, asked=mails)


def accepted(steps: Sequence[Step]) -> list[Step]:
    return [step for step in steps if step.ruling is not None and step.ruling.kind is Kind.ACCEPTED]


def wrong_of(given: Approval, person: str) -> int:
    return tries_of(given, person).wrong
