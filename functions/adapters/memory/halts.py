"""Twin of what a halt writes in the guards table."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from functions.adapters import halt_items, items
from functions.adapters.memory.world import World, stored
from functions.adapters.values import text_of
from functions.facts import KillSwitchFact, ServiceRecord, StoppedRecord
from functions.ports import Engage


class MemoryHalts:
    def __init__(self, world: World) -> None:
        self._world = world

    def engage(self, stop: Engage) -> KillSwitchFact:
        before, item = self._switch(), self._world.item("guards", items.KILL_SWITCH) or {}
        if not before.engaged:
            item = {name: value for name, value in item.items() if name not in halt_items.OF_A_HALT}
        first = {
            "halt_id": stop.incident_id,
            "reason": stop.reason,
            "engaged_by": stop.engaged_by,
            "engaged_at": text_of(stop.at),
        }
        ids, stops = set(stop.strategy_ids or ()), {*before.stops, stop.execution_arn}
        if before.engaged and item.get("strategy_ids") and isinstance(item["strategy_ids"], list):
            # Nothing can be added to a list that was written by hand, so it is engaged for everybody.
            ids = set()
        item = {"guard_id": items.KILL_SWITCH, **first, **item, "engaged": True, "stops": stops}
        if not ids:
            for name in ("strategy_ids", "released_ids", "manage_only", "service_up", "stopped_since"):
                item.pop(name, None)
            return self._write(item)
        if before.engaged:
            item["stopped_since"] = set(item.get("stopped_since", ())) | ids
            item["released_ids"] = set(before.released_ids) - ids
        if not before.engaged or before.strategy_ids:
            item["strategy_ids"] = {*(before.strategy_ids or ()), *ids}
        return self._write(item)

    def record(self, halt_id: str, records: Sequence[StoppedRecord], *, until: datetime) -> Mapping[str, str]:
        del until  # nothing is throttled in memory
        not_recorded: dict[str, str] = {}
        for record in records:
            trouble = self._world.item_trouble.get(("halts.record", record.strategy_id))
            item = halt_items.record_item(halt_id, record)
            if trouble is not None:
                not_recorded[record.strategy_id] = str(trouble)
            elif self._world.item("guards", item["guard_id"]) is None:
                self._world.put("guards", stored(item))
        return not_recorded

    def records(self, halt_id: str) -> Sequence[StoppedRecord]:
        prefix = halt_items.strategy_prefix(halt_id)
        found = (item for item in self._world.items("guards") if item["guard_id"].startswith(prefix))
        return [halt_items.record_of(item) for item in found]

    def records_of(self, halt_id: str, strategy_ids: Sequence[str]) -> Mapping[str, StoppedRecord]:
        wanted = set(strategy_ids)
        return {record.strategy_id: record for record in self.records(halt_id) if record.strategy_id in wanted}

    def record_service(self, halt_id: str, record: ServiceRecord) -> ServiceRecord:
        stands = self.service_record(halt_id)
        if stands is None:
            self._world.put("guards", stored(halt_items.service_item(halt_id, record)))
        return stands or record

    def service_record(self, halt_id: str) -> ServiceRecord | None:
        item = self._world.item("guards", halt_items.service_key(halt_id))
        return halt_items.service_of(item) if item else None

    def allow_managing(self, halt_id: str, *, stops: Sequence[str], by: str, at: datetime) -> bool:
        def allow(item: dict[str, Any]) -> None:
            item |= {"manage_only": True, "service_up": True, "managed_by": by, "managed_at": text_of(at)}
            item.pop("stopped_since", None)

        return self._as_asked(halt_id, stops, allow)

    def allow_service(self, halt_id: str, *, stops: Sequence[str]) -> bool:
        return self._as_asked(halt_id, stops, lambda item: item.update(service_up=True))

    def release(
        self,
        halt_id: str,
        *,
        stops: Sequence[str],
        strategy_ids: Sequence[str] | None,
        by: str,
        at: datetime,
    ) -> bool:
        switch, item = self._switch(), self._world.item("guards", items.KILL_SWITCH) or {}
        if not switch.engaged:
            return item.get("last_halt_id") == halt_id
        rest = set(switch.strategy_ids or ()) - set(strategy_ids or ())
        if strategy_ids is None or (switch.strategy_ids and not rest):

            def change(item: dict[str, Any]) -> None:
                for name in halt_items.OF_A_HALT:
                    item.pop(name, None)
                item |= {"engaged": False, "last_halt_id": halt_id}
                item |= {"released_by": by, "released_at": text_of(at)}
        else:

            def change(item: dict[str, Any]) -> None:
                item |= {"released_by": by, "released_at": text_of(at)}
                if rest:
                    item["strategy_ids"] = rest
                else:
                    item["released_ids"] = {*switch.released_ids, *strategy_ids}

        return self._as_asked(halt_id, stops, change)

    def told(self, halt_id: str) -> str | None:
        item = self._world.item("guards", halt_items.told_key(halt_id)) or {}
        told: str | None = item.get("told")
        return told

    def tell(self, halt_id: str, what: str) -> None:
        self._world.put("guards", {"guard_id": halt_items.told_key(halt_id), "halt_id": halt_id, "told": what})

    def _switch(self) -> KillSwitchFact:
        return items.kill_switch_of(self._world.item("guards", items.KILL_SWITCH))

    def _write(self, item: dict[str, Any]) -> KillSwitchFact:
        """DynamoDB keeps no empty set."""
        self._world.put("guards", stored({name: value for name, value in item.items() if value != set()}))
        return self._switch()

    def _as_asked(self, halt_id: str, stops: Sequence[str], change: Callable[[dict[str, Any]], None]) -> bool:
        switch = self._switch()
        if not switch.engaged or switch.halt_id != halt_id or set(switch.stops) != set(stops):
            return False
        item = self._world.item("guards", items.KILL_SWITCH) or {}
        change(item)
        self._write(item)
        return True
