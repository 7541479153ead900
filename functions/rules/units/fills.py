"""Which trades closed a position, and whose orders they were."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Final, Literal

from functions.facts import OrderFact, PositionFact
from functions.rules.units.prices import ZERO
from functions.rules.units.shares import exits_of, filled_of
from functions.venue import CLOSES, Direction, Fill, Unit

By = Literal["ours", "exit", "stop", "liquidation", "unknown"]
OURS: Final = "ours"
EXIT: Final = "exit"
STOP: Final = "stop"
# Another owner's order: never counted.
OTHER: Final = "other"
# Client ids that a venue gives its own orders: liquidation and auto-deleveraging (Binance USD-M, "New Order").
LIQUIDATIONS: Final = ("autoclose-", "adl_autoclose")


@dataclass(frozen=True, slots=True)
class ClosingFills:
    """`fills`, the oldest first, cut to the share where one was larger (its fee in proportion). `amount`: their
    sum, never above the share. `whole`: they make the share within a step. `by`: who closed it: `liquidation` where
    any of it was one, else `unknown` where any of it is nobody's that we know, else `ours` where this project
    closed any of it."""

    fills: tuple[Fill, ...]
    amount: Decimal
    average: Decimal | None
    last_at: datetime | None
    whole: bool
    by: By


def own_ids(position: PositionFact, orders: Sequence[OrderFact], side: Direction) -> dict[str, str]:
    """Client ids and order ids of a position's recorded reducing orders, to `exit` or `stop`. A caller adds `ours`
    for a close's attempts and `other` (`ids_of`) for the orders of other owners."""
    return {
        name: STOP if order.protective else EXIT
        for order in exits_of(position, orders, side)
        for name in _names(order)
    }


def ids_of(orders: Iterable[OrderFact]) -> dict[str, str]:
    """Every id of other owners' orders, to `other`."""
    return {name: OTHER for order in orders for name in _names(order)}


def closing_fills(
    unit: Unit,
    fills: Sequence[Fill],
    since: datetime,
    share: Decimal,
    step: Decimal,
    own_ids: Mapping[str, str],
    accounted: Decimal = ZERO,
) -> ClosingFills:
    """The newest fills that together make `share`, in base units. Own ones where they make it by themselves, for
    then whoever else traded the symbol does not matter; else the newest of all that are not another owner's.
    `own_ids`: client order id or order id to what the order was: `ours`, `exit`, `stop` or `other`. `accounted`:
    earlier exits that are off the item's amount already; so much of the oldest own fills is left out."""
    closing = [fill for fill in _closing(unit, fills, since) if _what(fill, own_ids) != OTHER]
    accounted_for = _first([fill for fill in closing if _own(fill, own_ids)], accounted)
    left = _without(closing, accounted_for)
    own = [fill for fill in left if _own(fill, own_ids)]
    enough = share > ZERO and share - _sum(own) < step
    taken = _newest(own if enough else left, share)
    amount = _sum(taken)
    return ClosingFills(
        fills=taken,
        amount=amount,
        average=average(taken),
        last_at=max((fill.at for fill in taken), default=None),
        whole=amount > ZERO and (share - amount < step or share == amount),
        by=_by([_what(fill, own_ids) for fill in taken]),
    )


def cut_to(fills: Sequence[Fill], amount: Decimal) -> tuple[Fill, ...]:
    """The oldest that together make the amount, the last of them cut to it (its fee in proportion)."""
    return tuple(_first(sorted(fills, key=lambda fill: (fill.at, fill.fill_id)), amount))


def average(fills: Sequence[Fill]) -> Decimal | None:
    """Price by amount; None without a fill."""
    amount = _sum(fills)
    return sum((fill.amount * fill.price for fill in fills), ZERO) / amount if amount > ZERO else None


def unrecorded(
    unit: Unit,
    position: PositionFact,
    orders: Sequence[OrderFact],
    fills: Sequence[Fill],
    since: datetime,
    also: Collection[str] = (),
) -> Decimal:
    """What this position's own orders have filled at the venue beyond what the table tells, in base units, for
    `attribution.attribute`: proof, where two owners of equal amounts could not be told apart. `also`: ids of
    further orders of its own."""
    left = list(_closing(unit, fills, since))
    missing = ZERO
    for order in exits_of(position, orders, unit.side):
        proven = [fill for fill in left if _is_of(fill, _names(order))]
        left = [fill for fill in left if fill not in proven]
        missing += max(ZERO, _sum(proven) - filled_of(order, position))
    return missing + _sum(fill for fill in left if _is_of(fill, also))


def _closing(unit: Unit, fills: Sequence[Fill], since: datetime) -> Iterator[Fill]:
    """Each trade once, the oldest first."""
    once = {fill.fill_id: fill for fill in fills}
    for fill in sorted(once.values(), key=lambda fill: (fill.at, fill.fill_id)):
        ours = fill.side == CLOSES[unit.side] and fill.position_side in (None, unit.side)
        if ours and fill.at >= since and fill.amount > ZERO:
            yield fill


def _newest(fills: Sequence[Fill], share: Decimal) -> tuple[Fill, ...]:
    return tuple(reversed(_first(list(reversed(fills)), share)))


def _first(fills: Sequence[Fill], amount: Decimal) -> list[Fill]:
    """As many as make the amount; the last of them cut to what is still missing."""
    taken, left = list[Fill](), amount
    for fill in fills:
        if left <= ZERO:
            break
        taken.append(_cut(fill, min(left, fill.amount)))
        left -= taken[-1].amount
    return taken


def _without(fills: Sequence[Fill], gone: Sequence[Fill]) -> list[Fill]:
    less = {fill.fill_id: fill.amount for fill in gone}
    left = [_cut(fill, fill.amount - less.get(fill.fill_id, ZERO)) for fill in fills]
    return [fill for fill in left if fill.amount > ZERO]


def _cut(fill: Fill, amount: Decimal) -> Fill:
    if amount == fill.amount:
        return fill
    fee = None if fill.fee is None else fill.fee * amount / fill.amount
    return replace(fill, amount=amount, fee=fee)


def _sum(fills: Iterable[Fill]) -> Decimal:
    return sum((fill.amount for fill in fills), ZERO)


def _names(order: OrderFact) -> tuple[str, ...]:
    return tuple(name for name in (order.client_order_id, order.order_id) if name)


def _is_of(fill: Fill, names: Collection[str]) -> bool:
    return any(name in names for name in _known_by(fill))


def _known_by(fill: Fill) -> tuple[str, ...]:
    """Its order's ids, and those of the order whose trigger made that one."""
    return tuple(name for name in (fill.client_order_id, fill.order_id, fill.trigger_id) if name)


def _what(fill: Fill, own_ids: Mapping[str, str]) -> str:
    """`liquidation`, a word of `own_ids`, or `unknown`."""
    client = fill.client_order_id or ""
    if fill.forced or client.startswith(LIQUIDATIONS):
        return "liquidation"
    return next((own_ids[name] for name in _known_by(fill) if name in own_ids), "unknown")


def _own(fill: Fill, own_ids: Mapping[str, str]) -> bool:
    return _what(fill, own_ids) in (OURS, EXIT, STOP)


def _by(words: Sequence[str]) -> By:
    order: tuple[By, ...] = ("liquidation", "unknown", "ours", "stop", "exit")
    return next((by for by in order if by in words), "unknown")
