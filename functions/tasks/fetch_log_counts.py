"""Looks whether the log's queries have ended, and judges what they brought: counts, and the newest lines."""

from __future__ import annotations

from functions.contracts import Frozen
from functions.orders import gather_logs
from functions.orders.gathering import LogLook
from functions.ports import Ports
from functions.runtime import task
from functions.settings import Settings

ACT = False
TIMEOUT_SECONDS = 60
MEMORY_MB = 1024


class Request(Frozen):
    log: LogLook


class Response(LogLook):
    pass


@task(Request, needs=gather_logs.FETCH_NEEDS)
def handler(request: Request, ports: Ports, settings: Settings) -> Response:
    return Response(**gather_logs.fetch(ports, settings, request.log).model_dump())
