"""Reads the table and the venue for the checklist's first line."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from functions import earlier
from functions.errors import RunbookError
from functions.facts import PositionFact
from functions.ports import Ports
from functions.rules.stuck.accounted import Account, Held, Verdict, account_for
from functions.rules.stuck.overdue import Overdue
from functions.rules.units.attribution import share_of
from functions.rules.units.owner import Owner, owner_of, unit_of
from functions.rules.units.siblings import may_share
from functions.settings import Settings
from functions.stuck.found import DUE_NEEDS, verdict_of
from functions.stuck.signals import Bots
from functions.venue import Unit, VenuePosition, Where

NEEDS: Final = (
    *DUE_NEEDS,
    *earlier.NEEDS,
    "exchange.market",
    "exchange.positions",
    "orders.of",
    "positions.each_open",
    "strategy_config.get",
    "trading_state.all",
)

Before = Callable[[str, datetime | None], bool]


@dataclass(slots=True)
class _Reading:
    """What was read so far. `own`: the strategies that this is about; None: all. `unsaid`: each item whose
    amount cannot be read, with its owner (None: not known); what the venue holds there cannot be compared."""

    ports: Ports
    settings: Settings
    own: Collection[str] | None
    until: datetime
    bots: Bots
    before: Before
    held: list[Held] = field(default_factory=list)
    unread: list[tuple[str, bool]] = field(default_factory=list)
    beside: list[str] = field(default_factory=list)
    configs: dict[str, Mapping[str, Any] | None] = field(default_factory=dict)
    symbols: defaultdict[Where, set[str]] = field(default_factory=lambda: defaultdict(set))
    every_symbol: set[Where] = field(default_factory=set)
    unsaid: list[tuple[PositionFact, Owner | None]] = field(default_factory=list)

    def concerns(self, strategy_id: str) -> bool:
        return self.own is None or strategy_id in self.own

    def owner(self, position: PositionFact) -> Owner:
        strategy_id = position.strategy_id
        if strategy_id not in self.configs:
            self.configs[strategy_id] = self.ports.strategy_config.get(strategy_id)
        venue = self.settings.connectivity.venue_without_config
        return owner_of(position, self.configs[strategy_id], self.settings.platform.accounts, venue)


def never(_position_id: str, _since: datetime | None) -> bool:
    """Nothing was stuck before: what is verified began with nothing."""
    return False


def read(
    ports: Ports, settings: Settings, own: Collection[str] | None, until: datetime, before: Before = never
) -> Verdict:
    """`until`: when to stop reading; what is left then is unknown. `before`: whether a position that is stuck since
    then was so before the run, which is not about it. Raises where the table cannot be read."""
    reading = _Reading(ports, settings, own, until, Bots(ports, settings, until), before)
    every = ports.positions.each_open()
    for position in every.readable:
        _position(reading, position)
    for position, why in every.broken:
        _broken(reading, position, why)
    for strategy_id in _strategies(reading):
        _account_of(reading, strategy_id)
    places = {*reading.symbols, *reading.every_symbol}
    accounts = [account for where in sorted(places, key=str) if (account := _account(reading, where)) is not None]
    return account_for(reading.held, accounts, reading.unread, reading.beside)


def _position(reading: _Reading, position: PositionFact) -> None:
    name, own = position.position_id, reading.concerns(position.strategy_id)
    if reading.ports.clock.now() >= reading.until:
        reading.unread.append((f"{name}: no time was left to read it", own))
        return
    try:
        owner = reading.owner(position)
        if owner.paper:
            reading.beside.append(f"{name}, on paper")
            return
        unit = unit_of(position, owner)
        if unit is None or not owner.live:
            lacking = ", ".join(owner.missing()) or f"mode {owner.mode}"
            reading.unread.append((f"{name}: whose it is, is not known ({lacking})", own))
            return
        orders = tuple(reading.ports.orders.of(name))
        ours = earlier.read(reading.ports, position, orders, but=None).orders
    except RunbookError as error:
        reading.unread.append((f"{name}: {error}", own))
        return
    config, now = reading.configs.get(position.strategy_id), reading.ports.clock.now()
    try:
        late = verdict_of(reading.ports, reading.settings, position, orders, config, now, reading.bots)
    except RunbookError as error:
        # What the venue holds is this position's, whether its exit is due or not.
        late = Overdue(None, None, str(error))
    stuck = late.told if late.stuck else None
    since = late.due_at or position.opened_at
    before = stuck is not None and reading.before(name, since)
    reading.held.append(Held(unit, share_of(position, (*orders, *ours), unit.side), own, stuck, since, before))
    if late.stuck is None:
        reading.unread.append((f"{name}: {late.told}", own))
    reading.symbols[unit.where].update([unit.symbol] if own else [])


def _broken(reading: _Reading, position: PositionFact, why: str) -> None:
    """Unknown by itself: it makes no other unknown, and no sum of its symbol is called wrong."""
    try:
        owner: Owner | None = reading.owner(position)
    except RunbookError:
        owner = None
    if owner is not None and owner.paper:
        reading.beside.append(f"{position.position_id}, on paper")
        return
    reading.unread.append((why, reading.concerns(position.strategy_id)))
    reading.unsaid.append((position, owner))


def _strategies(reading: _Reading) -> list[str]:
    if reading.own is not None:
        return sorted(reading.own)
    return sorted(state.strategy_id for state in reading.ports.trading_state.all())


def _account_of(reading: _Reading, strategy_id: str) -> None:
    """The account on which the strategy trades, whether it has a position or not: the venue may hold what no table
    knows."""
    nothing = PositionFact("", strategy_id, "", "", Decimal(0), "")
    try:
        owner = reading.owner(nothing)
    except RunbookError as error:
        reading.unread.append((f"the config of {strategy_id}: {error}", True))
        return
    if not owner.live or owner.venue is None or owner.account is None:
        if not owner.paper:
            reading.beside.append(f"the account of {strategy_id}, which is not known")
        return
    where = Where(owner.venue, owner.account)
    given = (reading.configs.get(strategy_id) or {}).get("symbols")
    if isinstance(given, list | tuple | set) and given:
        reading.symbols[where].update(map(str, given))
    else:
        reading.every_symbol.add(where)


def _account(reading: _Reading, where: Where) -> Account | None:
    place = f"{where.venue}/{where.account}"
    own = any(one.own for one in reading.held if one.unit.where == where) or where in reading.every_symbol
    own = own or bool(reading.symbols.get(where))
    try:
        held: tuple[VenuePosition, ...] = tuple(reading.ports.exchange.positions(where))
    except RunbookError as error:
        reading.unread.append((f"what {place} holds: {error}", own))
        return None
    symbols = {position.unit.symbol for position in held}
    symbols |= {one.unit.symbol for one in reading.held if one.unit.where == where}
    steps: dict[str, Decimal] = {}
    for symbol in sorted(symbols):
        either = Unit(where.venue, where.account, symbol, "long")
        if any(may_share(one, either, owner) for one, owner in reading.unsaid):
            continue
        try:
            steps[symbol] = reading.ports.exchange.market(where, symbol).amount_step
        except RunbookError:
            continue
    known = None if where in reading.every_symbol else frozenset(reading.symbols.get(where, ()))
    return Account(where, held, steps, known)
