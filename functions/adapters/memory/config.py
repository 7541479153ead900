"""Twin of the strategy config table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from functions.adapters import items
from functions.adapters.memory.world import World, stored
from functions.adapters.overrides import (
    CHANGE,
    EARLIER,
    PREFIX,
    SWITCHED,
    change_over,
    changed,
    is_ours,
    record_of,
    standing,
    switch_record,
    traded_by,
    written,
)
from functions.adapters.values import plain


class MemoryStrategyConfig:
    def __init__(self, world: World) -> None:
        self._world = world

    def get(self, strategy_id: str) -> Mapping[str, Any] | None:
        return self._world.item("strategy_config", strategy_id)

    def venues(self, strategy_ids: Sequence[str]) -> Mapping[str, str | None]:
        return {key: items.text((self.get(key) or {}).get("exchange")) for key in strategy_ids}

    def traded(self) -> Sequence[Mapping[str, str]]:
        return [traded_by(item) for item in self._world.items("strategy_config")]

    def override(
        self,
        strategy_id: str,
        field: str,
        *,
        expected: Any,
        value: Any,
        incident_id: str,
        expires_at: datetime,
        over: str | None = None,
    ) -> bool:
        item, name = self._world.item("strategy_config", strategy_id), f"{PREFIX}{field}"
        record = stored(record_of(incident_id, expected, value, expires_at))
        if item is None:
            return False
        if name in item:
            ours = written(item[name], incident_id)
            if ours is not None and ours["value"] == record["value"]:
                return True
            stands = ours or (written(item[name], over) if over else None)
            if stands is None or stands["value"] != plain(expected):
                return False
            record["old"] = stands["old"]
        if item.get(field) != plain(expected):
            return False
        self._world.put("strategy_config", {**item, field: record["value"], name: record})
        return True

    def put_back(self, strategy_id: str, field: str, *, incident_id: str) -> bool:
        return self._as_before(strategy_id, field, f"{PREFIX}{field}", incident_id)

    def _as_before(self, strategy_id: str, field: str, beside: str, incident_id: str) -> bool:
        item = self._world.item("strategy_config", strategy_id) or {}
        record = written(item.pop(beside, None), incident_id)
        if record is None:
            return False
        ours = bool(item.get(field) == record["value"])
        if ours and record["old"] is None:
            item.pop(field, None)
        elif ours:
            item[field] = record["old"]
        if ours and is_ours(record.get(EARLIER)):
            item[beside] = record[EARLIER]
        self._world.put("strategy_config", item)
        return ours

    def switch(self, strategy_id: str, *, expected: str, exchange: str, incident_id: str) -> bool:
        item = self._world.item("strategy_config", strategy_id) or {}
        record = stored(switch_record(incident_id, expected, exchange))
        if item.get("exchange") != expected or item.get("fallback_exchange") != exchange:
            return bool(item.get("exchange") == exchange and item.get(SWITCHED) == record)
        self._world.put("strategy_config", {**item, "exchange": exchange, SWITCHED: record})
        return True

    def overrides(self) -> Sequence[Mapping[str, Any]]:
        return [each for item in self._world.items("strategy_config") for each in standing(item)]

    def change(
        self, strategy_id: str, field: str, *, expected: Any, value: Any, incident_id: str, at: datetime
    ) -> bool:
        item, name = self._world.item("strategy_config", strategy_id), f"{CHANGE}{field}"
        if item is None:
            return False
        record: Any = stored(change_over(item.get(name), incident_id, expected, value, at))
        ours = written(item.get(name), incident_id)
        if ours is not None and item.get(field) == ours["value"] == record["value"]:
            return True
        if f"{PREFIX}{field}" in item or item.get(field) != plain(expected):
            return False
        kept = {key: held for key, held in item.items() if key != field}
        new = {} if value is None else {field: record["value"]}
        self._world.put("strategy_config", {**kept, **new, name: record})
        return True

    def undo(self, strategy_id: str, field: str, *, incident_id: str) -> bool:
        return self._as_before(strategy_id, field, f"{CHANGE}{field}", incident_id)

    def changes(self) -> Sequence[Mapping[str, Any]]:
        return [each for item in self._world.items("strategy_config") for each in changed(item)]
