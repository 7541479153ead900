"""Brings the service back to the desired count and the scaling that the halt found, unless it is up already.

While it comes up no cure of a heartbeat may begin: the lock of the service is taken where it can be.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime

from functions import acts, resume_facts, returning
from functions.contracts import Frozen, Run
from functions.errors import Broken, Refused, RunbookError, Uncertain
from functions.facts import Evidence, ServiceRecord
from functions.ids import service_guard
from functions.ports import Ports
from functions.resuming import GUARD, ResumeOrder, ReturnJob, Scope, ServiceBack
from functions.rules.halt_watch import may_hold_down
from functions.rules.resume_meanwhile import hash_of
from functions.runtime import task
from functions.settings import Settings

ACT = True
TIMEOUT_SECONDS = 50
MEMORY_MB = 256


class Request(Frozen):
    job: ReturnJob


class Response(Frozen):
    """The job once more, for every state after this one."""

    run: Run
    order: ResumeOrder
    scope: Scope
    managing: bool
    service: ServiceBack


@task(
    Request,
    needs=(
        *acts.NEEDS,
        *returning.STOPPED_NEEDS,
        "guards.take",
        "guards.take_over",
        "halts.allow_service",
        "halts.service_record",
        "scaling.describe",
        "scaling.restore",
        "scaling.suspend",
        "service.describe",
        "service.scale",
    ),
)
def handler(request: Request, ports: Ports, settings: Settings) -> Response:
    job = request.job
    back = _restore(job, ports, settings)
    return Response(run=job.run, order=job.order, scope=job.scope, managing=job.managing, service=back)


def _restore(job: ReturnJob, ports: Ports, settings: Settings) -> ServiceBack:
    """The kill switch that stays engaged for others must say that the service may run, or its watch takes it down
    again."""
    switch = ports.guards.kill_switch()
    if again := returning.meanwhile(switch, job.order, job.scope, managing=job.managing):
        return _gone_on(again, settings)
    if may_hold_down(switch):
        halt_id = job.scope.halt_id or ""
        if hash_of(switch.stops) != job.scope.stops:
            return _gone_on("stopped again since the question was put: another stop stands behind it", settings)
        if not ports.halts.allow_service(halt_id, stops=switch.stops):
            return _gone_on("stopped again in the moment in which the service was to come up", settings)
    record = resume_facts.service_record(ports, job.scope.service_halts)
    service = ports.service.describe()
    desired = _scale(job, record, service.desired, ports, settings)
    _scaling(job, record, service.service, ports)
    stopped = _stopped(ports, job)
    if stopped:
        if desired is not None:
            # Whoever stopped it may have scaled down before we scaled up; nothing else runs there yet.
            _undo(job, ports, settings)
        return _gone_on(stopped, settings)
    if service.desired == 0 and desired is None:
        why = "its desired count was 0 before the stop and stays 0: nothing runs"
        return _back(settings, desired=None, why=why, again=False)
    why = f"scaled back to {desired}" if desired else f"up already, desired count {service.desired}"
    return _back(settings, desired=desired, why=why, again=True)


def _scale(
    job: ReturnJob, record: ServiceRecord | None, desired_now: int, ports: Ports, settings: Settings
) -> int | None:
    """The count that it was scaled to; None where it was left as it is."""
    act_id, name = "restore-service", settings.platform.service
    if record is None or record.desired == 0:
        return None
    item = ports.incidents.get(job.run.incident_id) or {}
    if desired_now > 0 and act_id not in item.get("intents", {}):
        return None
    _keep_cures_away(job, ports, settings)
    desired = record.desired
    act = acts.Act(act_id, "scale the service back", name, "desired count 0")

    def do() -> str:
        if again := _stopped(ports, job):
            raise Refused(again)
        ports.service.scale(desired)
        return f"desired count {desired}"

    def seen(_: datetime) -> str | None:
        count = ports.service.describe().desired
        return f"desired count {count}" if count > 0 else None

    acts.perform(ports, job.run, GUARD, act, do=do, seen=seen)
    return desired


def _scaling(job: ReturnJob, record: ServiceRecord | None, name: str, ports: Ports) -> None:
    scaling = record.scaling if record is not None else None
    act = acts.Act("restore-scaling", "put the service's auto-scaling back", name, "suspended by the stop")
    if scaling is None or not _to_restore(job, act.act_id, ports):
        return

    def do() -> str:
        ports.scaling.restore(scaling)
        return f"between {scaling.minimum} and {scaling.maximum}, as before the stop"

    try:
        acts.perform(ports, job.run, GUARD, act, do=do, seen=lambda _: None)
    except (Refused, Uncertain, Broken) as error:
        # Trading goes on without it; the incident names it as not done.
        seen = Evidence("trouble", "auto-scaling", str(error), ports.clock.now())
        ports.incidents.note(job.run.incident_id, [seen])


def _to_restore(job: ReturnJob, act_id: str, ports: Ports) -> bool:
    """Not where somebody has put it back already; an earlier try of ours says so by its intent."""
    if act_id in (ports.incidents.get(job.run.incident_id) or {}).get("intents", {}):
        return True
    try:
        now = ports.scaling.describe()
    except RunbookError:
        return True
    return now is not None and now.suspended


def _scaling_now(ports: Ports) -> bool:
    """There is something to suspend, or nobody knows."""
    try:
        return ports.scaling.describe() is not None
    except RunbookError:
        return True


def _keep_cures_away(job: ReturnJob, ports: Ports, settings: Settings) -> None:
    run, now = job.run, ports.clock.now()
    guard = service_guard(settings.platform.service)
    with suppress(RunbookError):
        held = ports.guards.take(guard, owner=run.execution_arn, incident_id=run.incident_id, now=now)
        if held is not None:
            ports.guards.take_over(held, owner=run.execution_arn, incident_id=run.incident_id, now=now)


def _undo(job: ReturnJob, ports: Ports, settings: Settings) -> None:
    """What it could not take back stands in the incident, and the run escalates."""
    trouble: list[Evidence] = []
    undo: dict[str, Callable[[], None]] = {"scaled to 0 again": lambda: ports.service.scale(0)}
    if _scaling_now(ports):
        undo["suspended again"] = ports.scaling.suspend
    for what, act in undo.items():
        try:
            act()
        except RunbookError as error:
            why = f"NOT {what}, although trading was stopped meanwhile: {error}"
            trouble.append(Evidence("trouble", settings.platform.service, why, ports.clock.now()))
    if trouble:
        ports.incidents.note(job.run.incident_id, trouble)


def _stopped(ports: Ports, job: ReturnJob) -> str | None:
    return returning.meanwhile(ports.guards.kill_switch(), job.order, job.scope, managing=job.managing)


def _back(settings: Settings, *, desired: int | None, why: str, again: bool) -> ServiceBack:
    limits = settings.limits
    looks = max(1, limits.task_replaced_within // limits.task_look_every)
    return ServiceBack(up=False, again=again, looks_left=looks, desired=desired, why=why)


def _gone_on(stopped: str, settings: Settings) -> ServiceBack:
    return _back(settings, desired=None, why=stopped, again=False).model_copy(update={"stopped": stopped})
