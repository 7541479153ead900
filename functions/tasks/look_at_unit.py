"""Looks at the unit and says what comes next: the one place where a close decides."""

from __future__ import annotations

from functions.closing import looking
from functions.closing.job import VENUE_TASK, CloseJob, Error, Look, Restored, Sent
from functions.contracts import Frozen
from functions.ports import Ports
from functions.runtime import task
from functions.settings import Settings

ACT = False
IN_NETWORK = True
LAYERS = ("exchange",)
TIMEOUT_SECONDS = VENUE_TASK
MEMORY_MB = 512


class Request(Frozen):
    job: CloseJob
    before: Look | None
    sent: Sent | None
    slip: Error | None
    restored: Restored | None = None


class Response(Look):
    pass


@task(Request, needs=looking.NEEDS)
def handler(request: Request, ports: Ports, settings: Settings) -> Response:
    it = request
    return Response(**dict(looking.look(ports, settings, it.job, it.before, it.sent, it.slip, it.restored)))
