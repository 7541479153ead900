"""What is open after a stop, and whether anything protects it. A stop closes no position."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Final

from functions.facts import OrderFact, PositionFact
from functions.rules.units.owner import Owner, unit_of
from functions.rules.venue_orders import covered
from functions.venue import VenueOrder, VenuePosition

HUNDRED: Final = Decimal(100)


class Rests(StrEnum):
    """Whether protection rests at the venue. `flat`: the venue holds nothing of the unit. `paper`: no money is at
    risk. `unasked`: nobody says whether it is real money, or where."""

    WHOLE = "whole"
    PARTLY = "partly"
    NONE = "none"
    FLAT = "flat"
    UNKNOWN = "unknown"
    PAPER = "paper"
    UNASKED = "unasked"


@dataclass(frozen=True, slots=True)
class AtVenue:
    """One position as its venue has it; None: not known. `profit`: in the quote currency, at the mark. `distance`:
    of the mark to liquidation, in percent. `worth`: the table's amount at the mark, in the quote currency."""

    rests: Rests
    why: str
    profit: Decimal | None = None
    distance: Decimal | None = None
    worth: Decimal | None = None

    def told(self) -> str:
        profit = f"; profit {self.profit:.2f}" if self.profit is not None else "; profit unknown"
        far = f", {self.distance:.1f} % from liquidation" if self.distance is not None else ""
        shown = self.rests in (Rests.WHOLE, Rests.PARTLY, Rests.NONE)
        return f"at the venue: {self.why}{profit + far if shown else ''}"


NOT_READ: Final = AtVenue(Rests.UNASKED, "unknown, it was not asked")


@dataclass(frozen=True, slots=True)
class Open:
    """One open position. `protective` are order ids of the orders table; None: that could not be read. `leaving`:
    the table says that an exit is on its way."""

    position: PositionFact
    protective: tuple[str, ...] | None
    leaving: bool
    venue: AtVenue = NOT_READ

    @property
    def unprotected(self) -> bool:
        """Nothing is known to protect all of it. The venue's word counts; the table's where it was not asked."""
        match self.venue.rests:
            case Rests.WHOLE | Rests.FLAT | Rests.PAPER:
                return False
            case Rests.PARTLY | Rests.NONE | Rests.UNKNOWN:
                return True
            case Rests.UNASKED:
                return not self.protective

    @property
    def proven(self) -> bool:
        return self.venue.rests not in (Rests.UNKNOWN, Rests.UNASKED)

    def told(self) -> str:
        p = self.position
        if self.protective is None:
            protection = "the orders table could not be read"
        elif self.protective:
            protection = f"protective orders in the table: {len(self.protective)}"
        else:
            protection = "NO protective order in the table"
        leaving = ", exit on its way" if self.leaving else ""
        return (
            f"{p.position_id} of {p.strategy_id or 'an unknown strategy'}: {p.side or 'unknown side'} {p.amount:f} "
            f"{p.symbol or 'unknown symbol'} at {p.exchange or 'an unknown venue'}{leaving}; "
            f"{self.venue.told()}; {protection}"
        )


def exposed_by(
    positions: Iterable[PositionFact],
    orders: Iterable[OrderFact] | None,
    strategy_ids: Collection[str] | None,
) -> tuple[Open, ...]:
    """Those without known protection first. `orders` None: not readable. `strategy_ids` None: everybody's;
    a position of nobody known may be anybody's."""
    protective: dict[str, list[str]] = {}
    exits: set[str] = set()
    for order in orders or ():
        if order.protective:
            protective.setdefault(order.position_id, []).append(order.order_id)
        elif order.reducing:
            exits.add(order.position_id)
    found = [
        Open(
            p,
            None if orders is None else tuple(sorted(protective.get(p.position_id, ()))),
            p.status == "closing" or p.exit_signal_at is not None or p.position_id in exits,
        )
        for p in positions
        if concerns(strategy_ids, p)
    ]
    return weightiest_first(found)


