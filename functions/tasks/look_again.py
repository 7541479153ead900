"""Looks again at the trouble that is being outlasted."""

from __future__ import annotations

from dataclasses import dataclass, replace

from functions import elsewhere
from functions.contracts import Frozen
from functions.errors import Broken
from functions.facts import Evidence, ProbeFact, Reading
from functions.outlasting import Outlast
from functions.ports import Ports
from functions.rules.outlast import LONGEST_RETRY_AFTER_SECONDS
from functions.rules.proposals import names
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


@dataclass(frozen=True, slots=True)
class Look:
    """`retry_after_seconds`: the venue says how long it is not to be asked again. `hopeless`: waiting on is
    waiting for nothing."""

    over: bool
    why: str
    where: str
    retry_after_seconds: int | None = None
    hopeless: bool = False


@task(Request, needs=("clock.now", "incidents.note", "probes.look", "service.describe", *elsewhere.NEEDS))
def handler(request: Request, ports: Ports, settings: Settings) -> Response:
    plan = request.plan
    look = _look(plan, ports, settings)
    others = () if look.over else elsewhere.ill_elsewhere(plan, ports, settings)
    if others:
        gone = f"given up, because {names(others)} went stale meanwhile and only another run can look at it"
        look = replace(look, hopeless=True, why=f"{look.why}; {gone}")
    wait, left = _next(plan, look)
    now = ports.clock.now()
    again = not (look.over or look.hopeless or plan.job.run.dry_run) and left > 0
    what = Evidence(f"look again: {plan.what.replace('_', ' ')}", look.where, look.why, now)
    ports.incidents.note(plan.job.run.incident_id, [what])
    changed = {
        "over": look.over,
        "again": again,
        "ask": not (again or look.over or others or plan.job.run.dry_run) and plan.asks_left > 0,
        "looks_left": left,
        "seen_at": now if look.over else None,
        "wait_seconds": wait,
        "why": look.why,
    }
    return Response(**{**dict(plan), **changed})


def _next(plan: Outlast, look: Look) -> tuple[int, int]:
    """The next wait and the looks that are left. A ban that grew is waited out, because asking sooner lengthens
    it; the whole wait stays as long as it was."""
    left = plan.looks_left - 1
    asked = min(look.retry_after_seconds or 0, LONGEST_RETRY_AFTER_SECONDS)
    if asked <= plan.wait_seconds:
        return plan.wait_seconds, left
    return asked, left * plan.wait_seconds // asked


def _look(plan: Outlast, ports: Ports, settings: Settings) -> Look:
    if plan.what == "deployment":
        service = ports.service.describe()
        rollouts = [d.rollout for d in service.deployments if d.status == "PRIMARY"]
        why = f"rollout {', '.join(str(r) for r in rollouts) or 'not told'}, {service.running} running"
        over = rollouts == ["COMPLETED"] and service.running >= service.desired > 0
        return Look(over, why, service.service, hopeless="FAILED" in rollouts)
    probe = _probe(plan, ports, settings)
    why = f"{probe.reading}: {probe.detail} ({probe.where})"
    return Look(probe.reading is Reading.OK, why, probe.target, probe.retry_after_seconds)


def _probe(plan: Outlast, ports: Ports, settings: Settings) -> ProbeFact:
    connectivity = settings.connectivity
    if plan.what in ("database", "network"):
        return ports.probes.look(connectivity.database if plan.what == "database" else connectivity.network)
    url = connectivity.exchange.get(plan.job.group.venue or "")
    if url is None:
        raise Broken(f"connectivity.exchange holds no address for the venue {plan.job.group.venue!r}")
    return ports.probes.look(url)
