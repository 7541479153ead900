"""Starts a run of its own for every stuck position, so that one that waits for a person holds up no other."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from functions.contracts import Frozen, Run
from functions.errors import RunbookError
from functions.facts import Evidence
from functions.ports import Ports
from functions.rules.stuck.delegated import Delegated
from functions.runtime import task
from functions.settings import Settings
from functions.stuck import found, left, starting

ACT = True
# The names of the executions are the same for every try, so that one that ran before starts nothing again.
REPEATABLE = True
IN_NETWORK = True
TIMEOUT_SECONDS = 60
MEMORY_MB = 512

LOOKS_FOR = timedelta(seconds=40)
# Names in the answer; the metric and the incident hold the whole number.
MOST = 100


class Request(Frozen):
    run: Run


Response = Delegated


@task(
    Request,
    needs=(
        *found.NEEDS,
        *left.NEEDS,
        *starting.NEEDS,
        "alarms.state",
        "incidents.note",
    ),
)
def handler(request: Request, ports: Ports, settings: Settings) -> Delegated:
    run, now = request.run, ports.clock.now()
    if not run.proceed:
        return Delegated()
    seen = found.find(ports, settings, until=now + LOOKS_FOR)
    started, running, failed, resting = [], [], [], []
    alarm_at = datetime.fromisoformat(run.alarm_at) if run.alarm_at else run.opened_at
    for one in seen.stuck:
        position_id = one.position.position_id
        try:
            until = left.until_of(ports, position_id)
            if until is not None and until > now:
                resting.append(f"{position_id} until {until.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC")
                continue
            if run.dry_run:
                running.append(f"{position_id}: would be started: {one.overdue.told}")
                continue
            by = run.requested_by or f"stuck-position {run.incident_id}"
            name = run.alarm_name
            begun = starting.start(
                ports, settings, one.position, alarm_name=name, alarm_at=alarm_at, by=by, now=now
            )
        except RunbookError as error:
            failed.append(f"{position_id}: {error}")
            continue
        if begun is None:
            resting.append(position_id)
        elif begun.new:
            started.append(f"{position_id}: {begun.name}")
        else:
            running.append(f"{position_id}: {begun.name}")
    _note(ports, run, seen, started)
    return Delegated(
        started=tuple(started[:MOST]),
        running=tuple(running[:MOST]),
        left=tuple(resting[:MOST]),
        failed=tuple(failed[:MOST]),
        unknown=tuple(seen.unknown[:MOST]),
        alarm_up=_alarm_up(ports, run),
        dry_run=run.dry_run,
    )


def _alarm_up(ports: Ports, run: Run) -> bool | None:
    if run.alarm_name is None:
        return None
    try:
        return ports.alarms.state(run.alarm_name).state == "ALARM"
    except RunbookError:
        return None


def _note(ports: Ports, run: Run, seen: found.Found, started: list[str]) -> None:
    now = ports.clock.now()
    evidence = [
        Evidence("stuck", one.position.position_id, f"{one.position.strategy_id}: {one.overdue.told}", now)
        for one in seen.stuck[:MOST]
    ]
    evidence += [Evidence("not asked", "freqtrade", one[:300], now) for one in seen.unsignalled[:MOST]]
    evidence += [Evidence("started", "executions", name, now) for name in started[:MOST]]
    ids = [one.position.position_id for one in seen.stuck]
    strategies = sorted({one.position.strategy_id for one in seen.stuck})
    ports.incidents.note(run.incident_id, evidence, position_ids=ids, strategy_ids=strategies)
