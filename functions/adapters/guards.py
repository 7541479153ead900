"""Table `tradai-runbook-guards-{env}`: locks, the kill switch, budgets and counters.

`ttl` (seconds since the epoch) lets DynamoDB forget budgets and counters that nobody asks for any more.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from functions.adapters import items, remedy_items
from functions.adapters.aws import Aws
from functions.adapters.aws_errors import ConditionFailed, Saying
from functions.adapters.budgets import COUNTER_KEPT, paid, paid_at, payments
from functions.adapters.tables import Table
from functions.adapters.values import text_of
from functions.errors import Transient
from functions.facts import KillSwitchFact
from functions.ports import Held

TRIES: Final = 10


class DynamoGuards:
    def __init__(self, aws: Aws, table: str) -> None:
        self._table = Table(aws, table, "guard_id")

    def take(self, guard_id: str, *, owner: str, incident_id: str, now: datetime) -> Held | None:
        lock = {
            "guard_id": guard_id,
            "owner": owner,
            "incident_id": incident_id,
            "taken_at": text_of(now),
            "act_until": text_of(now),
        }
        try:
            self._table.put(lock, "attribute_not_exists(#guard_id)")
        except ConditionFailed as failed:
            if failed.old is None:
                raise Transient(f"guard {guard_id}: changed hands while it was asked for") from None
            held = items.held_of(failed.old)
            return None if held.owner == owner else held
        return None

    def take_over(self, held: Held, *, owner: str, incident_id: str, now: datetime) -> bool:
        if held.act_until > now:
            return False
        before = {
            "old_owner": held.owner,
            "old_incident": held.incident_id,
            "old_taken": text_of(held.taken_at),
            "old_until": text_of(held.act_until),
        }
        try:
            self._table.update(
                Saying.REPEATABLE,
                held.guard_id,
                "SET #owner = :owner, #incident_id = :incident, #taken_at = :now, #act_until = :now",
                "#owner = :old_owner AND #incident_id = :old_incident "
                "AND #taken_at = :old_taken AND #act_until = :old_until",
                {**before, "owner": owner, "incident": incident_id, "now": text_of(now)},
            )
        except ConditionFailed as failed:
            return (failed.old or {}).get("owner") == owner
        return True

    def held(self, guard_id: str) -> Held | None:
        item = self._table.get(guard_id)
        return items.held_of(item) if item else None

    def release(self, guard_id: str, *, owner: str) -> bool:
        try:
            self._table.delete(guard_id, "#owner = :owner", {"owner": owner})
        except ConditionFailed:
            return False
        return True

    def kill_switch(self) -> KillSwitchFact:
        return items.kill_switch_of(self._table.get(items.KILL_SWITCH))

    def spend(self, budget_id: str, *, limit: int, window_seconds: int, now: datetime, token: str) -> bool:
        window = timedelta(seconds=window_seconds)
        for _ in range(TRIES):
            item = self._table.get(budget_id) or {}
            payment = paid(paid_at(item), limit=limit, window=window, now=now, token=token)
            if not payment.changes:
                return payment.allowed
            if self._pay(budget_id, payment.at, item.get("version"), now + window):
                return True
        raise Transient(f"budget {budget_id}: too many ask for it at once")

    def payments(self, budget_id: str, *, window_seconds: int, now: datetime) -> tuple[datetime, ...]:
        item = self._table.get(budget_id) or {}
        return payments(paid_at(item), window=timedelta(seconds=window_seconds), now=now)

    def count(self, counter_id: str, *, token: str, now: datetime) -> int:
        answer = self._table.update(
            Saying.REPEATABLE,
            counter_id,
            "ADD #tokens :token SET #ttl = :ttl",
            None,
            {"token": {token}, "ttl": int((now + COUNTER_KEPT).timestamp())},
            returning="ALL_NEW",
        )
        return len(answer["tokens"])

    def remember_remedy(self, strategy_ids: Sequence[str], *, incident_id: str, now: datetime) -> None:
        for key in map(remedy_items.key, dict.fromkeys(strategy_ids)):
            values: dict[str, Any] = {"new": incident_id, "none": "", "ttl": remedy_items.forgotten_at(now)}
            try:
                self._table.update(
                    Saying.REPEATABLE,
                    key,
                    # Both sides are of the item as it stood: what was the newest one becomes the earlier one.
                    "SET #earlier = if_not_exists(#incident_id, :none), #incident_id = :new, #ttl = :ttl",
                    "attribute_not_exists(#incident_id) OR #incident_id <> :new",
                    values,
                )
            except ConditionFailed:
                continue  # our own earlier try

    def remedies(self, strategy_ids: Sequence[str]) -> Mapping[str, tuple[str, ...]]:
        found = self._table.batch(list(map(remedy_items.key, strategy_ids)), ("guard_id", "incident_id", "earlier"))
        return remedy_items.by_strategy(found, strategy_ids)

    def _pay(self, budget_id: str, at: dict[str, str], version: Any, forget: datetime) -> bool:
        """One payment, unless somebody else paid since it was read."""
        item = {
            "guard_id": budget_id,
            "at": at,
            "version": int(version or 0) + 1,
            "ttl": int((forget + COUNTER_KEPT).timestamp()),
        }
        try:
            if version is None:
                self._table.put(item, "attribute_not_exists(#guard_id)")
            else:
                self._table.put(item, "#version = :version", {"version": version})
        except ConditionFailed:
            return False
        return True
