"""Writes into the position's record that it is closed, with the fills that prove it."""

from __future__ import annotations

from functions.closing import record
from functions.closing.job import CloseJob, Look, Recorded
from functions.contracts import Frozen
from functions.errors import Broken
from functions.ports import Ports
from functions.runtime import task
from functions.settings import Settings

ACT = True
REPEATABLE = True
TIMEOUT_SECONDS = 20
MEMORY_MB = 256


class Request(Frozen):
    job: CloseJob
    look: Look


class Response(Recorded):
    pass


@task(Request, needs=record.NEEDS)
def handler(request: Request, ports: Ports, settings: Settings) -> Response:
    if request.look.proof is None:
        raise Broken("a record is closed by fills alone, and none are given")
    return Response(**dict(record.record(ports, request.job, request.look.proof)))
