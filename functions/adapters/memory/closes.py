"""Twin of what the runbooks remember of a close."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from functions.adapters import close_items as items
from functions.adapters.attribute_values import Item
from functions.adapters.memory.world import World, stored
from functions.adapters.values import text_of
from functions.errors import Broken, Refused
from functions.ports.exchange import Attempt, AttemptState, CloseResult
from functions.venue import VenueOrder


class MemoryCloses:
    def __init__(self, world: World) -> None:
        self._world = world

    def prepare(self, attempt: Attempt, *, approval_id: str, guard_id: str, act_until: datetime) -> str:
        if attempt.state is not AttemptState.PREPARED:
            raise Broken(f"attempt {attempt.number} of {attempt.position_id}: {attempt.state.value} from the start")
        incident = attempt.incident_id
        guard = self._world.item("guards", guard_id)
        if guard is None or guard["incident_id"] != incident:
            return "lost"
        approval = self._world.item("approvals", approval_id)
        if approval is None:
            raise Refused(f"there is no approval {approval_id}")
        if approval.get("used_by", incident) != incident:
            return "used"
        new = self._item(attempt) is None
        if new:
            self._put(items.attempt_item(attempt))
        self._put({**guard, "act_until": max(str(guard["act_until"]), text_of(act_until))})
        used = {"used_by": incident, "used_at": approval.get("used_at", text_of(self._world.now))}
        self._world.put("approvals", {**approval, **used})
        return "new" if new else "again"

    def send(self, attempt: Attempt, at: datetime) -> bool:
        item = self._must(attempt)
        if item["state"] != AttemptState.PREPARED.value:
            return False
        self._put({**item, "state": AttemptState.SENT.value, "sent_at": text_of(at)})
        return True

    def settle(self, attempt: Attempt) -> None:
        fields, item = items.settled(attempt), self._must(attempt)
        found = AttemptState.DONE.value
        if item["state"] != found or fields["state"] == found:
            self._put({**item, **fields})

    def attempts(self, position_id: str, incident_id: str) -> Sequence[Attempt]:
        prefix = items.attempt_key(position_id, incident_id, 0).removesuffix("0")
        found = [item for item in self._world.items("guards") if item["guard_id"].startswith(prefix)]
        return sorted(map(items.attempt_of, found), key=lambda attempt: attempt.number)

    def write_down(
        self, position_id: str, incident_id: str, protection: Sequence[VenueOrder]
    ) -> Sequence[VenueOrder]:
        known = self.incidents(position_id)
        if incident_id not in known:
            self._put(items.closes_item(position_id, (*known, incident_id)))
        stands = self.written_down(position_id, incident_id)
        if stands is not None:
            return stands
        self._put(items.protection_item(position_id, incident_id, protection))
        return tuple(protection)

    def incidents(self, position_id: str) -> Sequence[str]:
        return items.closes_of(self._world.item("guards", items.closes_key(position_id)))

    def write_down_anew(
        self,
        position_id: str,
        incident_id: str,
        protection: Sequence[VenueOrder],
        *,
        instead_of: Sequence[VenueOrder],
    ) -> bool:
        stands = self.written_down(position_id, incident_id)
        if stands not in (tuple(instead_of), tuple(protection)):
            return False
        self._put(items.protection_item(position_id, incident_id, protection))
        return True

    def written_down(self, position_id: str, incident_id: str) -> Sequence[VenueOrder] | None:
        item = self._world.item("guards", items.protection_key(position_id, incident_id))
        return items.protection_of(item) if item else None

    def approval_used_by(self, approval_id: str) -> str | None:
        used = (self._world.item("approvals", approval_id) or {}).get("used_by")
        return None if used is None else str(used)

    def begin(self, strategy_id: str, incident_id: str, *, until: datetime) -> bool:
        item = self._world.item("guards", items.closing_key(strategy_id))
        stands = items.incidents_of(item) if item else {}
        if stands is None:
            return False
        marked = items.begun(stands, incident_id, until, self._world.now)
        self._put(items.mark(strategy_id, marked))
        return len(marked) == 1

    def over(self, strategy_id: str, incident_id: str) -> None:
        key = items.closing_key(strategy_id)
        item = self._world.item("guards", key)
        left = (items.incidents_of(item) if item else None) or {}
        if left.pop(incident_id, None) is None:
            return
        if left:
            self._put(items.mark(strategy_id, left))
        else:
            del self._world.tables["guards"][(key,)]

    def conclude(self, position_id: str, incident_id: str, result: CloseResult) -> None:
        key = {"guard_id": items.result_key(position_id, incident_id)}
        self._put({**key, **items.result_fields(position_id, incident_id, result)})

    def result(self, position_id: str, incident_id: str) -> CloseResult | None:
        item = self._world.item("guards", items.result_key(position_id, incident_id))
        return items.result_of(item) if item else None

    def _item(self, attempt: Attempt) -> Item | None:
        key = items.attempt_key(attempt.position_id, attempt.incident_id, attempt.number)
        return self._world.item("guards", key)

    def _must(self, attempt: Attempt) -> Item:
        item = self._item(attempt)
        if item is None:
            raise Broken(f"attempt {attempt.number} of {attempt.position_id}: was not prepared")
        return item

    def _put(self, item: Item) -> None:
        self._world.put("guards", stored(item))
