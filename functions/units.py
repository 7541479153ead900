"""Everything that is known of one unit, read from the tables and the venue, with what could not be read named."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from functions.facts import OrderFact, PositionFact
from functions.ports import Ports
from functions.rules.units.attribution import Attribution, Share
from functions.rules.units.owner import Owner
from functions.rules.units.prices import ZERO
from functions.settings import Settings
from functions.venue import (
    AccountFact,
    Book,
    Fill,
    Market,
    Trouble,
    Unit,
    VenueOrder,
    VenuePosition,
)

NEEDS: Final = (
    "exchange.account",
    "exchange.book",
    "exchange.fills",
    "exchange.market",
    "exchange.orders",
    "exchange.position",
    "orders.of",
    "positions.by_id",
    "positions.every_open",
    "strategy_config.get",
)


@dataclass(frozen=True, slots=True)
class UnitFacts:
    """None: not read, or not asked for. `siblings` are the other owners of the symbol on that account, in either
    direction. `whole`: everything that an attribution needs was read. `unreadable` names each reading that failed,
    `trouble` is what the venue said to the first of them."""

    position: PositionFact
    owner: Owner
    unit: Unit | None
    orders: tuple[OrderFact, ...]
    siblings: tuple[Share, ...]
    venue: VenuePosition | None
    venue_orders: tuple[VenueOrder, ...] | None
    market: Market | None
    book: Book | None
    account: AccountFact | None
    fills: tuple[Fill, ...] | None
    other_orders: tuple[OrderFact, ...]
    whole: bool
    unreadable: tuple[str, ...]
    trouble: Trouble | None


def read_unit(
    ports: Ports,
    settings: Settings,
    position_id: str,
    *,
    book: bool = True,
    account: bool = False,
    fills: bool = False,
) -> UnitFacts:
    """`Refused` where the position is not in the table; `Transient` where the table itself cannot be read. Every
    other reading that fails is named in `unreadable`, never guessed. `fills`: the symbol's trades since it opened."""
    raise NotImplementedError


def attributed(facts: UnitFacts, closed: Decimal = ZERO) -> Attribution | None:
    """What of the unit is this position's own; None where anything that it rests on was not read."""
    raise NotImplementedError
