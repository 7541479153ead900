"""Stops again what came back."""

from __future__ import annotations

from functions.contracts import Frozen
from functions.ports import Ports
from functions.runtime import task
from functions.settings import Settings

ACT = True
TIMEOUT_SECONDS = 15
MEMORY_MB = 256
TRIGGER = "halt-watch"


class Request(Frozen):
    pass


class Response(Frozen):
    seen: bool


@task(Request, needs=("service.scale",))
def handler(request: Request, ports: Ports, settings: Settings) -> Response:
    return Response(seen=True)
