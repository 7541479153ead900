"""What of an account's orders and positions may be one strategy's: all that is not proven to be another's."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from decimal import Decimal

from functions.facts import OrderFact, PositionFact
from functions.rules.venue_orders import told
from functions.venue import VenueOrder, VenuePosition


def may_be_of(
    strategy_id: str,
    symbols: Collection[str] | None,
    orders: Iterable[VenueOrder],
    positions: Iterable[VenuePosition],
    table_orders: Sequence[OrderFact],
    table_positions: Sequence[PositionFact],
) -> tuple[str, ...]:
    """In words. `symbols`: all that it trades; None: not known, so any. A position is others' where their open
    positions in the table make up all of it; an order where the table names another for it."""
    owners = {one.position_id: one.strategy_id for one in table_positions}
    found = []
    for position in positions:
        unit = position.unit
        others = sum(
            (
                one.amount
                for one in table_positions
                if one.strategy_id not in ("", strategy_id) and (one.symbol, one.side) == (unit.symbol, unit.side)
            ),
            Decimal(0),
        )
        if position.amount > others and (symbols is None or unit.symbol in symbols):
            found.append(f"{unit.side} {position.amount:f} {unit.symbol}")
    for order in orders:
        whose = _owner(order, table_orders, owners)
        if whose in (None, strategy_id) and (symbols is None or order.symbol in symbols or whose == strategy_id):
            found.append(f"order {told(order)}")
    return tuple(found)


def _owner(order: VenueOrder, table_orders: Iterable[OrderFact], owners: dict[str, str]) -> str | None:
    for one in table_orders:
        named = one.client_order_id is not None and one.client_order_id == order.client_order_id
        if named or one.order_id == order.order_id:
            return one.strategy_id or owners.get(one.position_id) or None
    return None
