"""Judges the whole run of orders that failed, writes its report, closes its incident, tells people, gives the lock
back."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from functions import ending, exposure
from functions.contracts import Frozen, Run, RunOutput
from functions.errors import RunbookError
from functions.facts import Evidence, Outcome
from functions.orders import reporting
from functions.orders.collecting import left_of, pieces_of
from functions.orders.cured import CURED_NEEDS, mark_cured
from functions.orders.resting import MARK_NEEDS, rest
from functions.orders.state import OrderState
from functions.ports import Ports
from functions.rules.orders.end import end_of
from functions.rules.reporting.costs import OPEN_AT_THE_END
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


@task(Request, needs=(*ending.NEEDS, *exposure.NEEDS, *CURED_NEEDS, *MARK_NEEDS))
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
    if state.diagnosed and state.diagnosed.plan and "ended_at" not in item:
        _at_risk(ports, settings, run, state.diagnosed.plan.strategy_ids)
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


def _at_risk(ports: Ports, settings: Settings, run: Run, strategy_ids: Sequence[str]) -> None:
    """What stands open of these strategies, for whoever reads what the incident puts at risk."""
    fact = exposure.read(ports, strategy_ids)
    seen = Evidence(OPEN_AT_THE_END, settings.platform.positions_table, exposure.listed(fact), ports.clock.now())
    with suppress(RunbookError):
        ports.incidents.note(run.incident_id, [seen])
