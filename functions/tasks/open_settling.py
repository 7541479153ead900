"""Begins the loop of one position: nothing is looked at yet."""

from __future__ import annotations

from functions.contracts import Frozen
from functions.ports import Ports
from functions.runtime import task
from functions.settings import Settings
from functions.stuck.model import ChildJob, Job, Look, begin

ACT = False
TIMEOUT_SECONDS = 15
MEMORY_MB = 256


class Request(Frozen):
    job: ChildJob


class Response(Look):
    pass


@task(Request)
def handler(request: Request, ports: Ports, settings: Settings) -> Response:
    del ports, settings
    given = request.job
    job = Job(run=given.run, position_id=given.position_id, guard_id=given.guard_id, reason=given.reason)
    return Response(**begin(job).model_dump())
