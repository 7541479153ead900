"""Says which remedies of a round are to be proven, since when, and whether there is anything to wait for."""

from __future__ import annotations

from functions.contracts import Frozen, Run
from functions.orders.proving import after, flat, light_plan, provable, took_effect
from functions.orders.state import Before, Proof, VenueRemedies
from functions.ports import Ports
from functions.rules.orders.plan import OrderPlan
from functions.runtime import task
from functions.settings import Settings

ACT = False
TIMEOUT_SECONDS = 30
MEMORY_MB = 256


class Job(Frozen):
    run: Run
    plan: OrderPlan
    before: Before
    venues: tuple[VenueRemedies, ...]
    AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID: str | None = None


class Request(Frozen):
    job: Job


class Response(Proof):
    pass


@task(Request)
def handler(request: Request, ports: Ports, settings: Settings) -> Response:
    job, orders = request.job, settings.orders
    remedied = flat(job.venues)
    found = provable(remedied)
    since = took_effect(found, job.run.opened_at)
    return Response(
        run=job.run,
        plan=light_plan(job.plan),
        number=job.before.number,
        round=tuple(one.group.group_id for one in remedied),
        since=since,
        wait_seconds=orders.proof_look_every,
        looks_left=orders.proof_looks,
        again=bool(found) and not job.run.dry_run,
        another=False,
        verify=bool(found) or bool(provable(job.before.remedied)),
        next=after(job.before, remedied, job.plan, since),
        proofs=(),
        appeared=(),
        blind=job.plan.blind,
        why="not looked at yet" if found else "nothing was done that could be proven",
    )
