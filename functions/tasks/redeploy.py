"""Starts the new deployment with the desired count of before, after one more look at the kill switch."""

from __future__ import annotations

from datetime import datetime, timedelta

from functions import acts, guarding
from functions.contracts import Frozen
from functions.errors import Refused
from functions.ports import Ports
from functions.redeploying import NewTask, RedeployJob
from functions.rules.left_behind import REDEPLOY
from functions.rules.redeploy import why_not_as_planned, why_not_over_another
from functions.runtime import task
from functions.settings import Settings

ACT = True
TIMEOUT_SECONDS = 30
MEMORY_MB = 256

# ECS stamps a deployment with its own clock.
CLOCKS_DIFFER = timedelta(seconds=5)


class Request(Frozen):
    plan: RedeployJob


class Response(NewTask):
    pass


@task(Request, needs=(*acts.NEEDS, *guarding.NEEDS, "service.describe", "service.redeploy"))
def handler(request: Request, ports: Ports, settings: Settings) -> Response:
    plan, service = request.plan, settings.platform.service
    act = acts.Act(
        plan.act_id("redeploy"),
        REDEPLOY,
        service,
        before=_before(plan),
    )

    def do() -> str:
        stands = ports.service.describe()
        guarding.must_be_released(ports)
        refusal = why_not_as_planned(
            stands, method=plan.method, desired=plan.desired, old_task_arns=plan.old_task_arns, emptied=True
        ) or why_not_over_another(
            stands, planned=plan.revision, emptied=plan.method == "via_zero", ours=plan.task_definition
        )
        if refusal:
            raise Refused(refusal)
        return ports.service.redeploy(plan.desired, plan.task_definition)

    def seen(began: datetime) -> str | None:
        since = began - CLOCKS_DIFFER
        made = [d for d in ports.service.describe().deployments if d.created_at and d.created_at >= since]
        made = [d for d in made if plan.task_definition in (None, d.task_definition)]
        return made[0].deployment_id if made else None

    done = acts.perform(ports, plan.job.run, plan.guard_id, act, do=do, seen=seen)
    looks = settings.limits.task_replaced_within // settings.limits.task_look_every
    return Response(
        state="waiting",
        again=not plan.job.run.dry_run,
        looks_left=looks,
        began=done.began,
        at=None,
        deployment_id=done.after,
        why="the new deployment has been asked for",
    )


def _before(plan: RedeployJob) -> str:
    what = f"desired count {plan.desired}, old tasks {', '.join(plan.old_task_arns) or 'none'}"
    return f"{what}, from now on {plan.task_definition}" if plan.task_definition else what
