"""Open positions, working orders and exits in flight of some strategies, read from the tables."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from functions.errors import RunbookError
from functions.facts import ExposureFact, OrderFact, PositionFact
from functions.ports import Ports

NEEDS: Final = ("orders.working", "positions.open_of")
MOST_LISTED: Final = 5


def read(ports: Ports, strategy_ids: Sequence[str]) -> ExposureFact:
    """What cannot be read is named, so that nobody takes it for empty."""
    try:
        positions: Sequence[PositionFact] = ports.positions.open_of(strategy_ids)
    except RunbookError as error:
        return ExposureFact(unreadable=(f"positions: {error}", "orders: not asked without positions"))
    unreadable: tuple[str, ...] = ()
    orders: Sequence[OrderFact] = ()
    try:
        orders = ports.orders.working([position.position_id for position in positions])
    except RunbookError as error:
        unreadable = (f"orders: {error}",)
    exits = {p.position_id for p in positions if p.status == "closing" or p.exit_signal_at is not None}
    exits |= {order.position_id for order in orders if order.reducing and not order.protective}
    return ExposureFact(tuple(positions), tuple(orders), tuple(sorted(exits)), unreadable)


def listed(fact: ExposureFact) -> str:
    """The same with the positions themselves, the first few."""
    each = [f"{one.side} {one.amount:f} {one.symbol} of {one.strategy_id}" for one in fact.positions[:MOST_LISTED]]
    more = len(fact.positions) - len(each)
    each += [f"{more} more"] if more > 0 else []
    return "; ".join([told(fact), *each])


def told(fact: ExposureFact) -> str:
    """One sentence for the incident."""
    protective = sum(order.protective for order in fact.orders)
    parts = [
        f"{len(fact.positions)} open positions",
        f"{len(fact.orders)} working orders ({protective} protective)",
        f"{len(fact.exits_in_flight)} exits in flight",
    ]
    if fact.units:
        bare = sum(unit.covered < unit.amount for unit in fact.units)
        parts.append(f"at the venues: {len(fact.units)} net positions, {bare} not protected whole")
    if fact.venues_unread:
        parts.append(f"venues not readable: {'; '.join(fact.venues_unread)}")
    if fact.unreadable:
        parts.append(f"not readable: {'; '.join(fact.unreadable)}")
    return ", ".join(parts)
