"""Table `tradai-strategy-config-{env}`: reading, values that are changed for a while, and the venue."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from functions.adapters import items
from functions.adapters.attribute_values import Item
from functions.adapters.aws import Aws
from functions.adapters.aws_errors import ConditionFailed, Saying
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
        over: str | None = None,
    ) -> bool:
        """One override of a field at a time: another incident's would keep the first one's value as the old one."""
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
            stands = (failed.old or {}).get(f"{PREFIX}{field}")
            if ours := written(stands, incident_id):
                same = ours["value"] == record["value"]
                return same or self._further(strategy_id, field, ours, record, plain(expected))
            earlier = written(stands, over) if over else None
            return earlier is not None and self._further(strategy_id, field, earlier, record, plain(expected))
        return True

    def _further(self, strategy_id: str, field: str, stands: Item, record: Item, expected: Any) -> bool:
        """On top of an override, while its value still stands there: what was before it stays the old value."""
        if stands["value"] != expected:
            return False
        record = {**record, "old": stands["old"]}
        try:
            self._table.update(
                Saying.ACT,
                strategy_id,
                "SET #field = :value, #override = :record",
                "#override = :stands AND #field = :expected",
                {"value": record["value"], "record": record, "stands": stands, "expected": expected},
                {"field": field, "override": f"{PREFIX}{field}"},
            )
        except ConditionFailed:
            return False
        return True

    def put_back(self, strategy_id: str, field: str, *, incident_id: str) -> bool:
        """Where somebody changed the field since, their value stays and only the record goes: False."""
        return self._as_before(strategy_id, field, f"{PREFIX}{field}", incident_id)

    def _as_before(self, strategy_id: str, field: str, beside: str, incident_id: str) -> bool:
        item = self._table.get(strategy_id) or {}
        record = written(item.get(beside), incident_id)
        if record is None:
            return False
        ours = bool(item.get(field) == record["value"])
        old, earlier, stands = record["old"], record.get(EARLIER), "#beside.#incident_id = :incident"
        values: dict[str, Any] = {"incident": incident_id}
        if ours and record["value"] is None:
            stands = f"{stands} AND attribute_not_exists(#field)"
        elif ours:
            values["value"], stands = record["value"], f"{stands} AND #field = :value"
        sets, removes = list[str](), list[str]()
        if ours and old is None:
            removes.append("#field")
        elif ours:
            values["old"] = old
            sets.append("#field = :old")
        if ours and is_ours(earlier):
            # What this one was made on top of stands again, and can be undone in its turn.
            values["earlier"] = earlier
            sets.append("#beside = :earlier")
        else:
            removes.append("#beside")
        parts = (("SET", sets), ("REMOVE", removes))
        change = " ".join(f"{word} {', '.join(one)}" for word, one in parts if one)
        names = {"field": field, "beside": beside}
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

    def change(
        self, strategy_id: str, field: str, *, expected: Any, value: Any, incident_id: str, at: datetime
    ) -> bool:
        """The record that was read is part of the condition, so that nobody's record is lost but the one seen."""
        item = self._table.get(strategy_id)
        if item is None:
            return False
        before = item.get(f"{CHANGE}{field}")
        record, ours = change_over(before, incident_id, expected, value, at), written(before, incident_id)
        if ours is not None and item.get(field) == ours["value"] == record["value"]:
            return True
        values: dict[str, Any] = {"record": record}
        held = ["attribute_exists(#strategy_id)", "attribute_not_exists(#override)"]
        for name, stands in (("field", plain(expected)), ("change", before)):
            held.append(f"attribute_not_exists(#{name})" if stands is None else f"#{name} = :{name}")
            values |= {} if stands is None else {name: stands}
        sets = "SET #change = :record REMOVE #field" if value is None else "SET #field = :new, #change = :record"
        try:
            self._table.update(
                Saying.ACT,
                strategy_id,
                sets,
                " AND ".join(held),
                values if value is None else {**values, "new": record["value"]},
                {"field": field, "change": f"{CHANGE}{field}", "override": f"{PREFIX}{field}"},
            )
        except ConditionFailed:
            return False
        return True

    def undo(self, strategy_id: str, field: str, *, incident_id: str) -> bool:
        return self._as_before(strategy_id, field, f"{CHANGE}{field}", incident_id)

    def changes(self) -> Sequence[Mapping[str, Any]]:
        return [change for item in self._table.scan() for change in changed(item)]
