"""Takes the answer to a question about a stuck position, and says what comes next."""

from __future__ import annotations

from functions.collecting import told
from functions.contracts import Frozen
from functions.facts import Evidence
from functions.ports import Ports
from functions.runtime import task
from functions.settings import Settings
from functions.stuck import answering
from functions.stuck.model import Look, Said

ACT = False
TIMEOUT_SECONDS = 30
MEMORY_MB = 256


class Request(Frozen):
    look: Look
    said: Said


class Response(Look):
    pass


@task(Request, needs=(*answering.NEEDS, "incidents.note"))
def handler(request: Request, ports: Ports, settings: Settings) -> Response:
    look, said = request.look, request.said
    why = told(said.error) if said.error else None
    after = answering.taken(ports, settings, look, said.answer, why)
    what = Evidence("answer", look.job.position_id, after.why[:500], ports.clock.now())
    ports.incidents.note(look.job.run.incident_id, [what])
    return Response(**after.model_dump())
