"""Breaking the glass: one person decides what two should, because the others were silent, and answers for it.

Everybody of the desk is told at once, and another person has to ratify it. Until then the request stays open and
is called about again and again; nothing is undone by itself when nobody does.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from typing import Final

from functions.approvals import Approval, Decision, Glass, Standing, Voter
from functions.rules.asking import words
from functions.rules.asking.counting import barred
from functions.rules.asking.inputs import BadInput, note_of
from functions.rules.asking.policy import Policy
from functions.rules.asking.standing import interval

# The id of the option that does so, in whichever question.
BREAK_GLASS: Final = "break_glass"
NOTHING: Final = "Nothing to ratify: nobody broke the glass here."


def breaks(option: str) -> bool:
    """Whether choosing this option (its id) breaks the glass."""
    return option == BREAK_GLASS


def owed(approval: Approval, policy: Policy) -> Approval:
    """A request that was decided just now: where the glass was broken it says so, and owes its ratification."""
    made = approval.decision
    if made is None or not breaks(made.option):
        return approval
    why = f"broke the glass: {made.note or 'no reason given'}"
    return replace(
        approval, decision=replace(made, why_alone=why), glass=Glass(ratify_by=made.at + policy.ratify_within)
    )


def owes(approval: Approval) -> bool:
    """Whether another person has still to ratify it."""
    return approval.glass is not None and approval.glass.ratified_by is None


def paged(approval: Approval, now: datetime) -> Approval | None:
    """The topic has been paged; None where it was before, or where everybody is told already."""
    glass = approval.glass
    if glass is None or glass.paged_at is not None or glass.told_at is not None:
        return None
    return replace(approval, version=approval.version + 1, glass=replace(glass, paged_at=now))


def told(approval: Approval, now: datetime, policy: Policy) -> Approval | None:
    """Everybody of the desk is about to be told; None where that was begun before, or where nothing is owed."""
    glass = approval.glass
    if glass is None or glass.told_at is not None:
        return None
    return replace(
        approval,
        version=approval.version + 1,
        glass=replace(glass, told_at=now),
        repeats=0,
        repeat_at=now + interval(0, policy),
    )


def overdue(approval: Approval, now: datetime, policy: Policy) -> Approval | None:
    """It was paged, once, that nobody has ratified it in time; None where that is not so."""
    glass = approval.glass
    if glass is None or not owes(approval) or glass.overdue_at is not None or now < glass.ratify_by:
        return None
    return replace(
        approval,
        version=approval.version + 1,
        glass=replace(glass, overdue_at=now),
        repeat_at=now + interval(approval.repeats, policy),
    )


def closed(approval: Approval) -> Approval | None:
    """Its incident has the ratification, and is closed by it; None where it is not ratified, or told before."""
    glass = approval.glass
    if glass is None or owes(approval) or glass.closed:
        return None
    return replace(approval, version=approval.version + 1, glass=replace(glass, closed=True))


class Kind(StrEnum):
    """What became of a ratification. `nothing`: nobody broke the glass. `before`: somebody ratified it earlier.
    `own`: whoever broke the glass (or asked for the run) is not the other person."""

    RATIFIED = "ratified"
    NOTHING = "nothing"
    BEFORE = "before"
    OWN = "own"
    NOT_ASKED = "not_asked"
    BAD_NOTE = "bad_note"


@dataclass(frozen=True, slots=True)
class Verdict:
    """`approval` is the next version where it was ratified, else None. `message` is a sentence for the person."""

    kind: Kind
    approval: Approval | None
    message: str


def ratify(approval: Approval, voter: Voter, note: str | None, now: datetime, policy: Policy) -> Verdict:
    """Total. Also after the time is over: late is better than never, and the record has both times."""
    glass, made = approval.glass, approval.decision
    if glass is None or made is None or approval.standing is not Standing.DECIDED:
        return Verdict(Kind.NOTHING, None, NOTHING)
    if glass.ratified_by is not None:
        return Verdict(Kind.BEFORE, None, _before(approval, glass, policy))
    refused = _refused(approval, made, glass, voter, policy)
    if refused is not None:
        return refused
    try:
        kept = note_of(note)
    except BadInput as bad:
        return Verdict(Kind.BAD_NOTE, None, bad.message)
    signed = replace(glass, ratified_by=voter.person_id, ratified_at=now, note=kept)
    after = replace(approval, version=approval.version + 1, glass=signed, repeat_at=None)
    late = f" That was {_span(now, glass)} too late." if now >= glass.ratify_by else ""
    return Verdict(Kind.RATIFIED, after, f"Ratified: {_what(approval, made, policy)}.{late}")


def _refused(approval: Approval, made: Decision, glass: Glass, voter: Voter, policy: Policy) -> Verdict | None:
    if voter.person_id in made.by:
        who = f"Not ratified: you broke the glass yourself at {words.clock(made.at)}. "
        return Verdict(Kind.OWN, None, f"{who}Another person of the desk has to ratify it by {moment(glass)}.")
    option = approval.option(made.option)
    if option is not None and barred(approval, option, voter.person_id):
        who = "Not ratified: you asked for this yourself. "
        return Verdict(Kind.OWN, None, f"{who}Another person of the desk has to ratify it by {moment(glass)}.")
    if not policy.may_answer(approval, voter.person_id):
        return Verdict(Kind.NOT_ASKED, None, words.NOT_ASKED)
    return None


def _before(approval: Approval, glass: Glass, policy: Policy) -> str:
    who = words.names(approval, (glass.ratified_by or "",), policy.names)
    at = f" at {words.clock(glass.ratified_at)}" if glass.ratified_at else ""
    return f"Ratified before, by {who}{at}. This changes nothing."


def _what(approval: Approval, made: Decision, policy: Policy) -> str:
    option = approval.option(made.option)
    label = option.label if option else made.option
    return f"{label}, which {words.names(approval, made.by, policy.names)} decided at {words.clock(made.at)}"


def moment(glass: Glass) -> str:
    """Until when, with its day: it is longer than one night."""
    by = glass.ratify_by.astimezone(UTC)
    return f"{by:%H:%M} UTC, {by.day} {by:%b}"


def _span(now: datetime, glass: Glass) -> str:
    return words.seconds(max(1, round((now - glass.ratify_by).total_seconds())))
