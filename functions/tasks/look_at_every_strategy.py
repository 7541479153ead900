"""One look of the ten-minute watch: every strategy of the service, each look recorded."""

from __future__ import annotations

from functions.beating import judged
from functions.contracts import Frozen, Run
from functions.facts import Evidence
from functions.ports import Ports
from functions.proving import Monitor, Wanted
from functions.rules.recovery import judge_monitor_look
from functions.runtime import task
from functions.settings import Settings

ACT = False
TIMEOUT_SECONDS = 60
MEMORY_MB = 512

MOST_NAMED = 50


class Request(Frozen):
    run: Run
    wanted: tuple[Wanted, ...]
    so_far: Monitor


class Response(Monitor):
    pass


@task(Request, needs=("clock.now", "incidents.note", "trading_state.all"))
def handler(request: Request, ports: Ports, settings: Settings) -> Response:
    so_far, now = request.so_far, ports.clock.now()
    beats = judged(ports.trading_state.all(), settings, now)
    look = judge_monitor_look(beats, own={w.strategy_id for w in request.wanted})
    done, left = so_far.looks_done + 1, so_far.looks_left - 1
    failing = (*look.own, *look.others)
    told = f"{look.beating} beat, {len(failing)} do not" + (f": {', '.join(failing[:10])}" if failing else "")
    what = Evidence(f"watch, look {done}", settings.platform.trading_state_table, told, now)
    ports.incidents.note(request.run.incident_id, [what])
    failed = tuple(sorted({*so_far.own_failed, *look.own}))
    others = tuple(sorted({*so_far.others_failed, *look.others}))[:MOST_NAMED]
    return Response(
        again=left > 0 and not failed,
        looks_done=done,
        looks_left=left,
        worst=max(so_far.worst, len(failing)),
        own_failed=failed,
        others_failed=others,
    )
