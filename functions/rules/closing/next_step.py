"""What comes next in a close, from what stands in the records and at the venue. Pure: it can be asked again after
any crash, and gives the same answer for the same facts."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Final

from functions.approvals import CloseTerms
from functions.ports.exchange import Attempt, How
from functions.rules.closing import away
from functions.rules.closing.away import Patience, Waited
from functions.rules.closing.beyond import why_void
from functions.rules.closing.rounds import filled, open_one, passing, why_no_more
from functions.rules.closing.settled import row_of
from functions.rules.units.attribution import Attribution, Standing
from functions.rules.units.fills import ClosingFills
from functions.rules.units.prices import pieces, reachable
from functions.venue import Book, Market, Row, VenueOrder

# What is believed only after so many looks in a row, because a venue's answers may lag behind one another.
FLAT_READS: Final = 2
ODD_LOOKS: Final = 3
THIN_LOOKS: Final = 2
UNPROVEN_LOOKS: Final = 4
UNREAD_LOOKS: Final = 10
RESTORES: Final = 4
# Seconds.
PAUSE: Final = 2
UNREAD_PAUSE: Final = 5
# Asked to wait for longer by a venue that is not away, a person decides.
LONGEST_PAUSE: Final = 300
# How often exits and entries are cancelled, and one order is asked for of which nothing is written down.
CLEARS: Final = 4
ASKS: Final = 3
# Nothing that could be sent would be taken: no further attempt.
HOPELESS: Final = frozenset({Row.KEY, Row.FROZEN, Row.INVALID_SYMBOL})


class Step(StrEnum):
    ATTEMPT = "attempt"
    CLEAR_EXITS = "clear_exits"
    UNPROTECTED = "unprotected"
    RESTORE = "restore"
    WAIT = "wait"
    FLAT = "flat"
    END = "end"


@dataclass(frozen=True, slots=True)
class Seen:
    """What the looks before this one have seen. Counts are of looks in a row, except `restores`. The numbers are
    those of attempts: after which a pause was made, after which the exits were cleared, for which the protection
    was taken off, which was asked for last (`repeats`: how often, with a pause after each, `clears`: how often
    orders were cancelled before one was sent). `bare`: protection was missing when the unit was last read, or was
    taken off since. `paged`: a person was called for that. `placing`: it was to be placed again by the step before
    this look. `waited`: for a venue that went away."""

    flat: int = 0
    odd: int = 0
    thin: int = 0
    unread: int = 0
    unproven: int = 0
    restores: int = 0
    paused_after: int = 0
    cleared_after: int = 0
    bared_after: int = 0
    asked: int = 0
    repeats: int = 0
    clears: int = 0
    bare: bool = False
    paged: bool = False
    placing: bool = False
    waited: Waited = field(default_factory=Waited)


@dataclass(frozen=True, slots=True)
class Order:
    """One attempt to be sent: its number, the amount in base units, and the worst price (None: any)."""

    number: int
    amount: Decimal
    worst_price: Decimal | None


@dataclass(frozen=True, slots=True)
class Facts:
    """`attempts`: of this approval; `next_number`: after every one of the incident. `settles_at`: when the open one
    can be settled. `opposite`: held the other way by a one-way account. `unreadable`: what could not be read.
    `missing`: protection that was written down and does not rest at the venue. `exits`, `protected`: how many of
    this position's exits and protective orders work, `entries`: those that would make it larger. `alone`: nobody
    else owns a part of the unit. `proof`: the fills that closed it, where it looks flat. `retry_after`: seconds for
    which the venue takes nothing. `row`: what the venue said to the reading that failed, `not_placed`: to the
    protection that was to be placed again."""

    now: datetime
    terms: CloseTerms
    bounded: bool
    holds: timedelta
    attempts_most: int
    reads_apart: int
    patience: Patience
    attempts: tuple[Attempt, ...]
    next_number: int
    settles_at: datetime | None
    attribution: Attribution | None
    opposite: Decimal
    market: Market | None
    book: Book | None
    missing: tuple[VenueOrder, ...]
    exits: int
    protected: int
    proof: ClosingFills | None
    alone: bool = True
    entries: int = 0
    retry_after: int | None = None
    unreadable: tuple[str, ...] = ()
    row: Row | None = None
    not_placed: Row | None = None
    seen: Seen = field(default_factory=Seen)


@dataclass(frozen=True, slots=True)
class Verdict:
    """`seconds` to wait, for `wait`, until a time of the real clock (`exact`) or as the pace of looks. `how` ends
    it, for `end`. `away`: it is waited for the venue. `page`: a person must know now, the position may be without
    its protection."""

    step: Step
    why: str
    seen: Seen
    seconds: int = 0
    exact: bool = False
    order: Order | None = None
    how: How | None = None
    away: bool = False
    page: bool = False


def next_step(facts: Facts) -> Verdict:
    seen = facts.seen
    standing = facts.attribution
    waiting = open_one(facts.attempts)
    if standing is None or facts.market is None or facts.unreadable:
        return _unread(facts, waiting is not None)
    placing, refuses = seen.placing, facts.not_placed in away.AWAY
    seen = replace(seen, unread=0, bare=bool(facts.missing), placing=False)
    if seen.waited.looks and not (facts.attempts and passing(facts.attempts[-1])) and not (seen.bare and refuses):
        seen = replace(seen, waited=seen.waited.back)
    if facts.missing and min(standing.venue, standing.own) > 0 and standing.standing is not Standing.FLAT:
        seen = replace(seen, flat=0)
        why = f"{len(facts.missing)} protective orders do not rest at the venue, and it is not flat"
        if placing and facts.not_placed is not None and refuses:
            # It reads, and places nothing: no try is used up by that.
            ends: How = "not_closed" if waiting is None else "unknown"
            seen = replace(seen, restores=seen.restores - 1)
            return _away(facts, seen, facts.not_placed, f"{why}; it takes no order", ends)
        if seen.restores < RESTORES:
            return Verdict(Step.RESTORE, why, replace(seen, restores=seen.restores + 1, placing=True))
        # Once more at the end; nothing more is sent without it.
        if waiting is None:
            return _end(seen, "not_closed", "its protection could not be placed again")
    if waiting is not None:
        seconds = _until(facts.settles_at, facts.now)
        why = f"attempt {waiting.number} is not settled"
        return Verdict(Step.WAIT, why, replace(seen, flat=0), seconds, exact=True)
    match standing.standing:
        case Standing.FLAT:
            return _flat(facts, replace(seen, odd=0, thin=0))
        case Standing.BREAK:
            return _odd(standing.told, facts, replace(seen, flat=0, thin=0, unproven=0), "break")
        case Standing.DUST:
            return _odd(standing.told, facts, replace(seen, flat=0, thin=0, unproven=0), "dust")
        case Standing.AGREED:
            return _close(facts, standing, facts.market, replace(seen, flat=0, odd=0, unproven=0))


def _unread(facts: Facts, may_work: bool) -> Verdict:
    """What is not known is looked at again, and ends by itself. Counts that rest on looks in a row begin anew."""
    seen = replace(facts.seen, flat=0, odd=0, thin=0, unread=facts.seen.unread + 1)
    why = f"not readable: {'; '.join(facts.unreadable) or 'the unit'}"
    if facts.row in away.AWAY:
        how: How = "unknown" if may_work or filled(facts.attempts) else "not_closed"
        return _away(facts, replace(seen, unread=0), facts.row, why, how)
    seconds = max(UNREAD_PAUSE, facts.retry_after or 0)
    if seen.unread <= UNREAD_LOOKS and seconds <= LONGEST_PAUSE:
        return Verdict(Step.WAIT, why, seen, seconds)
    return _end(seen, "unknown" if may_work or filled(facts.attempts) else "not_closed", why)


def _away(facts: Facts, seen: Seen, row: Row, why: str, how: How, *, order: bool = False) -> Verdict:
    """Waits for a venue that is gone for a while, and then looks again: what was sent is looked up, and what was
    approved holds, or is asked again."""
    found = away.wait(seen.waited, row, facts.patience, retry_after=facts.retry_after, order=order, bare=seen.bare)
    if found is None:
        more = f"; it takes nothing for {facts.retry_after} s" if facts.retry_after else ""
        return _end(seen, how, f"{why}; {seen.waited.told}{more}")
    seconds, waited = found
    page = seen.bare and not seen.paged
    seen = replace(seen, waited=waited, paged=seen.paged or page)
    return Verdict(Step.WAIT, why, seen, seconds, away=True, page=page)


def _flat(facts: Facts, seen: Seen) -> Verdict:
    """Believed after two reads and the fills that closed it."""
    seen = replace(seen, flat=seen.flat + 1)
    works = facts.entries + facts.exits + facts.protected
    if not facts.alone and works and seen.clears < CLEARS and filled(facts.attempts) >= facts.terms.amount:
        # Its own fills are proof enough: what still works of it can only close what the others own.
        return Verdict(Step.CLEAR_EXITS, f"all of it is closed, and {works} orders of it work", _cleared(seen))
    if seen.flat < FLAT_READS:
        return Verdict(Step.WAIT, "flat by one read: read again", seen, facts.reads_apart)
    if facts.proof is not None and facts.proof.whole and facts.proof.average is not None:
        told = f". {facts.attribution.told}" if facts.attribution and not facts.alone else ""
        why = f"flat by {seen.flat} reads, and the fills of {facts.proof.amount} were found{told}"
        return Verdict(Step.FLAT, why, seen)
    seen = replace(seen, unproven=seen.unproven + 1)
    found = facts.proof.amount if facts.proof else Decimal(0)
    why = f"flat at the venue, and the trades that closed it are not all listed: {found} by what is"
    if seen.unproven < UNPROVEN_LOOKS:
        return Verdict(Step.WAIT, why, seen, facts.reads_apart)
    return _end(seen, "unknown", why)


def _odd(why: str, facts: Facts, seen: Seen, how: How) -> Verdict:
    """A venue's position may lag behind its orders for a moment."""
    seen = replace(seen, odd=seen.odd + 1)
    if seen.odd < ODD_LOOKS:
        return Verdict(Step.WAIT, why, seen, facts.reads_apart)
    return _end(seen, how, why)


