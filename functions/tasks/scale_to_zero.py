"""Takes the service to a desired count of 0, so that no replacement starts beside the old task."""

from __future__ import annotations

from datetime import datetime

from functions import acts, guarding
from functions.contracts import Frozen
from functions.errors import Refused
from functions.ports import Ports
from functions.redeploying import OldTasks, RedeployJob
from functions.rules.left_behind import EMPTY
from functions.rules.redeploy import why_not_as_planned, why_not_over_another
from functions.runtime import task
from functions.settings import Settings

ACT = True
TIMEOUT_SECONDS = 30
MEMORY_MB = 256


class Request(Frozen):
    plan: RedeployJob


class Response(OldTasks):
    pass


@task(Request, needs=(*acts.NEEDS, *guarding.NEEDS, "service.describe", "service.scale"))
def handler(request: Request, ports: Ports, settings: Settings) -> Response:
    plan, service = request.plan, settings.platform.service
    act = acts.Act(
        plan.act_id("scale-to-zero"),
        EMPTY,
        service,
        before=f"desired count {plan.desired}",
    )

    def do() -> str:
        stands = ports.service.describe()
        # The redeploy that follows would be refused, and the service would be left without a task.
        guarding.must_be_released(ports)
        refusal = why_not_as_planned(
            stands, method=plan.method, desired=plan.desired, old_task_arns=plan.old_task_arns, emptied=False
        ) or why_not_over_another(stands, planned=plan.revision, emptied=False, ours=plan.task_definition)
        if refusal:
            raise Refused(refusal)
        ports.service.scale(0)
        return "desired count 0"

    def seen(_: datetime) -> str | None:
        return "desired count 0" if ports.service.describe().desired == 0 else None

    acts.perform(ports, plan.job.run, plan.guard_id, act, do=do, seen=seen)
    looks = settings.limits.task_replaced_within // settings.limits.task_look_every
    return Response(gone=plan.job.run.dry_run, again=True, looks_left=looks, why="told to stop")
