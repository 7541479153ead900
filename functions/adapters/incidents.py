"""Table `tradai-runbook-incidents-{env}`: what every run leaves behind, and the intents of its acts.

All writes recognise their own earlier try, so they are repeatable; only the acts themselves are not.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from functions.adapters import incident_items
from functions.adapters.attribute_values import Item
from functions.adapters.aws import Aws
from functions.adapters.aws_errors import ConditionFailed, Saying
from functions.adapters.cutting import MOST_ENTRIES
from functions.adapters.intents import Intents
from functions.adapters.tables import Table
from functions.errors import Broken, Refused, Transient
from functions.facts import Evidence, Result
from functions.ports import Clock, FollowUp, Intent

# Parallel branches write the same item; each loss of the race means that another one has won it.
TRIES: Final = 10


class DynamoIncidents:
    def __init__(self, aws: Aws, table: str, *, guards_table: str, clock: Clock) -> None:
        self._table = Table(aws, table, "incident_id")
        self._intents = Intents(aws, self._table, Table(aws, guards_table, "guard_id"))
        self._clock = clock

    def open(self, item: Mapping[str, Any], *, at_once: bool = False) -> bool:
        kind = Saying.AT_ONCE if at_once else Saying.REPEATABLE
        try:
            self._table.put(incident_items.new_item(item), "attribute_not_exists(#incident_id)", kind=kind)
        except ConditionFailed:
            return False
        return True

    def get(self, incident_id: str) -> Mapping[str, Any] | None:
        item = self._table.get(incident_id)
        return incident_items.shown(item) if item else None

    def note(self, incident_id: str, evidence: Sequence[Evidence], **fields: Any) -> None:
        entries, given, token = incident_items.noted(evidence, fields)
        room = MOST_ENTRIES
        for _ in range(TRIES):
            try:
                self._append(incident_id, entries[:room], len(entries), given, token)
                return
            except ConditionFailed as failed:
                if failed.old is None:
                    raise Broken(f"no incident {incident_id} to note anything in") from None
                if failed.old.get("noted") == token:
                    return
                room = max(0, MOST_ENTRIES - len(incident_items.evidence_of(failed.old)))
        raise Transient(f"incident {incident_id}: too many notes at once")

    def intend(self, incident_id: str, intent: Intent, *, guard_id: str, act_until: datetime) -> str:
        return self._intents.intend(incident_id, intent, guard_id, act_until)

    def settle(self, incident_id: str, act_id: str, result: Result, after: str | None, at: datetime) -> None:
        try:
            self._table.update(
                Saying.REPEATABLE,
                incident_id,
                "SET #intents.#act.#result = :result, #intents.#act.#after = :after, "
                "#intents.#act.#settled_at = :settled_at ADD #revision :one",
                "attribute_exists(#intents.#act)",
                {**incident_items.settling(result, after, at), "one": 1},
                {"act": act_id},
            )
        except ConditionFailed as failed:
            raise unsettled(failed.old, incident_id, act_id) from None

    def close(self, incident_id: str, fields: Mapping[str, Any]) -> bool:
        for _ in range(TRIES):
            item = self._table.get(incident_id)
            if item is None:
                raise Broken(f"no incident {incident_id} to close")
            if incident_items.over(item):
                return False
            end = incident_items.ending(item, fields, self._clock.now())
            try:
                self._end(incident_id, end, incident_items.revision_of(item))
                return True
            except ConditionFailed as failed:
                if failed.old and failed.old.get("ended_at") == end["ended_at"]:
                    return True
        raise Transient(f"incident {incident_id}: its acts change faster than it can be closed")

    def record_approval(self, incident_id: str, record: Mapping[str, Any]) -> None:
        for _ in range(TRIES):
            item = self._table.get(incident_id)
            if item is None:
                raise Broken(f"no incident {incident_id} to record an approval in")
            approvals = incident_items.with_approval(item, record)
            if approvals == item.get("approvals"):
                return
            try:
                self._table.update(
                    Saying.REPEATABLE,
                    incident_id,
                    "SET #approvals = :approvals ADD #revision :one",
                    "#revision = :revision",
                    {"approvals": approvals, "revision": incident_items.revision_of(item), "one": 1},
                )
                return
            except ConditionFailed:
                continue
        raise Transient(f"incident {incident_id}: it changes faster than an approval can be recorded")

    def follow_up(self, incident_id: str, entry: FollowUp) -> bool:
        for _ in range(TRIES):
            item = self._table.get(incident_id)
            if item is None:
                raise Refused(f"there is no incident {incident_id}")
            stand = item.get("follow_up") or []
            entries = incident_items.with_follow_up(item, entry)
            if entries is None or entries == stand:
                return entries is not None
            try:
                self._append_follow_up(incident_id, entries[-1], len(stand))
                return True
            except ConditionFailed:
                continue
        raise Transient(f"incident {incident_id}: too many notes at once")

    def acknowledge(self, incident_id: str, *, by: str, at: datetime) -> bool:
        closing = incident_items.acknowledging(by, at)
        try:
            self._table.update(
                Saying.REPEATABLE,
                incident_id,
                f"SET {', '.join(f'#{name} = :{name}' for name in closing)}",
                "attribute_exists(#ended_at) AND attribute_not_exists(#closed_at)",
                closing,
            )
        except ConditionFailed as failed:
            return incident_items.acknowledged(failed.old, incident_id, closing)
        return True

    def _append_follow_up(self, incident_id: str, entry: Item, stand: int) -> None:
        """Behind exactly those that were read: nobody's entry is lost, and a repeat does not hold."""
        as_read = "size(#follow_up) = :stand" if stand else "attribute_not_exists(#follow_up)"
        self._table.update(
            Saying.REPEATABLE,
            incident_id,
            "SET #follow_up = " + ("list_append(#follow_up, :entries)" if stand else ":entries"),
            f"attribute_exists(#incident_id) AND {as_read}",
            {"entries": [entry], **({"stand": stand} if stand else {})},
        )

    def _append(self, incident_id: str, entries: list[Item], total: int, fields: Item, token: str) -> None:
        kept = {f"field_{n}": name for n, name in enumerate(fields)}
        values = {key: fields[name] for key, name in kept.items() if fields[name] is not None}
        sets = [f"#{key} = :{key}" for key in values]
        gone = [f"#{key}" for key in kept if key not in values]
        self._table.update(
            Saying.REPEATABLE,
            incident_id,
            ", ".join(
                [
                    "SET #evidence = list_append(#evidence, :entries)",
                    "#evidence_total = #evidence_total + :total",
                    "#noted = :token",
                    *sets,
                ]
            )
            + (f" REMOVE {', '.join(gone)}" if gone else ""),
            "attribute_exists(#incident_id) AND size(#evidence) <= :room "
            "AND (attribute_not_exists(#noted) OR #noted <> :token)",
            {
                "entries": entries,
                "total": total,
                "token": token,
                "room": MOST_ENTRIES - len(entries),
                **values,
            },
            kept,
        )

    def _end(self, incident_id: str, end: Item, revision: Any) -> None:
        names = {f"field_{n}": name for n, name in enumerate(end)}
        self._table.update(
            Saying.REPEATABLE,
            incident_id,
            f"SET {', '.join(f'#{key} = :{key}' for key in names)} REMOVE #intents",
            "attribute_not_exists(#ended_at) AND attribute_not_exists(#closed_at) AND #revision = :revision",
            {**{key: end[name] for key, name in names.items()}, "revision": revision},
            names,
        )


def unsettled(item: Item | None, incident_id: str, act_id: str) -> Exception:
    """Why an act's result could not be written."""
    if item is not None and incident_items.over(item):
        return Refused(f"incident {incident_id} has ended: the act {act_id} stands there as unknown")
    return Broken(f"incident {incident_id} holds no intent {act_id}")
