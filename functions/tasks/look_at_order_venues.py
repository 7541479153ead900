"""Looks at each live account where strategies order: venue, key, margin, clock, and the symbols of the configs."""

from __future__ import annotations

from functions.contracts import Frozen
from functions.orders import gather_venues
from functions.orders.gathering import LogLook, TradersSeen, VenuesSeen
from functions.ports import Ports
from functions.runtime import task
from functions.settings import Settings

ACT = False
IN_NETWORK = True
LAYERS = ("exchange",)
TIMEOUT_SECONDS = 60
MEMORY_MB = 512


class Request(Frozen):
    log: LogLook
    traders: TradersSeen


class Response(VenuesSeen):
    pass


@task(Request, needs=gather_venues.NEEDS)
def handler(request: Request, ports: Ports, settings: Settings) -> Response:
    return Response(**gather_venues.look(ports, settings, request.log, request.traders).model_dump())
