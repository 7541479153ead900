"""Fills in every field that the states of cure-venue read."""

from __future__ import annotations

from functions.contracts import Frozen
from functions.orders.state import ChildVenueJob, VenueJob
from functions.ports import Ports
from functions.runtime import task
from functions.settings import Settings

ACT = False
TIMEOUT_SECONDS = 15
MEMORY_MB = 256


class Request(Frozen):
    job: ChildVenueJob


class Response(VenueJob):
    pass


@task(Request)
def handler(request: Request, ports: Ports, settings: Settings) -> Response:
    del ports, settings
    job = request.job
    return Response(run=job.run, guard_id=job.guard_id, venue=job.venue)
