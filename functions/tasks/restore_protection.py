"""Puts the protection back as it was written down, and proves it there; told where it cannot."""

from __future__ import annotations

from functions.closing import protecting
from functions.closing.job import VENUE_TASK, CloseJob, Restored
from functions.contracts import Frozen
from functions.ports import Ports
from functions.runtime import task
from functions.settings import Settings

ACT = True
REPEATABLE = True
IN_NETWORK = True
LAYERS = ("exchange",)
TIMEOUT_SECONDS = VENUE_TASK
MEMORY_MB = 512


class Request(Frozen):
    job: CloseJob


class Response(Restored):
    pass


@task(Request, needs=protecting.NEEDS)
def handler(request: Request, ports: Ports, settings: Settings) -> Response:
    return Response(**dict(protecting.restore(ports, settings, request.job)))
