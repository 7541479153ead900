"""Judges the whole run of a stuck position, writes its report, closes its incident, tells people, gives the lock
back."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from pydantic import TypeAdapter

from functions import ending
from functions.attempt_acts import acts_of
from functions.collecting import message, told
from functions.contracts import ActRecord, Frozen, RunOutput
from functions.errors import RunbookError
from functions.facts import ChecklistItem
from functions.ports import Ports
from functions.rules.reporting.own import Own
from functions.rules.stuck.end import StuckPieces, end_of
from functions.runtime import task
from functions.settings import Settings
from functions.stuck import entries, left, reporting
from functions.stuck.state import StuckState

ACT = False
NOTIFIES = True
TIMEOUT_SECONDS = 60
MEMORY_MB = 512

_ITEMS: TypeAdapter[tuple[ChecklistItem, ...]] = TypeAdapter(tuple[ChecklistItem, ...])


class Request(Frozen):
    execution_arn: str
    state: dict[str, Any]


class Response(Frozen):
    escalated: bool
    cause: str
    output: RunOutput


@task(Request, needs=(*ending.NEEDS, *left.NEEDS, *left.MARK_NEEDS, *entries.NEEDS, "closes.attempts"))
def handler(request: Request, ports: Ports, settings: Settings) -> Response:
    state = StuckState.model_validate(request.state)
    run, now = state.run, ports.clock.now()
    item = ports.incidents.get(run.incident_id) or {}
    guard = state.guard.guard_id if state.guard and state.guard.owned else None
    paused: tuple[str, ...] = ()
    if guard is not None and not run.dry_run:
        paused = entries.still_paused(ports, settings, state.strategy_ids, run.incident_id, item)
    verdict = end_of(pieces_of(state, item, paused))
    why = state.settled.look.memo.stuck_by if state.settled else None
    cause = reporting.root_cause(why, state)
    if cause and "ended_at" not in item:
        with suppress(RunbookError):
            ports.incidents.note(run.incident_id, [], root_cause=cause)

    if state.refused and state.position_id and state.guard_id and run.alarm_name and run.proceed:
        until = now + settings.span(settings.limits.approval_lapses_close)
        left.come_back(ports, run, state.position_id, state.guard_id, until)

    def report(*_: object) -> Own:
        return reporting.own_of(state)

    ended = ending.end(ports, settings, run, verdict, guard_id=guard, acts=_orders(ports, state), report=report)
    return Response(escalated=ended.escalated, cause=ended.cause, output=ended.output)


def _orders(ports: Ports, state: StuckState) -> tuple[ActRecord, ...]:
    """Every order that its closes have sent, with its outcome; also where the settling itself came to no end."""
    if state.position_id is None or (state.settled is None and state.error is None):
        return ()
    try:
        attempts = ports.closes.attempts(state.position_id, state.run.incident_id)
    except RunbookError:
        attempts = state.accounted.attempts if state.accounted else ()
    return acts_of(attempts, state.run.execution_arn)


def pieces_of(state: StuckState, item: Mapping[str, Any], paused: tuple[str, ...]) -> StuckPieces:
    settled, stored = state.settled, item.get("checklist")
    error = state.error or (settled.error if settled else None)
    return StuckPieces(
        dry_run=state.run.dry_run,
        why_not=state.run.why_not,
        held_by=message(state.refused) if state.refused else None,
        error=told(error) if error else None,
        delegated=state.delegated,
        settled=settled.look.end if settled else None,
        paused=paused,
        checklist=_ITEMS.validate_python(stored) if stored else None,
    )
