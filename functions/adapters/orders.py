"""Table `tradai-orders-{env}`."""

from __future__ import annotations

from collections.abc import Sequence

from functions.adapters import items
from functions.adapters.aws import Aws
from functions.adapters.tables import Table
from functions.facts import OrderFact


class DynamoOrders:
    def __init__(self, aws: Aws, table: str) -> None:
        self._table = Table(aws, table, "position_id")

    def working(self, position_ids: Sequence[str]) -> Sequence[OrderFact]:
        pending, is_open = items.WORKING
        return [
            items.order_of(item)
            for position_id in dict.fromkeys(position_ids)
            for item in self._table.query(
                position_id, "#status IN (:pending, :open)", pending=pending, open=is_open
            )
        ]

    def of(self, position_id: str) -> Sequence[OrderFact]:
        return items.oldest_first(map(items.order_of, self._table.query(position_id)))

    def every_working(self) -> Sequence[OrderFact]:
        pending, is_open = items.WORKING
        found = self._table.scan("#status IN (:pending, :open)", pending=pending, open=is_open)
        return [items.order_of(item) for item in found]
