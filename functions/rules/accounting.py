"""Positions and protective orders as written down before an act, against what stands afterwards.

A strategy that works again trades: it may exit a position or replace a stop. That is named and not called
wrong. Wrong is what no working strategy does: an open position whose protection is gone, or a position that
stands under its id on the other side.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from functions.facts import Check, ExposureFact, OrderFact, PositionFact

CLOSED: Final = "closed"


@dataclass(frozen=True, slots=True)
class Account:
    """Every position and order of before, once, by name; `kept` is the number of those that stand unchanged.

    `missing`: wrong. `unknown`: the table alone cannot tell. `ended`: over in good order.
    """

    kept: int
    missing: tuple[str, ...]
    unknown: tuple[str, ...]
    ended: tuple[str, ...] = ()

    @property
    def accounted(self) -> bool | None:
        """None: not known."""
        if self.missing:
            return False
        return None if self.unknown else True

    @property
    def result(self) -> Check:
        if self.accounted is None:
            return Check.UNKNOWN
        return Check.PASS if self.accounted else Check.FAIL


def account_for(before: ExposureFact | None, after: ExposureFact | None) -> Account:
    """A reading that failed, on either side, is unknown and never "nothing was open"."""
    if before is None:
        return Account(0, (), ("what was open before: not read",))
    unread = [f"before: {what}" for what in before.unreadable]
    if after is None or after.unreadable:
        why = f"after: {'; '.join(after.unreadable) if after else 'not read'}"
        positions = [_position(p) for p in before.positions]
        return Account(0, (), (*unread, why, *positions, *map(_order, before.orders)))
    stand = {p.position_id: p for p in after.positions if p.status != CLOSED}
    closed = {p.position_id for p in after.positions if p.status == CLOSED}
    kept: list[str] = []
    missing: list[str] = []
    ended: list[str] = []
    unknown = unread
    for position in before.positions:
        now = stand.get(position.position_id)
        lists = {"kept": kept, "missing": missing, "unknown": unknown, "ended": ended}
        where, told = _fate(position, now, closed)
        lists[where].append(told)
    standing_orders = {(o.position_id, o.order_id) for o in after.orders}
    protected = {o.position_id for o in after.orders if o.protective}
    for order in before.orders:
        if (order.position_id, order.order_id) in standing_orders:
            kept.append(_order(order))
        elif order.protective and order.position_id in stand and order.position_id not in protected:
            missing.append(f"{_order(order)}: gone, and its position is open without protection")
        else:
            ended.append(f"{_order(order)}: no longer working")
    at_venue = account_at_venues(before, after)
    return Account(
        len(kept) + at_venue.kept,
        (*missing, *at_venue.missing),
        (*unknown, *at_venue.unknown),
        (*ended, *at_venue.ended),
    )


def account_at_venues(before: ExposureFact, after: ExposureFact) -> Account:
    """What the venues held and what protected it, before and afterwards. What a venue did not say is unknown."""
    unknown = [f"at the venues before: {what}" for what in before.venues_unread]
    unknown += [f"at the venues after: {what}" for what in after.venues_unread]
    closed = {p.position_id for p in after.positions if p.status == CLOSED}
    now = {unit.name: unit for unit in after.units}
    kept, missing, ended = 0, list[str](), list[str]()
    for unit in before.units:
        there = now.get(unit.name)
        if there is None:
            unknown.append(f"{unit.name} at its venue: not read afterwards")
            continue
        working = {order_id for order_id, _ in there.orders}
        kept += sum(order_id in working for order_id, _ in unit.orders)
        ended += [f"order {told} at {unit.name}: no longer working" for i, told in unit.orders if i not in working]
        if there.covered < min(unit.covered, there.amount):
            missing.append(
                f"protection of {unit.name} at its venue: {there.covered:f} of the {there.amount:f} that it holds, "
                f"was {unit.covered:f}"
            )
        if unit.amount > 0 and there.amount == 0:
            over = closed.issuperset(unit.position_ids)
            (ended if over else unknown).append(f"{unit.name}: its venue holds nothing of it any more")
    return Account(kept, tuple(missing), tuple(unknown), tuple(ended))


def _fate(before: PositionFact, now: PositionFact | None, closed: Collection[str]) -> tuple[str, str]:
    """Which list, and what to say there."""
    name = _position(before)
    if before.position_id in closed:
        return "ended", f"{name}: closed"
    if now is None:
        return "unknown", f"{name}: no longer open in the table; whether it was closed in good order is not known"
    if (now.side, now.symbol, now.strategy_id) != (before.side, before.symbol, before.strategy_id):
        return "missing", f"{name}: is now {_position(now)}"
    if now.amount != before.amount:
        return "unknown", f"{name}: its amount is now {now.amount}"
    return "kept", name


def _position(position: PositionFact) -> str:
    p = position
    return f"position {p.position_id} ({p.strategy_id}, {p.symbol} {p.side} {p.amount})"


def _order(order: OrderFact) -> str:
    kind = "protective order" if order.protective else "order"
    return f"{kind} {order.order_id} of position {order.position_id}"
