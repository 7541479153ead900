"""Holds the strategy's entries while its position is closed, and marks the close as in progress."""

from __future__ import annotations

from functions.closing import pausing
from functions.closing.job import CloseJob, Paused
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


class Response(Paused):
    pass


@task(Request, needs=pausing.PAUSE_NEEDS)
def handler(request: Request, ports: Ports, settings: Settings) -> Response:
    return Response(**dict(pausing.pause(ports, settings, request.job)))
