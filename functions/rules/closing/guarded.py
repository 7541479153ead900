"""What has become of a position's protection: what rests of it, what is missing, and how much it may be.

What was written down is told by the venue's id of the order that it was first; a strategy that manages its exits
may have moved it since, and what it moved it to is what comes back.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final

from functions.rules.closing.client_ids import protection_ids
from functions.rules.closing.own_orders import Whose, protection
from functions.rules.units.prices import down_to_step
from functions.venue import VenueOrder

ZERO: Final = Decimal(0)
TAKES_PROFIT: Final = "take_profit"


@dataclass(frozen=True, slots=True)
class Guarding:
    """`pairs`: one that was written down, with what rests for it. `gone`: nothing rests for it. `more`: rests, and
    was not written down."""

    pairs: tuple[tuple[VenueOrder, tuple[VenueOrder, ...]], ...]
    gone: tuple[VenueOrder, ...]
    more: tuple[VenueOrder, ...]


def guarding(
    mine: Whose,
    position_id: str,
    incident_id: str,
    written: Sequence[VenueOrder],
    working: Iterable[VenueOrder],
    left: Decimal | None,
) -> Guarding:
    """For one that was written down stands itself, or an order of this close, or others of this position of the
    same kind that together hold as much as it did, or all that is `left` (None: not known). Itself before its
    twins, so that no order stands for two."""
    free = list(protection(mine, working))
    found: dict[str, tuple[VenueOrder, ...]] = {}
    for one in written:
        if itself := tuple(order for order in free if _is(position_id, incident_id, one, order)):
            found[one.order_id] = itself
            free = [order for order in free if order not in itself]
    for one in written:
        if one.order_id not in found and (twins := _instead(one, free, left)):
            found[one.order_id] = twins
            free = [order for order in free if order not in twins]
    return Guarding(
        pairs=tuple((one, found[one.order_id]) for one in written if one.order_id in found),
        gone=tuple(one for one in written if one.order_id not in found),
        more=tuple(free),
    )


def as_it_stands(position_id: str, incident_id: str, now: Guarding) -> tuple[VenueOrder, ...]:
    """What is to be written down before it is taken off: each as it rests, by the id of the one that it was."""
    told: list[VenueOrder] = []
    for one, (first, *others) in now.pairs:
        told.append(_as_now(position_id, incident_id, one, first))
        told += [order for order in others if not _is(position_id, incident_id, one, order)]
    return (*told, *now.more)


def fitted(
    written: Sequence[VenueOrder], left: Decimal, closed: Decimal, step: Decimal, *, alone: bool
) -> tuple[VenueOrder, ...]:
    """What is to rest of it. Where others own a part of the unit it may hold no more than what is left of this
    position: were it larger, it would close theirs. After a part was `closed`, all stops together and all that take
    profit together are cut to that, each by its part; before, each to the whole."""
    if alone:
        return tuple(written)
    if not closed:
        return tuple(one if one.close_position else _sized(one, min(one.left, left)) for one in written)
    return tuple(one for one in _cut(written, left, step) if one.close_position or one.left > ZERO)


def _cut(written: Sequence[VenueOrder], left: Decimal, step: Decimal) -> list[VenueOrder]:
    made = []
    total: dict[bool, Decimal] = {}
    for one in written:
        kind = one.type.startswith(TAKES_PROFIT)
        total[kind] = total.get(kind, ZERO) + (ZERO if one.close_position else one.left)
    run = dict.fromkeys(total, ZERO)
    for one in written:
        kind = one.type.startswith(TAKES_PROFIT)
        if one.close_position or total[kind] <= left:
            made.append(one)
            continue
        # By the running sum, so that what is lost to rounding is less than one step in all.
        before = down_to_step(left * run[kind] / total[kind], step)
        run[kind] += one.left
        made.append(_sized(one, down_to_step(left * run[kind] / total[kind], step) - before))
    return made


def too_large(
    wanted: Sequence[tuple[VenueOrder, tuple[VenueOrder, ...]]],
) -> tuple[tuple[VenueOrder, tuple[VenueOrder, ...]], ...]:
    """Each with what rests for it and holds more than it may."""
    larger = (
        (one, tuple(order for order in rest if order.left > one.left))
        for one, rest in wanted
        if not one.close_position and sum((order.left for order in rest), ZERO) > one.left
    )
    return tuple(larger)


def _sized(one: VenueOrder, amount: Decimal) -> VenueOrder:
    return one if one.left == amount else replace(one, amount=amount, filled=ZERO)


def _is(position_id: str, incident_id: str, one: VenueOrder, order: VenueOrder) -> bool:
    mine = one.client_order_id is not None and order.client_order_id == one.client_order_id
    again = order.client_order_id in protection_ids(position_id, incident_id, one.order_id)
    return mine or order.order_id == one.order_id or again


def _instead(one: VenueOrder, free: Iterable[VenueOrder], left: Decimal | None) -> tuple[VenueOrder, ...]:
    """The strategy has moved it: it manages its exits while its entries are paused."""
    kind = (one.type, one.side, one.close_position)
    needed = one.left if left is None else min(one.left, left)
    taken: list[VenueOrder] = []
    for order in free:
        if (order.type, order.side, order.close_position) != kind:
            continue
        taken.append(order)
        if one.close_position or sum((each.left for each in taken), ZERO) >= needed:
            return tuple(taken)
    return ()


def _as_now(position_id: str, incident_id: str, one: VenueOrder, order: VenueOrder) -> VenueOrder:
    if order.client_order_id in protection_ids(position_id, incident_id, one.order_id):
        # Placed again by this close, perhaps smaller; nobody else knows it.
        return one
    return one if _content(one) == _content(order) else replace(order, order_id=one.order_id)


def _content(one: VenueOrder) -> tuple[object, ...]:
    return (
        one.client_order_id,
        one.type,
        one.left,
        one.price,
        one.trigger_price,
        one.close_position,
        one.time_in_force,
        one.parameters,
    )
