"""Stores how the close ended for the run that asked for it, and says so."""

from __future__ import annotations

from functions.closing import ending
from functions.closing.job import Cleared, CloseJob, Error, Look, Recorded, Restored, Resumed, Watched
from functions.contracts import Frozen, RunOutput
from functions.ports import Ports
from functions.runtime import task
from functions.settings import Settings

ACT = False
TIMEOUT_SECONDS = 20
MEMORY_MB = 256


class Request(Frozen):
    job: CloseJob
    look: Look | None
    recorded: Recorded | None
    cleared: Cleared | None
    watched: Watched | None
    restored: Restored | None
    resumed: Resumed | None
    error: Error | None


class Response(RunOutput):
    pass


@task(Request, needs=ending.NEEDS)
def handler(request: Request, ports: Ports, settings: Settings) -> Response:
    it = request
    output = ending.end(
        ports, it.job, it.look, it.recorded, it.cleared, it.watched, it.restored, it.resumed, it.error
    )
    return Response(**dict(output))
