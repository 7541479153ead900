"""Starts a run of stuck-position for each position that is to be closed, each with an approval of its own."""

from __future__ import annotations

from functions.contracts import Frozen
from functions.orders import closes
from functions.orders.model import Round
from functions.ports import Ports
from functions.runtime import task
from functions.settings import Settings

ACT = True
# The names of the executions are the same for every try, so that one that ran before starts nothing again.
REPEATABLE = True
TIMEOUT_SECONDS = 60
MEMORY_MB = 256


class Request(Frozen):
    round: Round


class Response(Round):
    pass


@task(Request, needs=closes.NEEDS)
def handler(request: Request, ports: Ports, settings: Settings) -> Response:
    return Response(**closes.start(ports, settings, request.round).model_dump())
