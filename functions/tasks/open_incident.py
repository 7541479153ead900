"""Opens the incident of a run, refuses bad input, and fills in every field that later states read."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from functions import opening
from functions.contracts import Frozen, Run
from functions.inputs import read_input
from functions.ports import Ports
from functions.runtime import task
from functions.settings import Settings

ACT = False
TIMEOUT_SECONDS = 15
MEMORY_MB = 256


class Request(Frozen):
    runbook: str
    execution_arn: str
    started_at: datetime
    input: Any


class Response(Run):
    pass


@task(Request, needs=opening.NEEDS)
def handler(request: Request, ports: Ports, settings: Settings) -> Response:
    given = read_input(request.runbook, request.input)
    opening.known_strategy(ports, getattr(given, "strategy_id", None))
    run = opening.run_of(request.runbook, request.execution_arn, request.started_at, given, settings)
    opening.write(ports, run, comment=given.comment)
    return Response(**run.model_dump())
