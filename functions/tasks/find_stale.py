"""Finds every strategy that should beat and does not, with the alarm and the kill switch as they are."""

from __future__ import annotations

from functions import details, guarding
from functions.beating import judged
from functions.contracts import Frozen, Run
from functions.errors import RunbookError
from functions.facts import AlarmFact, Evidence
from functions.ports import Ports
from functions.runtime import task
from functions.settings import Settings
from functions.stages import MOST, Found

ACT = False
TIMEOUT_SECONDS = 60
MEMORY_MB = 512


class Request(Frozen):
    run: Run
    looks_left: int


class Response(Found):
    pass


@task(
    Request,
    needs=(
        "alarms.state",
        "clock.now",
        *guarding.NEEDS,
        "incidents.note",
        "reports.put",
        "strategy_config.venues",
        "trading_state.all",
    ),
)
def handler(request: Request, ports: Ports, settings: Settings) -> Response:
    run, now, left = request.run, ports.clock.now(), request.looks_left - 1
    beats = judged(
        ports.trading_state.all(),
        settings,
        now,
        only=None if run.strategy_id is None else frozenset({run.strategy_id}),
    )
    alarm = _alarm(ports, run.alarm_name or settings.platform.heartbeat_alarm)
    stale = details.with_venues(ports, beats.stale[:MOST], settings.connectivity.venue_without_config)
    key = details.keep_whole(ports, run, "stale", beats.stale) if len(beats.stale) > MOST else None
    what = Evidence("stale heartbeats", settings.platform.trading_state_table, details.told(beats, alarm), now)
    ids = [s.strategy_id for s in beats.stale]
    ports.incidents.note(run.incident_id, [what], strategy_ids=ids, details_key=key)
    return Response(
        at=now,
        again=not stale and alarm.state == "ALARM" and left > 0,
        looks_left=left,
        stale=stale,
        stale_total=len(beats.stale),
        beating=tuple(s.strategy_id for s in beats.beating[:MOST]),
        beating_total=len(beats.beating),
        unknown_status=tuple(s.strategy_id for s in beats.unknown_status[:MOST]),
        besides=tuple(s.strategy_id for s in beats.stale_besides[:MOST]),
        alarm=alarm,
        kill_switch=guarding.kill_switch_or_none(ports),
        details_key=key,
    )


def _alarm(ports: Ports, name: str) -> AlarmFact:
    """An alarm that cannot be asked keeps no stale strategy from its cure."""
    try:
        return ports.alarms.state(name)
    except RunbookError as error:
        return AlarmFact(name, None, reason=f"could not be read: {error}")
