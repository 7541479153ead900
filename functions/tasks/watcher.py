"""Every minute: starts the runbook again while its alarm is up and its symptom real, tells of strategies
that went stale meanwhile, and puts overrides back whose time has come."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from pydantic import BaseModel

from functions import guarding, left
from functions.beating import judged
from functions.contracts import Frozen
from functions.errors import RunbookError
from functions.facts import AlarmFact, Evidence
from functions.ids import execution_name, service_guard
from functions.ports import Held, Ports
from functions.rules.sweep import SweepVerdict, judge_sweep
from functions.runtime import logger, task
from functions.settings import Settings

ACT = True
TRIGGER = "watcher"
NOTIFIES = True
TIMEOUT_SECONDS = 60
MEMORY_MB = 512

RUNBOOK = "stale-heartbeat"

# One write each; a crowd is not told apart beyond this.
MOST_COUNTED = 200


class Request(BaseModel):
    """The schedule's event; nothing in it is read."""


class Response(Frozen):
    action: str
    reason: str
    started: str | None
    put_back: tuple[str, ...]


@task(
    Request,
    needs=(
        *guarding.NEEDS,
        *left.NEEDS,
        "alarms.state",
        "clock.now",
        "executions.start",
        "executions.status",
        "guards.count",
        "guards.take",
        "incidents.note",
        "notifier.publish",
        "strategy_config.overrides",
        "strategy_config.put_back",
        "trading_state.all",
    ),
)
def handler(request: Request, ports: Ports, settings: Settings) -> Response:
    put_back = _put_back(ports)
    alarm = ports.alarms.state(settings.platform.heartbeat_alarm)
    held = ports.guards.held(service_guard(settings.platform.service))
    verdict = _verdict(ports, settings, alarm, held)
    started = _start(ports, settings, alarm, verdict) if verdict.action == "start" else None
    if verdict.action == "tell" and held is not None:
        _tell(ports, settings, held, verdict)
    return Response(action=verdict.action, reason=verdict.reason, started=started, put_back=put_back)


def _verdict(ports: Ports, settings: Settings, alarm: AlarmFact, held: Held | None) -> SweepVerdict:
    now = ports.clock.now()
    beats = judged(ports.trading_state.all(), settings, now)
    stale = [state.strategy_id for state in beats.stale]
    return judge_sweep(
        alarm=alarm,
        stale_ids=stale,
        guard_held=held is not None,
        owner_running=held is not None and ports.executions.status(held.owner) == "RUNNING",
        known_ids=_known(ports, held, stale),
        kill_switch=guarding.kill_switch_or_none(ports),
        mode=settings.mode_of(RUNBOOK).value,
        now=now,
        act_until=None if held is None else held.act_until,
        left_ids=left.left(ports, beats.stale, now) if alarm.state == "ALARM" else (),
    )


def _known(ports: Ports, held: Held | None, stale: Sequence[str]) -> Sequence[str]:
    """What the run at work knows to be stale. Of a list that was cut nobody can tell what is new."""
    incident = (ports.incidents.get(held.incident_id) if held else None) or {}
    known: Sequence[str] = incident.get("strategy_ids", [])
    return stale if "strategy_ids_total" in incident else known


def _counter(ports: Ports, alarm: AlarmFact, stale: Sequence[str], now: datetime) -> str:
    """An alarm that stays up for one strategy makes no transition for the next one: each strategy that is seen
    stale for the first time under this alarm begins a count, and a page, of its own."""
    counter = f"sweeps/{alarm.name}/{alarm.since.isoformat() if alarm.since else 'unknown'}"
    told = stale[:MOST_COUNTED]
    seen = [ports.guards.count(f"{counter}/stale", token=strategy_id, now=now) for strategy_id in told]
    return f"{counter}/{max(seen, default=0)}"


def _start(ports: Ports, settings: Settings, alarm: AlarmFact, verdict: SweepVerdict) -> str | None:
    """One more run of the same alarm; the count of sweeps makes its name, so two watchers start one."""
    now = ports.clock.now()
    counter = _counter(ports, alarm, verdict.new_ids, now)
    sweeps = ports.guards.count(counter, token=f"{now:%Y-%m-%dT%H:%M}", now=now)
    if sweeps > settings.limits.sweeps_an_alarm:
        _page_once(ports, settings, alarm, verdict, mark=f"{counter}/paged")
        return None
    since = alarm.since.isoformat() if alarm.since else now.isoformat()
    name = execution_name(RUNBOOK, settings.platform.service, f"{since}#{counter}#{sweeps}")
    payload = {"alarm_name": alarm.name, "alarm_at": since, "requested_by": f"watcher, sweep {sweeps}"}
    return name if ports.executions.start(RUNBOOK, name, payload) else None


def _page_once(ports: Ports, settings: Settings, alarm: AlarmFact, verdict: SweepVerdict, *, mark: str) -> None:
    """The mark is set after the page has gone out: one that fails is tried again next minute."""
    if ports.guards.held(mark) is not None:
        return
    ports.notifier.publish(
        f"[tradai {settings.env}] PAGE {alarm.name} is still up after {settings.limits.sweeps_an_alarm} runs",
        f"{verdict.reason}\nStale: {', '.join(verdict.new_ids[:20])}\nNobody cures it now: look yourself.",
    )
    ports.guards.take(mark, owner="watcher", incident_id="none", now=ports.clock.now())


def _tell(ports: Ports, settings: Settings, held: Held, verdict: SweepVerdict) -> None:
    """A strategy that went stale while a run is at work: told once, and then into its incident, so that a
    message that fails is tried again next minute. What the run itself has found by now is none."""
    incident = ports.incidents.get(held.incident_id)
    if incident is not None and not incident.get("evidence"):
        return  # The run has the guard and has not looked yet: it is about to find them by itself.
    known = list((incident or {}).get("strategy_ids", []))
    besides = [strategy_id for strategy_id in verdict.new_ids if strategy_id not in known]
    if not besides:
        return
    where, new = settings.platform.trading_state_table, ", ".join(besides[:20])
    ports.notifier.publish(
        f"[tradai {settings.env}] also stale while {held.incident_id} is being cured",
        f"{new}\nThe run at work looks at every strategy; the watcher starts another one if it is not cured.",
    )
    what = Evidence("also stale meanwhile", where, new, ports.clock.now())
    also = [*((incident or {}).get("also_stale") or ()), *besides]
    ports.incidents.note(held.incident_id, [what], strategy_ids=[*known, *besides], also_stale=also)


def _put_back(ports: Ports) -> tuple[str, ...]:
    """Overrides whose time has come, or whose expiry nobody can read; one that cannot be put back keeps no
    other and no sweep waiting, and is tried again next minute."""
    now, done = ports.clock.now(), []
    for override in _overrides(ports):
        expires_at: datetime | None = override["expires_at"]
        if expires_at is not None and expires_at > now:
            continue
        strategy_id, field = override["strategy_id"], override["field"]
        try:
            ours = ports.strategy_config.put_back(strategy_id, field, incident_id=override["incident_id"])
        except RunbookError as error:
            logger.warning("an override cannot be put back", strategy_id=strategy_id, cause=str(error))
            continue
        if ours:
            done.append(f"{strategy_id}.{field}")
    return tuple(done)


def _overrides(ports: Ports) -> Sequence[Mapping[str, Any]]:
    try:
        return ports.strategy_config.overrides()
    except RunbookError as error:
        logger.warning("overrides cannot be read", cause=str(error))
        return ()
