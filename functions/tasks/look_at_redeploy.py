"""Sees whether a new task runs and no old one is left: only then has the redeploy taken effect."""

from __future__ import annotations

from datetime import datetime

from functions.contracts import Frozen
from functions.ports import Ports
from functions.redeploying import NewTask, RedeployJob
from functions.rules.took_effect import look_at_redeploy
from functions.runtime import task
from functions.settings import Settings

ACT = False
TIMEOUT_SECONDS = 20
MEMORY_MB = 256


class Request(Frozen):
    plan: RedeployJob
    began: datetime | None
    deployment_id: str | None
    looks_left: int


class Response(NewTask):
    pass


@task(Request, needs=("service.describe",))
def handler(request: Request, ports: Ports, settings: Settings) -> Response:
    left = request.looks_left - 1
    if request.began is None:
        return _answer(request, "failed", None, left, "dry run: nothing was redeployed")
    seen = look_at_redeploy(
        ports.service.describe(),
        old_task_arns=request.plan.old_task_arns,
        deployment_id=request.deployment_id,
        since=request.began,
    )
    return _answer(request, seen.state, seen.at, left, seen.why)


def _answer(request: Request, state: str, at: datetime | None, left: int, why: str) -> Response:
    return Response(
        state=state,
        again=state == "waiting" and left > 0,
        looks_left=left,
        began=request.began,
        at=at,
        deployment_id=request.deployment_id,
        why=why,
    )
