"""Takes a guard, so that two alarms make one cure and two people one resume; a dry run only looks who holds it."""

from __future__ import annotations

from functions.contracts import Frozen, Run
from functions.errors import Refused
from functions.ids import service_guard
from functions.ports import Held, Ports
from functions.runtime import task
from functions.settings import Settings

ACT = False
TIMEOUT_SECONDS = 15
MEMORY_MB = 256


class Request(Frozen):
    """`guard_id` None: the service's."""

    run: Run
    guard_id: str | None = None


class Response(Frozen):
    """`owned` is false for a dry run, which takes nothing."""

    guard_id: str
    owned: bool
    why: str


@task(
    Request,
    needs=("clock.now", "executions.status", "guards.held", "guards.take", "guards.take_over"),
)
def handler(request: Request, ports: Ports, settings: Settings) -> Response:
    run, guard_id = request.run, request.guard_id or service_guard(settings.platform.service)
    if not run.proceed:
        raise Refused(run.why_not or "the run may not proceed")
    if run.dry_run:
        held = ports.guards.held(guard_id)
        if held is not None and ports.executions.status(held.owner) == "RUNNING":
            raise _taken(held)
        return Response(guard_id=guard_id, owned=False, why="dry run: the guard is only looked at")
    now = ports.clock.now()
    held = ports.guards.take(guard_id, owner=run.execution_arn, incident_id=run.incident_id, now=now)
    if held is None:
        return Response(guard_id=guard_id, owned=True, why="taken")
    if ports.executions.status(held.owner) == "RUNNING":
        raise _taken(held)
    if not ports.guards.take_over(held, owner=run.execution_arn, incident_id=run.incident_id, now=now):
        until = f"{held.act_until:%H:%M:%S} UTC"
        raise Refused(f"{_who(held)}; that execution has ended, and its last act may be at work until {until}")
    why = f"taken over from {held.incident_id}, whose execution has ended"
    return Response(guard_id=guard_id, owned=True, why=why)


def _taken(held: Held) -> Refused:
    return Refused(_who(held))


def _who(held: Held) -> str:
    return f"incident {held.incident_id}, execution {held.owner}, since {held.taken_at:%H:%M:%S} UTC"
