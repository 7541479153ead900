"""Stops one strategy, marked as ours."""

from __future__ import annotations

from datetime import datetime

from functions import acts
from functions.contracts import Frozen, Run
from functions.errors import Refused
from functions.ports import Ports
from functions.restarting import Restart, Stopped
from functions.rules.left_behind import STOP
from functions.runtime import task
from functions.settings import Settings

ACT = True
TIMEOUT_SECONDS = 30
MEMORY_MB = 256


class Request(Frozen):
    run: Run
    restart: Restart


class Response(Stopped):
    pass


@task(Request, needs=(*acts.NEEDS, "trading_state.get", "trading_state.stop"))
def handler(request: Request, ports: Ports, settings: Settings) -> Response:
    run, it = request.run, request.restart
    act = acts.Act(f"stop/{it.strategy_id}", STOP, it.strategy_id, f"status {it.status}")

    def do() -> str:
        if not ports.trading_state.stop(it.strategy_id, expected_status=it.status, stopped_by=run.incident_id):
            raise Refused(f"{it.strategy_id} is no longer {it.status}: somebody else changed it")
        return "status stopped"

    def seen(_: datetime) -> str | None:
        state = ports.trading_state.get(it.strategy_id)
        ours = state is not None and state.status == "stopped" and state.stopped_by == run.incident_id
        return "status stopped" if ours else None

    acts.perform(ports, run, it.guard_id, act, do=do, seen=seen)
    looks = settings.limits.acknowledgement_looks
    return Response(acknowledged=False, again=not run.dry_run, looks_left=looks)
