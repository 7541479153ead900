"""Cancels at the venues what would open or increase a position, and looks until none is listed any more.

Protective and reducing orders stay, and so does what cannot be told apart, by name. Accounts are swept beside one
another and within a time of their own; a venue that does not answer in it makes its account unknown and no other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from time import monotonic, sleep
from typing import Final, TypeVar

from functions import at_venues
from functions.at_venues import Held
from functions.errors import RunbookError
from functions.facts import OrderFact
from functions.ports import Ports
from functions.rules.entry_sweep import Sweep, Swept
from functions.rules.stop_order import StopOrder
from functions.rules.stop_parts import entry_orders, is_of
from functions.rules.venue_accounts import Accounts
from functions.rules.venue_orders import Kind, kind_of, told
from functions.settings import Settings
from functions.stopping import Tried, said, tried, within
from functions.venue import VenueOrder, Where

LIST_NEEDS: Final = (*at_venues.NEEDS, "orders.every_working", "positions.every_open")
NEEDS: Final = (*LIST_NEEDS, "exchange.cancel")
# Seconds.
TABLE_WITHIN: Final = 2.0
PAUSE: Final = 0.5
ROUNDS: Final = 10
READS: Final = 3

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
    tables = _tables(ports, settings, order)
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
        told=tuple(_in_the_table(tables, order, seen, whole=all(one.proven for one in accounts))),
        dry_run=cancel is None,
    )


def _tables(ports: Ports, settings: Settings, order: StopOrder) -> Tables:
    configs = _table(ports.strategy_config.traded)
    positions = _table(ports.positions.every_open)
    orders = _table(ports.orders.every_working)
    trouble = [f"the strategy configs could not be read: {configs.why}"] if not configs.done else []
    trouble += [f"the open positions could not be read: {positions.why}"] if not positions.done else []
    rows = positions.value or ()
    named = {one["strategy_id"]: one for one in configs.value or () if "strategy_id" in one}
    known = at_venues.accounts(settings, named, rows)
    listed = None if orders.value is None else tuple(orders.value)
    owners = {one.position_id: one.strategy_id for one in rows}
    return Tables(known.of(order.strategy_ids), listed, owners, tuple(trouble))


def _table(read: Callable[[], T]) -> Tried[T]:
    return within(TABLE_WITHIN, [lambda: tried(read, tries=2)])[0]


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


def _in_the_table(tables: Tables, order: StopOrder, seen: Iterable[str], *, whole: bool) -> Iterable[str]:
    """What the orders table has and no venue lists, where the venues could be read."""
    if tables.orders is None:
        yield "the orders table could not be read"
        return
    there = set(seen)
    mine = [one for one in entry_orders(tables.orders) if is_of(one, order)]
    stale = [one for one in mine if not {one.order_id, one.client_order_id} & there]
    if stale and whole:
        yield f"working orders in the table that no venue which was asked lists: {len(stale)}"
