"""Table `tradai-strategy-config-{env}`: reading, values that are changed for a while, and the venue."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from functions.adapters import items
from functions.adapters.aws import Aws
from functions.adapters.aws_errors import ConditionFailed, Saying
from functions.adapters.overrides import (
    PREFIX,
    SWITCHED,
    is_ours,
    record_of,
    standing,
    switch_record,
    traded_by,
)
from functions.adapters.tables import Table
from functions.adapters.values import plain


class DynamoStrategyConfig:
    def __init__(self, aws: Aws, table: str) -> None:
        self._table = Table(aws, table, "strategy_id")

    def get(self, strategy_id: str) -> Mapping[str, Any] | None:
        return self._table.get(strategy_id)

    def venues(self, strategy_ids: Sequence[str]) -> Mapping[str, str | None]:
        found = self._table.batch(strategy_ids)
        return {key: items.text(found.get(key, {}).get("exchange")) for key in strategy_ids}

    def traded(self) -> Sequence[Mapping[str, str]]:
        return [traded_by(item) for item in self._table.scan("attribute_exists(#strategy_id)")]

    def override(
        self,
        strategy_id: str,
        field: str,
        *,
        expected: Any,
        value: Any,
        incident_id: str,
        expires_at: datetime,
    ) -> bool:
        """One override of a field at a time: a second one would keep the first one's value as the old one."""
        record = record_of(incident_id, expected, value, expires_at)
        held = "attribute_not_exists(#field)" if expected is None else "#field = :expected"
        values = {"value": record["value"], "record": record}
        try:
            self._table.update(
                Saying.ACT,
                strategy_id,
                "SET #field = :value, #override = :record",
                f"attribute_exists(#strategy_id) AND attribute_not_exists(#override) AND {held}",
                values if expected is None else {**values, "expected": plain(expected)},
                {"field": field, "override": f"{PREFIX}{field}"},
            )
        except ConditionFailed as failed:
            stands = (failed.old or {}).get(f"{PREFIX}{field}", {})
            return bool(stands.get("incident_id") == incident_id and stands.get("value") == record["value"])
        return True

    def put_back(self, strategy_id: str, field: str, *, incident_id: str) -> bool:
        """Where somebody changed the field since, their value stays and only the record goes: False."""
        item = self._table.get(strategy_id) or {}
        record: Any = item.get(f"{PREFIX}{field}")
        if not is_ours(record) or record["incident_id"] != incident_id:
            return False
        ours = bool(item.get(field) == record["value"])
        old, stands = record["old"], "#override.#incident_id = :incident"
        values: dict[str, Any] = {"incident": incident_id}
        if ours:
            values["value"], stands = record["value"], f"{stands} AND #field = :value"
        if not ours:
            change = "REMOVE #override"
        elif old is None:
            change = "REMOVE #field, #override"
        else:
            change, values["old"] = "SET #field = :old REMOVE #override", old
        names = {"field": field, "override": f"{PREFIX}{field}"}
        try:
            self._table.update(Saying.ACT, strategy_id, change, stands, values, names)
        except ConditionFailed:
            return False
        return ours

    def switch(self, strategy_id: str, *, expected: str, exchange: str, incident_id: str) -> bool:
        record = switch_record(incident_id, expected, exchange)
        try:
            self._table.update(
                Saying.REPEATABLE,
                strategy_id,
                "SET #exchange = :exchange, #switched_exchange = :record",
                "#exchange = :expected AND #fallback_exchange = :exchange",
                {"exchange": exchange, "expected": expected, "record": record},
            )
        except ConditionFailed as failed:
            old = failed.old or {}
            return bool(old.get("exchange") == exchange and old.get(SWITCHED) == record)
        return True

    def overrides(self) -> Sequence[Mapping[str, Any]]:
        return [override for item in self._table.scan() for override in standing(item)]
