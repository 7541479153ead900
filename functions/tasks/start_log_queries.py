"""Starts one bounded query of the log for each cause of failing orders, and one for orders that went well."""

from __future__ import annotations

from functions.contracts import Frozen
from functions.orders import gather_logs
from functions.orders.gathering import ChildGatherJob, LogLook
from functions.ports import Ports
from functions.runtime import task
from functions.settings import Settings

ACT = False
TIMEOUT_SECONDS = 30
MEMORY_MB = 256


class Request(Frozen):
    job: ChildGatherJob


class Response(LogLook):
    pass


@task(Request, needs=gather_logs.START_NEEDS)
def handler(request: Request, ports: Ports, settings: Settings) -> Response:
    return Response(**gather_logs.start(ports, settings, request.job).model_dump())
