"""Tells at once that an emergency stop was refused at the door, and that nothing was stopped."""

from __future__ import annotations

from datetime import datetime

from functions import ending, stopping
from functions.collecting import message
from functions.contracts import Frozen
from functions.facts import Outcome
from functions.halting import StopJob, run_of
from functions.opening import write
from functions.ports import Ports
from functions.rules.conclude import Ending
from functions.runtime import logger, task
from functions.settings import Settings

ACT = False
NOTIFIES = True
TIMEOUT_SECONDS = 45
MEMORY_MB = 256


class Request(Frozen):
    execution_arn: str
    started_at: datetime
    refusal: str


class Response(Frozen):
    incident_id: str
    cause: str


@task(Request, needs=(*ending.NEEDS, "incidents.open", "notifier.page"))
def handler(request: Request, ports: Ports, settings: Settings) -> Response:
    why = message({"Cause": request.refusal})
    job = StopJob(
        order=None,
        execution_arn=request.execution_arn,
        started_at=request.started_at,
        halt_id=None,
        latched=False,
        latch_why=None,
    )
    summary = f"Refused at the door, NOTHING WAS STOPPED: {why}. Start it again without dry_run to stop everything."
    # Whoever pressed it may believe that trading has stopped; the page says that it has not.
    paged = stopping.tried(
        lambda: ports.notifier.page(f"[tradai {settings.env}] EMERGENCY STOP REFUSED, nothing was stopped", summary)
    )
    if not paged.done:
        logger.warning("nobody was paged of a refused stop", cause=paged.why)
    run = run_of(job, dry_run=False, requested_by=None)
    write(ports, run)
    verdict = Ending(
        outcome=Outcome.INVALID_INPUT,
        summary=summary,
        severity="critical",
        not_done=(f"the whole stop: {why}", *([] if paged.done else [f"the page: {paged.why}"])),
    )
    ending.end(ports, settings, run, verdict, guard_id=None)
    return Response(incident_id=run.incident_id, cause=why)
