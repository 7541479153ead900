"""Writes down what a stop or a restart would interrupt, before anything could touch it."""

from __future__ import annotations

from functions import exposure
from functions.contracts import Frozen, Run
from functions.facts import Evidence, ExposureFact
from functions.ports import Ports
from functions.runtime import task
from functions.settings import Settings
from functions.stages import Fact, Found

ACT = False
TIMEOUT_SECONDS = 60
MEMORY_MB = 512


class Request(Frozen):
    run: Run
    found: Found


class Response(Fact[ExposureFact]):
    pass


@task(Request, needs=("clock.now", "incidents.note", *exposure.NEEDS))
def handler(request: Request, ports: Ports, settings: Settings) -> Response:
    stale = [state.strategy_id for state in request.found.stale]
    fact = exposure.read(ports, [*stale, *request.found.beating])
    where = f"{settings.platform.positions_table}, {settings.platform.orders_table}"
    what = Evidence("exposure before any act", where, exposure.told(fact), ports.clock.now())
    ports.incidents.note(
        request.run.incident_id, [what], position_ids=[p.position_id for p in fact.positions[:200]]
    )
    return Response(fact=fact, why=None)
