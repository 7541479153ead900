"""`demo RUNBOOK`: a healthy platform, something breaks, the alarm goes off, the machine cures it, live."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from console.aws import Aws
from console.errors import ConsoleError, ExitCode
from console.expectations import Expected, faults_found_in
from console.heartbeats import heartbeats, stale
from console.incident import outcome_of
from console.live.marks import lasted
from console.live.steps import Tone
from console.live.views import View
from console.local_api import LocalApi
from console.runs import incident_of
from console.watching import follow

T = TypeVar("T")
# The engine's reason, by the names of the API.
CROSSED = re.compile(r"Threshold Crossed: (?P<how>\w+) (?P<value>[\d.]+) (?P<relation>\w+) (?P<least>[\d.]+)")
RELATIONS = {
    "GreaterThanOrEqualToThreshold": "from {} on", "GreaterThanThreshold": "above {}",
    "LessThanThreshold": "below {}", "LessThanOrEqualToThreshold": "from {} down",
}  # fmt: skip
LOOK_EVERY = 0.2
# Below it nobody reads a mail before its question lapses.
UNHURRIED = 0.2
# How long the platform may take for a thing: real seconds, and seconds that the time scale shortens.
PATIENCE = {
    "beat": (30.0, 240.0), "alarm": (30.0, 300.0), "start": (30.0, 60.0), "orders": (30.0, 600.0),
    "recover": (5.0, 60.0),
}  # fmt: skip


def play(aws: Aws, runbook: str, fault: str, strategy: str | None, expected: Expected, shown: View) -> list[str]:
    """Plays one demo; what is wrong with its end is returned, empty if it ended as it should."""
    assert aws.local is not None  # noqa: S101 - a demo is only ever given the embedded AWS
    api = LocalApi(aws.local.endpoint_url)
    wait = Patience(aws)
    beating = wait.until("beat", lambda: all_beat(aws, api), "every strategy beats")
    shown.note(f"{len(beating)} strategies beat: {', '.join(beating)}", Tone.GOOD)
    if expected.asks:
        hurry = ", in seconds here; --time-scale 0.3 leaves minutes" if aws.time_scale < UNHURRIED else ""
        shown.note(f"a person will be asked: the mails are at {aws.local.mailbox_url}{hurry}", Tone.GOOD)
    api.forget_stats()
    before = {_arn(entry) for entry in executions(aws, runbook)}
    api.break_with(fault, strategy=strategy, count=expected.count)
    broken = time.monotonic()
    shown.note(broken_on_purpose(api, fault, strategy), Tone.BAD)
    alarm = wait.until("alarm", lambda: _alarm(aws), "the heartbeat alarm goes off")
    after = lasted(time.monotonic() - broken)
    shown.note(f"alarm {alarm['AlarmName']} went off after {after}: {reason_of(alarm)}", Tone.BAD)
    started = wait.until(
        "start", lambda: next((e for e in executions(aws, runbook) if _arn(e) not in before), None),
        f"the alarm starts {runbook}",
    )  # fmt: skip
    run = follow(aws, _arn(started), shown)
    incident = incident_of(aws, run.arn) or {}
    outcome = outcome_of(run.status, run.output, run.error, incident)
    if expected.cured:
        wait.patiently("recover", lambda: not stale(aws) and not _active(api))
    cause = str(incident.get("cause") or "")
    return faults_found_in(
        expected,
        outcome=outcome,
        cause=cause,
        stats=api.stats(),
        active=_active(api),
        stale=stale(aws),
        only=strategy,
    )


class Patience:
    """Waits for something, as long as it may take at this time scale."""

    def __init__(self, aws: Aws) -> None:
        self._scale = aws.time_scale

    def patiently(self, what: str, look: Callable[[], T | None]) -> T | None:
        fixed, scaled = PATIENCE[what]
        deadline = time.monotonic() + fixed + scaled * self._scale
        while not (seen := look()) and time.monotonic() < deadline:
            time.sleep(LOOK_EVERY)
        return seen

    def until(self, what: str, look: Callable[[], T | None], told: str) -> T:
        began = time.monotonic()
        seen = self.patiently(what, look)
        if not seen:
            raise ConsoleError(
                ExitCode.DEMO_FAILED, f"waited {lasted(time.monotonic() - began)} in vain until {told}",
                "`runbooks local status` says how the platform is",
            )  # fmt: skip
        return seen


def broken_on_purpose(api: LocalApi, fault: str, strategy: str | None) -> str:
    """With what it means, by the stand-in's own list of faults."""
    known = api.faults().get("faults", [])
    about = next((str(one.get("about") or "") for one in known if one.get("name") == fault), "")
    whose = f" of {strategy}" if strategy else ""
    return f"broken on purpose: {fault}{whose}{f' - {about}' if about else ''}"


def reason_of(alarm: Mapping[str, Any]) -> str:
    """Why an alarm is up, in words where its reason has none."""
    reason = str(alarm.get("StateReason") or "")
    found = CROSSED.match(reason)
    if found is None or found["relation"] not in RELATIONS:
        return reason
    metric = str(alarm.get("MetricName") or "its metric")
    value, least = (one.removesuffix(".0") for one in (found["value"], found["least"]))
    return f"{metric} is {value}; the alarm goes off {RELATIONS[found['relation']].format(least)}"


def all_beat(aws: Aws, api: LocalApi) -> list[str] | None:
    """Every strategy's name once the service itself has written a heartbeat for each: the seed's do not count,
    because a fault that comes before the first task has nothing to break."""
    names, written = list(heartbeats(aws)), api.stats().get("heartbeats", {})
    return names if names and not stale(aws) and all(written.get(name) for name in names) else None


def _alarm(aws: Aws) -> dict[str, Any] | None:
    name = aws.settings.platform.heartbeat_alarm
    found = aws.client("cloudwatch").describe_alarms(AlarmNames=[name])["MetricAlarms"]
    return next((dict(alarm) for alarm in found if alarm["StateValue"] == "ALARM"), None)


def executions(aws: Aws, runbook: str) -> list[dict[str, Any]]:
    machine = aws.names.machine_arn(runbook)
    listed = aws.client("stepfunctions").list_executions(stateMachineArn=machine, maxResults=50)["executions"]
    return [dict(entry) for entry in reversed(listed)]


def _arn(entry: dict[str, Any]) -> str:
    return str(entry["executionArn"])


def _active(api: LocalApi) -> list[str]:
    return [str(fault["name"]) for fault in api.faults().get("active", [])]
