"""Stops those of a batch again that do not beat, by themselves, and says what the batch came to."""

from __future__ import annotations

from typing import Any

from functions import batch_ending
from functions.collecting import told
from functions.contracts import Frozen, Run
from functions.ports import Ports
from functions.resuming import Batch, BatchEnd, BatchJob, Beats, ResumeOrder, Scope
from functions.runtime import task
from functions.settings import Settings

ACT = True
TIMEOUT_SECONDS = 60
MEMORY_MB = 512


class Request(Frozen):
    """`changed_before` and `whys` as the batch was written; `error`: what a state between could not do."""

    run: Run
    order: ResumeOrder
    scope: Scope
    managing: bool
    batch: Batch
    beats: Beats
    changed_before: int
    whys: tuple[str, ...]
    error: dict[str, Any] | None


class Response(BatchEnd):
    pass


@task(Request, needs=batch_ending.NEEDS)
def handler(request: Request, ports: Ports, settings: Settings) -> Response:
    job = BatchJob(
        run=request.run,
        order=request.order,
        scope=request.scope,
        managing=request.managing,
        batch=request.batch,
    )
    whys = (*request.whys, *([told(request.error)] if request.error else []))
    ended = batch_ending.end(job, request.beats, ports, settings, changed_before=request.changed_before, whys=whys)
    return Response(**ended.model_dump())
