"""Raises the order cooldown of rate-limited strategies for a while; entries only."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from functions import acts, exposure
from functions.contracts import Frozen
from functions.errors import Refused
from functions.facts import Evidence
from functions.ids import service_guard
from functions.outlasting import Outlast, Slowed
from functions.ports import Ports
from functions.rules.cooldown import next_cooldown
from functions.runtime import task
from functions.settings import Settings

ACT = True
TIMEOUT_SECONDS = 60
MEMORY_MB = 256

FIELD = "order_cooldown_seconds"


class Request(Frozen):
    plan: Outlast


class Response(Slowed):
    pass


@task(Request, needs=(*acts.NEEDS, *exposure.NEEDS, "strategy_config.get", "strategy_config.override"))
def handler(request: Request, ports: Ports, settings: Settings) -> Response:
    group = request.plan.job.group
    at_risk = exposure.read(ports, group.strategy_ids)
    exits = {p.strategy_id for p in at_risk.positions if p.position_id in at_risk.exits_in_flight}
    slowed, left = [], []
    for strategy_id in group.strategy_ids:
        if at_risk.unreadable or strategy_id in exits:
            left.append(f"{strategy_id}: an exit may be due, and the cooldown could bind it")
            continue
        try:
            slowed.append(_slow(strategy_id, request.plan, ports, settings))
        except Refused as error:
            left.append(f"{strategy_id}: {error}")
    if left:
        where, told = settings.platform.strategy_config_table, "; ".join(left)
        what = Evidence("not slowed down, left to a person", where, told, ports.clock.now())
        ports.incidents.note(request.plan.job.run.incident_id, [what])
    return Response(slowed=tuple(slowed), left_alone=tuple(left))


def _slow(strategy_id: str, plan: Outlast, ports: Ports, settings: Settings) -> str:
    limits, run = settings.limits, plan.job.run
    present = _present(strategy_id, run.incident_id, ports)
    number = present if isinstance(present, Decimal) else None
    value = next_cooldown(number, least=limits.order_cooldown_least, most=limits.order_cooldown_most)
    if value is None:
        raise Refused(f"{FIELD} is {present} already, at its cap")
    act = acts.Act(f"slow-down/{strategy_id}", f"raise {FIELD} to {value}", strategy_id, f"{FIELD} {present}")

    def do() -> str:
        if not _write(strategy_id, present, value, plan, ports, settings):
            raise Refused(f"{FIELD} was changed by somebody else meanwhile")
        return f"{FIELD} {value}, put back after {limits.override_expires_after} s"

    def seen(_: datetime) -> str | None:
        now_stands = (ports.strategy_config.get(strategy_id) or {}).get(FIELD)
        return f"{FIELD} {value}" if now_stands == value else None

    acts.perform(ports, run, service_guard(settings.platform.service), act, do=do, seen=seen)
    return strategy_id


def _present(strategy_id: str, incident_id: str, ports: Ports) -> Any:
    """What stands there, or stood there before an earlier try of this run raised it: a second look must not
    raise it twice. `StrategyConfig.override` keeps the old value under `override_{field}`."""
    item = ports.strategy_config.get(strategy_id) or {}
    override = item.get(f"override_{FIELD}")
    if isinstance(override, Mapping) and override.get("incident_id") == incident_id:
        return override.get("old")
    return item.get(FIELD)


def _write(strategy_id: str, present: Any, value: Decimal, plan: Outlast, ports: Ports, settings: Settings) -> bool:
    return ports.strategy_config.override(
        strategy_id,
        FIELD,
        expected=present,
        value=value,
        incident_id=plan.job.run.incident_id,
        expires_at=ports.clock.now() + timedelta(seconds=settings.limits.override_expires_after),
    )
