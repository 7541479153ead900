"""Checklist: strategies process signals normally - by their bots where these can be asked, else by log lines."""

from __future__ import annotations

from datetime import timedelta

from functions.contracts import Frozen, Run
from functions.errors import RunbookError
from functions.facts import Check, ChecklistItem
from functions.ports import Ports
from functions.processing import NEEDS, bots_query, by_bots, by_log, has_bot, log_query
from functions.rules.checklist import halted as while_halted
from functions.rules.signals import Processing, of_all
from functions.runtime import task
from functions.settings import Settings
from functions.stages import MOST_ASKED
from functions.verifying import HALT_NEEDS, Scope, answer, halted

ACT = False
IN_NETWORK = True
TIMEOUT_SECONDS = 60
MEMORY_MB = 256
ASKS_FOR = timedelta(seconds=35)
BOTS = "freqtrade's REST API"


class Request(Frozen):
    run: Run
    scope: Scope


Response = ChecklistItem


@task(Request, needs=(*NEEDS, *HALT_NEEDS, "trading_state.all"))
def handler(request: Request, ports: Ports, settings: Settings) -> ChecklistItem:
    now, scope = ports.clock.now(), request.scope
    states = ports.trading_state.all()
    wanted = sorted(s.strategy_id for s in states if s.status in settings.trading_statuses)
    wanted = [one for one in wanted if scope.concerns(one)]
    asked = wanted[:MOST_ASKED]
    bots = [one for one in asked if has_bot(settings, one)]
    others = [one for one in asked if one not in bots]
    ways = ((bots, BOTS, bots_query(settings)), (others, settings.platform.log_group, log_query(scope.since)))
    taken = [way[1:] for way in ways if way[0]] or [ways[1][1:]]
    source, query = " and ".join(one for one, _ in taken), "; ".join(said for _, said in taken)
    if not wanted:
        nobody = "no strategy of this run trades at present"
        value = (while_halted("signals") or nobody) if halted(ports, scope, states) else nobody
        return answer("signals", Check.SKIPPED, value, source, now, query=query)
    seen = by_bots(ports, settings, bots, now + ASKS_FOR)
    failing = [one for one in bots if seen[one].result is Check.FAIL]
    try:
        lines = by_log(ports, scope.since, others)
    except RunbookError as error:
        # A log that cannot be read hides no bot that stands still; else the whole line is tried again.
        if not failing:
            raise
        lines = {one: Processing(Check.UNKNOWN, str(error)[:300]) for one in others}
    result, value = of_all(seen, lines, scope.since)
    if len(asked) < len(wanted):
        result, value = (result if result is Check.FAIL else Check.UNKNOWN), f"{value}; {len(wanted)} trade"
    times = [since for one in failing if (since := seen[one].since) is not None]
    began = min(times, default=None)
    return answer("signals", result, value, source, now, query=query, began_at=began, about=failing)
