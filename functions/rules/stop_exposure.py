"""What is open after a stop, and whether anything protects it. A stop closes no position."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Final

from functions.facts import OrderFact, PositionFact

# Nobody asks a venue yet, so nothing is known of what rests there.
AT_THE_VENUE: Final = "unknown"


@dataclass(frozen=True, slots=True)
class Open:
    """One open position. `protective` are order ids of the orders table; None: that could not be read. `leaving`:
    the table says that an exit is on its way."""

    position: PositionFact
    protective: tuple[str, ...] | None
    leaving: bool

    @property
    def unprotected(self) -> bool:
        """No protective order is known."""
        return not self.protective

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
            f"{p.symbol or 'unknown symbol'} at {p.exchange or 'an unknown venue'}{leaving}; {protection}; "
            f"at the venue: {AT_THE_VENUE}"
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
        if strategy_ids is None or not p.strategy_id or p.strategy_id in strategy_ids
    ]
    return tuple(sorted(found, key=lambda one: (not one.unprotected, one.position.position_id)))


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
        return "none in the table; the exchange was not asked"
    bare = sum(one.unprotected for one in found)
    protection = (
        "what protects them is not readable" if orders is None else f"{bare} without a protective order there"
    )
    return f"{len(found)} in the table, {protection}; the exchange was not asked"
