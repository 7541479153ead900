"""Checklist: heartbeat updating normally, less than two minutes old."""

from __future__ import annotations

from collections.abc import Iterable

from functions.beating import judged
from functions.contracts import Frozen, Run
from functions.facts import Check, ChecklistItem, StrategyState
from functions.ports import Ports
from functions.rules.checklist import NOT_OWED
from functions.rules.checklist import halted as while_halted
from functions.runtime import task
from functions.settings import Settings
from functions.verifying import HALT_NEEDS, Scope, answer, halted

ACT = False
TIMEOUT_SECONDS = 60
MEMORY_MB = 512


class Request(Frozen):
    run: Run
    scope: Scope


Response = ChecklistItem


@task(Request, needs=("clock.now", "trading_state.all", *HALT_NEEDS))
def handler(request: Request, ports: Ports, settings: Settings) -> ChecklistItem:
    now, limits, scope = ports.clock.now(), settings.limits, request.scope
    source = settings.platform.trading_state_table
    trading = " or ".join(sorted(settings.trading_statuses))
    query = f"Scan, consistent: last_heartbeat of every item whose status is {trading}, against {now:%H:%M:%S} UTC"
    states = ports.trading_state.all()
    beats = judged(states, settings, now)
    trades = [*beats.beating, *beats.stale]
    stale = [state.strategy_id for state in beats.stale]
    own = [one for one in stale if scope.concerns(one)]
    value = f"{len(beats.beating)} beat within {limits.heartbeat_stale_after} s, {len(stale)} stale"
    ours = any(scope.concerns(state.strategy_id) for state in beats.unknown_status)
    if stale:
        value += f": {', '.join(stale[:10])}"
    # What others owe never stands for what nobody knows of the run's own.
    if own or (stale and not ours):
        since = min(
            (s.last_heartbeat for s in beats.stale if s.last_heartbeat and (not own or s.strategy_id in own)),
            default=None,
        )
        concerns = "run" if own else "others"
        return answer(
            "heartbeats", Check.FAIL, value, source, now,
            concerns=concerns, query=query, began_at=since, about=own or stale,
        )  # fmt: skip
    if beats.unknown_status:
        unknown = ", ".join(f"{s.strategy_id} ({s.status})" for s in beats.unknown_status[:10])
        value += f"; status not known: {unknown}"
        concerns = "run" if ours else "others"
        return answer("heartbeats", Check.UNKNOWN, value, source, now, concerns=concerns, query=query)
    if any(scope.concerns(state.strategy_id) for state in trades):
        idle = _idle(scope, states, trades)
        value += f"; {NOT_OWED}: {', '.join(idle[:10])}" if idle else ""
        return answer("heartbeats", Check.PASS, value, source, now, query=query)
    if halted(ports, scope, states):
        return answer("heartbeats", Check.SKIPPED, while_halted("heartbeats") or value, source, now, query=query)
    if scope.strategy_ids is None:
        told = "no strategy trades, although the kill switch is not engaged"
        return answer("heartbeats", Check.UNKNOWN, told, source, now, query=query)
    told = f"{NOT_OWED}: {', '.join(_idle(scope, states, trades)[:10]) or 'no strategy is concerned'}"
    return answer("heartbeats", Check.SKIPPED, told, source, now, query=query)


def _idle(scope: Scope, states: Iterable[StrategyState], trades: Iterable[StrategyState]) -> list[str]:
    """Strategies asked about by name that owe none, each with why: a pass of the others is none of theirs."""
    statuses = {state.strategy_id: state.status for state in states}
    beat = {state.strategy_id for state in trades}
    return [
        f"{one} is {statuses[one]}" if one in statuses else f"{one} is not in the table"
        for one in dict.fromkeys(scope.strategy_ids or ())
        if one not in beat
    ]
