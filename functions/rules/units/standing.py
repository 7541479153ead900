"""The arithmetic of a unit: which of the ways to read its owners' records explains what the venue holds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import combinations
from typing import Final

from functions.rules.units.prices import ZERO
from functions.rules.units.shares import Share
from functions.venue import Market, VenuePosition

# Owners beyond which nobody looks for another explanation: there always may be one.
MOST_OWNERS: Final = 12


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to read the records. `own`: what is left of this position; `same`: what the others have in its
    direction, `against`: in the other one, where the venue nets them. `reduced`: whether exits on record are off
    the amounts already; None: of those of the platform and those of ours, the one kind is."""

    owners: tuple[Share, ...]
    own: Decimal
    same: tuple[Decimal, ...]
    against: tuple[Decimal, ...]
    reduced: bool | None

    @property
    def others(self) -> Decimal:
        return sum(self.same, ZERO)

    @property
    def rest(self) -> Decimal:
        """What is left at the venue without this position; below 0: the other way."""
        return self.others - sum(self.against, ZERO)


@dataclass(frozen=True, slots=True)
class Case:
    """A position, its siblings as they stand in the table, what the venue holds, and what is proven closed."""

    own: Share
    siblings: tuple[Share, ...]
    venue: VenuePosition
    market: Market
    closed: Decimal

    @property
    def net(self) -> Decimal:
        """What the venue holds in this direction; in one-way mode below 0 where it is turned round."""
        return self.venue.amount - (ZERO if self.venue.hedged else self.venue.opposite)

    @property
    def same(self) -> tuple[Share, ...]:
        return tuple(one for one in self.siblings if one.side == self.own.side)

    @property
    def against(self) -> tuple[Share, ...]:
        """The owners that the venue nets against this position: none where it holds both directions apart."""
        return () if self.venue.hedged else tuple(one for one in self.siblings if one.side != self.own.side)

    @property
    def alone(self) -> bool:
        return not self.same and not self.against

    @property
    def concerned(self) -> tuple[Share, ...]:
        return (self.own, *self.same, *self.against)

    @property
    def least(self) -> Decimal:
        """The smallest amount that the venue takes."""
        return max(self.market.amount_step, self.market.amount_least)

    def agree(self, one: Decimal, other: Decimal) -> bool:
        """Apart by less than a step: nothing that could be traded is in dispute. What is netted must agree to the
        digit."""
        step = ZERO if self.against else self.market.amount_step
        return one == other or abs(one - other) < step

    def readings(self) -> tuple[Reading, ...]:
        """Exits off the amounts, and, where any are recorded, exits that the platform took off them already. A
        platform does the one or the other for all of its items, and again the one or the other with the orders of
        our own closes, of which it may know nothing."""
        exited = any(one.exited > ZERO for one in self.concerned)
        ours = any(one.ours > ZERO for one in self.concerned)
        ways = [
            (reduced, ours_reduced)
            for reduced in ((False, True) if exited else (False,))
            for ours_reduced in ((False, True) if ours else (False,))
        ]
        return tuple(self._read(*way, told=_told(way, exited=exited, ours=ours)) for way in ways)

    def complete(self, reading: Reading) -> bool:
        """Everybody's share is there, and nothing else."""
        return self.agree(self.net, reading.own + reading.rest)

    def without(self, reading: Reading) -> bool:
        """This position is gone, and everybody else's share is there."""
        return self.agree(self.net, reading.rest)

    def otherwise(self, reading: Reading) -> bool:
        """This position stands, and some of the others are gone: the same amount could be so too."""
        if reading.own < self.market.amount_step:
            return False
        sums = self._sums(reading, whole=False)
        return sums is None or any(self.agree(self.net, reading.own + left) for left in sums)

    def instead(self, reading: Reading, amount: Decimal) -> bool:
        """This position is gone, or less than `amount`, and some of the others are gone: the same amount could be
        so too. Never where all of them are in one direction by one reading (`one_explanation`): there everybody's
        share is more than any choice of them."""
        sums = self._sums(reading, whole=True)
        if sums is None:
            return True
        left = {ZERO, reading.own} if reading.own < amount else {ZERO}
        return any(self.agree(self.net, own + others) for others in sums for own in left)

    @property
    def one_explanation(self) -> bool:
        """Nobody else is there, or shares only add up, by one reading."""
        return self.alone or (not self.against and len(self.readings()) == 1)

    def _sums(self, reading: Reading, *, whole: bool) -> Iterator[Decimal] | None:
        """Of every choice among the others, that of all of them only with `whole`; None: too many to look at."""
        signed = (*reading.same, *(-amount for amount in reading.against))
        if len(signed) > MOST_OWNERS:
            return None
        sizes = range(len(signed) + whole)
        return (sum(chosen, ZERO) for size in sizes for chosen in combinations(signed, size))

    def _read(self, reduced: bool, ours_reduced: bool, *, told: bool | None) -> Reading:
        own, same, against = (
            tuple(one.read(reduced=reduced, ours_reduced=ours_reduced) for one in group)
            for group in ((self.own,), self.same, self.against)
        )
        left = max(ZERO, own[0].amount - self.closed)
        return Reading(
            owners=(*own, *same, *against),
            own=left,
            same=tuple(one.amount for one in same),
            against=tuple(one.amount for one in against),
            reduced=told,
        )


def _told(way: tuple[bool, bool], *, exited: bool, ours: bool) -> bool | None:
    """`Reading.reduced`, by the kinds of exits that there are."""
    said = {done for done, there in zip(way, (exited, ours), strict=True) if there}
    return None if len(said) > 1 else True in said
