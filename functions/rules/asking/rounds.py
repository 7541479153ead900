"""What is due for a request at a moment: the waves, the reminder, the lapse, the repeats, the delivery.

Waves are due at once, at a third and at two thirds of the time that the request has; a person who says "I am
looking" holds back the next one, once a wave, and never the lapse.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from functions.approvals import Approval, Delivery, Glass, MailStatus, Standing
from functions.rules.asking.policy import Policy
from functions.rules.asking.sights import wave_began
from functions.rules.asking.standing import interval, lone_vote
from functions.rules.glass import owes

# Waves of a desk; the settings allow no more (settings.Desk).
WAVES: Final = 3


@dataclass(frozen=True, slots=True)
class SendRung:
    """Ask the people of this wave (0 first)."""

    rung: int


@dataclass(frozen=True, slots=True)
class Remind:
    """Half of the time is over: remind these people, who were reached and have not answered."""

    people: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DecideAlone:
    """`standing.decide_alone`: the second person is silent, and the option reduces risk."""

    option: str


@dataclass(frozen=True, slots=True)
class Lapse:
    """`standing.lapse`."""


@dataclass(frozen=True, slots=True)
class Unreached:
    """`standing.unreached`: no wave is left, and nobody who was asked is reached."""


@dataclass(frozen=True, slots=True)
class Repeat:
    """Tell again that nobody answered; then `standing.repeated`."""


@dataclass(frozen=True, slots=True)
class Deliver:
    """Hand the answer over to the waiting state."""


@dataclass(frozen=True, slots=True)
class TellGlass:
    """Tell everybody of the desk who broke the glass; with it `glass.told`."""


@dataclass(frozen=True, slots=True)
class CallToRatify:
    """Say again that another person has to ratify it; then `standing.repeated`."""


@dataclass(frozen=True, slots=True)
class Overdue:
    """Page, once, that nobody has ratified it in time; then `glass.overdue`."""


@dataclass(frozen=True, slots=True)
class Ratified:
    """Tell the incident, and close it where its run has ended; then `glass.closed`."""


Due = (
    SendRung
    | Remind
    | DecideAlone
    | Lapse
    | Unreached
    | Repeat
    | Deliver
    | TellGlass
    | CallToRatify
    | Overdue
    | Ratified
)


def due(approval: Approval, rungs: int, now: datetime, policy: Policy) -> tuple[Due, ...]:
    """Total. What is due now, in the order in which it is to be done; `rungs`: how many waves the desk has.
    One step at a time: after a step has been written, the rest is looked for again."""
    if approval.standing is Standing.PENDING:
        return _pending(approval, rungs, now, policy)
    delivery: tuple[Due, ...] = (Deliver(),) if approval.delivery is Delivery.DUE else ()
    if approval.glass is not None:
        return (*delivery, *_glass(approval, approval.glass, now, policy))
    return (*delivery, Repeat()) if _repeats(approval, now, policy) else delivery


def wave_at(approval: Approval, rung: int, policy: Policy) -> datetime:
    """When a wave is due: at its share of the time, later where somebody of the wave before is looking."""
    share = approval.asked_at + (approval.lapses_at - approval.asked_at) * rung / WAVES
    return max([share, *(at + policy.looking_holds for at in _looking(approval, rung - 1))])


def reached(approval: Approval) -> frozenset[str]:
    """People who know of it: a mail that left and did not come back, the paging topic for those without an
    address; and whoever voted or said that he is looking, whatever became of the mail. That a link was opened
    proves nothing: mail scanners open links too, and the mail may have come back all the same."""
    told = {asked.person_id for asked in approval.asked if asked.mail in (MailStatus.SENT, MailStatus.NO_ADDRESS)}
    looking = {seen.voter.person_id for seen in approval.seen if seen.looking}
    return frozenset(told | looking | {vote.voter.person_id for vote in approval.votes})


def _pending(approval: Approval, rungs: int, now: datetime, policy: Policy) -> tuple[Due, ...]:
    if now >= approval.lapses_at:
        return (Lapse(),)
    alone = lone_vote(approval, now, policy)
    if alone is not None:
        return (DecideAlone(alone[1].id),)
    if approval.parent is not None:
        # The other request speaks for it: nobody is asked twice.
        return ()
    nobody = not reached(approval)
    if approval.rungs_sent >= rungs:
        wave: tuple[Due, ...] = (Unreached(),) if nobody else ()
    else:
        late = nobody or now >= wave_at(approval, approval.rungs_sent, policy)
        wave = (SendRung(approval.rungs_sent),) if late else ()
    remind = _remind(approval, now)
    return wave if remind is None else (*wave, remind)


def _remind(approval: Approval, now: datetime) -> Remind | None:
    half = approval.asked_at + (approval.lapses_at - approval.asked_at) / 2
    if approval.reminded_at is not None or now < half:
        return None
    voted = {vote.voter.person_id for vote in approval.votes}
    known = reached(approval)
    # Whoever was asked after half of the time has the request fresh before him.
    early = {asked.person_id: asked for asked in approval.asked if asked.at < half}
    people = tuple(person for person in early if person in known and person not in voted)
    return Remind(people) if people else None


def _repeats(approval: Approval, now: datetime, policy: Policy) -> bool:
    unanswered = approval.standing in (Standing.LAPSED, Standing.UNREACHED)
    if not unanswered or approval.acknowledged_by is not None or approval.parent is not None:
        return False
    return now >= (approval.repeat_at or approval.lapses_at + interval(0, policy))


def _glass(approval: Approval, glass: Glass, now: datetime, policy: Policy) -> tuple[Due, ...]:
    """What is due until another person has ratified it, and then the incident knows."""
    if not owes(approval):
        return () if glass.closed else (Ratified(),)
    if glass.told_at is None:
        return (TellGlass(),)
    if glass.overdue_at is None and now >= glass.ratify_by:
        return (Overdue(),)
    return (CallToRatify(),) if now >= (approval.repeat_at or glass.told_at + interval(0, policy)) else ()


def _looking(approval: Approval, rung: int) -> list[datetime]:
    """When each person said first, while wave `rung` was the last one, that he is looking."""
    began = wave_began(approval, rung)
    over = min((asked.at for asked in approval.asked if asked.rung > rung), default=None)
    first: dict[str, datetime] = {}
    for seen in sorted(approval.seen, key=lambda seen: seen.at):
        if seen.looking and began <= seen.at and (over is None or seen.at < over):
            first.setdefault(seen.voter.person_id, seen.at)
    return list(first.values())
