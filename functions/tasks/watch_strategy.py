"""Sees, a cycle after the close, whether the strategy has opened again on the symbol."""

from __future__ import annotations

from functions.closing import watching
from functions.closing.job import VENUE_TASK, CloseJob, Watched
from functions.contracts import Frozen
from functions.ports import Ports
from functions.runtime import task
from functions.settings import Settings

ACT = False
IN_NETWORK = True
LAYERS = ("exchange",)
TIMEOUT_SECONDS = VENUE_TASK
MEMORY_MB = 512


class Request(Frozen):
    job: CloseJob


class Response(Watched):
    pass


@task(Request, needs=watching.NEEDS)
def handler(request: Request, ports: Ports, settings: Settings) -> Response:
    return Response(**dict(watching.watch(ports, settings, request.job)))
