"""Writes what a remedy for failing orders has decided: fields of configs, or records of orders."""

from __future__ import annotations

from functions.contracts import Frozen
from functions.orders import applying
from functions.orders.model import Round
from functions.ports import Ports
from functions.runtime import task
from functions.settings import Settings

ACT = True
# Each change is written down before it is made, and tells its own earlier try by the record beside the value.
REPEATABLE = True
TIMEOUT_SECONDS = 60
MEMORY_MB = 256


class Request(Frozen):
    round: Round


class Response(Round):
    pass


@task(Request, needs=applying.NEEDS)
def handler(request: Request, ports: Ports, settings: Settings) -> Response:
    del settings
    return Response(**applying.apply(ports, request.round).model_dump())
