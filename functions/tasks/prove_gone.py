"""The second read of a position that the venue does not hold, and the fills that closed it."""

from __future__ import annotations

from functions.contracts import Frozen
from functions.facts import Evidence
from functions.ports import Ports
from functions.runtime import task
from functions.settings import Settings
from functions.stuck import proving
from functions.stuck.model import Look

ACT = False
IN_NETWORK = True
LAYERS = ("exchange",)
TIMEOUT_SECONDS = 60
MEMORY_MB = 512


class Request(Frozen):
    look: Look


class Response(Look):
    pass


@task(Request, needs=proving.NEEDS)
def handler(request: Request, ports: Ports, settings: Settings) -> Response:
    look = request.look
    after = proving.prove(ports, settings, look)
    what = Evidence("second read", look.job.position_id, f"{after.verdict}: {after.why}"[:500], ports.clock.now())
    ports.incidents.note(look.job.run.incident_id, [what])
    return Response(**after.model_dump())
