"""Everything that is known of one unit, read from the tables and the venue, with what could not be read named."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Final

from functions import earlier
from functions.earlier import Earlier
from functions.errors import Refused
from functions.facts import OrderFact, PositionFact
from functions.ports import Ports
from functions.rules.units.attribution import Attribution, Share, attribute
from functions.rules.units.fills import unrecorded
from functions.rules.units.owner import Owner, unit_of
from functions.rules.units.prices import ZERO
from functions.settings import Settings
from functions.unit_reading import Look
from functions.venue import AccountFact, Book, Fill, Market, Trouble, Unit, VenueOrder, VenuePosition

# How far back the trades of a position are read of which nobody knows when it was opened.
UNKNOWN_OPENING: Final = timedelta(days=7)
# A record may be written a moment after the trades that opened the position; they are read for their fees.
OPENING_SLACK: Final = timedelta(seconds=60)

NEEDS: Final = (
    *earlier.NEEDS,
    "exchange.account",
    "exchange.book",
    "exchange.fills",
    "exchange.market",
    "exchange.orders",
    "exchange.position",
    "orders.of",
    "positions.by_id",
    "positions.each_open",
    "strategy_config.get",
)


@dataclass(frozen=True, slots=True)
class UnitFacts:
    """None: not read, or not asked for; of a paper position nothing is asked at the venue. `siblings` are the other
    open positions of the symbol on that account, in either direction, and those of which that is not known;
    `other_orders` are the orders of those that are.
    `before`: what earlier incidents have closed of it. `whole`: everything that an attribution rests on was read.
    `unreadable` names each reading that failed, `trouble` is what the venue said to the first of them."""

    position: PositionFact
    owner: Owner
    unit: Unit | None
    orders: tuple[OrderFact, ...] = ()
    siblings: tuple[Share, ...] = ()
    venue: VenuePosition | None = None
    venue_orders: tuple[VenueOrder, ...] | None = None
    market: Market | None = None
    book: Book | None = None
    account: AccountFact | None = None
    fills: tuple[Fill, ...] | None = None
    other_orders: tuple[OrderFact, ...] = ()
    before: Earlier = earlier.NONE
    whole: bool = False
    unreadable: tuple[str, ...] = ()
    trouble: Trouble | None = None


def read_unit(
    ports: Ports,
    settings: Settings,
    position_id: str,
    *,
    incident_id: str | None = None,
    book: bool = True,
    account: bool = False,
    fills: bool = False,
) -> UnitFacts:
    """`Refused` where the position is not in the table, or its amount cannot be read; `Transient` where the table
    cannot be. Every other reading that fails is named in `unreadable`, never guessed. `incident_id`: the incident
    whose own attempts the caller counts himself. `fills`: the symbol's trades since it opened."""
    position = ports.positions.by_id([position_id]).get(position_id)
    if position is None:
        raise Refused(f"position {position_id} is not in the table")
    look = Look(ports, settings)
    owner = look.owner(position)
    unit = unit_of(position, owner)
    orders = look.table("its orders", lambda: ports.orders.of(position_id))
    if unit is None:
        look.miss(f"the unit: {', '.join(owner.missing()) or 'side or symbol'} not known")
        return UnitFacts(position, owner, None, tuple(orders or ()), unreadable=tuple(look.missed))
    siblings = look.siblings(position, unit)
    if owner.paper:
        return UnitFacts(
            position, owner, unit, tuple(orders or ()), tuple(siblings or ()), unreadable=tuple(look.missed)
        )
    before = look.table(
        "earlier closes of it", lambda: earlier.read(ports, position, tuple(orders or ()), but=incident_id)
    )
    where, symbol = unit.where, unit.symbol
    venue = look.venue("its position at the venue", lambda: ports.exchange.position(unit))
    venue_orders = look.venue("its orders at the venue", lambda: ports.exchange.orders(where, symbol))
    market = look.venue("the market", lambda: ports.exchange.market(where, symbol))
    opened = position.opened_at
    since = opened - OPENING_SLACK if opened else venue.at - UNKNOWN_OPENING if venue else None
    return UnitFacts(
        position=position,
        owner=owner,
        unit=unit,
        orders=tuple(orders or ()),
        siblings=tuple(siblings or ()),
        venue=venue,
        venue_orders=None if venue_orders is None else tuple(venue_orders),
        market=market,
        book=look.venue("the order book", lambda: ports.exchange.book(where, symbol)) if book else None,
        account=look.venue("the account", lambda: ports.exchange.account(where)) if account else None,
        fills=look.trades(lambda: ports.exchange.fills(where, symbol, since))
        if fills and since is not None
        else None,
        other_orders=tuple(look.other_orders),
        before=before or earlier.NONE,
        whole=None not in (orders, siblings, before, venue, market),
        unreadable=tuple(look.missed),
        trouble=look.trouble,
    )


def attributed(facts: UnitFacts, closed: Decimal = ZERO, also: Collection[str] = ()) -> Attribution | None:
    """What of the unit is this position's own; None where anything that it rests on was not read. `closed`: what
    the attempts of a close have filled. Trades that were read prove what the orders table does not know; `also`:
    ids of further orders of this position, in the table or not, that are no attempts (protection placed again)."""
    if not facts.whole or facts.unit is None or facts.venue is None or facts.market is None:
        return None
    position, orders = facts.position, (*facts.orders, *facts.before.orders)
    if facts.fills is not None and position.opened_at is not None:
        also = {*also, *facts.before.ids, *facts.before.stops}
        closed += unrecorded(facts.unit, position, orders, facts.fills, position.opened_at, also)
    return attribute(position, orders, facts.siblings, facts.venue, facts.market, closed)
