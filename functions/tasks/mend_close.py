"""Puts the protection back that a close which died may have taken off, and tells how the position is left."""

from __future__ import annotations

from functions.closing.job import VENUE_TASK
from functions.contracts import Frozen
from functions.facts import Evidence
from functions.ports import Ports
from functions.runtime import task
from functions.settings import Settings
from functions.stuck import mending
from functions.stuck.model import Look

ACT = True
# What rests at the venue already is not placed again.
REPEATABLE = True
IN_NETWORK = True
LAYERS = ("exchange",)
TIMEOUT_SECONDS = VENUE_TASK
MEMORY_MB = 512


class Request(Frozen):
    look: Look


class Response(Look):
    pass


@task(Request, needs=mending.NEEDS)
def handler(request: Request, ports: Ports, settings: Settings) -> Response:
    job = request.look.job
    after = mending.mend(ports, settings, request.look)
    told = "; ".join(after.end.known if after.end else ())
    what = Evidence("after the close that died", job.position_id, told[:500], ports.clock.now())
    ports.incidents.note(job.run.incident_id, [what])
    return Response(**after.model_dump())
