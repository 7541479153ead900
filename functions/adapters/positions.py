"""Table `tradai-positions-{env}`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from functions.adapters import items
from functions.adapters.aws import Aws
from functions.adapters.tables import Table
from functions.facts import PositionFact

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
        return [items.position_of(item) for item in found if item.get("strategy_id") in wanted]

    def every_open(self) -> Sequence[PositionFact]:
        found = self._table.scan("attribute_not_exists(#status) OR #status <> :closed", closed="closed")
        return [items.position_of(item) for item in found]

    def by_id(self, position_ids: Sequence[str]) -> Mapping[str, PositionFact | None]:
        found = self._table.batch(position_ids)
        return {key: items.position_of(found[key]) if key in found else None for key in position_ids}
