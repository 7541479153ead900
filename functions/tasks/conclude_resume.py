"""Judges the whole resume by what stands now, closes its incident, tells people, and gives its locks back."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from functions import details, ending, resume_pieces, resume_telling
from functions.contracts import Frozen, RunOutput
from functions.errors import RunbookError
from functions.facts import Evidence, Outcome
from functions.ids import service_guard
from functions.ports import Ports
from functions.resume_telling import RESOLVED
from functions.resuming import ResumeState
from functions.rules.pieces import Ending
from functions.rules.resume_end import Row, end_of
from functions.runtime import task
from functions.settings import Settings

ACT = False
NOTIFIES = True
TIMEOUT_SECONDS = 60
MEMORY_MB = 512


class Request(Frozen):
    execution_arn: str
    state: dict[str, Any]


class Response(Frozen):
    escalated: bool
    cause: str
    output: RunOutput


@task(Request, needs=(*ending.NEEDS, *resume_pieces.NEEDS, *resume_telling.NEEDS))
def handler(request: Request, ports: Ports, settings: Settings) -> Response:
    state = ResumeState.model_validate(request.state)
    run = state.run
    item = ports.incidents.get(run.incident_id) or {}
    rows = resume_pieces.rows_of(ports, settings, state)
    verdict = end_of(resume_pieces.gather(ports, state, item, rows))
    if "ended_at" not in item:
        _keep(ports, state, rows, verdict)
        _status_page(ports, state, verdict, item.get("status_pages") or ())
    with suppress(RunbookError):
        ports.guards.release(service_guard(settings.platform.service), owner=run.execution_arn)
    guard = state.guard.guard_id if state.guard and state.guard.owned else None
    ended = ending.end(ports, settings, run, verdict, guard_id=guard)
    return Response(escalated=ended.escalated, cause=ended.cause, output=ended.output)


def _keep(ports: Ports, state: ResumeState, rows: tuple[Row, ...] | None, verdict: Ending) -> None:
    """The whole list in the bucket, and why the incident happened; best effort."""
    key = details.keep_whole(ports, state.run, "strategies", rows) if rows else None
    fields = {"details_key": key} if key else {}
    with suppress(RunbookError):
        ports.incidents.note(state.run.incident_id, [], cause=f"resume asked for: {state.order.reason}", **fields)


def _status_page(ports: Ports, state: ResumeState, verdict: Ending, pages: Any) -> None:
    """Resolved only where everything that a halt stopped trades again."""
    managing = state.let_go is not None and state.let_go.managing
    if verdict.outcome is not Outcome.RESOLVED or managing or not (state.plan and state.plan.scope.whole):
        return
    trouble = resume_telling.update(ports, pages, RESOLVED, "Trading has resumed.")
    if trouble:
        now = ports.clock.now()
        seen = [Evidence("trouble", "status page", one, now) for one in trouble]
        with suppress(RunbookError):
            ports.incidents.note(state.run.incident_id, seen)
