"""Reads the table and the venue for the checklist's first line."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Final

from functions import earlier
from functions.errors import RunbookError
from functions.facts import PositionFact
from functions.ports import Ports
from functions.rules.stuck.accounted import Held, Verdict, account_for
from functions.rules.stuck.overdue import Overdue
from functions.rules.units.attribution import share_of
from functions.rules.units.owner import Owner, unit_of
from functions.settings import Settings
from functions.stuck import accounts
from functions.stuck.accounts import Before, Reading
from functions.stuck.found import DUE_NEEDS, verdict_of
from functions.stuck.signals import Bots

NEEDS: Final = (*DUE_NEEDS, *earlier.NEEDS, *accounts.NEEDS, "orders.of", "positions.each_open")

# Of a position that is not closed. Without any it counts as open; every other word says nothing that is known.
STATUSES: Final = ("open", "closing", "")


def never(_position_id: str, _since: datetime | None) -> bool:
    """Nothing was stuck before: what is verified began with nothing."""
    return False


def read(
    ports: Ports, settings: Settings, own: Collection[str] | None, until: datetime, before: Before = never
) -> Verdict:
    """`until`: when to stop reading; what is left then is unknown. `before`: whether a position that is stuck since
    then was so before the run, which is not about it. Raises where the table cannot be read."""
    reading = Reading(ports, settings, own, until, Bots(ports, settings, until), before)
    every = ports.positions.each_open()
    for position in every.readable:
        _position(reading, position)
    for position, why in every.broken:
        _broken(reading, position, why)
    there = accounts.read(reading)
    return account_for(reading.held, there, reading.unread, reading.beside)


def _position(reading: Reading, position: PositionFact) -> None:
    name, own = position.position_id, reading.concerns(position.strategy_id)
    owner: Owner | None = None
    if reading.ports.clock.now() >= reading.until:
        reading.unknown(position, owner, "no time was left to read it")
        return
    try:
        owner = reading.owner(position)
        if owner.paper:
            reading.beside.append(f"{name}, on paper")
            return
        if position.status not in STATUSES:
            told = f"its status is {position.status!r}, which says neither that it is open nor that it is closed"
            reading.unknown(position, owner, told)
            return
        unit = unit_of(position, owner)
        if unit is None or not owner.live:
            reading.unknown(position, owner, f"whose it is, is not known ({_lacking(position, owner)})")
            return
        orders = tuple(reading.ports.orders.of(name))
        ours = earlier.read(reading.ports, position, orders, but=None).orders
    except RunbookError as error:
        reading.unknown(position, owner, str(error))
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


def _lacking(position: PositionFact, owner: Owner) -> str:
    lacking: list[str] = [*owner.missing()]
    if owner.mode is not None and not owner.live:
        lacking.append(f"mode {owner.mode}")
    return ", ".join(lacking) or f"symbol {position.symbol!r}, side {position.side!r}"


def _broken(reading: Reading, position: PositionFact, why: str) -> None:
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
