"""Judges the whole run, closes its incident, tells people, and gives the guard back."""

from __future__ import annotations

from typing import Any

from functions import ending, leaving
from functions.collecting import RunState, pieces_of
from functions.contracts import Frozen, RunOutput
from functions.ports import Ports
from functions.rules.conclude import conclude
from functions.rules.rests import rest_of
from functions.runtime import task
from functions.settings import Settings

ACT = False
NOTIFIES = True
TIMEOUT_SECONDS = 60
MEMORY_MB = 256


class Request(Frozen):
    execution_arn: str
    state: dict[str, Any]


class Response(Frozen):
    escalated: bool
    cause: str
    output: RunOutput


@task(Request, needs=(*ending.NEEDS, *leaving.NEEDS))
def handler(request: Request, ports: Ports, settings: Settings) -> Response:
    state = RunState.model_validate(request.state)
    item = ports.incidents.get(state.run.incident_id) or {}
    guard = state.guard.guard_id if state.guard and state.guard.owned else None
    pieces = pieces_of(state, item)
    verdict = conclude(pieces)
    rest = rest_of(pieces, ports.clock.now(), settings.span(settings.limits.declined_rests))
    if rest.strategy_ids:
        # Before the guard is given back: the watcher may look in the very next moment.
        leaving.leave(ports, state.run, rest.strategy_ids, rest.until)
    ended = ending.end(ports, settings, state.run, verdict, guard_id=guard)
    return Response(escalated=ended.escalated, cause=ended.cause, output=ended.output)
