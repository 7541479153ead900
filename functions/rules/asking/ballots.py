"""What one person's answer does to a request: the one place where it is decided who may decide."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from math import ceil
from typing import Final, assert_never

from functions.approvals import Approval, Option, Standing, Tries, Via, Vote, Voter
from functions.rules.asking import words
from functions.rules.asking.counting import alone_from, barred, decided, decision_of, needed, supporters
from functions.rules.asking.inputs import BadInput, note_for, until_of
from functions.rules.asking.opening import not_open_yet
from functions.rules.asking.phrase import matches, spoken
from functions.rules.asking.policy import Policy
from functions.rules.glass import owed

__all__ = ["Ballot", "Kind", "Policy", "Ruling", "barred", "judge", "needed", "tries_of"]

# One item holds the whole request, and whoever is asked may change his mind without end.
MOST_REPLACED: Final = 20


class Kind(StrEnum):
    """What became of an answer. `accepted`: it decided. `waiting_for_second`: it counts, and one more is
    needed. `not_asked`: this person is not one whom this desk asks. `requester`: asked for it himself.
    `too_late`: the time is over, and nobody has written so yet. `changed_meanwhile`: the page was out of date,
    or its form was sent before. `not_open_yet`: this answer is taken from a later time on
    (`Option.opens_after`). `ended`: revoked, superseded or unreached."""

    ACCEPTED = "accepted"
    WAITING_FOR_SECOND = "waiting_for_second"
    WRONG_PHRASE = "wrong_phrase"
    TOO_SOON = "too_soon"
    UNKNOWN_OPTION = "unknown_option"
    NOT_OPEN_YET = "not_open_yet"
    BAD_UNTIL = "bad_until"
    BAD_NOTE = "bad_note"
    REQUESTER = "requester"
    NOT_ASKED = "not_asked"
    ALREADY_DECIDED = "already_decided"
    LAPSED = "lapsed"
    TOO_LATE = "too_late"
    ENDED = "ended"
    CHANGED_MEANWHILE = "changed_meanwhile"


@dataclass(frozen=True, slots=True)
class Ballot:
    """An answer as it came in, nothing of it checked. `members_seen`: how many other requests the page showed
    beside this one. `form`: the number that the form carries (`Tries.used` when it was shown); None where there
    is no form (AWS identity)."""

    option: str
    typed: str
    members_seen: int
    note: str | None = None
    until: datetime | None = None
    form: int | None = None


@dataclass(frozen=True, slots=True)
class Ruling:
    """`approval` is the next version, where something is to be written (a wrong phrase counts too); None: no
    write. `message` is a sentence for the person. `retry_after`: seconds, with `too_soon`, `not_open_yet`
    and `wrong_phrase`."""

    kind: Kind
    approval: Approval | None
    message: str
    retry_after: int | None = None


def judge(approval: Approval, voter: Voter, ballot: Ballot, now: datetime, policy: Policy) -> Ruling:
    """Total: every answer has its ruling, and none raises. `now` is aware."""
    over = _over(approval, now, policy)
    if over is not None:
        return over
    if not policy.may_answer(approval, voter.person_id):
        return Ruling(Kind.NOT_ASKED, None, words.NOT_ASKED)
    tries = tries_of(approval, voter.person_id, voter.via)
    if tries.not_before is not None and now < tries.not_before:
        wait = ceil((tries.not_before - now).total_seconds())
        return Ruling(Kind.TOO_SOON, None, words.too_soon(wait), wait)
    option = approval.option(ballot.option)
    if option is None:
        return Ruling(Kind.UNKNOWN_OPTION, None, words.UNKNOWN_OPTION)
    opens = not_open_yet(approval, option, now, policy.pace)
    if opens is not None:
        return Ruling(Kind.NOT_OPEN_YET, None, words.not_open(option, opens), ceil((opens - now).total_seconds()))
    if ballot.form is not None and ballot.form != tries.used:
        return _sent_before(approval, voter, option, policy)
    if ballot.members_seen != len(approval.members):
        return Ruling(Kind.CHANGED_MEANWHILE, None, words.MEMBERS_CHANGED)
    if not matches(ballot.typed, option, spoken(approval)):
        return _wrong(approval, tries, ballot, now, policy)
    if barred(approval, option, voter.person_id):
        return Ruling(Kind.REQUESTER, None, words.REQUESTER)
    try:
        note = note_for(option, ballot.note)
        until = until_of(ballot.until, option, now)
    except BadInput as bad:
        return Ruling(Kind.BAD_NOTE if bad.field == "note" else Kind.BAD_UNTIL, None, bad.message)
    taken = replace(tries, used=tries.used + 1)
    return _counted(approval, taken, Vote(voter, option.id, now, note, until), option, policy)


def tries_of(approval: Approval, person_id: str, via: Via = "link") -> Tries:
    """What is known of this person's wrong phrases and forms by this way; a fresh one where nothing is."""
    fresh = Tries(person_id, via=via)
    return next((tries for tries in approval.tries if _whose(tries) == _whose(fresh)), fresh)


