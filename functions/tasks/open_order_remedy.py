"""Begins the loop of one cause of failing orders: nothing is looked at yet."""

from __future__ import annotations

from functions.contracts import Frozen
from functions.orders.model import ChildRemedyJob, RemedyJob, Round
from functions.orders.steps import begin
from functions.ports import Ports
from functions.runtime import task
from functions.settings import Settings

ACT = False
TIMEOUT_SECONDS = 15
MEMORY_MB = 256


class Request(Frozen):
    job: ChildRemedyJob


class Response(Round):
    pass


@task(Request)
def handler(request: Request, ports: Ports, settings: Settings) -> Response:
    del ports, settings
    given = request.job
    return Response(**begin(RemedyJob(run=given.run, guard_id=given.guard_id, group=given.group)).model_dump())
