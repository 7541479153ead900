"""Asks the venues what must hold before trading comes back: positions, entry orders, accounts. Changes nothing."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Final

from functions import at_venues, stop_orders
from functions.at_venues import Held as AtVenue
from functions.errors import RunbookError
from functions.facts import PositionFact
from functions.ports import Ports
from functions.resuming import ResumeOrder
from functions.rules.resume_venues import Looked
from functions.rules.stop_order import StopOrder
from functions.rules.stuck.accounted import Account, Held, Verdict, account_for
from functions.rules.units.attribution import share_of
from functions.rules.units.owner import Owner, unit_of
from functions.rules.units.siblings import may_share
from functions.settings import Settings
from functions.venue import AccountFact, Unit, Where

NEEDS: Final = (
    *stop_orders.LIST_NEEDS,
    "exchange.account",
    "exchange.market",
    "orders.of",
    "positions.each_open",
)
# Seconds.
WITHIN: Final = 7.0
# Positions whose own exits are taken into account; of more than these the table's amount is.
MOST_QUERIED: Final = 100


def look(ports: Ports, settings: Settings, order: ResumeOrder) -> Looked:
    """Never raises a word."""
    asked = StopOrder(order.strategy_ids, True, False, order.reason, order.requested_by)
    entries = stop_orders.listed(ports, settings, asked, seconds=WITHIN)
    wheres = [one.where for one in entries.accounts]
    try:
        agreement, why = _agreement(ports, settings, order, wheres), ""
    except RunbookError as error:
        agreement, why = None, f"{type(error).__name__}: {error}"
    accounts = at_venues.each(
        wheres,
        lambda where: _account(ports, where),
        lambda where, why: f"{at_venues.named(where)}: {why}",
        within=WITHIN,
    )
    return Looked(agreement, why, entries, tuple(accounts.values()))


def _account(ports: Ports, where: Where) -> AccountFact | str:
    try:
        return ports.exchange.account(where)
    except RunbookError as error:
        return f"{at_venues.named(where)}: {type(error).__name__}: {error}"


def _agreement(ports: Ports, settings: Settings, order: ResumeOrder, wheres: Sequence[Where]) -> Verdict:
    """Table and venues, both ways, on these accounts. An exit that is late because nobody trades is none of it."""
    configs, why = at_venues.configs_of(ports)
    unread = [(f"the strategy configs: {why}", True)] if configs is None else []
    held, beside = list[Held](), list[str]()
    every = ports.positions.each_open()
    queried = len(every.readable) <= MOST_QUERIED

    def owned(position: PositionFact) -> tuple[bool, Owner]:
        own = order.strategy_ids is None or position.strategy_id in ("", *order.strategy_ids)
        return own, at_venues.owner(settings, configs, position)

    unsaid = list[tuple[PositionFact, Owner]]()
    for position, why_not in every.broken:
        own, owner = owned(position)
        if owner.paper:
            beside.append(f"{position.position_id}, on paper")
        else:
            unread.append((why_not, own))
            unsaid.append((position, owner))
    for position in every.readable:
        own, owner = owned(position)
        unit = unit_of(position, owner)
        if owner.paper:
            beside.append(f"{position.position_id}, on paper")
        elif unit is None or not owner.live:
            unread.append((f"{position.position_id}: whose it is, is not known", own))
        elif unit.where in wheres:
            orders = ports.orders.of(position.position_id) if queried else ()
            held.append(Held(unit, share_of(position, orders, unit.side), own, None))
    there = at_venues.read(ports, wheres, within=WITHIN)
    unread += [
        (f"what {at_venues.named(where)} holds: {one.why}", True) for where, one in there.items() if not one.read
    ]
    accounts = [
        _compared(ports, one, held, unsaid, everything=order.strategy_ids is None)
        for one in there.values()
        if one.read
    ]
    return account_for(held, accounts, unread, beside)


def _compared(
    ports: Ports,
    there: AtVenue,
    held: Sequence[Held],
    unsaid: Sequence[tuple[PositionFact, Owner]],
    *,
    everything: bool,
) -> Account:
    """What nobody's record names is everybody's trouble where all come back, and not known to be theirs else.
    `unsaid`: items whose amount cannot be read: a symbol that one of them may share cannot be compared."""
    positions = there.positions or ()
    symbols = {one.unit.symbol for one in positions}
    symbols |= {one.unit.symbol for one in held if one.unit.where == there.where}
    steps: dict[str, Decimal] = {}
    for symbol in sorted(symbols):
        either = Unit(there.where.venue, there.where.account, symbol, "long")
        if any(may_share(one, either, owner) for one, owner in unsaid):
            continue
        try:
            steps[symbol] = ports.exchange.market(there.where, symbol).amount_step
        except RunbookError:
            continue
    return Account(there.where, positions, steps, None if everything else frozenset())
