"""Table `tradai-orders-{env}`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from functions.adapters import items
from functions.adapters.aws import Aws
from functions.adapters.aws_errors import ConditionFailed, Saying
from functions.adapters.tables import Table
from functions.facts import OrderCorrection, OrderFact


class DynamoOrders:
    def __init__(self, aws: Aws, table: str) -> None:
        self._table = Table(aws, table, "position_id", "order_id")

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

    def correct(self, seen: OrderFact, correction: OrderCorrection, *, corrected_by: str, at: datetime) -> bool:
        fields = items.correcting(seen, correction, corrected_by=corrected_by, at=at)
        sets = ", ".join(f"#{name} = :{name}" for name in fields)
        held = "#filled = :was_filled" if seen.filled is not None else "attribute_not_exists(#filled)"
        was = {"was": seen.status} | ({} if seen.filled is None else {"was_filled": seen.filled})
        try:
            self._table.update(
                Saying.REPEATABLE,
                (seen.position_id, seen.order_id),
                f"SET {sets}",
                f"#status = :was AND {held}",
                {**fields, **was},
            )
        except ConditionFailed as failed:
            return items.corrected_by_us(failed.old or {}, correction, corrected_by)
        return True
