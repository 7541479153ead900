"""Many requests alike at once become one: one mail, one page, one answer for all of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final, assert_never

from functions.approvals import Approval, Line, Member, Question, Standing
from functions.rules.asking.counting import decided
from functions.rules.asking.opening import opens_late
from functions.rules.asking.phrase import normal
from functions.rules.asking.policy import Policy
from functions.rules.asking.standing import unanswered

# A request is one item of at most 400 kB, and whoever answers it tells every member.
MOST_MEMBERS: Final = 100
# What is kept of each of them: far less than half of that item in all, whatever letters it is written in.
MOST_FACTS: Final = 5
MOST_BYTES: Final = 200


def parent_for(
    question: Question, open: Sequence[Approval], policy: Policy, *, now: datetime, requester: str | None = None
) -> Approval | None:
    """The request that is to speak for a new one, or None: it asks for itself.

    Where as many alike are pending already as the settings allow, the new one joins the oldest of those that
    speak for themselves. Nobody has answered that one yet: an answer covers what its page showed, not what
    came later. And half of its time is left, because it ends for its members as well: otherwise the new one
    asks for itself, and the next ones join that.
    """
    if question.close is not None:
        # What a yes allows (amount, worst price, how many people) stands on the page of each close alone.
        return None
    if opens_late(question.options):
        # What opens later opens for each request after its own time, so each asks for itself.
        return None
    alike = [one for one in open if one.standing is Standing.PENDING and _alike(one, question, requester)]
    if len(alike) < policy.alike_before_one_request:
        return None
    free = [one for one in alike if _takes_more(one) and now < one.asked_at + (one.lapses_at - one.asked_at) / 2]
    return min(free, key=lambda one: (one.asked_at, one.approval_id), default=None)


def member_of(approval: Approval) -> Member:
    """What the request that speaks for this one shows of it: title, target and first facts, each text and each
    fact (name and value together) of at most 200 bytes. The whole stands in its own incident."""
    question = approval.question
    return Member(
        approval.approval_id,
        approval.incident_id,
        _cut(question.title, MOST_BYTES),
        _cut(question.target, MOST_BYTES),
        tuple(_line(line) for line in question.facts[:MOST_FACTS]),
    )


def joined(parent: Approval, member: Member) -> Approval | None:
    """The next version of the parent with one more member (or the same where it is one already); None where it
    has been answered or has ended meanwhile: then the new request asks for itself. The parent is written
    before the member, which without it would be nobody's."""
    if member.approval_id in {one.approval_id for one in parent.members}:
        return parent
    if parent.standing is not Standing.PENDING or not _takes_more(parent):
        return None
    return replace(parent, version=parent.version + 1, members=(*parent.members, member))


def spread(parent: Approval | None, member: Approval, now: datetime, policy: Policy) -> Approval | None:
    """The next version of a member after what became of its parent; None: nothing to write. To be looked at
    before what is due for the member itself, so that a decision in time is not lost to a late sweep.

    A decision is the member's decision too; so is an end without an answer, because the same people were
    asked. A parent that is gone, revoked or superseded speaks for nobody: the member asks for itself.
    """
    if member.parent is None:
        return None
    if parent is None or member.approval_id not in {one.approval_id for one in parent.members}:
        return _alone(member)
    if member.standing is not Standing.PENDING:
        return _afterwards(parent, member)
    match parent.standing:
        case Standing.PENDING:
            return None
        case Standing.DECIDED:
            made = parent.decision
            if made is None or member.option(made.option) is None or made.at >= member.lapses_at:
                return _alone(member)
            return decided(member, made)
        case Standing.LAPSED | Standing.UNREACHED:
            return unanswered(member, parent.standing, now, policy)
        case Standing.REVOKED | Standing.SUPERSEDED:
            return _alone(member)
        case _ as never:
            assert_never(never)


def _afterwards(parent: Approval, member: Approval) -> Approval | None:
    """An unanswered member is repeated and acknowledged with its parent while that one is unanswered too."""
    if member.standing not in (Standing.LAPSED, Standing.UNREACHED) or member.acknowledged_by is not None:
        return None
    if parent.standing in (Standing.DECIDED, Standing.REVOKED, Standing.SUPERSEDED):
        return _alone(member)
    if parent.acknowledged_by is None:
        return None
    return replace(member, version=member.version + 1, acknowledged_by=parent.acknowledged_by)


def _line(line: Line) -> Line:
    name = _cut(line.name, MOST_BYTES // 2)
    return Line(name, _cut(line.value, MOST_BYTES - len(name.encode())))


def _cut(text: str, most: int) -> str:
    """At most so many bytes of UTF-8, with a mark where something is missing."""
    whole = text.encode("utf-8", "replace")
    return whole.decode() if len(whole) <= most else f"{whole[: most - 3].decode('utf-8', 'ignore')}..."


def _takes_more(parent: Approval) -> bool:
    return parent.parent is None and not parent.votes and len(parent.members) < MOST_MEMBERS


def _alone(member: Approval) -> Approval:
    return replace(member, version=member.version + 1, parent=None)


def _alike(one: Approval, question: Question, requester: str | None) -> bool:
    """The same trouble at the same venue, and the same answers with the same meaning: whoever answers one
    would answer the other with the same words. Who asked for one himself may not answer for the other."""
    asked = one.question
    return (
        (asked.kind, asked.cause, asked.venue, asked.desk)
        == (question.kind, question.cause, question.venue, question.desk)
        and _meaning(asked) == _meaning(question)
        and one.requester == requester
    )


def _meaning(question: Question) -> frozenset[tuple[object, ...]]:
    return frozenset(
        (o.id, o.risk, o.needed, o.until_at_most_minutes, o.statement, o.note_required, normal(o.act))
        for o in question.options
    )
