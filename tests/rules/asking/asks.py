"""Short makers for tables about requests: a pending question to three people of three waves, asked at `NOW`,
with 900 seconds to answer. Ana and Bo are asked at once and later, Cy last; Dee is on another desk."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from functions.approvals import (
    Approval,
    Asked,
    Decision,
    Delivery,
    Line,
    MailStatus,
    Member,
    Option,
    Question,
    Risk,
    Seen,
    Standing,
    Vote,
    Voter,
)
from functions.rules.asking.ballots import Ballot, Ruling, judge
from functions.rules.asking.policy import Policy
from tests.rules.facts import NOW

LASTS = timedelta(seconds=900)
LAPSES = NOW + LASTS
PEOPLE = ("ana", "bo", "cy")
POLICY = Policy(
    people=frozenset({*PEOPLE, "dee"}),
    desks={"default": frozenset(PEOPLE), "other": frozenset({"dee"})},
    second_person_silent=timedelta(seconds=300),
    looking_holds=timedelta(seconds=180),
    repeats=(timedelta(minutes=15), timedelta(minutes=30), timedelta(minutes=60)),
    wrong_phrases_free=3,
    wrong_phrase_delay=timedelta(seconds=5),
    wrong_phrase_delay_most=timedelta(seconds=300),
    alike_before_one_request=3,
    ratify_within=timedelta(hours=24),
    pace=1,
)

RAISE = Option("raise", "Raise memory", "The service restarts with 4 GB.", Risk.ADDS, "RAISE")
BOTH = Option("both", "Resume trading", "Strategies trade again.", Risk.ADDS, "RESUME", needed=2)
CLOSE = Option("close", "Close it", "A reduce-only order.", Risk.REDUCES, "CLOSE")
HALVE = Option("halve", "Halve it", "Half of it is closed.", Risk.REDUCES, "HALVE", needed=2)
HEDGE = Option("hedge", "Hedge it", "A short against it.", Risk.REDUCES, "HEDGE", needed=2)
WAIT = Option("wait", "Keep waiting", "Nothing changes.", Risk.NONE, "WAIT", until_at_most_minutes=60)
REJECT = Option("reject", "Leave it", "Nothing changes.", Risk.NONE, "LEAVE", needed=2)
GLASS = Option(
    "break_glass",
    "Trade again, by me alone",
    "Strategies trade again.",
    Risk.ADDS,
    "BREAKGLASS",
    opens_after=450,
    note_required=True,
)
OPTIONS = (RAISE, BOTH, CLOSE, HALVE, HEDGE, WAIT, REJECT)


def at(seconds: float) -> datetime:
    """So long after the question was asked."""
    return NOW + timedelta(seconds=seconds)


def question(**more: Any) -> Question:
    given: dict[str, Any] = {
        "kind": "change",
        "title": "Raise the memory of the strategy service?",
        "target": "STRAT-A",
        "facts": (Line("Memory", "2 GB"), Line("Killed", "2 times in an hour")),
        "options": OPTIONS,
        "cause": "out_of_memory",
        "venue": "binanceusdm",
    }
    return Question(**{**given, **more})


def asked(person: str, rung: int = 0, *, seconds: float = 0, mail: MailStatus = MailStatus.SENT) -> Asked:
    return Asked(person, person.capitalize(), rung, at(seconds), mail, key_hash=f"hash-{person}-{rung}")


def approval(**more: Any) -> Approval:
    given: dict[str, Any] = {
        "approval_id": "apr-1",
        "version": 2,
        "standing": Standing.PENDING,
        "delivery": Delivery.NONE,
        "runbook": "stale-heartbeat",
        "incident_id": "inc-1",
        "execution_arn": "arn:aws:states:eu-central-1:000000000000:execution:tradai-local-raise-memory:x",
        "state": "AskAPerson",
        "entered_at": NOW,
        "question": question(),
        "asked_at": NOW,
        "lapses_at": LAPSES,
        "asked": (asked("ana"), asked("bo")),
        "rungs_sent": 1,
    }
    return Approval(**{**given, **more})


def voter(person: str = "ana", **more: Any) -> Voter:
    given: dict[str, Any] = {"via": "link", "address": "192.0.2.1", "agent": "a phone"}
    return Voter(person, **{**given, **more})


def ballot(option: Option | str = RAISE, **more: Any) -> Ballot:
    """With the right phrase of a request that speaks for itself and, where one is needed, an end in half an
    hour."""
    chosen = option if isinstance(option, Option) else None
    given: dict[str, Any] = {
        "option": chosen.id if chosen else option,
        "typed": f"{chosen.act} strat a" if chosen else "",
        "members_seen": 0,
        "until": at(1800) if chosen and chosen.until_at_most_minutes else None,
    }
    return Ballot(**{**given, **more})


def vote(person: str, option: Option, *, seconds: float = 0, **more: Any) -> Vote:
    return Vote(voter(person), option.id, at(seconds), **more)


def looking(person: str, seconds: float) -> Seen:
    return Seen(voter(person), at(seconds), looking=True)


def seen(person: str, seconds: float) -> Seen:
    return Seen(voter(person), at(seconds), looking=False)


def member(number: int) -> Member:
    return Member(f"apr-m{number}", f"inc-m{number}", "Raise it there too?", f"STRAT-{number}")


def decision(option: Option = RAISE, *by: str, seconds: float = 60) -> Decision:
    return Decision(option.id, by or ("ana",), at(seconds))


def rule(
    given: Approval,
    option: Option | str = RAISE,
    person: str = "ana",
    *,
    seconds: float = 60,
    policy: Policy = POLICY,
    **more: Any,
) -> Ruling:
    return judge(given, voter(person), ballot(option, **more), at(seconds), policy)


def written(ruling: Ruling) -> Approval:
    """What the ruling writes; it must write something."""
    assert ruling.approval is not None
    return ruling.approval


def ended(standing: Standing, **more: Any) -> Approval:
    """A request that is over, with the answer on its way where there is one."""
    due = standing in (Standing.DECIDED, Standing.LAPSED, Standing.UNREACHED)
    given: dict[str, Any] = {"standing": standing, "delivery": Delivery.DUE if due else Delivery.NONE}
    if standing is Standing.DECIDED:
        given["decision"] = decision()
    return replace(approval(), **{**given, **more})
