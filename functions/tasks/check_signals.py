"""Checklist: strategies process signals normally, by the service's own log lines."""

from __future__ import annotations

from functions.contracts import Frozen, Run
from functions.facts import Check, ChecklistItem
from functions.ports import Ports
from functions.runtime import task
from functions.settings import Settings
from functions.stages import MOST_ASKED
from functions.verifying import Scope, answer

ACT = False
TIMEOUT_SECONDS = 60
MEMORY_MB = 256


class Request(Frozen):
    run: Run
    scope: Scope


Response = ChecklistItem


@task(Request, needs=("clock.now", "logs.signals", "trading_state.all"))
def handler(request: Request, ports: Ports, settings: Settings) -> ChecklistItem:
    now, source = ports.clock.now(), settings.platform.log_group
    trading = {s.strategy_id for s in ports.trading_state.all() if s.status in settings.trading_statuses}
    scope = request.scope.strategy_ids
    wanted = sorted(trading if scope is None else trading & set(scope))
    if not wanted:
        value = "no strategy of this run trades at present"
        return answer("signals", Check.SKIPPED, value, source, now)
    asked = wanted[:MOST_ASKED]
    signals = ports.logs.signals(request.scope.since, asked)
    silent = [s for s in asked if signals.get(s) is None]
    value = f"{len(asked) - len(silent)} of {len(asked)} processed a signal since {request.scope.since:%H:%M:%S}"
    if silent:
        # No signal within the window may be a quiet market: not seen is not the same as not processing.
        value = f"{value}; none seen from {', '.join(silent[:10])}"
        return answer("signals", Check.UNKNOWN, value, source, now)
    if len(asked) < len(wanted):
        return answer("signals", Check.UNKNOWN, f"{value}; {len(wanted)} trade", source, now)
    return answer("signals", Check.PASS, value, source, now)
