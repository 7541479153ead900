"""Adds up what the position came to, by the venue's fills, and keeps it in the incident."""

from __future__ import annotations

from functions.contracts import Frozen, Run
from functions.facts import Evidence
from functions.ports import Ports
from functions.runtime import task
from functions.settings import Settings
from functions.stuck import accounting
from functions.stuck.state import Accounted

ACT = False
IN_NETWORK = True
LAYERS = ("exchange",)
TIMEOUT_SECONDS = 60
MEMORY_MB = 512


class Request(Frozen):
    run: Run
    position_id: str


class Response(Accounted):
    pass


@task(Request, needs=(*accounting.NEEDS, "clock.now", "incidents.note"))
def handler(request: Request, ports: Ports, settings: Settings) -> Response:
    run, position_id = request.run, request.position_id
    found = accounting.account(ports, settings, position_id, run.incident_id)
    now = ports.clock.now()
    closed_at = found.position.closed_at
    # The checklist looks for error lines since the remedy: an exit that was refused before it was closed is cured.
    cured = {} if closed_at is None else {"cured_at": max(closed_at, run.opened_at)}
    if found.pnl is None:
        why = "; ".join(found.unreadable) or "nothing of it was closed, by the trades of the venue"
        ports.incidents.note(run.incident_id, [], pnl_impact=f"not known: {why}"[:500], **cured)
        return Response(**found.model_dump())
    lines = [Evidence("profit and loss", position_id, line, now) for line in found.pnl.lines]
    unknown = [Evidence("profit and loss not known", position_id, why, now) for why in found.pnl.unknown]
    total = "not known" if found.pnl.total is None else f"{found.pnl.total:+.2f}"
    told = f"{total} {found.pnl.quote} in all. {' '.join(found.pnl.lines)}"
    ports.incidents.note(run.incident_id, [*lines, *unknown], pnl_impact=told[:1_000], **cured)
    return Response(**found.model_dump())
