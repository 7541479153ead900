"""Writes the checklist into the incident; a verification of its own is judged, closed and told here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, replace
from typing import Any

from functions import apart, ending
from functions.collecting import plainly
from functions.contracts import ActRecord, Frozen, Run, RunOutput
from functions.errors import RunbookError
from functions.facts import ChecklistItem, Outcome, Result
from functions.ports import Ports
from functions.rules.checklist import BY_ID, judge_checklist
from functions.rules.left_behind import left_behind
from functions.rules.pieces import Ending
from functions.rules.test_order.report import own_of
from functions.rules.verification import cause_of, judge_verification
from functions.runtime import task
from functions.settings import Settings
from functions.test_order import leaving
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


@task(Request, needs=(*apart.NEEDS, *leaving.NEEDS, "announcements.changed"))
def handler(request: Request, ports: Ports, settings: Settings) -> Response:
    run = request.run
    # A check that failed itself carries the engine's cause, with a stack trace, as its value.
    items = tuple(replace(item, value=plainly(item.value)) for item in request.items)
    items = apart.opened(ports, settings, run, items)
    found = ports.incidents.get(run.incident_id) or {}
    # In a parent's incident, its own acts stand beside those of the verification.
    acts = [act for act in ending.actions_of(found, run) if act.by == run.execution_arn]
    withdrawals = leaving.withdraw(ports, run, acts)
    if request.scope.child:
        return _of_a_child(request, ports, settings, items, found, acts)
    cause = cause_of(items)
    why = {} if cause is None else {"cause": cause}
    ports.incidents.note(run.incident_id, [], checklist=[asdict(item) for item in items], **why)
    verdict = _with_acts(judge_verification(items, dry_run=run.dry_run), acts, withdrawals)
    ended = ending.end(ports, settings, run, verdict, guard_id=None, report=own_of)
    return Response(escalated=ended.escalated, cause=ended.cause, output=ended.output)


def _with_acts(verdict: Ending, acts: Sequence[ActRecord], withdrawals: leaving.Withdrawals) -> Ending:
    """A run that leaves something behind is never resolved (rules/left_behind.py)."""
    done = tuple(f"{act.action} {act.target} ({act.after})" for act in acts if act.result is Result.DONE)
    left = left_behind(acts)
    if left and verdict.outcome is Outcome.RESOLVED:
        summary = f"{verdict.summary}; but a test order may rest"
        verdict = replace(verdict, outcome=Outcome.ESCALATED, severity="critical", summary=summary)
    return replace(
        verdict,
        known=(*verdict.known, *withdrawals.started),
        done=(*verdict.done, *done),
        not_done=(*verdict.not_done, *left, *withdrawals.failed),
    )


def _of_a_child(
    request: Request,
    ports: Ports,
    settings: Settings,
    items: tuple[ChecklistItem, ...],
    parent: Mapping[str, Any],
    acts: Sequence[ActRecord],
) -> Response:
    """The parent judges with the whole run in sight, what its test order leaves too; a failing line must not end
    the child FAILED."""
    run, verdict = request.run, judge_verification(items, dry_run=False)
    # What the parent has checked by itself before it acted stands before it.
    before = [one for one in parent.get("checklist") or () if one.get("id") not in BY_ID]
    ports.incidents.note(run.incident_id, [], checklist=[*before, *(asdict(item) for item in items)])
    if parent.get("ended_at") or parent.get("closed_at"):
        _after_the_end(ports, settings, run, str(parent.get("runbook")), items)
    bad = judge_checklist(items).fails or left_behind(acts)
    output = RunOutput(
        outcome=Outcome.ESCALATED if bad else Outcome.RESOLVED,
        incident_id=run.incident_id,
        summary=verdict.summary,
        actions=tuple(acts[: ending.MOST_ACTIONS]),
        actions_total=len(acts),
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
