"""resume-trading and its children as their definitions order them, one generator a run."""

from __future__ import annotations

import json
from typing import Any

from functions.errors import Refused, RunbookError
from functions.resuming import ResumeJob, Returned
from functions.tasks import (
    allow_managing,
    bring_back_strategies,
    conclude_resume,
    halt_again,
    look_at_batch,
    look_for_service,
    open_resume,
    plan_batch,
    plan_resume,
    promote_batch,
    release_kill_switch,
    restore_service,
    stop_batch,
    stop_failed,
    take_guard,
)
from tests.properties.engine import Plan, step
from tests.properties.law import LETS_GO, Who
from tests.properties.platform import Platform
from tests.properties.runbooks import answered

TASKS = {"release_kill_switch": release_kill_switch, "allow_managing": allow_managing}
LOOKS = 3


def said(error: RunbookError) -> dict[str, str]:
    return {"Error": type(error).__name__, "Cause": json.dumps({"errorMessage": str(error)})}


def resume_trading(platform: Platform, arn: str, given: dict[str, Any], decision: str, who: Who) -> Plan:
    """`who` learns what was asked and answered, as the law needs it."""
    asked = {"requested_by": "ben", "reason": "the limit is fixed", **given}
    opened = yield step(open_resume, execution_arn=arn, started_at=platform.now, input=asked)
    job = ResumeJob(run=opened.run, order=opened.order)
    state: dict[str, Any] = {"run": job.run, "order": job.order}
    try:
        state["guard"] = yield step(take_guard, run=job.run, guard_id="resume")
    except Refused as error:
        state["refused"] = said(error)
        return (yield from _concluded(state))
    except RunbookError as error:
        state["error"] = said(error)
        return (yield from _concluded(state))
    try:
        plan = state["plan"] = yield step(plan_resume, run=job.run, order=job.order)
        if plan.question is not None:
            platform.seen["asked"] += 1
            options = [option.id for option in plan.question.options]
            who.asked_stops = frozenset(platform.law.sight().switch.stops)
            who.answer = decision if decision in options else "reject"
            state["answer"] = answered(platform, who.answer)
            yield from _acts(platform, job, state)
    except RunbookError as error:
        state["error"] = said(error)
    return (yield from _concluded(state))


def _acts(platform: Platform, job: ResumeJob, state: dict[str, Any]) -> Plan:
    answer, plan = state["answer"], state["plan"]
    if answer.decision not in LETS_GO:
        return
    task = TASKS[LETS_GO[answer.decision]]
    go = state["let_go"] = yield step(task, run=job.run, order=job.order, scope=plan.scope, answer=answer)
    returned = state["returned"] = yield from _returned(job, plan, managing=go.managing)
    if returned.batch is not None and returned.batch.verdict == "halt":
        platform.seen["halted again"] += 1
        state["halted"] = yield step(halt_again, run=job.run, order=job.order, returned=returned)


def _returned(job: ResumeJob, plan: Any, *, managing: bool) -> Plan:
    """statemachines/return-strategies."""
    given: dict[str, Any] = {"run": job.run, "order": job.order, "scope": plan.scope, "managing": managing}
    service = (yield step(restore_service, job=given)).service
    looks = LOOKS
    while service.again and looks:
        looks -= 1
        service = yield step(look_for_service, **given, service=service)
    batch, last = None, None
    while service.up:
        batch = yield step(plan_batch, **given, batch=batch, last=last)
        if not batch.again:
            break
        last = yield from _batch(given, batch)
    return Returned.model_validate(
        {"service": service.model_dump(), "batch": batch.model_dump() if batch else None}
    )


def _batch(given: dict[str, Any], batch: Any) -> Plan:
    """statemachines/return-batch."""
    given, error = {**given, "batch": batch}, None
    try:
        brought = yield step(bring_back_strategies, job=given)
    except RunbookError:
        yield step(stop_batch, job=given)
        raise
    beats = brought.beats
    try:
        if beats.again:
            while beats.again:
                beats = yield step(look_at_batch, **given, beats=beats)
            yield step(promote_batch, **given, beats=beats)
    except RunbookError as trouble:
        error = said(trouble)
    end = yield step(
        stop_failed,
        **given,
        beats=beats,
        changed_before=brought.changed_before,
        whys=brought.whys,
        error=error,
    )
    return end


def _concluded(state: dict[str, Any]) -> Plan:
    plain = {key: one.model_dump(mode="json") if hasattr(one, "model_dump") else one for key, one in state.items()}
    end = yield step(conclude_resume, execution_arn=state["run"].execution_arn, state=plain)
    return end