def concerns(strategy_ids: Collection[str] | None, position: PositionFact) -> bool:
    """`strategy_ids` None: everybody's; a position of nobody known may be anybody's."""
    return strategy_ids is None or not position.strategy_id or position.strategy_id in strategy_ids


def weightiest_first(found: Iterable[Open]) -> tuple[Open, ...]:
    return tuple(sorted(found, key=lambda one: (not one.unprotected, one.position.position_id)))


def at_venue(
    position: PositionFact,
    owner: Owner,
    orders: Sequence[VenueOrder] | None,
    positions: Sequence[VenuePosition] | None,
    why: str,
) -> AtVenue:
    """`orders` and `positions`: all of the account; None where they could not be read, and `why`."""
    if owner.paper:
        return AtVenue(Rests.PAPER, "not asked, it is no real money")
    if not owner.live:
        return AtVenue(Rests.UNASKED, "unknown, nobody says whether it is real money")
    unit = unit_of(position, owner)
    if unit is None:
        missing = ", ".join(owner.missing()) or "side or symbol"
        return AtVenue(Rests.UNKNOWN, f"unknown, nobody says its {missing}")
    if positions is None or orders is None:
        return AtVenue(Rests.UNKNOWN, f"unknown, {unit.venue}/{unit.account} could not be read ({why})")
    held = next((one for one in positions if one.unit == unit and one.amount > 0), None)
    if held is None:
        return AtVenue(Rests.FLAT, f"{unit.venue}/{unit.account} holds nothing of it")
    rests, told = rests_for(held, orders)
    worth = None if held.mark_price is None else abs(position.amount) * held.mark_price
    return AtVenue(rests, told, _profit(position, held), distance(held), worth)


def rests_for(held: VenuePosition, orders: Sequence[VenueOrder]) -> tuple[Rests, str]:
    """Whether protective orders cover all that the venue holds of a unit."""
    cover = covered(held.unit, held.amount, orders)
    if cover >= held.amount:
        return Rests.WHOLE, f"protected, it holds {held.amount:f}"
    if cover > 0:
        return Rests.PARTLY, f"PROTECTED IN PART ONLY, {cover:f} of the {held.amount:f} that it holds"
    return Rests.NONE, f"NO PROTECTION RESTS THERE, it holds {held.amount:f}"


def distance(held: VenuePosition) -> Decimal | None:
    """Of the mark to liquidation, in percent of the mark."""
    mark, end = held.mark_price, held.liquidation_price
    return abs(mark - end) / mark * HUNDRED if mark and end is not None else None


def strangers(
    positions: Iterable[VenuePosition], orders: Sequence[VenueOrder], known: Collection[object]
) -> tuple[tuple[str, bool], ...]:
    """What a venue holds although the table knows no open position of that unit: a sentence, and whether all of it
    is protected. `known`: the units of the table."""
    found = []
    for held in positions:
        if held.amount > 0 and held.unit not in known:
            rests, told = rests_for(held, orders)
            unit = held.unit
            name = f"{unit.venue}/{unit.account} {unit.side} {unit.symbol}"
            found.append((f"{name}, of which the table knows no open position: {told}", rests is Rests.WHOLE))
    return tuple(found)


def told_in_short(
    positions: Iterable[PositionFact] | None,
    orders: Iterable[OrderFact] | None,
    strategy_ids: Collection[str] | None,
) -> str:
    """How many are open, and how many of them without a protective order in the table; None: not readable."""
    if positions is None:
        return "not readable: look at every exchange"
    found = exposed_by(positions, orders, strategy_ids)
    if not found:
        return "none in the table"
    bare = sum(one.unprotected for one in found)
    protection = (
        "what protects them is not readable" if orders is None else f"{bare} without a protective order there"
    )
    return f"{len(found)} in the table, {protection}"


def _profit(position: PositionFact, held: VenuePosition) -> Decimal | None:
    """Of the table's position, at the venue's mark; without fees and funding."""
    if position.entry_price is None or held.mark_price is None:
        return None
    gain = (held.mark_price - position.entry_price) * position.amount
    return gain if held.unit.side == "long" else -gain
