"""Readings of one unit that go on without what fails, and name it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final, TypeVar

from functions import earlier
from functions.errors import RunbookError
from functions.facts import OrderFact, PositionFact
from functions.ports import Ports
from functions.rules.units.owner import Owner, owner_of, unit_of
from functions.rules.units.shares import Share, share_of
from functions.rules.units.siblings import doubt_of, may_share
from functions.settings import Settings
from functions.venue import Fill, Row, Trouble, Unit

# After these the venue would say the same to the next call, only later.
_POINTLESS: Final = frozenset({Row.UNREACHABLE, Row.MAINTENANCE, Row.RATE_LIMITED, Row.KEY, Row.CLOCK})

T = TypeVar("T")


class Look:
    """Reads one thing after the other, and goes on without what fails."""

    def __init__(self, ports: Ports, settings: Settings) -> None:
        self._ports, self._settings = ports, settings
        self._configs: dict[str, Mapping[str, Any] | None] = {}
        self._unread: set[str] = set()
        self.missed, self.other_orders = list[str](), list[OrderFact]()
        self.trouble: Trouble | None = None

    def miss(self, what: str) -> None:
        self.missed.append(what)

    def table(self, name: str, read: Callable[[], T]) -> T | None:
        try:
            return read()
        except RunbookError as error:
            self.miss(f"{name}: {error}")
            return None

    def venue(self, name: str, read: Callable[[], T]) -> T | None:
        """Asked once; not asked where the venue has just said to another call what it would say to this one."""
        if self.trouble is not None and self.trouble.row in _POINTLESS:
            self.miss(f"{name}: not asked, the venue said {self.trouble.row.value}")
            return None
        try:
            return read()
        except RunbookError as error:
            self.trouble = self.trouble or error.trouble
            self.miss(f"{name}: {error}")
            return None

    def trades(self, read: Callable[[], Sequence[Fill]]) -> tuple[Fill, ...] | None:
        found = self.venue("the trades", read)
        return None if found is None else tuple(found)

    def owner(self, position: PositionFact) -> Owner:
        """The config is read where the item leaves something to it; unreadable, it leaves that unknown."""
        config: Mapping[str, Any] | None = None
        if not (position.exchange and position.account and position.mode):
            config = self._config(position.strategy_id)
        known = self._settings.platform.accounts
        if position.strategy_id in self._unread:
            said = owner_of(position, None, {}, None)
            desk = owner_of(position, None, known, None)
            return Owner(said.venue, said.account, said.mode, desk.desk, desk.owner)
        return owner_of(position, config, known, self._settings.connectivity.venue_without_config)

    def siblings(self, position: PositionFact, unit: Unit) -> list[Share] | None:
        every = self.table("the other open positions", self._ports.positions.each_open)
        if every is None:
            return None
        # Of another symbol it has no part in this unit, whatever its amount.
        broken = [why for other, why in every.broken if may_share(other, unit)]
        for why in broken:
            self.miss(f"the other open positions: {why}")
        if broken:
            return None
        found = list(self._shares(position, unit, every.readable))
        shares = [share for share in found if share is not None]
        return shares if len(shares) == len(found) else None

    def _shares(self, position: PositionFact, unit: Unit, every: Sequence[PositionFact]) -> Iterator[Share | None]:
        """None: its orders could not be read."""
        for other in every:
            if other.position_id == position.position_id or not may_share(other, unit):
                continue
            owner = self.owner(other)
            if owner.paper or not may_share(other, unit, owner):
                continue
            doubt = doubt_of(other, owner, unit)
            theirs = unit_of(other, owner)
            if doubt is not None or theirs is None:
                yield share_of(other, (), unit.side, doubt)
                continue
            orders = self._orders_of(other)
            yield None if orders is None else share_of(other, orders, theirs.side)

    def _orders_of(self, other: PositionFact) -> Sequence[OrderFact] | None:
        name = other.position_id
        orders = self.table(f"the orders of {name}", lambda: self._ports.orders.of(name))
        if orders is None:
            return None
        known = tuple(orders)
        closes = self.table(
            f"earlier closes of {name}", lambda: earlier.read(self._ports, other, known, but=None).orders
        )
        if closes is None:
            return None
        orders = (*known, *closes)
        self.other_orders += orders
        return orders

    def _config(self, strategy_id: str) -> Mapping[str, Any] | None:
        if strategy_id in self._configs:
            return self._configs[strategy_id]
        try:
            found = self._ports.strategy_config.get(strategy_id)
        except RunbookError as error:
            self.miss(f"the config of {strategy_id}: {error}")
            self._unread.add(strategy_id)
            found = None
        self._configs[strategy_id] = found
        return found