def _close(facts: Facts, standing: Attribution, market: Market, seen: Seen) -> Verdict:
    closed, attempts = filled(facts.attempts), facts.attempts
    void = why_void(
        facts.terms,
        left=standing.amount,
        closed=closed,
        opposite=facts.opposite,
        step=market.amount_step,
        now=facts.now,
        holds=facts.holds,
        away=seen.waited.long(facts.patience),
    )
    if void:
        return _end(seen, "void", void)
    last = attempts[-1] if attempts else None
    row = row_of(last) if last else None
    if why := why_no_more(attempts, facts.attempts_most):
        return _end(seen, "not_closed", why)
    if last and row in HOPELESS:
        return _end(seen, "not_closed", f"the venue refuses: {last.why}")
    if last and row is Row.NOTHING_TO_REDUCE and facts.exits and seen.cleared_after < last.number:
        why = f"{facts.exits} working exits hold the quantity"
        return Verdict(Step.CLEAR_EXITS, why, replace(seen, cleared_after=last.number))
    if last and seen.paused_after < last.number and (last.filled or 0) < last.amount:
        why = f"attempt {last.number} left something: {last.why or last.state.value}"
        if row is not None and passing(last):
            return _away(facts, replace(seen, paused_after=last.number), row, why, "not_closed", order=True)
        seconds = max(PAUSE, facts.retry_after or 0)
        if seconds > LONGEST_PAUSE:
            return _end(seen, "not_closed", f"the venue takes nothing for {seconds} s; {why}")
        return Verdict(Step.WAIT, why, replace(seen, paused_after=last.number), seconds)
    worst = facts.terms.worst_price if facts.bounded else None
    # Never more than was approved, whatever the step that is allowed for above.
    sendable = pieces(min(standing.amount, facts.terms.amount - closed), market, facts.bounded)
    if not sendable:
        why = f"{standing.amount} is less than the venue takes"
        return _odd(why, facts, replace(seen, thin=0), "dust")
    if worst is not None:
        if facts.book is None:
            return _unread(replace(facts, unreadable=("the order book",)), may_work=False)
        if reachable(facts.book, facts.terms.side, sendable[0], worst) <= 0:
            seen = replace(seen, thin=seen.thin + 1)
            why = f"the book fills nothing inside the bound of {worst}"
            return _end(seen, "void", why) if seen.thin >= THIN_LOOKS else Verdict(Step.WAIT, why, seen, PAUSE)
    order = Order(facts.next_number, sendable[0], worst)
    why, seen = f"{standing.amount} to close", replace(seen, thin=0)
    works = f"{facts.exits} working exits and {facts.entries} entries of it"
    if facts.exits + facts.entries and seen.clears < CLEARS:
        return Verdict(Step.CLEAR_EXITS, f"{works} go first", _cleared(seen))
    if facts.exits and not facts.alone:
        # One that fills beside our order closes what the others own.
        return _end(seen, "not_closed", f"{works} could not be cancelled")
    seen = replace(seen, asked=order.number, repeats=seen.repeats + 1 if seen.asked == order.number else 0)
    if seen.repeats >= 2 * ASKS:
        return _end(seen, "not_closed", f"attempt {order.number} could not be written down")
    if seen.repeats % 2:
        return Verdict(Step.WAIT, f"attempt {order.number} was not written down", seen, PAUSE)
    if _held(facts, last, row, seen):
        why = f"{why}; {facts.protected} protective orders hold the quantity"
        return Verdict(Step.UNPROTECTED, why, replace(seen, bared_after=order.number, bare=True), order=order)
    return Verdict(Step.ATTEMPT, why, seen, order=order)


def _held(facts: Facts, last: Attempt | None, row: Row | None, seen: Seen) -> bool:
    """Whether the protection has to go for this one attempt. The venue has said that nothing is there to reduce,
    and something is: resting orders hold the quantity. Exits are cleared first, and a plain attempt follows;
    protection goes last. Where it had to go once, it has to go for what is left as well."""
    if not facts.protected:
        return False
    refused = last is not None and row is Row.NOTHING_TO_REDUCE and seen.cleared_after < last.number
    return refused or seen.bared_after > 0


def _cleared(seen: Seen) -> Seen:
    return replace(seen, clears=seen.clears + 1)


def _until(at: datetime | None, now: datetime) -> int:
    """Whole seconds, at least one."""
    return max(1, int((at - now).total_seconds()) + 1) if at else 1


def _end(seen: Seen, how: How, why: str) -> Verdict:
    return Verdict(Step.END, why, seen, how=how)
