"""Checklist: the incident is documented - it exists, with evidence and every act settled."""

from __future__ import annotations

from collections.abc import Mapping

from functions.contracts import Frozen, Run
from functions.facts import Check, ChecklistItem, Result
from functions.ports import Ports
from functions.runtime import task
from functions.settings import Settings
from functions.verifying import Scope, answer

ACT = False
TIMEOUT_SECONDS = 60
MEMORY_MB = 256


class Request(Frozen):
    run: Run
    scope: Scope


Response = ChecklistItem


@task(Request, needs=("clock.now", "incidents.get"))
def handler(request: Request, ports: Ports, settings: Settings) -> ChecklistItem:
    now, incident_id = ports.clock.now(), request.run.incident_id
    source = f"tradai-runbook-incidents-{settings.env}"
    query = f"GetItem, consistent: incident_id {incident_id}; its evidence, and the result of each act it began"
    item = ports.incidents.get(incident_id)
    if item is None:
        return answer("incident", Check.FAIL, f"no incident {incident_id}", source, now, query=query)
    noted, intents = item.get("evidence", []), item.get("intents", {})
    if not isinstance(noted, list) or not isinstance(intents, Mapping):
        value = f"{incident_id}: its evidence and its acts cannot be read"
        return answer("incident", Check.UNKNOWN, value, source, now, query=query)
    evidence = len(noted)
    open_acts = sorted(act_id for act_id, act in intents.items() if not _settled(act))
    value = f"{incident_id}: {evidence} pieces of evidence, {len(intents)} acts"
    if open_acts:
        value = f"{value}, without a result: {', '.join(open_acts[:10])}"
        return answer("incident", Check.FAIL, value, source, now, query=query, about=open_acts)
    if request.scope.child and not evidence:
        return answer("incident", Check.FAIL, value, source, now, query=query)
    if not evidence and not intents:
        value += "; this verification opened it by itself, and the checklist is its evidence"
    return answer("incident", Check.PASS, value, source, now, query=query)


def _settled(act: object) -> bool:
    """Its result is one that there is."""
    return isinstance(act, Mapping) and act.get("result") in tuple(Result)
