"""Writes the checklist into the incident; a verification of its own is judged, closed and told here."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import asdict, replace

from functions import apart, ending
from functions.collecting import plainly
from functions.contracts import Frozen, Run, RunOutput
from functions.errors import RunbookError
from functions.facts import ChecklistItem, Outcome
from functions.ports import Ports
from functions.rules.checklist import BY_ID, judge_checklist
from functions.rules.verification import judge_verification
from functions.runtime import task
from functions.settings import Settings
from functions.verifying import Scope

ACT = False
NOTIFIES = True
TIMEOUT_SECONDS = 60
MEMORY_MB = 256


class Request(Frozen):
    run: Run
    scope: Scope
    items: tuple[ChecklistItem, ...]


class Response(Frozen):
    escalated: bool
    cause: str
    output: RunOutput


@task(Request, needs=(*apart.NEEDS, "announcements.changed"))
def handler(request: Request, ports: Ports, settings: Settings) -> Response:
    run = request.run
    # A check that failed itself carries the engine's cause, with a stack trace, as its value.
    items = tuple(replace(item, value=plainly(item.value)) for item in request.items)
    items = apart.opened(ports, settings, run, items)
    if request.scope.child:
        return _of_a_child(request, ports, settings, items)
    ports.incidents.note(run.incident_id, [], checklist=[asdict(item) for item in items])
    verdict = judge_verification(items, dry_run=run.dry_run)
    ended = ending.end(ports, settings, run, verdict, guard_id=None)
    return Response(escalated=ended.escalated, cause=ended.cause, output=ended.output)


def _of_a_child(request: Request, ports: Ports, settings: Settings, items: tuple[ChecklistItem, ...]) -> Response:
    """The parent judges with the whole run in sight; a failing line must not end the child FAILED."""
    run, verdict = request.run, judge_verification(items, dry_run=False)
    parent = ports.incidents.get(run.incident_id) or {}
    # What the parent has checked by itself before it acted stands before it.
    before = [one for one in parent.get("checklist") or () if one.get("id") not in BY_ID]
    ports.incidents.note(run.incident_id, [], checklist=[*before, *(asdict(item) for item in items)])
    if parent.get("ended_at") or parent.get("closed_at"):
        _after_the_end(ports, settings, run, str(parent.get("runbook")), items)
    output = RunOutput(
        outcome=Outcome.ESCALATED if judge_checklist(items).fails else Outcome.RESOLVED,
        incident_id=run.incident_id,
        summary=verdict.summary,
        actions=(),
        actions_total=0,
        not_proven=verdict.not_proven,
        report_url=None,
    )
    return Response(escalated=False, cause=verdict.summary, output=output)


def _after_the_end(
    ports: Ports, settings: Settings, run: Run, runbook: str, items: tuple[ChecklistItem, ...]
) -> None:
    """A stop waits for no checklist: its report is written again, and what fails is told by itself."""
    with suppress(RunbookError):
        ports.announcements.changed(run.incident_id)
    fails = [item for item in items if item.id in judge_checklist(items).fails]
    if not fails or run.dry_run:
        return
    subject = f"[tradai {settings.env}] CHECKLIST after {runbook}: {', '.join(item.id for item in fails)}"
    lines = [f"{item.question} - fail: {item.value} ({item.source})" for item in fails]
    with suppress(RunbookError):
        ports.notifier.publish(subject[:100], "\n".join([f"Incident {run.incident_id}", "", *lines]))
