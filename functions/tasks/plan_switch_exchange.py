"""Which strategies may trade at their fallback exchange, and the question to a person - or why it is not put."""

from __future__ import annotations

from functions import switch_facts
from functions.contracts import Frozen
from functions.facts import Evidence, ProbeFact, Reading
from functions.ports import Ports
from functions.raising import desk_of
from functions.rules.kill_switch import halts, told
from functions.rules.plan import Group
from functions.rules.switch_exchange import ASKS, Kept, Seen, Switch, divide
from functions.rules.switch_question import Asking, question
from functions.runtime import task
from functions.settings import Settings
from functions.switching import SwitchJob, SwitchPlan

ACT = False
TIMEOUT_SECONDS = 60
MEMORY_MB = 512
IN_NETWORK = True
LAYERS = ("exchange",)


class Request(Frozen):
    job: SwitchJob


class Response(SwitchPlan):
    pass


@task(Request, needs=("clock.now", "incidents.note", *switch_facts.NEEDS))
def handler(request: Request, ports: Ports, settings: Settings) -> Response:
    job, group = request.job, request.job.wait.job.group
    venue = group.venue or "unknown"
    probe = switch_facts.probe(ports, settings, venue)
    if probe is not None and probe.reading is Reading.OK:
        return _unasked(job, ports, venue, f"{venue} answers again: {probe.detail}", back=True)
    configs = switch_facts.configs(ports, settings, group.strategy_ids)
    seen = switch_facts.read(ports, settings, venue, configs)
    switch = seen.kill_switch
    if switch is not None and all(halts(switch, strategy_id) for strategy_id in group.strategy_ids):
        return _unasked(job, ports, venue, told(switch), back=False)
    switches, kept = divide(configs, venue, seen)
    put = question(_asking(job, settings, group, venue, seen, switches, kept, probe))
    now = ports.clock.now()
    told_kept = [Evidence("cannot be switched", k.strategy_id, k.why, now) for k in kept]
    asks = Evidence("asks", venue, f"{put.title}: desk {put.desk}", now)
    ports.incidents.note(job.run.incident_id, [*told_kept, asks])
    return Response(
        run=job.run,
        wait=job.wait,
        venue=venue,
        why="asked",
        back_at=None,
        question=put,
        switches=switches,
        kept=kept,
    )


def _asking(
    job: SwitchJob,
    settings: Settings,
    group: Group,
    venue: str,
    seen: Seen,
    switches: tuple[Switch, ...],
    kept: tuple[Kept, ...],
    probe: ProbeFact | None,
) -> Asking:
    looks = [*([probe] if probe else []), *seen.fallbacks.values()]
    return Asking(
        venue=venue,
        switches=switches,
        kept=kept,
        exposure=seen.exposure,
        waited=f"the run began at {job.run.opened_at:%H:%M} UTC; last look: {job.wait.why}",
        round=ASKS - job.wait.asks_left + 1,
        rounds=ASKS,
        keep_waiting_minutes=max(1, settings.limits.maintenance_wait // 60),
        desk=desk_of(settings.platform.accounts, group.strategy_ids),
        needed=settings.approvals.needed["change"],
        itself=seen.itself,
        evidence=(*group.evidence, *(_seen(look) for look in looks)),
    )


def _seen(look: ProbeFact) -> Evidence:
    return Evidence(f"probe {look.reading}", look.target, f"{look.detail} ({look.where})", look.at)


def _unasked(job: SwitchJob, ports: Ports, venue: str, why: str, *, back: bool) -> Response:
    now = ports.clock.now()
    ports.incidents.note(job.run.incident_id, [Evidence("nobody is asked to switch", venue, why, now)])
    at = now if back else None
    return Response(
        run=job.run, wait=job.wait, venue=venue, why=why, back_at=at, question=None, switches=(), kept=()
    )
