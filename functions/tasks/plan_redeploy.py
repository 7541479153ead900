"""Decides how the service is redeployed without two copies - or that it must not be."""

from __future__ import annotations

from functools import partial

from functions import guarding
from functions.beating import judged
from functions.contracts import Frozen
from functions.facts import Evidence
from functions.ids import service_guard
from functions.ports import Ports
from functions.redeploying import RedeployInput, RedeployJob, own_deployments, paid
from functions.rules.redeploy import plan_redeploy, running_digest
from functions.rules.service_state import revision_of
from functions.runtime import task
from functions.settings import Settings
from functions.stages import GroupJob

ACT = False
TIMEOUT_SECONDS = 30
MEMORY_MB = 256


class Request(Frozen):
    job: RedeployInput


class Response(RedeployJob):
    pass


@task(
    Request,
    needs=(
        "clock.now",
        *guarding.NEEDS,
        "guards.spend",
        "incidents.get",
        "incidents.note",
        "registry.digest",
        "service.describe",
        "trading_state.all",
    ),
)
def handler(request: Request, ports: Ports, settings: Settings) -> Response:
    job, revision = GroupJob(run=request.job.run, group=request.job.group), request.job.task_definition
    service = ports.service.describe()
    incident = ports.incidents.get(job.run.incident_id) or {}
    decide = partial(
        plan_redeploy,
        service,
        kill_switch=guarding.kill_switch_or_none(ports),
        running_digest=running_digest(service.tasks),
        registry_digest=ports.registry.digest(service.image) if service.image else None,
        beating=_beating(ports, settings),
        may_interrupt=request.job.may_interrupt,
        # The same revision once more waits for its own deployment to end; a larger one is its remedy.
        ours=own_deployments(incident) if revision else (),
    )
    plan = decide(budget_left=True)
    # Only a redeploy that will be done is paid for: one that was refused must not use up the hour.
    if plan.method != "refuse" and not paid(job, ports, settings, revision):
        plan = decide(budget_left=False)
    how = f"{plan.method}: {plan.reason}" + (f"; with {revision}" if revision else "")
    what = Evidence("how to redeploy", service.service, how, ports.clock.now())
    ports.incidents.note(job.run.incident_id, [what])
    return Response(
        job=job,
        guard_id=service_guard(settings.platform.service),
        method=plan.method,
        reason=plan.reason,
        desired=plan.desired,
        old_task_arns=plan.old_task_arns,
        task_definition=revision,
        revision=revision_of(service),
    )


def _beating(ports: Ports, settings: Settings) -> list[str]:
    """Read now: a redeploy is unasked only where nobody beats at the moment of planning it."""
    beats = judged(ports.trading_state.all(), settings, ports.clock.now())
    return [state.strategy_id for state in beats.beating]
