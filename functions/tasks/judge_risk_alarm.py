"""Reads a risk alarm again and starts the emergency stop where its rule holds; else says why it did not.

Events are `CloudWatch Alarm State Change` of EventBridge's default bus, and only of the alarms that the settings
name (docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch-and-eventbridge.html). The run's name is
made of the alarm and the time of its change, so an event that comes twice starts one stop.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from pydantic import BaseModel, ConfigDict

from functions.contracts import Frozen
from functions.errors import RunbookError
from functions.ids import execution_name
from functions.ports import Ports
from functions.rules.risk_alarm import RiskVerdict, judge_risk_alarm
from functions.runtime import logger, task
from functions.settings import Settings

ACT = True
TRIGGER = "risk-alarm"
NOTIFIES = True
TIMEOUT_SECONDS = 60
MEMORY_MB = 512

RUNBOOK: Final = "emergency-stop"
MOST_REASON: Final = 240


class Request(BaseModel):
    """The event as EventBridge gives it; a part that does not look as documented counts as not there."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    source: Any = None
    detail: Any = None


class Response(Frozen):
    """`started`: the name of the run that this event started, None where it started none."""

    alarm_name: str | None
    stop: bool
    reason: str
    started: str | None


@task(Request, needs=("alarms.breach", "clock.now", "executions.start_stop", "notifier.page", "notifier.publish"))
def handler(request: Request, ports: Ports, settings: Settings) -> Response:
    name, at = _changed(request)
    if name is None or at is None:
        return _refused(ports, settings, name, "the event is no change of an alarm into ALARM that can be read")
    verdict = _verdict(ports, settings, name)
    if not verdict.stop:
        return _refused(ports, settings, name, verdict.reason)
    run = execution_name(RUNBOOK, name, at)
    reason = f"risk alarm {name}: {verdict.reason}"[:MOST_REASON]
    try:
        arn = ports.executions.start_stop(run, {"reason": reason, "requested_by": f"alarm {name}"})
    except RunbookError as error:
        _page(ports, settings, name, f"{verdict.reason}; the emergency stop could not be started: {error}")
        raise
    return Response(alarm_name=name, stop=True, reason=verdict.reason, started=run if arn else None)


def _verdict(ports: Ports, settings: Settings, name: str) -> RiskVerdict:
    """An alarm that cannot be read stops nothing and is told at once; the event is tried again."""
    named = settings.emergency_stop.risk_alarms
    if name not in named:
        return RiskVerdict(False, "the settings do not name it among emergency_stop.risk_alarms")
    try:
        breach = ports.alarms.breach(name)
    except RunbookError as error:
        _page(ports, settings, name, f"it could not be read again: {error}")
        raise
    return judge_risk_alarm(breach, named=named, now=ports.clock.now())


def _changed(request: Request) -> tuple[str | None, str | None]:
    """The alarm, and when it went into ALARM, as the event says."""
    detail = _map(request.detail)
    state = _map(detail.get("state"))
    name = _text(detail.get("alarmName"))
    known = request.source == "aws.cloudwatch" and state.get("value") == "ALARM"
    return name, _text(state.get("timestamp")) if known else None


def _refused(ports: Ports, settings: Settings, name: str | None, why: str) -> Response:
    shown = name or "without a name"
    ports.notifier.publish(f"[tradai {settings.env}] risk alarm {shown} stopped nothing", _message(shown, why))
    return Response(alarm_name=name, stop=False, reason=why, started=None)


def _page(ports: Ports, settings: Settings, name: str, why: str) -> None:
    """What goes wrong here must not hide why the task ends."""
    try:
        ports.notifier.page(
            f"[tradai {settings.env}] risk alarm {name} could not stop trading", _message(name, why)
        )
    except RunbookError as error:
        logger.warning("nobody could be paged", cause=str(error))


def _message(name: str, why: str) -> str:
    lines = [
        f"The alarm {name} went into ALARM. Nothing was stopped by it: {why}.",
        "If trading must stop, stop it now: start emergency-stop with {}, or `runbooks emergency-stop`.",
    ]
    return "\n".join(lines)


def _map(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None
