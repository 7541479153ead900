"""Opens the incident of a resume and refuses what cannot be read: unlike a stop it never guesses."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from functions import opening
from functions.contracts import Frozen
from functions.inputs import ResumeTradingInput, read_input
from functions.ports import Ports
from functions.resuming import ResumeJob, ResumeOrder
from functions.runtime import task
from functions.settings import Settings

ACT = False
TIMEOUT_SECONDS = 30
MEMORY_MB = 256
RUNBOOK = "resume-trading"


class Request(Frozen):
    execution_arn: str
    started_at: datetime
    input: Any


class Response(ResumeJob):
    pass


@task(Request, needs=opening.NEEDS)
def handler(request: Request, ports: Ports, settings: Settings) -> Response:
    given: ResumeTradingInput = read_input(RUNBOOK, request.input)
    ids = None if given.strategy_ids is None else tuple(dict.fromkeys(given.strategy_ids))
    for place, strategy_id in enumerate(ids or ()):
        opening.known_strategy(ports, strategy_id, field=f"strategy_ids.{place}")
    run = opening.run_of(RUNBOOK, request.execution_arn, request.started_at, given, settings)
    opening.write(ports, run, comment=given.comment)
    order = ResumeOrder(
        requested_by=" ".join(given.requested_by.split()),
        reason=" ".join(given.reason.split()),
        strategy_ids=ids,
        to=given.to,
    )
    return Response(run=run, order=order)
