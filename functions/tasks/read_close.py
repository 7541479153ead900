"""Reads what a close came to: proven flat, to be asked again, or for a person."""

from __future__ import annotations

from typing import Any

from functions.collecting import told
from functions.contracts import Frozen
from functions.facts import Evidence
from functions.ports import Ports
from functions.runtime import task
from functions.settings import Settings
from functions.stuck import closing_result
from functions.stuck.model import Look

ACT = False
TIMEOUT_SECONDS = 30
MEMORY_MB = 256


class Request(Frozen):
    """`error`: the engine's, where the close did not end well."""

    look: Look
    error: dict[str, Any] | None


class Response(Look):
    pass


@task(Request, needs=closing_result.NEEDS)
def handler(request: Request, ports: Ports, settings: Settings) -> Response:
    del settings
    look = request.look
    why = told(request.error) if request.error else None
    after = closing_result.read(ports, look, why)
    what = Evidence("close", look.job.position_id, after.why[:500], ports.clock.now())
    ports.incidents.note(look.job.run.incident_id, [what])
    return Response(**after.model_dump())
