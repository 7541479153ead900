"""Looks again at the trouble that is being outlasted."""

from __future__ import annotations

from functions.contracts import Frozen
from functions.errors import Broken
from functions.facts import Evidence, ProbeFact, Reading
from functions.outlasting import Outlast
from functions.ports import Ports
from functions.runtime import task
from functions.settings import Settings

ACT = False
TIMEOUT_SECONDS = 30
MEMORY_MB = 256
IN_NETWORK = True


class Request(Frozen):
    plan: Outlast


class Response(Outlast):
    pass


@task(Request, needs=("clock.now", "incidents.note", "probes.look", "service.describe"))
def handler(request: Request, ports: Ports, settings: Settings) -> Response:
    plan, left = request.plan, request.plan.looks_left - 1
    over, why, where = _look(plan, ports, settings)
    now = ports.clock.now()
    again = not over and left > 0 and not plan.job.run.dry_run
    what = Evidence(f"look again: {plan.what.replace('_', ' ')}", where, why, now)
    ports.incidents.note(plan.job.run.incident_id, [what])
    changed = {"over": over, "again": again, "looks_left": left, "seen_at": now if over else None, "why": why}
    return Response(**{**dict(plan), **changed})


def _look(plan: Outlast, ports: Ports, settings: Settings) -> tuple[bool, str, str]:
    """Whether it is over, what was seen, and where."""
    if plan.what == "deployment":
        service = ports.service.describe()
        rollouts = [d.rollout for d in service.deployments if d.status == "PRIMARY"]
        why = f"rollout {', '.join(str(r) for r in rollouts) or 'not told'}, {service.running} running"
        return rollouts == ["COMPLETED"] and service.running >= service.desired > 0, why, service.service
    probe = _probe(plan, ports, settings)
    return probe.reading is Reading.OK, f"{probe.reading}: {probe.detail} ({probe.where})", probe.target


def _probe(plan: Outlast, ports: Ports, settings: Settings) -> ProbeFact:
    connectivity = settings.connectivity
    if plan.what in ("database", "network"):
        return ports.probes.look(connectivity.database if plan.what == "database" else connectivity.network)
    url = connectivity.exchange.get(plan.job.group.venue or "")
    if url is None:
        raise Broken(f"connectivity.exchange holds no address for the venue {plan.job.group.venue!r}")
    return ports.probes.look(url)
