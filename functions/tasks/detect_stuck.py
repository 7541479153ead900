"""Every minute: counts what is stuck, and starts what became stuck while the alarm is up already.

The metric raises the alarm, whose transition starts the runbook for everything that is stuck then. An alarm that
stays up makes no transition for the next position: that one is started here, under the name that the runbook itself
would give it. So is one that a person left open, once his time is over.
"""

from __future__ import annotations

from datetime import timedelta

from pydantic import BaseModel

from functions.contracts import Frozen
from functions.errors import RunbookError
from functions.ports import Ports
from functions.runtime import logger, task
from functions.settings import RunbookMode, Settings
from functions.stuck import found, starting
from functions.stuck.model import RUNBOOK

ACT = True
TRIGGER = "stuck-detector"
# The strategies' bots, the last to say whether an exit is due, answer only there.
IN_NETWORK = True
TIMEOUT_SECONDS = 60
MEMORY_MB = 512

METRIC = "PositionsStuck"
LOOKS_FOR = timedelta(seconds=40)


class Request(BaseModel):
    """The schedule's event; nothing in it is read."""


class Response(Frozen):
    """`unknown`: of so many nobody can tell whether they are stuck."""

    stuck: int
    unknown: int
    looked_at: int
    started: tuple[str, ...]


@task(Request, needs=(*found.NEEDS, *starting.NEEDS, "alarms.state", "measures.put"))
def handler(request: Request, ports: Ports, settings: Settings) -> Response:
    del request
    seen = found.find(ports, settings, until=ports.clock.now() + LOOKS_FOR)
    for one in (*seen.unknown, *seen.unsignalled):
        logger.warning("nobody can tell whether a position is stuck", position=one)
    # Unknown counts: an alarm that stays quiet because nothing can be read says nothing true. A bot that does not
    # answer does not, or each redeployment would raise it: record, orders and age are judged, and its silence has a
    # line of its own in the checklist.
    ports.measures.put(METRIC, len(seen.stuck) + len(seen.unknown), {})
    started = _start(ports, settings, seen)
    unknown = len(seen.unknown) + len(seen.unsignalled)
    return Response(stuck=len(seen.stuck), unknown=unknown, looked_at=seen.looked_at, started=started)


def _start(ports: Ports, settings: Settings, seen: found.Found) -> tuple[str, ...]:
    if not seen.stuck or settings.mode_of(RUNBOOK) is RunbookMode.OFF:
        return ()
    alarm = ports.alarms.state(settings.position_stuck_alarm)
    if alarm.state != "ALARM" or alarm.since is None:
        return ()
    now, started = ports.clock.now(), []
    for one in seen.stuck:
        position_id = one.position.position_id
        try:
            begun = starting.start(
                ports,
                settings,
                one.position,
                alarm_name=alarm.name,
                alarm_at=alarm.since,
                by="stuck-detector",
                now=now,
            )
        except RunbookError as error:
            logger.warning("a stuck position has no run", position_id=position_id, cause=str(error))
            continue
        if begun is not None and begun.new:
            started.append(begun.name)
    return tuple(started)
