"""Every few minutes: counts orders that are stuck or fail, and starts the runbook again while its alarm stays up.

The metric raises the alarm, whose transition starts the runbook. A run that did not help, and a trouble that comes
while the alarm is up already, make no transition: both are found here. Three runs of one alarm, then it pages.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from pydantic import BaseModel

from functions import guarding
from functions.contracts import Frozen
from functions.facts import AlarmFact
from functions.ids import execution_name, orders_guard
from functions.measuring import ORDERS_FAILING
from functions.orders import detecting
from functions.orders.detecting import Failing
from functions.orders.model import RUNBOOK
from functions.orders.resting import REST_NEEDS, resting
from functions.ports import Ports
from functions.rules.orders.sweep import judge_sweep
from functions.runtime import logger, task
from functions.settings import Settings

ACT = True
TRIGGER = "order-detector"
NOTIFIES = True
TIMEOUT_SECONDS = 60
MEMORY_MB = 512

LOOKS_FOR: Final = timedelta(seconds=15)
MOST_TOLD: Final = 1_000


class Request(BaseModel):
    """The schedule's event; nothing in it is read."""


class Response(Frozen):
    """`unknown`: so many parts could not be read."""

    failing: int
    unknown: int
    action: str
    reason: str
    started: str | None


@task(
    Request,
    needs=(
        *detecting.NEEDS,
        *guarding.NEEDS,
        *REST_NEEDS,
        "alarms.state",
        "executions.start",
        "executions.status",
        "guards.count",
        "guards.take",
        "measures.put",
        "notifier.publish",
    ),
)
def handler(request: Request, ports: Ports, settings: Settings) -> Response:
    del request
    left = resting(ports, settings, ports.clock.now())
    seen = detecting.find(
        ports,
        settings,
        until=ports.clock.now() + LOOKS_FOR,
        left=left.strategy_ids if left else None,
    )
    for one in seen.unknown:
        logger.warning("nobody can tell whether orders fail", part=one)
    ports.measures.put(ORDERS_FAILING, seen.counted, {})
    alarm = ports.alarms.state(settings.order_failures_alarm)
    held = ports.guards.held(orders_guard(settings.platform.service))
    now = ports.clock.now()
    verdict = judge_sweep(
        alarm=alarm,
        failing=seen.counted,
        at_work=held is not None and ports.executions.status(held.owner) == "RUNNING",
        act_until=held.act_until if held else None,
        rests_until=left.until if left else None,
        others=seen.others,
        kill_switch=guarding.kill_switch_or_none(ports),
        mode=settings.mode_of(RUNBOOK).value,
        now=now,
    )
    started = _start(ports, settings, alarm, seen, "/others" if left else "") if verdict.start else None
    return Response(
        failing=seen.counted,
        unknown=len(seen.unknown),
        action="start" if started else "none",
        reason=verdict.reason,
        started=started,
    )


def _start(ports: Ports, settings: Settings, alarm: AlarmFact, seen: Failing, of: str) -> str | None:
    """One more run of the same transition; its number makes its name, so that two detectors start one. `of`: what
    fails beside those that a person leaves has a count, and a page, of its own."""
    now = ports.clock.now()
    since = alarm.since.isoformat() if alarm.since else now.isoformat()
    counter = f"sweeps/{alarm.name}/{since}{of}"
    sweeps = ports.guards.count(counter, token=f"{now:%Y-%m-%dT%H:%M}", now=now)
    if sweeps > settings.limits.sweeps_an_alarm:
        _page_once(ports, settings, alarm, seen, mark=f"{counter}/paged")
        return None
    name = execution_name(RUNBOOK, settings.platform.service, f"{since}#{of}{sweeps}")
    payload = {"alarm_name": alarm.name, "alarm_at": since, "requested_by": f"order-detector, sweep {sweeps}"}
    return name if ports.executions.start(RUNBOOK, name, payload) else None


def _page_once(ports: Ports, settings: Settings, alarm: AlarmFact, seen: Failing, *, mark: str) -> None:
    """The mark is set after the page has gone out: one that fails is tried again at the next look."""
    if ports.guards.held(mark) is not None:
        return
    ports.notifier.publish(
        f"[tradai {settings.env}] PAGE {alarm.name} is still up after {settings.limits.sweeps_an_alarm} more runs",
        f"{seen.told()[:MOST_TOLD]}\nNobody cures it now: look yourself.",
    )
    ports.guards.take(mark, owner="order-detector", incident_id="none", now=ports.clock.now())
