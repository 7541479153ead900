"""Cancels at the venues what would open or increase a position, and looks until none is listed any more.

Protective and reducing orders stay, and so does what cannot be told apart, by name. Accounts are swept beside one
another and within a time of their own; a venue that does not answer in it makes its account unknown and no other.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from time import monotonic, sleep
from typing import Final

from functions import at_venues, stop_tables
from functions.at_venues import Held
from functions.errors import RunbookError
from functions.ports import Ports
from functions.rules.entry_sweep import Sweep, Swept
from functions.rules.stop_order import StopOrder
from functions.rules.venue_orders import Kind, kind_of, told
from functions.settings import Settings
from functions.stop_tables import Tables
from functions.stopping import said
from functions.venue import VenueOrder, Where

LIST_NEEDS: Final = (*stop_tables.NEEDS, "exchange.orders", "exchange.positions")
NEEDS: Final = (*LIST_NEEDS, "exchange.cancel")
# Seconds.
PAUSE: Final = 0.5
ROUNDS: Final = 10
READS: Final = 3


@dataclass(slots=True)
class _Account:
    """What has become of one account so far."""

    swept: Swept
    cancelled: dict[str, str] = field(default_factory=dict)
    refused: dict[str, str] = field(default_factory=dict)
    seen: set[str] = field(default_factory=set)


Cancel = Callable[[Ports, Where, VenueOrder, _Account], None]


def sweep(ports: Ports, settings: Settings, order: StopOrder, *, seconds: float) -> Sweep:
    """Never raises a word. `seconds`: for the venues, after the tables."""
    return _swept(ports, settings, order, seconds, None if order.dry_run else _cancel)


def listed(ports: Ports, settings: Settings, order: StopOrder, *, seconds: float) -> Sweep:
    """The same look, which cancels nothing."""
    return _swept(ports, settings, order, seconds, None)


def _swept(ports: Ports, settings: Settings, order: StopOrder, seconds: float, cancel: Cancel | None) -> Sweep:
    tables = stop_tables.read(ports, settings, order)
    wheres = tables.accounts.wheres
    working = {where: _Account(Swept(where)) for where in wheres}
    until = monotonic() + seconds

    def one(where: Where) -> Swept:
        return _sweep(ports, order, tables, working[where], until, cancel)

    def unread(where: Where, why: str) -> Swept:
        return _told(working[where], unread=why)

    swept = at_venues.each(wheres, one, unread, within=seconds)
    accounts = tuple(swept[where] for where in wheres)
    seen = {name for account in working.values() for name in account.seen}
    return Sweep(
        accounts,
        unknown=tables.accounts.unknown,
        paper=bool(tables.accounts.paper),
        trouble=tables.trouble,
        told=tuple(stop_tables.unlisted(tables, order, seen, whole=all(one.proven for one in accounts))),
        dry_run=cancel is None,
    )


def _sweep(
    ports: Ports, order: StopOrder, tables: Tables, account: _Account, until: float, cancel: Cancel | None
) -> Swept:
    """Lists and cancels until nothing is listed, its rounds are over or its time is."""
    where = account.swept.where
    held = at_venues.unread(where, "it was not looked at")
    for number in range(ROUNDS):
        if number:
            sleep(PAUSE)
        held = at_venues.held(ports, where)
        if held.orders is None:
            if number + 1 >= READS or monotonic() >= until:
                break
            continue
        entries = _sort(held, order, tables, account)
        if not entries or cancel is None or monotonic() >= until:
            break
        for one in entries:
            cancel(ports, where, one, account)
            if monotonic() >= until:
                break
        if all(one.order_id in account.refused for one in entries) and number >= 2:
            break
    return _told(account, unread=held.why)


def _sort(held: Held, order: StopOrder, tables: Tables, account: _Account) -> list[VenueOrder]:
    """The entry orders that this stop cancels; what stays is written down."""
    entries, unclear, kept = list[VenueOrder](), list[str](), 0
    for one in held.orders or ():
        account.seen |= {one.order_id, one.client_order_id or one.order_id}
        kind = kind_of(one, held.positions)
        mine = _concerned(one, order, tables, held.where)
        if kind is Kind.REDUCES or mine is False:
            kept += kind is Kind.REDUCES
        elif kind is Kind.UNCLEAR:
            unclear.append(f"{told(one)}: nobody can tell whether it only reduces")
        elif mine is None:
            unclear.append(f"{told(one)}: it opens or increases, and nobody can tell whose it is")
        else:
            entries.append(one)
    standing = tuple(f"{told(one)}{account.refused.get(one.order_id, '')}" for one in entries)
    account.swept = replace(account.swept, standing=standing, unclear=tuple(unclear), kept=kept)
    return entries


def _concerned(one: VenueOrder, order: StopOrder, tables: Tables, where: Where) -> bool | None:
    """Whether the stop concerns it; None: it may be somebody's whom it does not."""
    if order.strategy_ids is None:
        return True
    whose = tables.whose(one)
    if whose is not None:
        return order.concerns(whose)
    traders = tables.accounts.live.get(where, frozenset())
    return True if traders and traders <= set(order.strategy_ids) else None


def _cancel(ports: Ports, where: Where, one: VenueOrder, account: _Account) -> None:
    """May be said twice: what is gone is gone."""
    try:
        done = ports.exchange.cancel(where, one)
    except RunbookError as error:
        account.refused[one.order_id] = f" (not cancelled: {said(error)})"
        return
    account.refused.pop(one.order_id, None)
    if done:
        account.cancelled[one.order_id] = told(one)


def _told(account: _Account, *, unread: str) -> Swept:
    return replace(account.swept, cancelled=tuple(account.cancelled.values()), unread=unread)
