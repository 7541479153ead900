"""What of a unit's net position is this position's own.

Never taken from anybody else: what may be closed is at most this position's own share, and at most what the venue
holds beside the shares of the others. What two explanations fit equally well is a break, not a guess.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from functions.facts import OrderFact, PositionFact
from functions.rules.units.prices import ZERO, down_to_step
from functions.rules.units.shares import Share, share_of
from functions.rules.units.standing import Case, Reading
from functions.rules.units.words import number
from functions.venue import Market, VenuePosition

__all__ = ["Attribution", "Share", "Standing", "attribute", "share_of"]


class Standing(StrEnum):
    """`flat`: this position is gone from the venue, whoever else still holds something there. `break`: what the
    venue holds and what the table says cannot be brought together: no order, no correction. `dust`: what is left
    is less than the venue takes as an order."""

    AGREED = "agreed"
    FLAT = "flat"
    BREAK = "break"
    DUST = "dust"


@dataclass(frozen=True, slots=True)
class Attribution:
    """`amount`: what may be closed of this position, a multiple of the step: never more than its own share (the
    venue's amount where it is the only owner and both agree within a step), never more than the venue holds beside
    the others' shares; 0 unless `agreed`. `own`, `others`: what the table leaves in this direction. `venue`: what
    the venue holds in it. `rest`: what must be left at the venue when this position is closed. `owners`: this
    position first. `told`: sentences for people."""

    standing: Standing
    amount: Decimal
    own: Decimal
    others: Decimal
    venue: Decimal
    rest: Decimal
    owners: tuple[Share, ...]
    told: str


def attribute(
    position: PositionFact,
    orders: Sequence[OrderFact],
    siblings: Sequence[Share],
    venue: VenuePosition,
    market: Market,
    closed: Decimal = ZERO,
) -> Attribution:
    """`orders`: this position's, whatever became of them. `siblings`: every other open table position of the same
    venue, account and symbol, in either direction, and those of which that is not known. `closed`: what is proven
    to be closed of this position besides what `orders` tell as filled: the fills of a close's own attempts, and
    fills of its own orders that the table does not know (`fills.unrecorded`)."""
    own = share_of(position, orders, venue.unit.side)
    case = Case(own, tuple(siblings), venue, market, max(ZERO, closed))
    for judge in (_impossible, _empty, _doubtful, _remainder, _complete, _gone):
        if (verdict := judge(case)) is not None:
            return verdict
    return _break(case, "No reading of the table explains what the venue holds.")


def _impossible(case: Case) -> Attribution | None:
    """Facts that contradict themselves decide nothing."""
    if not case.venue.hedged and case.venue.amount > ZERO and case.venue.opposite > ZERO:
        return _break(case, "The venue is said to net and to hold both directions.")
    if any(one.table < ZERO for one in case.concerned):
        return _break(case, "An amount of the table is below 0.")
    return None


def _empty(case: Case) -> Attribution | None:
    """Nothing is there, and nothing nets: whoever had a share has none any more."""
    if case.net != ZERO or case.against:
        return None
    gone = f" Neither is what the table leaves to {len(case.same)} other owners." if case.same else ""
    return _made(case, Standing.FLAT, case.readings()[0], f"The venue holds nothing of it.{gone}", rest=ZERO)


def _doubtful(case: Case) -> Attribution | None:
    doubts = [one.told() for one in case.siblings if one.doubt]
    return _break(case, f"It is not known who else is in it: {'; '.join(doubts)}.") if doubts else None


def _remainder(case: Case) -> Attribution | None:
    if case.alone and ZERO < case.venue.amount < case.least:
        told = f"The venue holds {number(case.venue.amount)}, less than the {number(case.least)} that it takes."
        return _made(case, Standing.DUST, case.readings()[0], told)
    return None


def _complete(case: Case) -> Attribution | None:
    """Everybody's share is there: the reading that says so holds, if what follows from it is one thing alone."""
    found = [reading for reading in case.readings() if case.complete(reading)]
    if not found:
        return None
    verdicts = [_of_complete(case, reading) for reading in found]
    # Of readings that lead to the same, the one that leaves more to the others.
    chosen = max(verdicts, key=lambda verdict: verdict.rest)
    if any((one.standing, one.amount) != (chosen.standing, chosen.amount) for one in verdicts):
        return _break(case, "The exits on record may or may not be off the amounts: both fit, by different shares.")
    sure = chosen.standing is not Standing.AGREED or case.one_explanation
    if not sure and any(case.instead(reading, chosen.amount) for reading in case.readings()):
        return _break(case, "It fits that everybody's share is there, and as well that this position is gone.")
    return chosen


def _of_complete(case: Case, reading: Reading) -> Attribution:
    if reading.own < case.market.amount_step and not case.alone:
        return _made(case, Standing.FLAT, reading, f"All of it is closed{_beside(reading)}.")
    if reading.rest < ZERO:
        told = "The venue nets it against the other direction: it cannot be closed without taking that one's part."
        return _break(case, told)
    most = case.net if case.alone else min(reading.own, case.net - reading.rest, case.venue.amount)
    amount = down_to_step(most, case.market.amount_step)
    if amount < case.least:
        told = f"Its share is {number(reading.own)}, less than the {number(case.least)} that the venue takes."
        return _made(case, Standing.DUST, reading, told)
    told = f"The venue holds {number(case.venue.amount)}, as the table says{_how(reading)}{_beside(reading)}."
    return _made(case, Standing.AGREED, reading, told, amount=amount)


def _gone(case: Case) -> Attribution | None:
    """What is there is the others', to the step; unless it might as well be this position's and theirs is gone."""
    found = [reading for reading in case.readings() if case.without(reading)]
    if not found or case.alone:
        return None
    if any(map(case.otherwise, case.readings())):
        return _break(case, "Somebody's share is gone, and the amounts do not tell whose.")
    told = f"What the venue holds is what the table leaves to the others{_beside(found[0])}: this position is gone."
    return _made(case, Standing.FLAT, found[0], told)


def _break(case: Case, why: str) -> Attribution:
    held = f"the venue holds {number(case.venue.amount)} {case.own.side}"
    if case.venue.opposite:
        held += f" and {number(case.venue.opposite)} the other way"
    owners = "; ".join(one.told() for one in (case.own, *case.siblings))
    closed = f", closed since {number(case.closed)}" if case.closed else ""
    told = f"{why} Position break: {held}; the table has {owners}{closed}."
    return _made(case, Standing.BREAK, case.readings()[0], told)


def _made(
    case: Case,
    standing: Standing,
    reading: Reading,
    told: str,
    *,
    amount: Decimal = ZERO,
    rest: Decimal | None = None,
) -> Attribution:
    return Attribution(
        standing=standing,
        amount=amount,
        own=reading.own,
        others=reading.others,
        venue=case.venue.amount,
        rest=reading.rest if rest is None else rest,
        owners=reading.owners,
        told=told,
    )


def _how(reading: Reading) -> str:
    if not any(one.out for one in reading.owners):
        return ""
    if reading.reduced is None:
        return " less those exits on record that are not off the amounts already"
    return " (exits on record are off the amounts already)" if reading.reduced else " less the exits on record"


def _beside(reading: Reading) -> str:
    count = len(reading.owners) - 1
    return f", beside {number(reading.rest)} of {count} other owner{'s' * (count != 1)}" if count else ""
