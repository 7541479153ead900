"""Takes away what a fault has opened: at the venue, and in the tables."""

from __future__ import annotations

import contextlib

from local.platform.names import ORDERS_TABLE, POSITIONS_TABLE
from local.platform.ordering.kit import Ordering
from local.platform.placed import VenueSaysNo


def take_away(ordering: Ordering, position_id: str) -> None:
    """A position that somebody has closed meanwhile stays in the tables as he left it."""
    item = ordering.holdings.positions().get(position_id)
    if item is None or item.get("status") == "closed":
        return
    orders = ordering.holdings.orders(position_id)
    # A venue that was reset since has nothing of it.
    with contextlib.suppress(VenueSaysNo):
        unit = ordering.units.unit(item["account"], item["symbol"], item["side"])
        unit.cancel(str(one["client_order_id"]) for one in orders if "client_order_id" in one)
        amount = min(item["amount"], unit.held())
        if amount:
            unit.leave(f"{position_id}-cleared", amount)
    dynamodb = ordering.aws.client("dynamodb")
    for one in orders:
        key = {"position_id": {"S": position_id}, "order_id": {"S": one["order_id"]}}
        dynamodb.delete_item(TableName=ORDERS_TABLE, Key=key)
    dynamodb.delete_item(TableName=POSITIONS_TABLE, Key={"position_id": {"S": position_id}})
