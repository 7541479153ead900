"""Cancels what of this position must not work beside its close: entries, and exits that hold the quantity."""

from __future__ import annotations

from functions.closing import canceling
from functions.closing.job import VENUE_TASK, Cleared, CloseJob, Look
from functions.contracts import Frozen
from functions.ports import Ports
from functions.runtime import task
from functions.settings import Settings

ACT = True
REPEATABLE = True
IN_NETWORK = True
LAYERS = ("exchange",)
TIMEOUT_SECONDS = VENUE_TASK
MEMORY_MB = 512


class Request(Frozen):
    job: CloseJob
    look: Look


class Response(Cleared):
    pass


@task(Request, needs=canceling.NEEDS)
def handler(request: Request, ports: Ports, settings: Settings) -> Response:
    return Response(**dict(canceling.clear_exits(ports, settings, request.job, request.look)))
