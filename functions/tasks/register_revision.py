"""Registers the larger revision of the service's task definition, if all stands as it stood in the question."""

from __future__ import annotations

from datetime import datetime

from functions import acts, guarding
from functions.contracts import Frozen
from functions.errors import Refused
from functions.ports import Ports
from functions.raising import RaisePlan, Registered
from functions.redeploying import own_deployments
from functions.rules.fargate import Size
from functions.rules.raise_memory import short, told, why_not_as_asked, why_not_this_revision
from functions.rules.redeploy import running_digest, why_not_this_image
from functions.runtime import task
from functions.settings import Settings

ACT = True
TIMEOUT_SECONDS = 30
MEMORY_MB = 256


class Request(Frozen):
    plan: RaisePlan


class Response(Registered):
    pass


@task(
    Request,
    needs=(
        *acts.NEEDS,
        *guarding.NEEDS,
        "registry.digest",
        "service.describe",
        "task_definitions.describe",
        "task_definitions.marked",
        "task_definitions.register",
    ),
)
def handler(request: Request, ports: Ports, settings: Settings) -> Response:
    plan, run = request.plan, request.plan.job.run
    size = Size(plan.cpu, plan.memory_mb)
    base = ports.task_definitions.describe(plan.base)
    act = acts.Act(
        f"register-revision/{plan.job.group.group_id}",
        "register a larger revision of the task definition",
        plan.family,
        before=f"{short(base.arn)} with {told(base)}",
    )

    def seen(_: datetime) -> str | None:
        """An earlier try's revision, by its mark; one that differs from what was asked is none of it."""
        made = ports.task_definitions.marked(plan.family, run.incident_id)
        if made is None or why_not_this_revision(base, ports.task_definitions.describe(made), size):
            return None
        return made

    def do() -> str:
        ours = own_deployments(ports.incidents.get(run.incident_id) or {})
        switch = guarding.kill_switch_or_none(ports)
        service = ports.service.describe()
        refusal = why_not_as_asked(service, switch, base=plan.base, ours=ours) or why_not_this_image(
            service.image,
            running_digest(service.tasks),
            ports.registry.digest(service.image) if service.image else None,
        )
        if refusal:
            raise Refused(refusal)
        made = ports.task_definitions.register(
            plan.base, cpu=plan.cpu, memory_mb=plan.memory_mb, mark=run.incident_id
        )
        refusal = why_not_this_revision(base, ports.task_definitions.describe(made), size)
        if refusal:
            raise Refused(refusal)
        return made

    return Response(task_definition=acts.perform(ports, run, plan.guard_id, act, do=do, seen=seen).after)
