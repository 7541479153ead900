"""Starts one strategy again in one transaction: still stopped, still ours, kill switch not engaged."""

from __future__ import annotations

from datetime import datetime

from functions import acts
from functions.contracts import Frozen, Run
from functions.errors import Refused
from functions.facts import Result
from functions.ports import Ports
from functions.restarting import Restart
from functions.rules.left_behind import START
from functions.runtime import task
from functions.settings import Settings
from functions.stages import Effect

ACT = True
TIMEOUT_SECONDS = 30
MEMORY_MB = 256


class Request(Frozen):
    run: Run
    restart: Restart


class Response(Effect):
    pass


@task(Request, needs=(*acts.NEEDS, "trading_state.get", "trading_state.start"))
def handler(request: Request, ports: Ports, settings: Settings) -> Response:
    run, it = request.run, request.restart
    act = acts.Act(f"start/{it.strategy_id}", START, it.strategy_id, "status stopped")

    def do() -> str:
        if not ports.trading_state.start(it.strategy_id, stopped_by=run.incident_id, status=it.status):
            raise Refused(
                f"{it.strategy_id} is not started: it is no longer our stop, or the kill switch is engaged"
            )
        return f"status {it.status}"

    def seen(_: datetime) -> str | None:
        state = ports.trading_state.get(it.strategy_id)
        back = state is not None and state.status == it.status and state.stopped_by is None
        return f"status {it.status}" if back else None

    done = acts.perform(ports, run, it.guard_id, act, do=do, seen=seen)
    if done.began is None:
        return Response(
            strategy_id=it.strategy_id, result=Result.NOT_DONE, at=None, why="dry run: would restart it"
        )
    return Response(strategy_id=it.strategy_id, result=Result.DONE, at=ports.clock.now(), why="restarted")
