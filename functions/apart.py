"""Opens the incidents of what a checklist found beside its run, once for each trouble, and tells of them once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from functions import announcing, ending
from functions.contracts import Run
from functions.errors import RunbookError
from functions.facts import ChecklistItem, Evidence
from functions.ports import Ports
from functions.rules.own_incident import ending_of, incident_id_of, is_apart, named
from functions.settings import Settings

NEEDS: Final = (*ending.NEEDS, *announcing.NEEDS, "incidents.open")


def opened(ports: Ports, settings: Settings, run: Run, items: Sequence[ChecklistItem]) -> tuple[ChecklistItem, ...]:
    """The lines, each of these troubles with the incident that it has become. A rehearsal opens none. One that
    cannot be opened is named, and is the end of no run."""
    return tuple(_of(ports, settings, run, item) if is_apart(item) and not run.dry_run else item for item in items)


def _of(ports: Ports, settings: Settings, run: Run, item: ChecklistItem) -> ChecklistItem:
    incident_id = incident_id_of(item)
    try:
        if not (ports.incidents.get(incident_id) or {}).get("notified_at"):
            _open(ports, settings, run, item, incident_id)
    except RunbookError as error:
        return replace(item, value=f"{item.value}; its own incident could not be opened: {error}")
    return named(item, incident_id)


def _open(ports: Ports, settings: Settings, run: Run, item: ChecklistItem, incident_id: str) -> None:
    own = run.model_copy(
        update={"incident_id": incident_id, "runbook": "verify-trading", "opened_at": item.at, "alarm_name": None}
    )
    strategies = list(item.about) if item.id in ("heartbeats", "signals") else []
    ports.incidents.open(
        {
            "incident_id": incident_id,
            "runbook": own.runbook,
            "execution_arn": run.execution_arn,
            "opened_at": item.at,
            "severity": "high",
            "dry_run": False,
            "seen_by": run.incident_id,
            "strategy_ids": strategies,
            "position_ids": list(item.about) if item.id == "positions" else [],
            "approvals": [],
            "checklist": [],
        }
    )
    seen = Evidence(item.question, item.source, item.value, item.at)
    ports.incidents.note(incident_id, [seen], cause=f"checklist: {item.id}")
    ending.end(ports, settings, own, ending_of(item, run.incident_id), guard_id=None)
    # No execution of its own ends, so nothing else has its final report written.
    announcing.announce(ports, incident_id)
