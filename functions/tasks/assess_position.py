"""Looks at the position, its orders and the venue, and says what comes next: ask, read again, wait, or end."""

from __future__ import annotations

from functions.contracts import Frozen
from functions.ports import Ports
from functions.runtime import task
from functions.settings import Settings
from functions.stuck import assessing
from functions.stuck.judging import next_step
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


@task(Request, needs=(*assessing.NEEDS, "incidents.note"))
def handler(request: Request, ports: Ports, settings: Settings) -> Response:
    look = request.look
    found = assessing.assess(ports, settings, look)
    first = look.memo.looks == 0
    if first:
        memo = look.memo.model_copy(update={"stuck_by": found.why, "shares": found.attribution})
        look = look.model_copy(update={"memo": memo})
    after = next_step(ports, settings, look, found)
    if first or after.verdict != "wait_venue":
        # A venue that stays away is told once, not at every look.
        cause = {"cause": f"{found.why.why.value}: {found.why.detail}"[:300]} if first else {}
        ports.incidents.note(look.job.run.incident_id, assessing.evidence_of(found), **cause)
    return Response(**after.model_dump())
