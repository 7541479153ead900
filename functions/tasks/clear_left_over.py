"""Cancels what still works at the venue of a position that is gone, and sees it gone."""

from __future__ import annotations

from functions.contracts import Frozen
from functions.errors import Broken
from functions.ports import Ports
from functions.runtime import task
from functions.settings import Settings
from functions.stuck import clearing
from functions.stuck.model import Look

ACT = True
# An order that is cancelled twice is cancelled.
REPEATABLE = True
IN_NETWORK = True
LAYERS = ("exchange",)
TIMEOUT_SECONDS = 60
MEMORY_MB = 512


class Request(Frozen):
    look: Look


class Response(Look):
    pass


@task(Request, needs=clearing.NEEDS)
def handler(request: Request, ports: Ports, settings: Settings) -> Response:
    end = request.look.end
    if end is None:
        raise Broken("nothing was corrected")
    return Response(**clearing.clear(ports, settings, request.look, end).model_dump())
