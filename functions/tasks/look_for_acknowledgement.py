"""Sees whether the service has acknowledged a stop."""

from __future__ import annotations

from functions.contracts import Frozen, Run
from functions.facts import Evidence
from functions.ports import Ports
from functions.restarting import Restart, Stopped
from functions.runtime import task
from functions.settings import Settings

ACT = False
TIMEOUT_SECONDS = 20
MEMORY_MB = 256


class Request(Frozen):
    run: Run
    restart: Restart
    looks_left: int


class Response(Stopped):
    pass


@task(Request, needs=("clock.now", "incidents.note", "trading_state.get"))
def handler(request: Request, ports: Ports, settings: Settings) -> Response:
    strategy_id, left = request.restart.strategy_id, request.looks_left - 1
    state = ports.trading_state.get(strategy_id)
    acknowledged = state is not None and state.acknowledged_status == "stopped"
    again = not acknowledged and left > 0 and not request.run.dry_run
    if not again:
        value = "acknowledged by the service" if acknowledged else "never acknowledged by the service"
        where = settings.platform.trading_state_table
        what = Evidence(f"stop of {strategy_id}", where, value, ports.clock.now())
        ports.incidents.note(request.run.incident_id, [what])
    return Response(acknowledged=acknowledged, again=again, looks_left=left)
