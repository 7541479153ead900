"""Says what is waited for, how long at most, and whether anything is to be slowed down."""

from __future__ import annotations

from functions.contracts import Frozen
from functions.outlasting import Outlast
from functions.ports import Ports
from functions.rules.outlast import plan_outlast
from functions.rules.switch_exchange import ASKS
from functions.runtime import task
from functions.settings import Settings
from functions.stages import ChildJob, GroupJob

ACT = False
TIMEOUT_SECONDS = 30
MEMORY_MB = 256


class Request(Frozen):
    job: ChildJob


class Response(Outlast):
    pass


@task(Request)
def handler(request: Request, ports: Ports, settings: Settings) -> Response:
    job = GroupJob(run=request.job.run, group=request.job.group)
    limits = settings.limits
    plan = plan_outlast(
        job.group,
        look_every_seconds=limits.look_again_every,
        exchange_wait_seconds=limits.exchange_wait,
        connectivity_wait_seconds=limits.connectivity_wait,
        deployment_wait_seconds=limits.deployment_wait,
    )
    return Response(
        job=job,
        what=plan.what,
        slow_down=plan.slow_down,
        wait_seconds=plan.wait_seconds,
        looks_left=plan.looks,
        over=False,
        again=True,
        ask=False,
        asks_left=ASKS if plan.what == "exchange" else 0,
        seen_at=None,
        why=plan.why,
    )
