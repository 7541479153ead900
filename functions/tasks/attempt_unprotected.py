"""One attempt with the protection taken off, which goes back at once unless it is flat."""

from __future__ import annotations

from functions.closing import baring
from functions.closing.job import VENUE_TASK, CloseJob, Sent
from functions.contracts import Frozen
from functions.ports import Ports
from functions.rules.closing.next_step import Order
from functions.runtime import task
from functions.settings import Settings

ACT = True
IN_NETWORK = True
LAYERS = ("exchange",)
TIMEOUT_SECONDS = VENUE_TASK
MEMORY_MB = 512


class Request(Frozen):
    job: CloseJob
    order: Order


class Response(Sent):
    pass


@task(Request, needs=baring.NEEDS)
def handler(request: Request, ports: Ports, settings: Settings) -> Response:
    return Response(**dict(baring.attempt_unprotected(ports, settings, request.job, request.order)))
