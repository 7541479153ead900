"""Twin of the incidents table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from functions.adapters import incident_items
from functions.adapters.attribute_values import Item
from functions.adapters.cutting import MOST_ENTRIES
from functions.adapters.incidents import unsettled
from functions.adapters.memory.world import World, stored
from functions.adapters.values import text_of
from functions.errors import Broken, Refused
from functions.facts import Evidence, Result
from functions.ports import FollowUp, Intent


class MemoryIncidents:
    def __init__(self, world: World) -> None:
        self._world = world

    def open(self, item: Mapping[str, Any], *, at_once: bool = False) -> bool:
        del at_once  # nothing hangs in memory
        new = stored(incident_items.new_item(item))
        if self._world.item("incidents", str(new["incident_id"])) is not None:
            return False
        self._world.put("incidents", new)
        return True

    def get(self, incident_id: str) -> Mapping[str, Any] | None:
        item = self._world.item("incidents", incident_id)
        whole: Item | None = stored(incident_items.shown(item)) if item else None
        return whole

    def note(self, incident_id: str, evidence: Sequence[Evidence], **fields: Any) -> None:
        entries, given, token = incident_items.noted(evidence, fields)
        item = self._must(incident_id, "to note anything in")
        if item.get("noted") == token:
            return
        kept = item["evidence"] + entries
        item |= {"evidence": kept[:MOST_ENTRIES], "noted": token}
        item["evidence_total"] += len(entries)
        for name, value in given.items():
            if value is None:
                item.pop(name, None)
            else:
                item[name] = value
        self._world.put("incidents", stored(item))

    def intend(self, incident_id: str, intent: Intent, *, guard_id: str, act_until: datetime) -> str:
        guard = self._world.item("guards", guard_id)
        if guard is None or guard["incident_id"] != incident_id:
            return "lost"
        item = self._must(incident_id, "to write an intent in")
        if incident_items.over(item):
            return "lost"
        guard["act_until"] = max(guard["act_until"], text_of(act_until))
        self._world.put("guards", guard)
        if intent.act_id in item["intents"]:
            return "again"
        item["intents"][intent.act_id] = incident_items.intent_entry(intent)
        item["revision"] += 1
        self._world.put("incidents", stored(item))
        return "new"

    def settle(self, incident_id: str, act_id: str, result: Result, after: str | None, at: datetime) -> None:
        item = self._world.item("incidents", incident_id)
        if item is None or act_id not in item.get("intents", {}):
            raise unsettled(item, incident_id, act_id)
        settled = incident_items.settling(result, after, at)
        item["intents"][act_id] = {**item["intents"][act_id], **settled}
        item["revision"] += 1
        self._world.put("incidents", stored(item))

    def close(self, incident_id: str, fields: Mapping[str, Any]) -> bool:
        item = self._must(incident_id, "to close")
        if incident_items.over(item):
            return False
        end = incident_items.ending(item, fields, self._world.now)
        del item["intents"]
        self._world.put("incidents", stored({**item, **end}))
        return True

    def record_approval(self, incident_id: str, record: Mapping[str, Any]) -> None:
        item = self._must(incident_id, "to record an approval in")
        approvals = incident_items.with_approval(item, record)
        if approvals != item.get("approvals"):
            self._world.put("incidents", stored({**item, "approvals": approvals, "revision": item["revision"] + 1}))

    def follow_up(self, incident_id: str, entry: FollowUp) -> bool:
        item = self._world.item("incidents", incident_id)
        if item is None:
            raise Refused(f"there is no incident {incident_id}")
        entries = incident_items.with_follow_up(item, entry)
        if entries is not None:
            self._world.put("incidents", stored({**item, "follow_up": entries}))
        return entries is not None

    def acknowledge(self, incident_id: str, *, by: str, at: datetime) -> bool:
        closing = incident_items.acknowledging(by, at)
        item = self._world.item("incidents", incident_id)
        if item is None or "ended_at" not in item or "closed_at" in item:
            return incident_items.acknowledged(item, incident_id, closing)
        self._world.put("incidents", {**item, **closing})
        return True

    def _must(self, incident_id: str, what: str) -> Item:
        item = self._world.item("incidents", incident_id)
        if item is None:
            raise Broken(f"no incident {incident_id} {what}")
        return item
