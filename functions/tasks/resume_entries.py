"""Lets the strategy take entries again where nothing speaks against it, and takes the mark away."""

from __future__ import annotations

from functions.closing import pausing
from functions.closing.job import CloseJob, Look, Restored, Resumed, Watched
from functions.contracts import Frozen
from functions.ports import Ports
from functions.runtime import task
from functions.settings import Settings

ACT = True
REPEATABLE = True
TIMEOUT_SECONDS = 20
MEMORY_MB = 256


class Request(Frozen):
    job: CloseJob
    look: Look | None
    watched: Watched | None
    restored: Restored | None


class Response(Resumed):
    pass


@task(Request, needs=pausing.RESUME_NEEDS)
def handler(request: Request, ports: Ports, settings: Settings) -> Response:
    it = request
    return Response(**dict(pausing.resume(ports, settings, it.job, it.look, it.watched, it.restored)))
