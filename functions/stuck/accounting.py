"""What a close came to: price, fees and funding, by the venue's own fills."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Final

from functions import units
from functions.errors import RunbookError
from functions.facts import OrderFact, PositionFact
from functions.ports import Ports
from functions.rules.stuck.overdue import due_by
from functions.rules.units.fills import OURS, STOP, ClosingFills, closing_fills, cut_to, ids_of, own_ids
from functions.rules.units.pnl import Pnl, Rates, pnl, rates_needed, share_of_unit
from functions.settings import Settings
from functions.stuck import protection, signals
from functions.stuck.due import price_when_due, rate
from functions.stuck.signals import Bots
from functions.stuck.state import Accounted
from functions.units import UnitFacts
from functions.venue import CLOSES, Fill, Funding, Unit

NEEDS: Final = (
    *units.NEEDS,
    *protection.NEEDS,
    *signals.NEEDS,
    "closes.attempts",
    "exchange.funding",
    "exchange.rate",
)
MOST_ORDERS: Final = 50


def account(ports: Ports, settings: Settings, position_id: str, incident_id: str) -> Accounted:
    facts = units.read_unit(ports, settings, position_id, incident_id=incident_id, book=False, fills=True)
    attempts = tuple(ports.closes.attempts(position_id, incident_id))
    ours = {name for one in attempts for name in (one.client_order_id, one.order_id) if name}
    unreadable = list(facts.unreadable)
    stops = protection.stops(ports, position_id, incident_id)
    bots = Bots(ports, settings)
    found = _pnl(ports, facts, closing_of(facts, ours, stops), ours | set(stops), unreadable, bots)
    orders = facts.orders[-MOST_ORDERS:]
    return Accounted(
        position=facts.position, orders=orders, attempts=attempts, pnl=found, unreadable=tuple(unreadable)
    )


def _pnl(
    ports: Ports,
    facts: UnitFacts,
    closing: ClosingFills | None,
    ours: set[str],
    unreadable: list[str],
    bots: Bots,
) -> Pnl | None:
    unit, position = facts.unit, facts.position
    if unit is None or facts.market is None or position.opened_at is None:
        return None
    if closing is None or not closing.fills:
        return None
    quote, opened = facts.market.quote, position.opened_at
    opening = _opening(unit, position, facts.orders, facts.fills or ())
    funding = _funding(ports, unit, opened, closing.last_at, unreadable)
    rates = _rates(ports, unit, quote, [*closing.fills, *(opening or ())], funding or (), unreadable)
    others = sum((one.table for one in facts.siblings if one.side == unit.side), Decimal(0))
    return pnl(
        direction=unit.side,
        quote=quote,
        entry_price=position.entry_price,
        closing=closing.fills,
        opening=opening,
        rates=rates,
        funding=funding,
        funding_share=None if _shared(facts, closing, ours) else share_of_unit(position.amount, others),
        due_price=_due_price(ports, unit, position, facts.orders, quote, unreadable, bots),
    )


def closing_of(facts: UnitFacts, ours: set[str], stops: Mapping[str, str]) -> ClosingFills | None:
    """None: the trades were not read. `stops`: ids of its protection (stuck/protection.py)."""
    unit, position = facts.unit, facts.position
    if unit is None or facts.fills is None or facts.market is None or position.opened_at is None:
        return None
    own = own_ids(position, facts.orders, unit.side)
    again = dict.fromkeys(facts.before.stops, STOP)
    made = dict.fromkeys({*facts.before.ids, *ours}, OURS)
    ids = {**ids_of(facts.other_orders), **own, **again, **stops, **made}
    step = facts.market.amount_step
    return closing_fills(unit, facts.fills, position.opened_at, position.amount, step, ids)


def _shared(facts: UnitFacts, closing: ClosingFills, ours: set[str]) -> bool:
    """Somebody else traded the unit while it was open: then nobody knows whose the funding was, hour by hour."""
    position, unit = facts.position, facts.unit
    if unit is None or position.opened_at is None:
        return True
    opened, until = position.opened_at, closing.last_at
    own = {name for one in facts.orders for name in (one.client_order_id, one.order_id) if name} | ours
    closed = {fill.fill_id for fill in closing.fills}

    def is_own(fill: Fill) -> bool:
        entered = fill.side != CLOSES[unit.side] and abs(fill.at - opened) <= units.OPENING_SLACK
        return fill.fill_id in closed or entered or bool({fill.order_id, fill.client_order_id} & own)

    return any(
        not is_own(fill)
        for fill in facts.fills or ()
        if fill.position_side in (None, unit.side) and (until is None or fill.at <= until)
    )


def _opening(
    unit: Unit, position: PositionFact, orders: Sequence[OrderFact], fills: Sequence[Fill]
) -> tuple[Fill, ...] | None:
    """By the ids of its recorded entries; None where none is recorded or their trades are not all there."""
    entries = [one for one in orders if one.reducing is not True and one.side != CLOSES[unit.side]]
    ids = {name for one in entries for name in (one.client_order_id, one.order_id) if name}
    found = tuple(one for one in fills if {one.client_order_id, one.order_id} & ids)
    cut = cut_to(found, position.amount)
    return cut if cut and sum((one.amount for one in cut), Decimal(0)) == position.amount else None


def _funding(
    ports: Ports, unit: Unit, opened: datetime, until: datetime | None, unreadable: list[str]
) -> tuple[Funding, ...] | None:
    try:
        paid = ports.exchange.funding(unit.where, unit.symbol, opened)
    except RunbookError as error:
        unreadable.append(f"the funding: {error}")
        return None
    return tuple(one for one in paid if until is None or one.at <= until)


def _rates(
    ports: Ports,
    unit: Unit,
    quote: str,
    fills: Sequence[Fill],
    funding: Sequence[Funding],
    unreadable: list[str],
) -> Rates:
    found: dict[tuple[str, datetime], Decimal | None] = {}
    for asset, at in rates_needed(quote, fills, funding):
        found[asset, at] = rate(ports, unit, asset, quote, at, unreadable)
    return found


def _due_price(
    ports: Ports,
    unit: Unit,
    position: PositionFact,
    orders: Sequence[OrderFact],
    quote: str,
    unreadable: list[str],
    bots: Bots,
) -> Decimal | None:
    found = due_by(position, orders, None)
    due = found[0] if found is not None else _signalled(position, bots, unreadable)
    return None if due is None else price_when_due(ports, unit, quote, due, unreadable)


def _signalled(position: PositionFact, bots: Bots, unreadable: list[str]) -> datetime | None:
    try:
        return bots.due(position) if bots.asked(position) else None
    except RunbookError as error:
        unreadable.append(f"when its exit was due: {error}")
        return None
