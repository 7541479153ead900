"""Decides which strategies of a group may be restarted now: still stale, kill switch, budget."""

from __future__ import annotations

from functions import guarding
from functions.contracts import Frozen
from functions.facts import Evidence
from functions.ids import service_guard
from functions.ports import Ports
from functions.restarting import Restart, RestartPlan
from functions.rules.restart import may_restart
from functions.runtime import task
from functions.settings import Settings
from functions.stages import ChildJob

ACT = False
TIMEOUT_SECONDS = 30
MEMORY_MB = 256


class Request(Frozen):
    job: ChildJob


class Response(RestartPlan):
    pass


@task(
    Request,
    needs=("clock.now", *guarding.NEEDS, "guards.spend", "incidents.note", "trading_state.get"),
)
def handler(request: Request, ports: Ports, settings: Settings) -> Response:
    run, group = request.job.run, request.job.group
    switch, now = guarding.kill_switch_or_none(ports), ports.clock.now()
    restarts: list[Restart] = []
    left_out: dict[str, str] = {}
    for strategy_id in group.strategy_ids:
        verdict = may_restart(
            ports.trading_state.get(strategy_id),
            strategy_id=strategy_id,
            kill_switch=switch,
            now=now,
            stale_after_seconds=settings.limits.heartbeat_stale_after,
            trading_statuses=settings.trading_statuses,
        )
        if not verdict.allowed:
            left_out[strategy_id] = verdict.reason
        elif len(restarts) >= settings.limits.restarts_a_run:
            left_out[strategy_id] = f"more than {settings.limits.restarts_a_run} in one run"
        elif not run.dry_run and not _paid(ports, settings, strategy_id, run.incident_id):
            left_out[strategy_id] = f"restarted {settings.limits.restarts_an_hour} times this hour"
        else:
            guard_id = service_guard(settings.platform.service)
            restarts.append(Restart(strategy_id=strategy_id, status=verdict.status, guard_id=guard_id))
    reasons = "; ".join(f"{strategy_id}: {reason}" for strategy_id, reason in list(left_out.items())[:20])
    why = f"{len(restarts)} to restart" + (f"; left out - {reasons}" if left_out else "")
    where = settings.platform.trading_state_table
    ports.incidents.note(run.incident_id, [Evidence("what to restart", where, why, now)])
    return Response(run=run, group_id=group.group_id, restarts=tuple(restarts), left_out=tuple(left_out), why=why)


def _paid(ports: Ports, settings: Settings, strategy_id: str, token: str) -> bool:
    return ports.guards.spend(
        f"budget/restart/{strategy_id}",
        limit=settings.limits.restarts_an_hour,
        window_seconds=3600,
        now=ports.clock.now(),
        token=token,
    )
