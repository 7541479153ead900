"""Checklist: heartbeat updating normally, less than two minutes old."""

from __future__ import annotations

from functions.beating import judged
from functions.contracts import Frozen, Run
from functions.facts import Check, ChecklistItem
from functions.ports import Ports
from functions.runtime import task
from functions.settings import Settings
from functions.verifying import Scope, answer

ACT = False
TIMEOUT_SECONDS = 60
MEMORY_MB = 512


class Request(Frozen):
    run: Run
    scope: Scope


Response = ChecklistItem


@task(Request, needs=("clock.now", "trading_state.all"))
def handler(request: Request, ports: Ports, settings: Settings) -> ChecklistItem:
    now, limits, source = ports.clock.now(), settings.limits, settings.platform.trading_state_table
    beats = judged(ports.trading_state.all(), settings, now)
    stale = [state.strategy_id for state in beats.stale]
    own = stale if request.scope.strategy_ids is None else [s for s in stale if s in request.scope.strategy_ids]
    value = f"{len(beats.beating)} beat within {limits.heartbeat_stale_after} s, {len(stale)} stale"
    if stale:
        value += f": {', '.join(stale[:10])}"
    if beats.unknown_status and not stale:
        unknown = ", ".join(f"{s.strategy_id} ({s.status})" for s in beats.unknown_status[:10])
        value += f"; status not known: {unknown}"
        return answer("heartbeats", Check.UNKNOWN, value, source, now, concerns="others")
    result = Check.FAIL if stale else Check.PASS
    return answer("heartbeats", result, value, source, now, concerns="run" if own or not stale else "others")
