"""Looks whether a task of the service runs: before that no strategy is brought back."""

from __future__ import annotations

from functions import returning
from functions.contracts import Frozen, Run
from functions.facts import Evidence
from functions.ports import Ports
from functions.resuming import ResumeOrder, Scope, ServiceBack
from functions.rules.service_state import has_running_task
from functions.runtime import task
from functions.settings import Settings

ACT = False
TIMEOUT_SECONDS = 30
MEMORY_MB = 256


class Request(Frozen):
    run: Run
    order: ResumeOrder
    scope: Scope
    managing: bool
    service: ServiceBack


class Response(ServiceBack):
    pass


@task(Request, needs=(*returning.STOPPED_NEEDS, "clock.now", "incidents.note", "service.describe"))
def handler(request: Request, ports: Ports, settings: Settings) -> Response:
    before, left = request.service, request.service.looks_left - 1
    stopped = returning.meanwhile(
        ports.guards.kill_switch(), request.order, request.scope, managing=request.managing
    )
    if stopped is not None:
        return _answer(before, left, up=False, again=False, why=stopped, stopped=stopped)
    service = ports.service.describe()
    up = service.status == "ACTIVE" and service.desired > 0 and has_running_task(service)
    why = f"{service.running} of {service.desired} tasks run"
    if up or left <= 0:
        seen = Evidence("service", settings.platform.service, why, ports.clock.now())
        ports.incidents.note(request.run.incident_id, [seen])
    return _answer(before, left, up=up, again=not up and left > 0, why=why)


def _answer(
    before: ServiceBack, left: int, *, up: bool, again: bool, why: str, stopped: str | None = None
) -> Response:
    return Response(up=up, again=again, looks_left=left, desired=before.desired, why=why, stopped=stopped)
