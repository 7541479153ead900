"""Stops a batch again of which nobody knows who came back, because bringing it back broke.

Nobody's heartbeat counts: whoever was written to its first status is stopped, by the mark of its halt.
"""

from __future__ import annotations

from typing import Final

from functions import batch_ending
from functions.contracts import Frozen
from functions.ports import Ports
from functions.resuming import BatchEnd, BatchJob, Beats
from functions.runtime import task
from functions.settings import Settings

ACT = True
TIMEOUT_SECONDS = 60
MEMORY_MB = 512
WHY: Final = "bringing it back broke, perhaps after some of its writes; look into the history of its execution"


class Request(Frozen):
    job: BatchJob


class Response(BatchEnd):
    pass


@task(Request, needs=(*batch_ending.NEEDS, "clock.now"))
def handler(request: Request, ports: Ports, settings: Settings) -> Response:
    job = request.job
    beats = Beats(
        since=ports.clock.now(),
        again=False,
        looks_left=0,
        missing=job.batch.size,
        silent=0,
        silent_names=(),
        signals_unread=None,
        stopped=None,
    )
    ended = batch_ending.end(job, beats, ports, settings, changed_before=0, whys=(WHY,))
    return Response(**ended.model_dump())
