"""Judges the whole run of orders that failed, writes its report, closes its incident, tells people, gives the lock
back."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from functions import ending
from functions.contracts import Frozen, RunOutput
from functions.errors import RunbookError
from functions.facts import Outcome
from functions.orders import reporting
from functions.orders.collecting import left_of, pieces_of
from functions.orders.cured import CURED_NEEDS, mark_cured
from functions.orders.resting import MARK_NEEDS, rest
from functions.orders.state import OrderState
from functions.ports import Ports
from functions.rules.orders.end import end_of
from functions.rules.reporting.own import Own
from functions.runtime import task
from functions.settings import Settings

ACT = False
NOTIFIES = True
TIMEOUT_SECONDS = 60
MEMORY_MB = 512


class Request(Frozen):
    execution_arn: str
    state: dict[str, Any]


class Response(Frozen):
    escalated: bool
    cause: str
    output: RunOutput


@task(Request, needs=(*ending.NEEDS, *CURED_NEEDS, *MARK_NEEDS))
def handler(request: Request, ports: Ports, settings: Settings) -> Response:
    state = OrderState.model_validate(request.state)
    run = state.run
    item = ports.incidents.get(run.incident_id) or {}
    guard = state.guard.guard_id if state.guard and state.guard.owned else None
    verdict = end_of(pieces_of(state, item))
    cause = reporting.root_cause(state)
    if cause and "ended_at" not in item:
        with suppress(RunbookError):
            ports.incidents.note(run.incident_id, [], cause=reporting.causes_told(state), root_cause=cause)
    if guard is not None:
        # Before the lock is given back: the detector may look in the very next moment.
        rest(ports, settings, run, verdict, left_of(state))
        # A run about one strategy has not looked at the others' failures.
        if run.strategy_id is None and verdict.outcome in (Outcome.RESOLVED, Outcome.NOTHING_TO_DO):
            # What the log tells from before is no failure (any more): the detector counts from here on.
            mark_cured(ports, settings, run)

    def report(*_: object) -> Own:
        return reporting.own_of(state)

    ended = ending.end(ports, settings, run, verdict, guard_id=guard, report=report)
    return Response(escalated=ended.escalated, cause=ended.cause, output=ended.output)
