"""What the tables say of entry orders before the venues are asked: who trades where, and whose an order is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Final, TypeVar

from functions import at_venues
from functions.facts import OpenPositions, OrderFact
from functions.ports import Ports
from functions.rules.stop_order import StopOrder
from functions.rules.stop_parts import entry_orders, is_of
from functions.rules.venue_accounts import Accounts
from functions.settings import Settings
from functions.stopping import Tried, tried, within
from functions.venue import VenueOrder

NEEDS: Final = ("orders.every_working", "positions.each_open", "strategy_config.traded")
# Seconds for each table.
TABLE_WITHIN: Final = 2.0

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Tables:
    """What the tables say; `trouble` names what could not be read of them, which leaves accounts out."""

    accounts: Accounts
    orders: tuple[OrderFact, ...] | None
    owners: Mapping[str, str]
    trouble: tuple[str, ...]

    def whose(self, order: VenueOrder) -> str | None:
        """The strategy that the orders table names for it."""
        for one in self.orders or ():
            named = one.client_order_id is not None and one.client_order_id == order.client_order_id
            if named or one.order_id == order.order_id:
                return one.strategy_id or self.owners.get(one.position_id)
        return None


def read(ports: Ports, settings: Settings, order: StopOrder) -> Tables:
    configs = _table(ports.strategy_config.traded)
    positions = _table(ports.positions.each_open)
    orders = _table(ports.orders.every_working)
    trouble = [f"the strategy configs could not be read: {configs.why}"] if not configs.done else []
    trouble += [f"the open positions could not be read: {positions.why}"] if not positions.done else []
    # Whose they are and where; their amounts have no part in it.
    every = positions.value or OpenPositions(())
    rows = (*every.readable, *(one for one, _ in every.broken))
    named = {one["strategy_id"]: one for one in configs.value or () if "strategy_id" in one}
    known = at_venues.accounts(settings, named, rows)
    listed = None if orders.value is None else tuple(orders.value)
    owners = {one.position_id: one.strategy_id for one in rows}
    return Tables(known.of(order.strategy_ids), listed, owners, tuple(trouble))


def _table(read: Callable[[], T]) -> Tried[T]:
    return within(TABLE_WITHIN, [lambda: tried(read, tries=2)])[0]


def unlisted(tables: Tables, order: StopOrder, seen: Iterable[str], *, whole: bool) -> Iterable[str]:
    """What the orders table has and no venue lists, where the venues could be read."""
    if tables.orders is None:
        yield "the orders table could not be read"
        return
    there = set(seen)
    mine = [one for one in entry_orders(tables.orders) if is_of(one, order)]
    stale = [one for one in mine if not {one.order_id, one.client_order_id} & there]
    if stale and whole:
        yield f"working orders in the table that no venue which was asked lists: {len(stale)}"
