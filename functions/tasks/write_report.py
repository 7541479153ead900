"""Writes the final edition of an incident's report (CONTRACT.md 5): when its run has ended, whatever way, and when
the incident changed after that - the closer recorded it, a person acknowledged, ratified or noted something.

It hears two events of EventBridge. What fails is tried again (Lambda's asynchronous retries) and then lies in a
dead-letter queue with an alarm.
"""

from __future__ import annotations

import json
from typing import Any, Final

from pydantic import BaseModel, ConfigDict, Field

from functions.contracts import Frozen
from functions.errors import Transient
from functions.ids import incident_id_for
from functions.ports import Ports
from functions.reporting import final
from functions.runtime import task
from functions.settings import Settings

ACT = False
TRIGGER = "report"
LAYERS = ("report",)
TIMEOUT_SECONDS = 60
MEMORY_MB = 512

STARTED_BY: Final = "AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID"


class Detail(BaseModel):
    """The part of either event's detail that is read."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    incident_id: str | None = Field(None, min_length=1, max_length=100)
    executionArn: str | None = None
    input: str | None = None


class Request(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)

    detail: Detail


class Response(Frozen):
    incident_id: str | None
    written: bool
    why: str


@task(Request, needs=final.NEEDS)
def handler(request: Request, ports: Ports, settings: Settings) -> Response:
    incident_id = incident_of(request.detail)
    if incident_id is None:
        return Response(incident_id=None, written=False, why="a child: its parent's report tells of it")
    done = final.write(ports, settings, incident_id)
    if done.again:
        # The report is there; whoever delivers the event again gets a whole one.
        raise Transient(f"the report of {incident_id} is not whole: {'; '.join(done.again)}")
    return Response(incident_id=incident_id, written=done.written, why=done.why)


def incident_of(detail: Detail) -> str | None:
    """Our own event names it; an execution's is made from its ARN. A child carries its parent's run, or its
    parent's incident, in its input, and has none."""
    if detail.incident_id is not None:
        return detail.incident_id
    if detail.executionArn is None:
        return None
    try:
        given: Any = json.loads(detail.input or "{}")
    except (ValueError, RecursionError):
        given = {}
    child = isinstance(given, dict) and STARTED_BY in given and ("run" in given or "incident_id" in given)
    return None if child else incident_id_for(detail.executionArn)
