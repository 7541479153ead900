"""Writes the checklist into the incident; a verification of its own is judged, closed and told here."""

from __future__ import annotations

from dataclasses import asdict, replace

from functions import apart, ending
from functions.collecting import plainly
from functions.contracts import Frozen, Run, RunOutput
from functions.facts import ChecklistItem, Outcome
from functions.ports import Ports
from functions.rules.checklist import judge_checklist
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


@task(Request, needs=apart.NEEDS)
def handler(request: Request, ports: Ports, settings: Settings) -> Response:
    run = request.run
    # A check that failed itself carries the engine's cause, with a stack trace, as its value.
    items = tuple(replace(item, value=plainly(item.value)) for item in request.items)
    items = apart.opened(ports, settings, run, items)
    ports.incidents.note(run.incident_id, [], checklist=[asdict(item) for item in items])
    verdict = judge_verification(items, dry_run=run.dry_run)
    if not request.scope.child:
        ended = ending.end(ports, settings, run, verdict, guard_id=None)
        return Response(escalated=ended.escalated, cause=ended.cause, output=ended.output)
    # The parent judges with the whole run in sight; a failing item must not end the child FAILED.
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
