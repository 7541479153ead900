"""Who opened the page, and who said "I am looking"."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Final

from functions.approvals import Approval, Seen, Standing, Voter

# The record is one item of at most 400 kB: whoever opens the page from ever new addresses fills no more of it,
# and hides nobody else's first opening.
MOST_OPENINGS: Final = 60
MOST_OPENINGS_EACH: Final = 12


def opened_by(approval: Approval, voter: Voter, now: datetime) -> Approval | None:
    """The next version, where this person opens the page for the first time from this address; else None.
    Also after the end: who read what was decided is worth knowing."""
    openings = [seen.voter for seen in approval.seen if not seen.looking]
    own = [one for one in openings if one.person_id == voter.person_id]
    full = len(own) >= MOST_OPENINGS_EACH or len(openings) >= MOST_OPENINGS
    if own and (full or any(_same(one, voter) for one in own)):
        return None
    return _with(approval, Seen(voter, now, looking=False))


def looked(approval: Approval, voter: Voter, now: datetime) -> Approval | None:
    """The next version, where this person says so for the first time since the last wave was asked; None where
    it is said already or where there is nothing to look at any more. People and waves are few, so is this."""
    if approval.standing is not Standing.PENDING or now >= approval.lapses_at:
        return None
    wave = wave_began(approval, max((asked.rung for asked in approval.asked), default=0))
    said = any(
        seen.looking and seen.voter.person_id == voter.person_id and seen.at >= wave for seen in approval.seen
    )
    return None if said else _with(approval, Seen(voter, now, looking=True))


def wave_began(approval: Approval, rung: int) -> datetime:
    """When the people of a wave were asked first; a reminder or a mail sent again begins no new one."""
    return min((asked.at for asked in approval.asked if asked.rung == rung), default=approval.asked_at)


def _same(one: Voter, other: Voter) -> bool:
    return (one.person_id, one.via, one.address) == (other.person_id, other.via, other.address)


def _with(approval: Approval, seen: Seen) -> Approval:
    return replace(approval, version=approval.version + 1, seen=(*approval.seen, seen))
