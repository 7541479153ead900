"""The runbooks as their definitions order them, one generator a run."""

from __future__ import annotations

from typing import Any

from functions.contracts import Answer, Run
from functions.errors import RunbookError
from functions.halting import Counts, StopJob
from functions.outlasting import Outlast
from functions.raising import RaisePlan
from functions.redeploying import RedeployJob
from functions.rules.plan import Cause, Remedy
from functions.switching import SwitchPlan
from functions.tasks import (
    announce_stop,
    cancel_entry_orders,
    conclude_stop,
    engage_kill_switch,
    latch_again,
    look_at_old_tasks,
    look_at_stop,
    look_for_acknowledgement,
    open_incident,
    plan_outlast,
    plan_raise_memory,
    plan_redeploy,
    plan_restart,
    plan_switch_exchange,
    post_status_page,
    redeploy,
    register_revision,
    scale_to_zero,
    slow_down,
    start_strategy,
    stop_segment,
    stop_service,
    stop_strategy,
    switch_exchange,
    take_guard,
    tell_exposure,
)
from tests.properties.engine import Parallel, Plan, step
from tests.properties.platform import Platform
from tests.tasks.rig import job

# The scan segments that hold a strategy of `platform.STRATEGIES`; the others have nothing to do.
SEGMENTS = (1, 2, 5, 6)
# The branches of a stop, in the order of its definition, but for the one of the strategies.
BRANCHES = (latch_again, stop_service, cancel_entry_orders, announce_stop, post_status_page)


def said(error: RunbookError) -> dict[str, str]:
    return {"Error": type(error).__name__, "Cause": str(error)}


def answered(platform: Platform, decision: str) -> Answer:
    return Answer(
        approval_id="apr-1", decision=decision, decided_by=("ana", "cleo"), decided_at=platform.now, note="drill",
        until=None, why_alone=None,
    )  # fmt: skip


def emergency_stop(platform: Platform, arn: str, given: dict[str, Any]) -> Plan:
    """statemachines/emergency-stop."""
    try:
        told = yield step(engage_kill_switch, given=given, execution_arn=arn, started_at=platform.now)
        stop = StopJob(**told.model_dump(exclude={"segments"}))
    except RunbookError as error:
        stop = StopJob(
            order=given, execution_arn=arn, started_at=platform.now, halt_id=None, latched=False,
            latch_why=str(error),
        )  # fmt: skip
    alone = [_branch(task, stop) for task in BRANCHES]
    latch, *others = yield Parallel([*alone, *(_segment(stop, one) for one in SEGMENTS)])
    rest, segments = others[: len(BRANCHES) - 1], others[len(BRANCHES) - 1 :]
    did = [latch, {"segments": segments, "error": None}, *rest]
    look, left, failed = None, platform.settings.limits.stop_looks, None
    try:
        while look is None or look.again:
            look = yield step(look_at_stop, job=stop, did=did, look=look, looks_left=left)
            left = look.looks_left
    except RunbookError as error:
        failed = said(error)
    orders = yield from _branch(cancel_entry_orders, stop, after=True)
    exposure = (yield from _branch(tell_exposure, stop)) if failed is None else None
    state = {
        "orders": orders, "job": stop.model_dump(mode="json"), "did": did, "exposure": exposure, "error": failed,
        "look": look.model_dump(mode="json") if look else None,
    }  # fmt: skip
    end = yield step(conclude_stop, execution_arn=arn, state=state)
    return end


def _branch(task: Any, stop: StopJob, **given: Any) -> Plan:
    try:
        part = yield step(task, job=stop, **given)
    except RunbookError as error:
        return {"error": said(error)}
    return part.model_dump(mode="json")


def _segment(stop: StopJob, number: int) -> Plan:
    turn: dict[str, Any] = {"start_key": None, "looks_left": stop_segment.CALLS, "counts": Counts(), "items": ()}
    try:
        while True:
            answer = yield step(stop_segment, job=stop, segment=number, **turn)
            if not answer.again:
                return answer.model_dump(mode="json")
            turn = {name: getattr(answer, name) for name in turn}
    except RunbookError as error:
        return {"segment": number, "failed": str(error)}


def cure(platform: Platform, arn: str, kind: str, ids: tuple[str, ...]) -> Plan:
    """stale-heartbeat with one remedy for these strategies; what it finds out before is left out."""
    opened = yield step(
        open_incident, runbook="stale-heartbeat", execution_arn=arn, started_at=platform.now, input={}
    )
    run = Run(**opened.model_dump())
    try:
        yield step(take_guard, run=run)
        yield from CURES[kind](platform, run, ids)
    except RunbookError as error:
        platform.seen[f"a cure ended {type(error).__name__}"] += 1
    platform.let_go(arn)


def _restart(_: Platform, run: Run, ids: tuple[str, ...]) -> Plan:
    given = job(run, *ids, remedy=Remedy.RESTART, cause=Cause.DEADLOCK)
    plan = yield step(plan_restart, job=given)
    for one in plan.restarts:
        yield step(stop_strategy, run=run, restart=one)
        yield step(look_for_acknowledgement, run=run, restart=one, looks_left=1)
        yield step(start_strategy, run=run, restart=one)


def _redeploy(_: Platform, run: Run, ids: tuple[str, ...], revision: str | None = None) -> Plan:
    given = {**job(run, *ids).model_dump(), "task_definition": revision, "may_interrupt": 99}
    answer = yield step(plan_redeploy, job=given)
    plan = RedeployJob(**answer.model_dump(include=set(RedeployJob.model_fields)))
    if plan.method == "refuse":
        return
    if plan.method == "via_zero":
        old = yield step(scale_to_zero, plan=plan)
        while old.again and not old.gone:
            old = yield step(look_at_old_tasks, plan=plan, looks_left=min(old.looks_left, 4))
    yield step(redeploy, plan=plan)


def _raise(platform: Platform, run: Run, ids: tuple[str, ...]) -> Plan:
    group = {"cause": Cause.MEMORY_EXHAUSTED, "remedy": Remedy.RAISE_MEMORY, "redeploy_unasked": True}
    answer = yield step(plan_raise_memory, job=job(run, *ids, **group))
    plan = RaisePlan(**{name: getattr(answer, name) for name in RaisePlan.model_fields})
    if plan.question is not None:
        made = yield step(register_revision, plan=plan)
        yield from _redeploy(platform, run, ids, made.task_definition)


def _slow(_: Platform, run: Run, ids: tuple[str, ...]) -> Plan:
    group = {"remedy": Remedy.SLOW_DOWN, "cause": Cause.RATE_LIMITED, "venue": "binanceusdm"}
    plan = yield step(plan_outlast, job=job(run, *ids, **group))
    yield step(slow_down, plan=plan)


def _switch(platform: Platform, run: Run, ids: tuple[str, ...]) -> Plan:
    group = {"remedy": Remedy.WAIT_EXCHANGE, "cause": Cause.EXCHANGE_DOWN, "venue": "binanceusdm"}
    wait: Outlast = yield step(plan_outlast, job=job(run, *ids, **group))
    ended = wait.model_copy(update={"looks_left": 0, "again": False, "ask": True, "why": "timed out"})
    plan: SwitchPlan = yield step(plan_switch_exchange, job={"run": run.model_dump(), "wait": ended.model_dump()})
    if plan.question is not None:
        yield step(switch_exchange, plan=plan, answer=answered(platform, "switch"))


CURES = {"restart": _restart, "redeploy": _redeploy, "raise": _raise, "slow": _slow, "switch": _switch}
