"""Decides whether more memory can be given, and puts the question - or says why it is not put."""

from __future__ import annotations

from functions import guarding
from functions.beating import judged
from functions.contracts import Frozen
from functions.errors import RunbookError
from functions.facts import Evidence, ServiceFact, TaskDefinitionFact
from functions.ids import service_guard
from functions.ports import Ports
from functions.raising import RaisePlan, desk_of
from functions.redeploying import Left, left
from functions.rules.fargate import Size
from functions.rules.raise_memory import Price, deaths, plan_raise
from functions.rules.raise_question import Asking, question, undone_by
from functions.rules.service_state import has_running_task, revision_of
from functions.runtime import task
from functions.settings import Settings
from functions.stages import ChildJob, GroupJob

ACT = False
TIMEOUT_SECONDS = 30
MEMORY_MB = 256


class Request(Frozen):
    job: ChildJob


class Response(RaisePlan):
    pass


@task(
    Request,
    needs=(
        "clock.now",
        *guarding.NEEDS,
        "guards.payments",
        "incidents.note",
        "registry.digest",
        "service.describe",
        "task_definitions.describe",
        "trading_state.all",
    ),
)
def handler(request: Request, ports: Ports, settings: Settings) -> Response:
    job = GroupJob(run=request.job.run, group=request.job.group)
    service = ports.service.describe()
    definition = _definition(ports, service)
    digest = ports.registry.digest(service.image) if service.image else None
    found = plan_raise(service, definition, guarding.kill_switch_or_none(ports), digest)
    if definition is None or found.size is None:
        return _refused(job, ports, settings, found.refusal or "unknown")
    # Nobody is asked for what the budget would refuse. To ask costs nothing: each redeploy pays for itself.
    budget = left(ports, settings)
    if budget.redeploys < 1:
        return _refused(job, ports, settings, _spent(budget))
    asking = _asking(job, ports, settings, service, definition, found.size, budget)
    put = question(asking)
    would = "would ask" if job.run.dry_run else "asks"
    what = Evidence(would, asking.service, f"{put.title}: desk {put.desk}", ports.clock.now())
    ports.incidents.note(job.run.incident_id, [what])
    return Response(
        job=job,
        guard_id=service_guard(settings.platform.service),
        reason="a dry run asks nobody" if job.run.dry_run else "asked",
        question=None if job.run.dry_run else put,
        redeploys=asking.redeploys,
        base=definition.arn,
        family=definition.family,
        cpu=found.size.cpu,
        memory_mb=found.size.memory_mb,
        may_interrupt=len(asking.restarts),
        undone_by=undone_by(definition, found.size),
    )


def _definition(ports: Ports, service: ServiceFact) -> TaskDefinitionFact | None:
    revision = revision_of(service)
    try:
        return ports.task_definitions.describe(revision) if revision else None
    except RunbookError:
        return None


def _asking(
    job: GroupJob,
    ports: Ports,
    settings: Settings,
    service: ServiceFact,
    present: TaskDefinitionFact,
    new: Size,
    budget: Left,
) -> Asking:
    beats = judged(ports.trading_state.all(), settings, ports.clock.now())
    trading = tuple(sorted(state.strategy_id for state in (*beats.beating, *beats.stale)))
    beating = tuple(state.strategy_id for state in beats.beating) if has_running_task(service) else ()
    died, last = deaths(service)
    price = settings.platform.fargate_price
    return Asking(
        service=service.service,
        present=present,
        new=new,
        restarts=trading,
        beating=beating,
        died=died,
        died_last=last,
        # The one at its present size must leave one for the larger.
        redeploys=job.group.redeploy_unasked and not beating and budget.redeploys > 1,
        evidence=job.group.evidence,
        desk=desk_of(settings.platform.accounts, trading),
        needed=settings.approvals.needed["change"],
        price=Price(price.vcpu_hour, price.gb_hour, price.currency, price.source) if price else None,
    )


def _spent(budget: Left) -> str:
    again = f": a person can be asked from {budget.free_at:%H:%M:%S} UTC on" if budget.free_at else ""
    return f"the budget of redeploys of this hour is spent{again}"


def _refused(job: GroupJob, ports: Ports, settings: Settings, why: str) -> Response:
    what = Evidence("more memory is not asked for", settings.platform.service, why, ports.clock.now())
    ports.incidents.note(job.run.incident_id, [what])
    return Response(
        job=job,
        guard_id=service_guard(settings.platform.service),
        reason=why,
        question=None,
        redeploys=False,
        base="",
        family="",
        cpu=0,
        memory_mb=0,
        may_interrupt=0,
        undone_by="",
    )
