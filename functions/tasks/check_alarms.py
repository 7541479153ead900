"""Checklist: CloudWatch shows a healthy state - no alarm of the platform or of the runbooks is up."""

from __future__ import annotations

from functions.contracts import Frozen, Run
from functions.facts import Check, ChecklistItem
from functions.ports import Ports
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


@task(Request, needs=("alarms.in_alarm", "alarms.state", "clock.now"))
def handler(request: Request, ports: Ports, settings: Settings) -> ChecklistItem:
    now, name, prefix = ports.clock.now(), settings.platform.heartbeat_alarm, f"tradai-{settings.env}-"
    source = f"CloudWatch alarms {prefix}*"
    heartbeat = ports.alarms.state(name)
    up = [alarm.name for alarm in ports.alarms.in_alarm(prefix)]
    concerns = "run" if name in up or not request.scope.child else "others"
    if up and concerns == "run":
        return answer("alarms", Check.FAIL, f"in ALARM: {', '.join(up[:10])}", source, now)
    if heartbeat.state is None or heartbeat.state == "INSUFFICIENT_DATA":
        value = f"{name} is {heartbeat.state or 'not there'}"
        return answer("alarms", Check.UNKNOWN, value, source, now)
    if up:
        return answer("alarms", Check.FAIL, f"in ALARM: {', '.join(up[:10])}", source, now, concerns=concerns)
    return answer("alarms", Check.PASS, f"{name} is OK, none is in ALARM", source, now)
