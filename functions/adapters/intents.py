"""The intent of an act: written in one transaction with the proof that the guard is still this run's.

The guard names the incident that holds it, and an incident belongs to one execution (functions/ids.py),
so "still ours" is asked by the incident: it holds for the children of the run as well.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from functions.adapters.attribute_values import Item
from functions.adapters.aws import Aws
from functions.adapters.aws_errors import Saying
from functions.adapters.holding import holding, ours, until_of
from functions.adapters.incident_items import intent_entry, over
from functions.adapters.tables import Table
from functions.adapters.transactions import Cancelled, transact
from functions.adapters.values import text_of
from functions.errors import Broken, Transient
from functions.ports import Intent

TRIES: Final = 10
GUARD, INCIDENT = 0, 1


class Intents:
    def __init__(self, aws: Aws, incidents: Table, guards: Table) -> None:
        self._aws, self._incidents, self._guards = aws, incidents, guards

    def intend(self, incident_id: str, intent: Intent, guard_id: str, act_until: datetime) -> str:
        until, again, longer = text_of(act_until), False, True
        for _ in range(TRIES):
            guard = holding(self._guards, guard_id, incident_id, until, longer=longer)
            record = self._record(incident_id, intent, again=again)
            try:
                transact(self._aws, Saying.REPEATABLE, f"intend {intent.act_id}", [guard, record])
                return "again" if again else "new"
            except Cancelled as cancelled:
                if GUARD in cancelled.failed:
                    held = cancelled.failed[GUARD] or {}
                    if not ours(held, incident_id):
                        return "lost"
                    # Another branch of this run acts longer than this one: its time stands.
                    longer = until_of(held) <= until
                if INCIDENT in cancelled.failed:
                    if _ended(cancelled.failed[INCIDENT], incident_id):
                        return "lost"
                    again = True
        raise Transient(f"intend {intent.act_id}: the guard {guard_id} changes faster than it can be read")

    def _record(self, incident_id: str, intent: Intent, *, again: bool) -> dict[str, Any]:
        names = {"act": intent.act_id}
        going_on = "attribute_not_exists(#ended_at) AND attribute_not_exists(#closed_at)"
        still_open = f"attribute_exists(#incident_id) AND {going_on}"
        if again:
            check = self._incidents.checking(
                incident_id, f"{still_open} AND attribute_exists(#intents.#act)", {}, names
            )
            return {"ConditionCheck": check}
        written = self._incidents.updating(
            incident_id,
            "SET #intents.#act = :intent ADD #revision :one",
            f"{still_open} AND attribute_not_exists(#intents.#act)",
            {"intent": intent_entry(intent), "one": 1},
            names,
        )
        return {"Update": written}


def _ended(item: Item | None, incident_id: str) -> bool:
    """Whether the run's end is written; a missing incident was never opened, which is our fault."""
    if item is None:
        raise Broken(f"no incident {incident_id} to write an intent in")
    return over(item)
