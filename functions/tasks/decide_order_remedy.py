"""Says the next step of a remedy for failing orders: by what is now, and by what a person has answered."""

from __future__ import annotations

from functions.contracts import Frozen
from functions.orders import deciding
from functions.orders.model import Round, Said
from functions.ports import Ports
from functions.runtime import task
from functions.settings import Settings

ACT = False
IN_NETWORK = True
LAYERS = ("exchange",)
TIMEOUT_SECONDS = 60
MEMORY_MB = 512


class Request(Frozen):
    round: Round
    said: Said


class Response(Round):
    pass


@task(Request, needs=deciding.NEEDS)
def handler(request: Request, ports: Ports, settings: Settings) -> Response:
    after = deciding.decide(ports, settings, request.round, request.said)
    return Response(**after.model_dump())
