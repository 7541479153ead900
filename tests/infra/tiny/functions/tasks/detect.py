"""Looks for what should be closed, and asks an exchange about it."""

from __future__ import annotations

from functions.contracts import Frozen
from functions.ports import Ports
from functions.runtime import task
from functions.settings import Settings

ACT = False
TIMEOUT_SECONDS = 15
MEMORY_MB = 512
IN_NETWORK = True
LAYERS = ("exchange",)
TRIGGER = "stuck-detector"


class Request(Frozen):
    pass


class Response(Frozen):
    seen: bool


@task(Request, needs=("guards.held",))
def handler(request: Request, ports: Ports, settings: Settings) -> Response:
    return Response(seen=True)
