"""Settles the attempt that is open: found, refused, or not accepted once it cannot be any more."""

from __future__ import annotations

from functions.closing import settling
from functions.closing.job import VENUE_TASK, CloseJob, Sent
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
    sent: Sent | None


class Response(settling.Settling):
    pass


@task(Request, needs=settling.NEEDS)
def handler(request: Request, ports: Ports, settings: Settings) -> Response:
    return Response(**dict(settling.settle(ports, request.job, request.sent)))
