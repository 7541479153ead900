"""Whether a strategy traded against the close of its position."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from functions.facts import PositionFact
from functions.venue import CLOSES, Fill, Unit, VenueOrder


def opened_again(
    unit: Unit,
    position_id: str,
    since: datetime,
    *,
    positions: Sequence[PositionFact],
    fills: Sequence[Fill],
    working: Sequence[VenueOrder],
    alone: bool,
) -> tuple[str, ...]:
    """Position ids, and client ids of entries, since then. `positions`: the strategy's own open ones. What stands
    at the venue only is its own where nobody else has a part of the unit (`alone`)."""
    new = [
        one.position_id
        for one in positions
        if one.symbol == unit.symbol
        and one.position_id != position_id
        and one.opened_at is not None
        and one.opened_at >= since
    ]
    if not alone:
        return tuple(new)
    entries = {
        fill.client_order_id or fill.order_id: None
        for fill in fills
        if fill.at >= since and fill.side != CLOSES[unit.side] and fill.position_side in (None, unit.side)
    }
    waiting = {
        order.client_order_id or order.order_id: None
        for order in working
        if order.reduces(unit) is False
        and not order.reduce_only
        and order.position_side in (None, unit.side)
        and order.created_at is not None
        and order.created_at >= since
    }
    return (*new, *(entries | waiting))
