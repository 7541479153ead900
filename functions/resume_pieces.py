"""From the state of a resume, as far as it came, and what stands now, to the pieces that its end is judged by."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from pydantic import TypeAdapter

from functions import returning
from functions.collecting import message, told
from functions.ending import actions_of
from functions.errors import RunbookError
from functions.facts import ChecklistItem, Result
from functions.ports import Ports
from functions.resuming import ResumePlan, ResumeState
from functions.rules import resume_rows
from functions.rules.checklist import BY_ID
from functions.rules.resume_end import Planned, ResumePieces, Row, Said
from functions.settings import Settings

NEEDS: Final = (*returning.NEEDS, *returning.STOPPED_NEEDS, "clock.now")
MOST_TROUBLES: Final = 10
_ITEMS: TypeAdapter[tuple[ChecklistItem, ...]] = TypeAdapter(tuple[ChecklistItem, ...])


def gather(ports: Ports, state: ResumeState, item: Mapping[str, Any], rows: tuple[Row, ...] | None) -> ResumePieces:
    """`rows` as `rows_of` has them; `item` is the incident."""
    run, returned = state.run, state.returned
    batch = returned.batch if returned else None
    service = returned.service if returned else None
    down = service.why if service and not service.up and service.stopped is None else None
    return ResumePieces(
        why_not=run.why_not if not run.proceed else None,
        held_by=message(state.refused) if state.refused else None,
        error=told(state.error) if state.error else None,
        planned=_planned(state.plan) if state.plan else None,
        said=_said(state),
        let_go=state.let_go.why if state.let_go else None,
        managing=state.let_go is not None and state.let_go.managing,
        service_down=down,
        stopped=_stopped(ports, state),
        halted=_halted(state),
        failed=batch.failed_names if batch else (),
        failed_total=batch.failed if batch else 0,
        silent=batch.silent_names if batch else (),
        silent_total=batch.silent if batch else 0,
        signals_unread=batch.signals_unread if batch else None,
        rows=rows,
        acts=tuple(_acts(state, item)),
        troubles=tuple(_troubles(item))[:MOST_TROUBLES],
        ratified=item.get("ratified_at") is not None,
        checklist=_checklist(state, item),
    )


def _checklist(state: ResumeState, item: Mapping[str, Any]) -> tuple[ChecklistItem, ...] | None:
    """Empty: it was not to be walked. What was checked before people were asked stands there too."""
    if state.verified is None:
        return ()
    lines = [one for one in item.get("checklist") or () if one.get("id") in BY_ID]
    return _ITEMS.validate_python(lines) or None


def rows_of(ports: Ports, settings: Settings, state: ResumeState) -> tuple[Row, ...] | None:
    """Everybody who was to come back, by name; empty where nobody was let go, None where they cannot be read."""
    if state.let_go is None or state.plan is None:
        return ()
    since, managing = state.let_go.at, state.let_go.managing
    try:
        ones = returning.sight(ports, settings, state.order, state.plan.scope)
    except RunbookError:
        return None
    return resume_rows.rows_of(ones, since=since, now=ports.clock.now(), managing=managing)


def _planned(plan: ResumePlan) -> Planned:
    return Planned(
        plan.verdict,
        plan.reason,
        plan.failing,
        plan.unknown,
        plan.not_proven,
        plan.left_out,
        plan.forgotten,
        plan.would,
        plan.scope.total,
    )


def _said(state: ResumeState) -> Said | None:
    if state.answer is not None:
        return Said(state.answer.decision, state.answer.decided_by, state.answer.note)
    if state.unanswered is not None:
        return Said("unreached", why_nobody=told(state.unanswered))
    return None


def _stopped(ports: Ports, state: ResumeState) -> str | None:
    """By the kill switch as it stands now; our own halt is none of somebody else's."""
    if state.let_go is None or state.plan is None or state.halted is not None:
        return None
    try:
        switch = ports.guards.kill_switch()
    except RunbookError as error:
        return f"the kill switch could not be read: {error}"
    again = returning.meanwhile(switch, state.order, state.plan.scope, managing=state.let_go.managing)
    returned = state.returned
    if again is None and returned is not None:
        batch = returned.batch
        again = returned.service.stopped or (batch.why if batch and batch.verdict == "stopped" else None)
    return again


def _halted(state: ResumeState) -> str | None:
    batch = state.returned.batch if state.returned else None
    if state.halted is not None:
        how = "the kill switch is engaged" if state.halted.latched else "the kill switch could not be engaged"
        proof = (
            state.halted.execution or "an emergency stop that could not be started, or ran before: start one now"
        )
        return f"everything was halted again: {state.halted.why}; {how}; proven by {proof}"
    if batch is not None and batch.verdict == "halt":
        return f"everything had to be halted again, and nobody knows whether it is: {batch.why}; stop it now"
    return None


def _acts(state: ResumeState, item: Mapping[str, Any]) -> Iterator[str]:
    """One whose intent stands without a result may have been done."""
    for act in actions_of(item, state.run):
        if act.result is not Result.DONE:
            yield f"{act.action} ({act.target}): {act.result.value}" + (f", {act.after}" if act.after else "")


def _troubles(item: Mapping[str, Any]) -> Iterator[str]:
    for seen in item.get("evidence") or ():
        if seen.get("what") == "trouble" and seen.get("where") != "status page":
            yield f"{seen.get('where')}: {seen.get('value')}"
