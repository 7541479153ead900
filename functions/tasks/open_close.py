"""The door of a close: what is not plainly approved is refused, and nothing is changed."""

from __future__ import annotations

from typing import Any

from functions.closing import opening
from functions.closing.job import CloseJob
from functions.contracts import Frozen
from functions.ports import Ports
from functions.runtime import task
from functions.settings import Settings

ACT = False
TIMEOUT_SECONDS = 20
MEMORY_MB = 256


class Request(Frozen):
    input: Any


class Response(CloseJob):
    pass


@task(Request, needs=opening.NEEDS)
def handler(request: Request, ports: Ports, settings: Settings) -> Response:
    job = opening.open_close(ports, settings, request.input, ports.clock.now())
    return Response(**dict(job))
