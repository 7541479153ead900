"""Takes the service's guard, so that two alarms make one cure; a dry run only looks who holds it."""

from __future__ import annotations

from functions.contracts import Frozen, Run
from functions.ids import service_guard
from functions.ports import Held, Ports
from functions.runtime import task
from functions.settings import Settings

ACT = False
TIMEOUT_SECONDS = 15
MEMORY_MB = 256


class Request(Frozen):
    run: Run


class Response(Frozen):
    taken: bool
    guard_id: str
    held_by: str | None
    held_incident: str | None
    why: str


@task(
    Request,
    needs=("clock.now", "executions.status", "guards.held", "guards.take", "guards.take_over"),
)
def handler(request: Request, ports: Ports, settings: Settings) -> Response:
    run, guard_id = request.run, service_guard(settings.platform.service)
    if not run.proceed:
        return _answer(guard_id, run.why_not or "the run may not proceed", taken=False)
    if run.dry_run:
        held = ports.guards.held(guard_id)
        return _answer(guard_id, "dry run: the guard is only looked at", taken=held is None, held=held)
    now = ports.clock.now()
    held = ports.guards.take(guard_id, owner=run.execution_arn, incident_id=run.incident_id, now=now)
    if held is None:
        return _answer(guard_id, "taken", taken=True)
    if ports.executions.status(held.owner) != "RUNNING" and ports.guards.take_over(
        held, owner=run.execution_arn, incident_id=run.incident_id, now=now
    ):
        why = f"taken over from {held.incident_id}, whose execution has ended"
        return _answer(guard_id, why, taken=True)
    return _answer(guard_id, "another run holds the guard", taken=False, held=held)


def _answer(guard_id: str, why: str, *, taken: bool, held: Held | None = None) -> Response:
    return Response(
        taken=taken,
        guard_id=guard_id,
        held_by=held.owner if held else None,
        held_incident=held.incident_id if held else None,
        why=why,
    )
