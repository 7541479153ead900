"""What the venues say of open positions: how much they hold, what protects it, which orders work there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from functions import at_venues
from functions.at_venues import Held
from functions.facts import ExposureFact, PositionFact, VenueUnitFact
from functions.ports import Ports
from functions.rules.units.owner import unit_of
from functions.rules.venue_orders import ZERO, covered, told
from functions.settings import Settings
from functions.venue import Unit

NEEDS: Final = at_venues.NEEDS
# Of one net position.
MOST_ORDERS: Final = 8


def with_venues(ports: Ports, settings: Settings, fact: ExposureFact, *, within: float) -> ExposureFact:
    """The same exposure with what its venues say. Only real money is asked for; never raises for a venue."""
    if not fact.positions:
        return fact
    configs, why = at_venues.configs_of(ports)
    unread = [f"strategy configs: {why}"] if configs is None else []
    units: dict[Unit, list[PositionFact]] = {}
    for position in fact.positions:
        owner = at_venues.owner(settings, configs, position)
        unit = unit_of(position, owner)
        if unit is not None and owner.live:
            units.setdefault(unit, []).append(position)
        elif owner.live and configs is not None:
            unread.append(f"position {position.position_id}: nobody says its venue, account, symbol or side")
    held = at_venues.read(ports, sorted({unit.where for unit in units}, key=at_venues.named), within=within)
    unread += [f"{at_venues.named(where)}: {one.why}" for where, one in held.items() if not one.read]
    found = [_unit(unit, rows, held[unit.where]) for unit, rows in units.items() if held[unit.where].read]
    return replace(fact, units=tuple(found), venues_unread=tuple(unread))


def _unit(unit: Unit, rows: Sequence[PositionFact], held: Held) -> VenueUnitFact:
    amount = sum((one.amount for one in held.positions or () if one.unit == unit), ZERO)
    orders = [one for one in held.orders or () if one.symbol == unit.symbol]
    listed = [(one.order_id, told(one)) for one in orders[:MOST_ORDERS]]
    return VenueUnitFact(
        unit.venue,
        unit.account,
        unit.symbol,
        unit.side,
        amount,
        covered(unit, amount, orders),
        tuple(listed),
        tuple(sorted(one.position_id for one in rows)),
    )
