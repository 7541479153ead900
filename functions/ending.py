"""How a run ends: report, incident, notification, guard, metric - in that order, none stopping the next."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from functions import telling
from functions.contracts import ActRecord, Run, RunOutput
from functions.errors import RunbookError
from functions.facts import Outcome
from functions.ports import Ports
from functions.rules.conclude import Ending
from functions.settings import Settings

NEEDS: Final = (
    "clock.now",
    "guards.release",
    "incidents.close",
    "incidents.get",
    "incidents.note",
    "measures.put",
    "notifier.publish",
    "reports.console_url",
    "reports.put",
)

ENDS_FAILED: Final = frozenset({Outcome.ESCALATED, Outcome.INVALID_INPUT, Outcome.ABORTED, Outcome.FAILED})
MOST_ACTIONS: Final = 20


@dataclass(frozen=True, slots=True)
class Ended:
    output: RunOutput
    escalated: bool
    cause: str


def end(ports: Ports, settings: Settings, run: Run, ending: Ending, *, guard_id: str | None) -> Ended:
    """Ends a run once. Where the incident is closed already (a retry, the closer), its end stands."""
    problems: list[str] = []
    item = dict(ports.incidents.get(run.incident_id) or {})
    acts = actions_of(item, run)
    key = f"incidents/{run.incident_id}/report.md"
    text = telling.report(run, ending, item, acts, settings)
    stored = _try(problems, "the report", lambda: ports.reports.put(key, text, "text/markdown; charset=utf-8"))
    url = ports.reports.console_url(key) if stored else None
    closed = ports.incidents.close(
        run.incident_id,
        {
            "outcome": str(ending.outcome),
            "severity": ending.severity,
            "summary": ending.summary,
            "not_proven": list(ending.not_proven),
            "root_cause": item.get("cause"),
            "report_key": key if stored else None,
            "closed_at": ports.clock.now(),
        },
    )
    if closed or not item.get("notified_at"):
        head = telling.subject(settings.env, run.runbook, ending)
        body = telling.message(run, ending, url, problems)
        if _try(problems, "the notification", lambda: ports.notifier.publish(head, body)):
            now = ports.clock.now()
            _try(problems, "noting it", lambda: ports.incidents.note(run.incident_id, [], notified_at=now))
    if guard_id is not None:
        _try(problems, "giving the guard back", lambda: ports.guards.release(guard_id, owner=run.execution_arn))
    told = {"Runbook": run.runbook, "Outcome": str(ending.outcome)}
    _try(problems, "the metric", lambda: ports.measures.put("RunsEnded", 1, told))
    output = RunOutput(
        outcome=ending.outcome,
        incident_id=run.incident_id,
        summary=ending.summary,
        actions=tuple(acts[:MOST_ACTIONS]),
        actions_total=len(acts),
        not_proven=ending.not_proven,
        report_url=url,
    )
    cause = telling.message(run, ending, url, problems)
    return Ended(output, ending.outcome in ENDS_FAILED, cause[:4000])


def actions_of(item: dict[str, Any], run: Run) -> list[ActRecord]:
    """The acts of an incident by time; one whose intent stands without a result is unknown."""
    acts = [
        ActRecord(
            action=act["action"],
            target=act["target"],
            result=act.get("result") or "unknown",
            before=act.get("before"),
            after=act.get("after"),
            by=act.get("by") or run.execution_arn,
            at=act["at"],
        )
        for act in item.get("intents", {}).values()
    ]
    return sorted(acts, key=lambda act: act.at)


def _try(problems: list[str], what: str, act: Callable[[], object]) -> bool:
    """A failing notification never stops a cure: the trouble is named and the run goes on."""
    try:
        act()
    except RunbookError as error:
        problems.append(f"{what} failed: {error}")
        return False
    return True
