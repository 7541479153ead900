"""Writes down the position's protection as it stands, before anything is touched."""

from __future__ import annotations

from functions.closing import unit
from functions.closing.job import VENUE_TASK, CloseJob, Written
from functions.contracts import Frozen
from functions.errors import Transient
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


class Response(Written):
    pass


@task(Request, needs=unit.NEEDS)
def handler(request: Request, ports: Ports, settings: Settings) -> Response:
    sight = unit.see(ports, settings, request.job)
    if sight.written is None:
        raise Transient(f"its orders cannot be read: {'; '.join(sight.facts.unreadable)}")
    return Response(orders=len(sight.written))
