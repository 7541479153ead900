"""Which votes count for an option, how many it needs, and what they decide together."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from functions.approvals import Approval, Decision, Delivery, Option, Risk, Standing, Vote
from functions.rules.asking.policy import Policy


def needed(option: Option) -> int:
    """How many people: an option without risk is decided by one, whatever it says."""
    return 1 if option.risk is Risk.NONE else max(1, option.needed)


def barred(approval: Approval, option: Option, person_id: str) -> bool:
    """Who asked for a thing himself may say no to it; of two who reduce risk he may be one; else he counts for
    nothing. Only a proven requester is one: `requested_by` is a claim and bars nobody."""
    if person_id != approval.requester or option.risk is Risk.NONE:
        return False
    return option.risk is Risk.ADDS or needed(option) < 2


def supporters(approval: Approval, option: Option, now: datetime) -> tuple[Vote, ...]:
    """The votes that count for an option now: one a person, none whose own end has passed, none that is barred."""
    by_person = {
        vote.voter.person_id: vote
        for vote in approval.votes
        if vote.option == option.id
        and (vote.until is None or vote.until > now)
        and not barred(approval, option, vote.voter.person_id)
    }
    return tuple(by_person.values())


def alone_from(approval: Approval, vote: Vote, option: Option, policy: Policy) -> datetime | None:
    """From when this vote is enough by itself, because the second person is silent; None: never. Only what
    reduces risk, only one missing of two, and never the vote of whoever asked for it."""
    if option.risk is not Risk.REDUCES or needed(option) != 2 or vote.voter.person_id == approval.requester:
        return None
    enough = vote.at + policy.second_person_silent
    return enough if enough < approval.lapses_at else None


def decision_of(votes: tuple[Vote, ...], option: Option, now: datetime, why_alone: str | None = None) -> Decision:
    """Two people who name two ends agree on the earlier one; the note is the last one that was written."""
    ends = [vote.until for vote in votes if vote.until is not None]
    notes = [vote.note for vote in votes if vote.note is not None]
    return Decision(
        option=option.id,
        by=tuple(vote.voter.person_id for vote in votes),
        at=now,
        note=notes[-1] if notes else None,
        until=min(ends) if ends else None,
        why_alone=why_alone,
    )


def decided(approval: Approval, decision: Decision) -> Approval:
    """The next version, with a decision that is still to be delivered."""
    return replace(
        approval,
        version=approval.version + 1,
        standing=Standing.DECIDED,
        delivery=Delivery.DUE,
        decision=decision,
    )
