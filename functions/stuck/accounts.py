"""Reads the accounts on which the strategies trade, for the checklist's first line."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from functions.errors import RunbookError
from functions.facts import PositionFact
from functions.ports import Ports
from functions.rules.stuck.accounted import Account, Held
from functions.rules.units.owner import Owner, owner_of
from functions.rules.units.siblings import may_share
from functions.settings import Settings
from functions.stuck.signals import Bots
from functions.venue import Unit, VenuePosition, Where

NEEDS: Final = (
    "exchange.account",
    "exchange.market",
    "exchange.positions",
    "strategy_config.get",
    "trading_state.all",
)

Before = Callable[[str, datetime | None], bool]


@dataclass(slots=True)
class Reading:
    """What was read so far. `own`: the strategies that this is about; None: all. `unsaid`: each item of which
    nobody knows what of its symbol is its own, with its owner (None: not known); what the venue holds there cannot
    be compared."""

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
        """Raises where the config cannot be read."""
        strategy_id = position.strategy_id
        if strategy_id not in self.configs:
            self.configs[strategy_id] = self.ports.strategy_config.get(strategy_id)
        venue = self.settings.connectivity.venue_without_config
        return owner_of(position, self.configs[strategy_id], self.settings.platform.accounts, venue)

    def unknown(self, position: PositionFact, owner: Owner | None, why: str) -> None:
        """By itself: no sum of its symbol is called wrong for it, and none right."""
        self.unread.append((f"{position.position_id}: {why}", self.concerns(position.strategy_id)))
        self.unsaid.append((position, owner))


def read(reading: Reading) -> Sequence[Account]:
    """Every account of the strategies, whether one has a position or not: a venue may hold what no table knows."""
    for strategy_id in _strategies(reading):
        _find(reading, strategy_id)
    places = {*reading.symbols, *reading.every_symbol}
    return [account for where in sorted(places, key=str) if (account := _account(reading, where)) is not None]


def _strategies(reading: Reading) -> list[str]:
    if reading.own is not None:
        return sorted(reading.own)
    return sorted(state.strategy_id for state in reading.ports.trading_state.all())


def _find(reading: Reading, strategy_id: str) -> None:
    nothing = PositionFact("", strategy_id, "", "", Decimal(0), "")
    try:
        owner = reading.owner(nothing)
    except RunbookError as error:
        reading.unread.append((f"the config of {strategy_id}: {error}", True))
        return
    config = reading.configs.get(strategy_id) or {}
    if owner.paper:
        return
    if owner.mode is None and owner.account is None:
        # Nobody says that it trades money anywhere. A position of it in the table is unknown by itself.
        reading.beside.append(f"what {strategy_id} may hold, of which nobody says on which account it trades")
        return
    venue = owner.venue
    if venue is None and config.get("switched_exchange"):
        # It trades at the new one. What it left at the old one stands in the table, and is looked for there.
        venue = str(config.get("exchange") or "") or None
        reading.beside.append(f"what {strategy_id} may hold at the venue that it was switched away from")
    if not owner.live or venue is None or owner.account is None:
        lacking = [name for name in owner.missing() if name != "venue" or venue is None]
        told = ", ".join(lacking) or f"mode {owner.mode}"
        reading.unread.append((f"what {strategy_id} holds: on which account is not known ({told})", True))
        return
    where = Where(venue, owner.account)
    given = config.get("symbols")
    if isinstance(given, list | tuple | set) and given and all(":" in str(symbol) for symbol in given):
        reading.symbols[where].update(map(str, given))
    else:
        # In another notation nothing of the venue would be found to be its own.
        reading.every_symbol.add(where)


def _account(reading: Reading, where: Where) -> Account | None:
    place = f"{where.venue}/{where.account}"
    own = any(one.own for one in reading.held if one.unit.where == where) or where in reading.every_symbol
    own = own or bool(reading.symbols.get(where))
    try:
        held: tuple[VenuePosition, ...] = tuple(reading.ports.exchange.positions(where))
    except RunbookError as error:
        reading.unread.append((f"what {place} holds: {error}", own))
        return None
    mine = [one.unit for one in reading.held if one.unit.where == where]
    symbols = {position.unit.symbol for position in held} | {unit.symbol for unit in mine}
    steps: dict[str, Decimal] = {}
    for symbol in sorted(symbols):
        either = Unit(where.venue, where.account, symbol, "long")
        if any(may_share(one, either, owner) for one, owner in reading.unsaid):
            continue
        try:
            steps[symbol] = reading.ports.exchange.market(where, symbol).amount_step
        except RunbookError:
            continue
    # A verification of everybody is about whatever the venue holds, in symbols that nobody trades too.
    whole = reading.own is None or where in reading.every_symbol
    known = None if whole else frozenset(reading.symbols.get(where, ()))
    return Account(where, held, steps, known, _hedged(reading, where, mine, held))


def _hedged(reading: Reading, where: Where, mine: Sequence[Unit], held: Sequence[VenuePosition]) -> bool | None:
    """The account's position mode. Only where both directions of the table stand against nothing at the venue does
    it decide, and then no position of the venue tells it. None: not known, or not asked for."""
    there = {position.unit.symbol for position in held}
    sides = {(unit.symbol, unit.side) for unit in mine}
    if not any((symbol, "short") in sides for symbol, side in sides if side == "long" and symbol not in there):
        return None
    try:
        return reading.ports.exchange.account(where).hedged
    except RunbookError:
        return None
