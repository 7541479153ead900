"""How a request goes over into its next standing without anybody's answer. Each gives the next version."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from functions.approvals import Approval, Delivery, Option, Standing, Vote
from functions.rules.asking.counting import alone_from, decided, decision_of
from functions.rules.asking.policy import Policy


def lone_vote(approval: Approval, now: datetime, policy: Policy) -> tuple[Vote, Option] | None:
    """The vote that is enough by itself now. A second person who chose something else is not silent."""
    if approval.standing is not Standing.PENDING or now >= approval.lapses_at or len(approval.votes) != 1:
        return None
    vote = approval.votes[0]
    option = approval.option(vote.option)
    if option is None or (vote.until is not None and vote.until <= now):
        return None
    if not policy.may_answer(approval, vote.voter.person_id):
        return None
    enough = alone_from(approval, vote, option, policy)
    return (vote, option) if enough is not None and now >= enough else None


def decide_alone(approval: Approval, now: datetime, policy: Policy) -> Approval | None:
    """None where no vote is enough by itself now."""
    found = lone_vote(approval, now, policy)
    if found is None:
        return None
    vote, option = found
    minutes, seconds = divmod(round((now - vote.at).total_seconds()), 60)
    why = f"one person was enough: it reduces risk, and the second was silent for {minutes} min {seconds} s"
    return decided(approval, decision_of((vote,), option, now, why))


def lapse(approval: Approval, now: datetime, policy: Policy) -> Approval | None:
    """Nobody answered in time; None where it is not pending, or has time left."""
    if now < approval.lapses_at:
        return None
    return unanswered(approval, Standing.LAPSED, now, policy)


def unanswered(approval: Approval, standing: Standing, now: datetime, policy: Policy) -> Approval | None:
    """`lapsed` or `unreached`, with an answer that says so to the waiting state, and the first repeat to come."""
    if approval.standing is not Standing.PENDING:
        return None
    return replace(
        approval,
        version=approval.version + 1,
        standing=standing,
        delivery=Delivery.DUE,
        repeats=0,
        repeat_at=now + interval(0, policy),
    )


def unreached(approval: Approval, now: datetime, policy: Policy) -> Approval | None:
    """Nobody could be told; None where it is not pending."""
    return unanswered(approval, Standing.UNREACHED, now, policy)


def revoke(approval: Approval) -> Approval | None:
    """Its run has ended: nobody waits for an answer. None where it is not pending."""
    return _gone(approval, Standing.REVOKED)


def supersede(approval: Approval) -> Approval | None:
    """The state has asked anew: the old links are dead. None where it is not pending."""
    return _gone(approval, Standing.SUPERSEDED)


def repeated(approval: Approval, now: datetime, policy: Policy) -> Approval:
    """Told once more that nobody answered; the next time follows after the next interval, the last one again
    and again."""
    done = approval.repeats + 1
    return replace(approval, version=approval.version + 1, repeats=done, repeat_at=now + interval(done, policy))


def interval(done: int, policy: Policy) -> timedelta:
    """The time before the next repeat, when `done` have been made."""
    return policy.repeats[min(done, len(policy.repeats) - 1)]


def _gone(approval: Approval, standing: Standing) -> Approval | None:
    if approval.standing is not Standing.PENDING:
        return None
    return replace(approval, version=approval.version + 1, standing=standing, delivery=Delivery.NONE, unfiled=True)
