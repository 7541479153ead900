"""Table `tradai-positions-{env}`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from functions.adapters import items
from functions.adapters.aws import Aws
from functions.adapters.aws_errors import ConditionFailed, Saying
from functions.adapters.tables import Table
from functions.facts import OpenPositions, PositionFact

# DynamoDB compares with at most 100 values in one IN; more strategies than that are sorted out here.
MOST_IN: Final = 100


class DynamoPositions:
    def __init__(self, aws: Aws, table: str) -> None:
        self._table = Table(aws, table, "position_id")

    def open_of(self, strategy_ids: Sequence[str]) -> Sequence[PositionFact]:
        """One scan of the table: it has no index by strategy. Without a status a position counts as open."""
        wanted = set(strategy_ids)
        if not wanted:
            return []
        values: dict[str, str] = {"closed": "closed"}
        condition = "(attribute_not_exists(#status) OR #status <> :closed)"
        if len(wanted) <= MOST_IN:
            ids = {f"id_{n}": strategy_id for n, strategy_id in enumerate(sorted(wanted))}
            condition += f" AND #strategy_id IN ({', '.join(f':{name}' for name in ids)})"
            values |= ids
        found = self._table.scan(condition, **values)
        return [items.position_of(item) for item in found if items.text(item.get("strategy_id")) in wanted]

    def every_open(self) -> Sequence[PositionFact]:
        return [items.position_of(item) for item in self._open()]

    def each_open(self) -> OpenPositions:
        return items.positions_of(self._open())

    def _open(self) -> Sequence[Mapping[str, Any]]:
        return list(self._table.scan("attribute_not_exists(#status) OR #status <> :closed", closed="closed"))

    def close(
        self,
        position_id: str,
        *,
        amount: Decimal,
        exit_price: Decimal | None,
        closed_at: datetime,
        manually: bool,
        closed_by: str,
    ) -> bool:
        fields = items.closing(exit_price, closed_at, manually=manually, closed_by=closed_by)
        sets = ", ".join(f"#{name} = :{name}" for name in fields)
        try:
            self._table.update(
                Saying.REPEATABLE,
                position_id,
                f"SET {sets}",
                "#amount = :amount AND (attribute_not_exists(#status) OR #status <> :status)",
                {**fields, "amount": amount},
            )
        except ConditionFailed as failed:
            return items.closed_by_us(failed.old or {}, closed_by)
        return True

    def by_id(self, position_ids: Sequence[str]) -> Mapping[str, PositionFact | None]:
        found = self._table.batch(position_ids)
        return {key: items.position_of(found[key]) if key in found else None for key in position_ids}
