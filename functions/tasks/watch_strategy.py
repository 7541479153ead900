"""A cycle after the close: whether the strategy has opened again, and whether anything is left over after all."""

from __future__ import annotations

from functions.closing import watching
from functions.closing.job import VENUE_TASK, CloseJob, Look, Watched
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
    look: Look


class Response(Watched):
    pass


@task(Request, needs=watching.NEEDS)
def handler(request: Request, ports: Ports, settings: Settings) -> Response:
    return Response(**dict(watching.watch(ports, settings, request.job, request.look)))
