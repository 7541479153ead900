"""What the runbooks remember of a close, in the table `tradai-runbook-guards-{env}`.

An attempt is written down in one transaction with the approval that it uses and the guard that lets it, and goes
from `prepared` to `sent` once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import count
from typing import Any, Final
from uuid import uuid4

from functions.adapters import close_items as items
from functions.adapters.attribute_values import Item, packed_item
from functions.adapters.aws import Aws
from functions.adapters.aws_errors import ConditionFailed, Saying
from functions.adapters.holding import holding, ours, until_of
from functions.adapters.tables import Table, expressions
from functions.adapters.transactions import Cancelled, transact
from functions.adapters.values import text_of
from functions.errors import Broken, Refused, Transient
from functions.ports import Clock
from functions.ports.exchange import Attempt, AttemptState, CloseResult
from functions.venue import VenueOrder

TRIES: Final = 10
ATTEMPT, APPROVAL, GUARD = 0, 1, 2
# Attempts are numbered without gaps; so many are asked for at once.
BLOCK: Final = 20


class DynamoCloses:
    def __init__(self, aws: Aws, guards_table: str, *, approvals_table: str, clock: Clock) -> None:
        self._aws, self._clock = aws, clock
        self._guards = Table(aws, guards_table, "guard_id")
        self._approvals = Table(aws, approvals_table, "approval_id")

    def prepare(self, attempt: Attempt, *, approval_id: str, guard_id: str, act_until: datetime) -> str:
        incident, until, again, longer = attempt.incident_id, text_of(act_until), False, True
        if attempt.state is not AttemptState.PREPARED:
            raise Broken(f"attempt {attempt.number} of {attempt.position_id}: {attempt.state.value} from the start")
        for _ in range(TRIES):
            written = self._stands(attempt) if again else self._written(attempt)
            guard = holding(self._guards, guard_id, incident, until, longer=longer)
            what = f"prepare {items.attempt_item(attempt)['guard_id']}"
            try:
                uses = {"Update": self._uses(approval_id, incident)}
                transact(self._aws, Saying.REPEATABLE, what, [written, uses, guard])
                return "again" if again else "new"
            except Cancelled as cancelled:
                if GUARD in cancelled.failed:
                    held = cancelled.failed[GUARD] or {}
                    if not ours(held, incident):
                        return "lost"
                    # Another branch of this run acts longer than this one: its time stands.
                    longer = until_of(held) <= until
                if APPROVAL in cancelled.failed:
                    if cancelled.failed[APPROVAL] is None:
                        raise Refused(f"there is no approval {approval_id}") from None
                    return "used"
                again = again or ATTEMPT in cancelled.failed
        raise Transient(f"prepare {attempt.position_id}: the guard {guard_id} changes faster than it can be read")

    def send(self, attempt: Attempt, at: datetime) -> bool:
        by = uuid4().hex
        try:
            self._guards.update(
                Saying.REPEATABLE,
                _key(attempt),
                "SET #state = :sent, #sent_at = :at, #sent_by = :by",
                "#state = :prepared",
                {
                    "sent": AttemptState.SENT.value,
                    "at": text_of(at),
                    "by": by,
                    "prepared": AttemptState.PREPARED.value,
                },
            )
        except ConditionFailed as failed:
            if failed.old is None:
                raise Broken(f"{_key(attempt)}: was not prepared") from None
            # Our own write, whose answer was lost on its way: nobody else has this mark.
            return failed.old.get("sent_by") == by
        return True

    def settle(self, attempt: Attempt) -> None:
        fields, condition = items.settled(attempt), "attribute_exists(#guard_id)"
        values = dict(fields)
        if attempt.state is not AttemptState.DONE:
            # An order that was found stays found, whatever an earlier look says late.
            condition, values["found"] = f"{condition} AND NOT #state = :found", AttemptState.DONE.value
        sets = ", ".join(f"#{name} = :{name}" for name in fields)
        try:
            self._guards.update(Saying.REPEATABLE, _key(attempt), f"SET {sets}", condition, values)
        except ConditionFailed as failed:
            if failed.old is None:
                raise Broken(f"{_key(attempt)}: was not prepared") from None

    def attempts(self, position_id: str, incident_id: str) -> Sequence[Attempt]:
        found: list[Attempt] = []
        for start in count(1, BLOCK):
            numbers = range(start, start + BLOCK)
            block = self._guards.batch([items.attempt_key(position_id, incident_id, n) for n in numbers])
            found += map(items.attempt_of, block.values())
            if len(block) < BLOCK:
                break
        return sorted(found, key=lambda attempt: attempt.number)

    def write_down(
        self, position_id: str, incident_id: str, protection: Sequence[VenueOrder]
    ) -> Sequence[VenueOrder]:
        self._remember(position_id, incident_id)
        item = items.protection_item(position_id, incident_id, protection)
        try:
            self._guards.put(item, "attribute_not_exists(#guard_id)")
        except ConditionFailed as failed:
            if failed.old is None:
                raise Transient(f"{item['guard_id']}: went while it was written") from None
            return items.protection_of(failed.old)
        return tuple(protection)

    def incidents(self, position_id: str) -> Sequence[str]:
        return items.closes_of(self._guards.get(items.closes_key(position_id)))

    def _remember(self, position_id: str, incident_id: str) -> None:
        for _ in range(TRIES):
            item = self._guards.get(items.closes_key(position_id))
            known = items.closes_of(item)
            if incident_id in known:
                return
            as_read, values = "attribute_not_exists(#guard_id)", {}
            if item is not None:
                as_read, values = "#incidents = :stood", {"stood": item["incidents"]}
            try:
                self._guards.put(items.closes_item(position_id, (*known, incident_id)), as_read, values)
            except ConditionFailed:
                continue
            return
        raise Transient(f"{items.closes_key(position_id)} changes faster than it can be read")

    def write_down_anew(
        self,
        position_id: str,
        incident_id: str,
        protection: Sequence[VenueOrder],
        *,
        instead_of: Sequence[VenueOrder],
    ) -> bool:
        now, before = (items.protection_item(position_id, incident_id, these) for these in (protection, instead_of))
        values = {"now": now["orders"], "before": before["orders"]}
        try:
            self._guards.update(
                Saying.REPEATABLE, now["guard_id"], "SET #orders = :now", "#orders = :before", values
            )
        except ConditionFailed as failed:
            # Our own write, whose answer was lost on its way, has written the same.
            return failed.old is not None and items.protection_of(failed.old) == tuple(protection)
        return True

    def written_down(self, position_id: str, incident_id: str) -> Sequence[VenueOrder] | None:
        item = self._guards.get(items.protection_key(position_id, incident_id))
        return items.protection_of(item) if item else None

    def approval_used_by(self, approval_id: str) -> str | None:
        used = (self._approvals.get(approval_id, ("used_by",)) or {}).get("used_by")
        return None if used is None else str(used)

    def begin(self, strategy_id: str, incident_id: str, *, until: datetime) -> bool:
        now = self._clock.now()
        for _ in range(TRIES):
            item = self._guards.get(items.closing_key(strategy_id))
            stands = items.incidents_of(item) if item else {}
            if stands is None:
                # Nobody can tell whose it is: it is live.
                return False
            marked = items.begun(stands, incident_id, until, now)
            if marked == stands or self._marked(strategy_id, marked, item):
                return len(marked) == 1
        raise Transient(f"{items.closing_key(strategy_id)} changes faster than it can be read")

    def over(self, strategy_id: str, incident_id: str) -> None:
        for _ in range(TRIES):
            item = self._guards.get(items.closing_key(strategy_id))
            stands = (items.incidents_of(item) if item else None) or {}
            if incident_id not in stands:
                return
            left = {name: until for name, until in stands.items() if name != incident_id}
            if self._marked(strategy_id, left, item):
                return
        raise Transient(f"{items.closing_key(strategy_id)} changes faster than it can be read")

    def _marked(self, strategy_id: str, incidents: Mapping[str, str], stood: Item | None) -> bool:
        """False: somebody else was quicker."""
        as_read, values = "attribute_not_exists(#guard_id)", {}
        if stood is not None:
            as_read, values = "#incidents = :stood", {"stood": stood["incidents"]}
        try:
            if incidents:
                self._guards.put(items.mark(strategy_id, incidents), as_read, values)
            else:
                self._guards.delete(items.closing_key(strategy_id), as_read, values)
        except ConditionFailed:
            return False
        return True

    def conclude(self, position_id: str, incident_id: str, result: CloseResult) -> None:
        fields = items.result_fields(position_id, incident_id, result)
        sets = ", ".join(f"#{name} = :{name}" for name in fields)
        key = items.result_key(position_id, incident_id)
        self._guards.update(Saying.REPEATABLE, key, f"SET {sets}", None, fields)

    def result(self, position_id: str, incident_id: str) -> CloseResult | None:
        item = self._guards.get(items.result_key(position_id, incident_id))
        return items.result_of(item) if item else None

    def _written(self, attempt: Attempt) -> dict[str, Any]:
        put = {
            "TableName": self._guards.name,
            "Item": packed_item(items.attempt_item(attempt)),
            **expressions({"ConditionExpression": "attribute_not_exists(#guard_id)"}, {}),
            "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
        }
        return {"Put": put}

    def _stands(self, attempt: Attempt) -> dict[str, Any]:
        return {"ConditionCheck": self._guards.checking(_key(attempt), "attribute_exists(#guard_id)", {})}

    def _uses(self, approval_id: str, incident_id: str) -> dict[str, Any]:
        return self._approvals.updating(
            approval_id,
            "SET #used_by = :incident, #used_at = if_not_exists(#used_at, :now)",
            "attribute_exists(#approval_id) AND (attribute_not_exists(#used_by) OR #used_by = :incident)",
            {"incident": incident_id, "now": text_of(self._clock.now())},
        )


def _key(attempt: Attempt) -> str:
    return items.attempt_key(attempt.position_id, attempt.incident_id, attempt.number)
