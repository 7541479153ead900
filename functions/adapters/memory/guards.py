"""Twin of the guards table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from functions.adapters import items, remedy_items
from functions.adapters.budgets import COUNTER_KEPT, paid, paid_at, payments
from functions.adapters.memory.world import World, stored
from functions.adapters.values import text_of
from functions.facts import KillSwitchFact
from functions.ports import Held


class MemoryGuards:
    def __init__(self, world: World) -> None:
        self._world = world

    def take(self, guard_id: str, *, owner: str, incident_id: str, now: datetime) -> Held | None:
        held = self.held(guard_id)
        if held is None:
            self._lock(guard_id, owner, incident_id, now)
            return None
        return None if held.owner == owner else held

    def take_over(self, held: Held, *, owner: str, incident_id: str, now: datetime) -> bool:
        if held.act_until > now:
            return False
        stands = self.held(held.guard_id)
        if stands != held:
            return stands is not None and stands.owner == owner
        self._lock(held.guard_id, owner, incident_id, now)
        return True

    def held(self, guard_id: str) -> Held | None:
        item = self._world.item("guards", guard_id)
        return items.held_of(item) if item else None

    def release(self, guard_id: str, *, owner: str) -> bool:
        held = self.held(guard_id)
        if held is None or held.owner != owner:
            return False
        del self._world.tables["guards"][(guard_id,)]
        return True

    def kill_switch(self) -> KillSwitchFact:
        return items.kill_switch_of(self._world.item("guards", items.KILL_SWITCH))

    def spend(self, budget_id: str, *, limit: int, window_seconds: int, now: datetime, token: str) -> bool:
        item = self._world.item("guards", budget_id) or {"guard_id": budget_id, "at": {}}
        window = timedelta(seconds=window_seconds)
        payment = paid(paid_at(item), limit=limit, window=window, now=now, token=token)
        if payment.changes:
            version, forget = int(item.get("version", 0)) + 1, now + window + COUNTER_KEPT
            paid_item = {**item, "at": payment.at, "version": version, "ttl": int(forget.timestamp())}
            self._world.put("guards", stored(paid_item))
        return payment.allowed

    def payments(self, budget_id: str, *, window_seconds: int, now: datetime) -> tuple[datetime, ...]:
        item = self._world.item("guards", budget_id) or {}
        return payments(paid_at(item), window=timedelta(seconds=window_seconds), now=now)

    def count(self, counter_id: str, *, token: str, now: datetime) -> int:
        item = self._world.item("guards", counter_id) or {"guard_id": counter_id, "tokens": set()}
        item["tokens"] |= {token}
        item["ttl"] = int((now + COUNTER_KEPT).timestamp())
        self._world.put("guards", stored(item))
        return len(item["tokens"])

    def remember_remedy(self, strategy_ids: Sequence[str], *, incident_id: str, now: datetime) -> None:
        for key in map(remedy_items.key, dict.fromkeys(strategy_ids)):
            stood = (self._world.item("guards", key) or {}).get("incident_id", "")
            if stood != incident_id:
                new = {"guard_id": key, "incident_id": incident_id, "earlier": stood}
                self._world.put("guards", stored({**new, "ttl": remedy_items.forgotten_at(now)}))

    def remedies(self, strategy_ids: Sequence[str]) -> Mapping[str, tuple[str, ...]]:
        wanted = map(remedy_items.key, strategy_ids)
        found = {key: item for key in wanted if (item := self._world.item("guards", key)) is not None}
        return remedy_items.by_strategy(found, strategy_ids)

    def _lock(self, guard_id: str, owner: str, incident_id: str, now: datetime) -> None:
        at = text_of(now)
        lock = {"guard_id": guard_id, "owner": owner, "incident_id": incident_id}
        self._world.put("guards", stored({**lock, "taken_at": at, "act_until": at}))
