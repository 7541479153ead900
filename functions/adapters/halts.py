"""What a halt writes in the guards table: records of what stood before it, and the ways back.

The kill switch itself is engaged in kill_switch.py. What releases it, whole or in part, holds only while the halt
is the one that was asked about and no stop has been added to it since.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from functions.adapters import halt_items, items
from functions.adapters.aws import Aws
from functions.adapters.aws_errors import ConditionFailed, Saying
from functions.adapters.batches import Batches, insert
from functions.adapters.kill_switch import KillSwitch
from functions.adapters.tables import Table
from functions.adapters.values import text_of
from functions.errors import Transient
from functions.facts import KillSwitchFact, ServiceRecord, StoppedRecord
from functions.ports import Clock, Engage

TRIES: Final = 5


class DynamoHalts:
    def __init__(self, aws: Aws, table: str, clock: Clock) -> None:
        self._table = Table(aws, table, "guard_id")
        self._switch = KillSwitch(self._table)
        # The stop of whoever is recorded waits for it.
        self._batches = Batches(aws, f"dynamodb:PartiQLInsert {table}", clock, pace=Saying.AT_ONCE)

    def engage(self, stop: Engage) -> KillSwitchFact:
        return self._switch.engage(stop)

    def record(self, halt_id: str, records: Sequence[StoppedRecord], *, until: datetime) -> Mapping[str, str]:
        made = {record.strategy_id: halt_items.record_item(halt_id, record) for record in records}
        statements = [insert(self._table.name, "guard_id", item) for item in made.values()]
        said = self._batches.run(statements, until=until)
        answers = {strategy_id: said[item["guard_id"]] for strategy_id, item in made.items()}
        return {
            strategy_id: f"{answer.why} (it may have been written)" if answer.lost else answer.why
            for strategy_id, answer in answers.items()
            if answer.code not in (None, "DuplicateItem")
        }

    def records(self, halt_id: str) -> Sequence[StoppedRecord]:
        found = self._table.scan("begins_with(#guard_id, :prefix)", prefix=halt_items.strategy_prefix(halt_id))
        return [halt_items.record_of(item) for item in found]

    def records_of(self, halt_id: str, strategy_ids: Sequence[str]) -> Mapping[str, StoppedRecord]:
        prefix = halt_items.strategy_prefix(halt_id)
        found = map(halt_items.record_of, self._table.batch([prefix + one for one in strategy_ids]).values())
        return {record.strategy_id: record for record in found}

    def record_service(self, halt_id: str, record: ServiceRecord) -> ServiceRecord:
        try:
            self._table.put(halt_items.service_item(halt_id, record), "attribute_not_exists(#guard_id)")
        except ConditionFailed as failed:
            if failed.old is None:
                raise Transient(f"{halt_items.service_key(halt_id)}: went while it was written") from None
            return halt_items.service_of(failed.old)
        return record

    def service_record(self, halt_id: str) -> ServiceRecord | None:
        item = self._table.get(halt_items.service_key(halt_id))
        return halt_items.service_of(item) if item else None

    def allow_managing(self, halt_id: str, *, stops: Sequence[str], by: str, at: datetime) -> bool:
        return self._as_asked(
            halt_id,
            stops,
            "SET #manage_only = :yes, #service_up = :yes, #managed_by = :by, #managed_at = :at "
            "REMOVE #stopped_since",
            {"yes": True, "by": by, "at": text_of(at)},
        )

    def allow_service(self, halt_id: str, *, stops: Sequence[str]) -> bool:
        return self._as_asked(halt_id, stops, "SET #service_up = :yes", {"yes": True})

    def release(
        self,
        halt_id: str,
        *,
        stops: Sequence[str],
        strategy_ids: Sequence[str] | None,
        by: str,
        at: datetime,
    ) -> bool:
        who = {"by": by, "at": text_of(at)}
        if strategy_ids is None:
            return self._release(halt_id, stops, who) or self._is_released(halt_id)
        for _ in range(TRIES):
            item = self._table.get(items.KILL_SWITCH)
            switch, back = items.kill_switch_of(item), set(strategy_ids)
            if not switch.engaged or switch.halt_id != halt_id or set(switch.stops) != set(stops):
                return self._is_released(halt_id)
            if switch.strategy_ids is None:
                return self._as_asked(
                    halt_id,
                    stops,
                    "SET #released_by = :by, #released_at = :at ADD #released_ids :ids",
                    {**who, "ids": back},
                    "attribute_not_exists(#strategy_ids)",
                )
            stood: Any = (item or {})["strategy_ids"]
            if self._take_off(halt_id, stops, who, stood, set(switch.strategy_ids) - back):
                return True
        raise Transient("the kill switch changed each time that it was looked at")

    def told(self, halt_id: str) -> str | None:
        return items.text((self._table.get(halt_items.told_key(halt_id)) or {}).get("told"))

    def tell(self, halt_id: str, what: str) -> None:
        said = {"told": what, "halt": halt_id}
        key = halt_items.told_key(halt_id)
        self._table.update(Saying.REPEATABLE, key, "SET #told = :told, #halt_id = :halt", None, said)

    def _take_off(
        self, halt_id: str, stops: Sequence[str], who: Mapping[str, str], stood: Any, rest: set[str]
    ) -> bool:
        """Off the list, which must be the one that was read: an empty list would read as everybody."""
        unchanged = "#strategy_ids = :stood"
        if not rest:
            return self._release(halt_id, stops, who, unchanged, {"stood": stood})
        expression = "SET #strategy_ids = :rest, #released_by = :by, #released_at = :at"
        return self._as_asked(halt_id, stops, expression, {**who, "stood": stood, "rest": rest}, unchanged)

    def _release(
        self,
        halt_id: str,
        stops: Sequence[str],
        who: Mapping[str, str],
        condition: str | None = None,
        more: Mapping[str, Any] | None = None,
    ) -> bool:
        gone = ", ".join(f"#{name}" for name in halt_items.OF_A_HALT)
        released = (
            "SET #engaged = :no, #last_halt_id = :halt, #released_by = :by, #released_at = :at REMOVE " + gone
        )
        return self._as_asked(halt_id, stops, released, {**who, **(more or {})}, condition)

    def _is_released(self, halt_id: str) -> bool:
        """By an earlier try."""
        item = self._table.get(items.KILL_SWITCH) or {}
        return item.get("engaged") is False and item.get("last_halt_id") == halt_id

    def _as_asked(
        self,
        halt_id: str,
        stops: Sequence[str],
        expression: str,
        values: Mapping[str, Any],
        condition: str | None = None,
    ) -> bool:
        """Only while this halt stands, with no stop more than those that were asked about."""
        same = "#stops = :stops" if stops else "attribute_not_exists(#stops)"
        asked: dict[str, Any] = {"halt": halt_id, "no": False} | ({"stops": set(stops)} if stops else {})
        held = f"#halt_id = :halt AND NOT #engaged = :no AND {same}"
        if condition:
            held = f"{held} AND {condition}"
        try:
            self._table.update(Saying.REPEATABLE, items.KILL_SWITCH, expression, held, {**asked, **values})
        except ConditionFailed:
            return False
        return True
