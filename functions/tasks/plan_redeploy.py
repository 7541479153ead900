"""Decides how the service is redeployed without two copies - or that it must not be."""

from __future__ import annotations

from functools import partial

from functions import guarding
from functions.beating import judged
from functions.contracts import Frozen
from functions.facts import Evidence
from functions.ids import service_guard
from functions.ports import Ports
from functions.redeploying import RedeployJob
from functions.rules.redeploy import plan_redeploy, running_digest
from functions.runtime import task
from functions.settings import Settings
from functions.stages import ChildJob, GroupJob

ACT = False
TIMEOUT_SECONDS = 30
MEMORY_MB = 256


class Request(Frozen):
    job: ChildJob


class Response(RedeployJob):
    pass


@task(
    Request,
    needs=(
        "clock.now",
        *guarding.NEEDS,
        "guards.spend",
        "incidents.note",
        "registry.digest",
        "service.describe",
        "trading_state.all",
    ),
)
def handler(request: Request, ports: Ports, settings: Settings) -> Response:
    job = GroupJob(run=request.job.run, group=request.job.group)
    service = ports.service.describe()
    decide = partial(
        plan_redeploy,
        service,
        kill_switch=guarding.kill_switch_or_none(ports),
        running_digest=running_digest(service.tasks),
        registry_digest=ports.registry.digest(service.image) if service.image else None,
        beating=_beating(ports, settings),
    )
    plan = decide(budget_left=True)
    # Only a redeploy that will be done is paid for: one that was refused must not use up the hour.
    if plan.method != "refuse" and not _paid(job, ports, settings):
        plan = decide(budget_left=False)
    what = Evidence("how to redeploy", service.service, f"{plan.method}: {plan.reason}", ports.clock.now())
    ports.incidents.note(job.run.incident_id, [what])
    return Response(
        job=job,
        guard_id=service_guard(settings.platform.service),
        method=plan.method,
        reason=plan.reason,
        desired=plan.desired,
        old_task_arns=plan.old_task_arns,
    )


def _beating(ports: Ports, settings: Settings) -> list[str]:
    """Read now: a redeploy is unasked only where nobody beats at the moment of planning it."""
    beats = judged(ports.trading_state.all(), settings, ports.clock.now())
    return [state.strategy_id for state in beats.beating]


def _paid(job: GroupJob, ports: Ports, settings: Settings) -> bool:
    if job.run.dry_run:
        return True
    return ports.guards.spend(
        f"budget/redeploy/{settings.platform.service}",
        limit=settings.limits.redeploys_an_hour,
        window_seconds=3600,
        now=ports.clock.now(),
        token=job.run.incident_id,
    )
