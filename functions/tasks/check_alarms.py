"""Checklist: CloudWatch shows a healthy state - no alarm is up, and those who look publish what they see."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from functions.beating import judged
from functions.contracts import Frozen, Run
from functions.errors import RunbookError
from functions.facts import AlarmFact, ChecklistItem
from functions.ids import orders_guard
from functions.ports import Ports
from functions.rules.alarms_checked import Metric, Of, Up, judge_alarms
from functions.runtime import task
from functions.settings import Settings
from functions.verifying import Scope, answer

ACT = False
TIMEOUT_SECONDS = 60
MEMORY_MB = 256


class Request(Frozen):
    run: Run
    scope: Scope


Response = ChecklistItem


@task(
    Request,
    needs=("alarms.in_alarm", "alarms.newest", "alarms.state", "clock.now", "guards.held", "trading_state.all"),
)
def handler(request: Request, ports: Ports, settings: Settings) -> ChecklistItem:
    now, name, prefix = ports.clock.now(), settings.platform.heartbeat_alarm, f"tradai-{settings.env}-"
    heartbeat = ports.alarms.state(name)
    up = [Up(one.name, _of(ports, settings, request.scope, one, now), one.since)
          for one in ports.alarms.in_alarm(prefix) if one.name not in settings.alarms_about_people]  # fmt: skip
    since = now - timedelta(seconds=settings.limits.metric_silent_after)
    # Three looks of the detector that looks less often.
    seldom = min(since, now - timedelta(minutes=3 * settings.orders.detect_every_minutes))
    stuck, orders, off = (
        settings.position_stuck_alarm,
        settings.order_failures_alarm,
        not settings.schedules_enabled,
    )
    metrics = [
        # Where missing data is breaching, silence raises the alarm, and its state says it.
        _metric(name, lambda: ports.alarms.newest(name, since), told=heartbeat.treat_missing_data == "breaching"),
        _metric(stuck, lambda: ports.alarms.newest(stuck, since), off=off),
        _metric(orders, lambda: ports.alarms.newest(orders, seldom), off=off),
    ]
    found = judge_alarms(heartbeat, up, metrics)
    return answer(
        "alarms",
        found.result,
        found.told,
        f"CloudWatch alarms {prefix}*",
        now,
        concerns=found.concerns,
        query=f"DescribeAlarms {name}; DescribeAlarms {prefix}* in ALARM; GetMetricData of what {name}, {stuck} "
        f"and {orders} judge, since {since:%H:%M:%S} UTC",
        began_at=found.began_at,
        about=found.about,
    )


def _metric(name: str, newest: Callable[[], datetime | None], *, told: bool = False, off: bool = False) -> Metric:
    try:
        return Metric(name, newest(), told_by_alarm=told, off=off)
    except RunbookError as error:
        return Metric(name, None, unread=str(error)[:200], told_by_alarm=told, off=off)


def _of(ports: Ports, settings: Settings, scope: Scope, alarm: AlarmFact, now: datetime) -> Of:
    if not scope.child:
        return Of.RUN
    if alarm.name == settings.platform.heartbeat_alarm:
        return _of_heartbeats(ports, settings, scope, alarm, now)
    detected = {"stuck-position": settings.position_stuck_alarm, "order-failures": settings.order_failures_alarm}
    if alarm.name in (scope.alarm_name, detected.get(scope.runbook or "")):
        return Of.CURED
    if alarm.name == settings.position_stuck_alarm and scope.runbook == "order-failures" and scope.position_ids:
        # Handed to stuck-position, and waited for: whether they are settled the line of positions says.
        return Of.CURED
    if (
        alarm.name == settings.order_failures_alarm
        and scope.runbook == "stuck-position"
        and _at_work(ports, settings)
    ):
        # It may count the very exit that was settled, and whoever is at work on it walks a checklist of his own.
        return Of.CURED
    if scope.was_before(alarm.since):
        # What everything was stopped for is no incident beside the stop.
        return Of.CURED if scope.runbook == "emergency-stop" else Of.BEFORE
    return Of.OTHERS


def _at_work(ports: Ports, settings: Settings) -> bool:
    """A run of order-failures holds its lock. What cannot be read is none."""
    try:
        return ports.guards.held(orders_guard(settings.platform.service)) is not None
    except RunbookError:
        return False


def _of_heartbeats(ports: Ports, settings: Settings, scope: Scope, alarm: AlarmFact, now: datetime) -> Of:
    """Somebody else's silence raises the platform's one alarm as well, and a cure is seen a period later."""
    states = ports.trading_state.all()
    stale = [state.strategy_id for state in judged(states, settings, now).stale]
    if stale:
        return Of.RUN if any(map(scope.concerns, stale)) else Of.OTHERS
    lately = alarm.since is not None and now - alarm.since < timedelta(seconds=settings.limits.metric_silent_after)
    return Of.CURED if lately and states else Of.RUN
