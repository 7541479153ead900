"""Sees whether the old tasks are STOPPED, not only told to stop."""

from __future__ import annotations

from functions.contracts import Frozen
from functions.ports import Ports
from functions.redeploying import OldTasks, RedeployJob
from functions.rules.redeploy import old_gone
from functions.runtime import task
from functions.settings import Settings

ACT = False
TIMEOUT_SECONDS = 20
MEMORY_MB = 256


class Request(Frozen):
    plan: RedeployJob
    looks_left: int


class Response(OldTasks):
    pass


@task(Request, needs=("service.describe",))
def handler(request: Request, ports: Ports, settings: Settings) -> Response:
    left = request.looks_left - 1
    if request.plan.job.run.dry_run:
        return Response(gone=True, again=False, looks_left=left, why="dry run: nothing was stopped")
    gone = old_gone(ports.service.describe(), request.plan.old_task_arns)
    why = (
        "the old tasks are STOPPED"
        if gone
        else f"an old task is not STOPPED yet; the service stands at a desired count of 0, "
        f"before it was {request.plan.desired}"
    )
    return Response(gone=gone, again=not gone and left > 0, looks_left=left, why=why)
