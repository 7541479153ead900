"""Reads who should be able to order: every strategy that trades or manages exits, with what its config says."""

from __future__ import annotations

from functions.contracts import Frozen
from functions.orders import gather_traders
from functions.orders.gathering import LogLook, TradersSeen
from functions.ports import Ports
from functions.runtime import task
from functions.settings import Settings

ACT = False
TIMEOUT_SECONDS = 30
MEMORY_MB = 256


class Request(Frozen):
    log: LogLook


class Response(TradersSeen):
    pass


@task(Request, needs=gather_traders.NEEDS)
def handler(request: Request, ports: Ports, settings: Settings) -> Response:
    return Response(**gather_traders.look(ports, settings, request.log).model_dump())
