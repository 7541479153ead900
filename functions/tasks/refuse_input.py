"""Records and tells what was refused at the door. Nothing of the platform is touched."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Final

from functions import ending
from functions.contracts import Frozen, Run
from functions.facts import Outcome
from functions.ids import incident_id_for
from functions.opening import write
from functions.ports import Ports
from functions.rules.conclude import Ending
from functions.runtime import task
from functions.settings import Settings

ACT = False
NOTIFIES = True
TIMEOUT_SECONDS = 30
MEMORY_MB = 256

# Of a refusal, whose words are ours and short; what an engine says in their place may be 32,768 characters.
MOST_TOLD: Final = 2_000


class Request(Frozen):
    runbook: str
    execution_arn: str
    started_at: datetime
    refusal: str


class Response(Frozen):
    incident_id: str
    cause: str


@task(Request, needs=(*ending.NEEDS, "incidents.open"))
def handler(request: Request, ports: Ports, settings: Settings) -> Response:
    why = _message(request.refusal)[:MOST_TOLD]
    run = Run(
        incident_id=incident_id_for(request.execution_arn),
        runbook=request.runbook,
        execution_arn=request.execution_arn,
        opened_at=request.started_at,
        dry_run=False,
        mode=settings.mode_of(request.runbook).value,
        strategy_id=None,
        alarm_name=None,
        alarm_at=None,
        requested_by=None,
        proceed=False,
        why_not=why,
    )
    write(ports, run)
    verdict = Ending(
        outcome=Outcome.INVALID_INPUT,
        summary=f"Refused at the door, nothing was changed: {why}",
        severity="low",
        not_done=(f"the whole run: {why}",),
    )
    ending.end(ports, settings, run, verdict, guard_id=None)
    return Response(incident_id=run.incident_id, cause=why)


def _message(cause: str) -> str:
    """The refusal's own sentence out of the engine's cause, which is the failed function's JSON payload."""
    try:
        told = json.loads(cause)
    except (ValueError, RecursionError):
        return cause
    return str(told.get("errorMessage", cause)) if isinstance(told, dict) else cause
