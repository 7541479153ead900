"""Opens the incident of orders that fail, refuses bad input, and fills in every field that later states read."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from functions import opening
from functions.contracts import Frozen
from functions.ids import orders_guard
from functions.inputs import OrderFailuresInput, read_input
from functions.orders.model import RUNBOOK
from functions.orders.proving import nothing
from functions.orders.state import Opened
from functions.ports import Ports
from functions.runtime import task
from functions.settings import Settings

ACT = False
TIMEOUT_SECONDS = 30
MEMORY_MB = 256


class Request(Frozen):
    execution_arn: str
    started_at: datetime
    input: Any


class Response(Opened):
    pass


@task(Request, needs=opening.NEEDS)
def handler(request: Request, ports: Ports, settings: Settings) -> Response:
    given: OrderFailuresInput = read_input(RUNBOOK, request.input)
    opening.known_strategy(ports, given.strategy_id)
    run = opening.run_of(RUNBOOK, request.execution_arn, request.started_at, given, settings)
    opening.write(ports, run, comment=given.comment)
    return Response(
        run=run,
        guard_id=orders_guard(settings.platform.service),
        before=nothing(1),
    )