def _whose(tries: Tries) -> tuple[str, Via]:
    return tries.person_id, tries.via


def _over(approval: Approval, now: datetime, policy: Policy) -> Ruling | None:
    """Why no answer is taken any more, from anybody."""
    match approval.standing:
        case Standing.PENDING:
            late = now >= approval.lapses_at
            return Ruling(Kind.TOO_LATE, None, words.lapsed(approval)) if late else None
        case Standing.DECIDED:
            return Ruling(Kind.ALREADY_DECIDED, None, words.already(approval, policy.names))
        case Standing.LAPSED:
            return Ruling(Kind.LAPSED, None, words.lapsed(approval))
        case Standing.UNREACHED | Standing.REVOKED | Standing.SUPERSEDED:
            return Ruling(Kind.ENDED, None, words.ended(approval))
        case _ as never:
            assert_never(never)


def _sent_before(approval: Approval, voter: Voter, option: Option, policy: Policy) -> Ruling:
    """A form that was sent twice: where it only says again what stands, it is told so."""
    standing = [v for v in approval.votes if v.voter.person_id == voter.person_id and v.option == option.id]
    if not standing:
        return Ruling(Kind.CHANGED_MEANWHILE, None, words.SENT_BEFORE)
    return Ruling(Kind.WAITING_FOR_SECOND, None, _waiting(approval, standing[0], option, policy))


def _wrong(approval: Approval, tries: Tries, ballot: Ballot, now: datetime, policy: Policy) -> Ruling:
    """Counts against this person alone, with a delay that doubles from the first one that is not free."""
    wrong = tries.wrong + 1
    wait: int | None = None
    not_before: datetime | None = None
    beyond = wrong - policy.wrong_phrases_free
    if beyond > 0:
        # 2 to the 25th seconds are a year: the bound is reached long before, and no number grows huge.
        delay = min(policy.wrong_phrase_delay * 2 ** min(beyond - 1, 25), policy.wrong_phrase_delay_most)
        not_before, wait = now + delay, ceil(delay.total_seconds())
    used = tries.used + (ballot.form is not None)
    changed = _with_tries(approval, replace(tries, wrong=wrong, used=used, not_before=not_before))
    return Ruling(Kind.WRONG_PHRASE, changed, words.wrong_phrase(wait), wait)


def _counted(approval: Approval, tries: Tries, vote: Vote, option: Option, policy: Policy) -> Ruling:
    before = next((v for v in approval.votes if v.voter.person_id == vote.voter.person_id), None)
    again = before is not None and before.option == vote.option
    # Said again, it stands since the first time: a second person's silence does not begin anew.
    standing = replace(vote, at=before.at) if before is not None and again else vote
    others = tuple(v for v in approval.votes if v.voter.person_id != vote.voter.person_id)
    replaced = approval.replaced if before is None else (*approval.replaced, before)[-MOST_REPLACED:]
    voted = replace(_with_tries(approval, tries), votes=(*others, standing), replaced=replaced)
    votes = tuple(v for v in supporters(voted, option, vote.at) if policy.may_answer(approval, v.voter.person_id))
    if len(votes) >= needed(option):
        made = decided(replace(voted, version=approval.version), decision_of(votes, option, vote.at))
        whole = owed(made, policy)
        return Ruling(Kind.ACCEPTED, whole, words.accepted(option, whole))
    return Ruling(Kind.WAITING_FOR_SECOND, voted, _waiting(voted, standing, option, policy))


def _waiting(approval: Approval, vote: Vote, option: Option, policy: Policy) -> str:
    alone_at = alone_from(approval, vote, option, policy)
    return words.waiting(option, alone_at, approval.lapses_at)


def _with_tries(approval: Approval, tries: Tries) -> Approval:
    others = tuple(one for one in approval.tries if _whose(one) != _whose(tries))
    return replace(approval, version=approval.version + 1, tries=(*others, tries))
