"""Looks for heartbeats newer than the moment their remedy took effect."""

from __future__ import annotations

from functions.contracts import Frozen, Run
from functions.facts import Evidence
from functions.ports import Ports
from functions.proving import Beats, Wanted
from functions.rules.evidence import MOST_HEARTBEATS, heartbeat_evidence
from functions.rules.recovery import judge_recovery
from functions.runtime import task
from functions.settings import Settings

ACT = False
TIMEOUT_SECONDS = 30
MEMORY_MB = 256


class Request(Frozen):
    run: Run
    wanted: tuple[Wanted, ...]
    looks_left: int


class Response(Beats):
    pass


@task(Request, needs=("clock.now", "incidents.note", "trading_state.get"))
def handler(request: Request, ports: Ports, settings: Settings) -> Response:
    left = request.looks_left - 1
    found = [ports.trading_state.get(w.strategy_id) for w in request.wanted]
    states, now = [state for state in found if state is not None], ports.clock.now()
    look = judge_recovery({w.strategy_id: w.since for w in request.wanted}, states, left, now=now)
    if not look.again:
        value = f"{len(look.recovered)} beat again since the remedy" + (
            f"; {', '.join(look.missing[:10])} do not" if look.missing else ""
        )
        what = Evidence("heartbeats", settings.platform.trading_state_table, value, now)
        ages = [heartbeat_evidence(state, now) for state in states[:MOST_HEARTBEATS]]
        ports.incidents.note(request.run.incident_id, [what, *ages])
    return Response(all_back=not look.missing, again=look.again, looks_left=left, missing=tuple(look.missing))
