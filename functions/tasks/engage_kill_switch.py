"""The first act of an emergency stop: engages the kill switch, and reads nothing before."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from functions import stopping
from functions.contracts import Frozen
from functions.errors import RunbookError
from functions.halting import SEGMENTS, StopJob
from functions.ports import Ports
from functions.runtime import task
from functions.settings import Settings

ACT = True
REPEATABLE = True
TIMEOUT_SECONDS = 10
MEMORY_MB = 256


class Request(Frozen):
    given: Any
    execution_arn: str
    started_at: datetime


class Response(StopJob):
    segments: tuple[int, ...]


@task(Request, needs=stopping.LATCH_NEEDS)
def handler(request: Request, ports: Ports, settings: Settings) -> Response:
    order = stopping.order_read(request.given)
    job = StopJob(
        order=order.as_json(),
        execution_arn=request.execution_arn,
        started_at=request.started_at,
        halt_id=None,
        latched=False,
        latch_why=stopping.DRY_RUN if order.dry_run else None,
    )
    if not order.dry_run:
        job = job.model_copy(update=_engaged(ports, job))
    if job.latched or order.dry_run:
        # A table that hangs must not cost what was just engaged; the incident is opened in parallel once more.
        stopping.open_incident(ports, job, order, at_once=True)
    return Response(**job.model_dump(), segments=tuple(range(SEGMENTS)))


def _engaged(ports: Ports, job: StopJob) -> dict[str, Any]:
    """Trouble is no reason not to go on: it is written again in parallel, and stands in the result."""
    try:
        switch = stopping.engage(ports, job, stopping.order_of(job))
    except RunbookError as error:
        return {"latch_why": stopping.said(error)}
    return {"halt_id": switch.halt_id, "latched": True}
