"""Opens the incidents of what a checklist found beside its run, once for each trouble, and tells of them once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any, Final

from functions import announcing, ending
from functions.contracts import Run
from functions.errors import RunbookError
from functions.facts import ChecklistItem, Evidence
from functions.ports import Ports
from functions.rules.own_incident import ending_of, incident_id_of, is_apart, is_past, named
from functions.rules.reporting.moments import moment
from functions.settings import Settings

NEEDS: Final = (*ending.NEEDS, *announcing.NEEDS, "incidents.open")

# Lines that name strategies in what fails.
OF_STRATEGIES: Final = ("heartbeats", "signals", "log_patterns")
# So often a day the same trouble may come again after somebody ended it; then the last incident stands for it.
MOST_A_DAY: Final = 10
# Whoever has opened it tells of it within a function's time; after that nobody will.
TELLS_WITHIN: Final = timedelta(minutes=2)


def opened(ports: Ports, settings: Settings, run: Run, items: Sequence[ChecklistItem]) -> tuple[ChecklistItem, ...]:
    """The lines, each of these troubles with the incident that it has become. A rehearsal opens none. One that
    cannot be opened is named, and is the end of no run."""
    return tuple(_of(ports, settings, run, item) if is_apart(item) and not run.dry_run else item for item in items)


def _of(ports: Ports, settings: Settings, run: Run, item: ChecklistItem) -> ChecklistItem:
    try:
        incident_id, stands = _its_own(ports, item)
        if not (stands or {}).get("notified_at") and not _is_at_work(stands, run, item):
            _open(ports, settings, run, item, incident_id)
    except RunbookError as error:
        return replace(item, value=f"{item.value}; its own incident could not be opened: {error}")
    return named(item, incident_id)


def _its_own(ports: Ports, item: ChecklistItem) -> tuple[str, Mapping[str, Any] | None]:
    """The incident of this trouble, and what stands in it; None: it is not opened yet."""
    for again in range(MOST_A_DAY):
        incident_id = incident_id_of(item, again)
        stands = ports.incidents.get(incident_id)
        if stands is None or not is_past(stands, item):
            break
    return incident_id, stands


def _is_at_work(stands: Mapping[str, Any] | None, run: Run, item: ChecklistItem) -> bool:
    """Another run saw it a moment ago, and tells of it. Runs are told apart by their executions: two of them may
    look on behalf of one incident, and only an earlier try of this very execution is our own."""
    if stands is None or stands.get("execution_arn") == run.execution_arn:
        return False
    opened = moment(stands.get("opened_at"))
    # Whose time cannot be read is told of once more, rather than by nobody.
    return opened is not None and item.at - opened < TELLS_WITHIN


def _open(ports: Ports, settings: Settings, run: Run, item: ChecklistItem, incident_id: str) -> None:
    own = run.model_copy(
        update={"incident_id": incident_id, "runbook": "verify-trading", "opened_at": item.at, "alarm_name": None}
    )
    strategies = list(item.about) if item.id in OF_STRATEGIES else []
    first = ports.incidents.open(
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
    if not first and _is_at_work(ports.incidents.get(incident_id), run, item):
        return
    seen = Evidence(item.question, item.source, item.value, item.at)
    ports.incidents.note(incident_id, [seen], cause=f"checklist: {item.id}")
    ended_by = f"runbooks incidents ack {incident_id} --env {settings.env}"
    ending.end(ports, settings, own, ending_of(item, run.incident_id, ended_by), guard_id=None)
    # No execution of its own ends, so nothing else has its final report written.
    announcing.announce(ports, incident_id)
