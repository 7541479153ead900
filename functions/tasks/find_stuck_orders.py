"""Finds orders that work for too long, by one Query for each position that is not closed, and asks their venues."""

from __future__ import annotations

from functions.contracts import Frozen
from functions.orders import gather_stuck
from functions.orders.gathering import LogLook, StuckSeen
from functions.ports import Ports
from functions.runtime import task
from functions.settings import Settings

ACT = False
IN_NETWORK = True
LAYERS = ("exchange",)
TIMEOUT_SECONDS = 60
MEMORY_MB = 512


class Request(Frozen):
    log: LogLook


class Response(StuckSeen):
    pass


@task(Request, needs=gather_stuck.NEEDS)
def handler(request: Request, ports: Ports, settings: Settings) -> Response:
    return Response(**gather_stuck.find(ports, settings, request.log).model_dump())
