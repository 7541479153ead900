"""Counts the error patterns in the service's log, and how old its last lines are."""

from __future__ import annotations

from datetime import datetime, timedelta

from functions.contracts import Frozen, Run
from functions.facts import LogFact
from functions.ports import Ports
from functions.runtime import task
from functions.settings import Settings
from functions.stages import Fact, Found

ACT = False
TIMEOUT_SECONDS = 60
MEMORY_MB = 256

A_LITTLE_BEFORE = timedelta(minutes=2)


class Request(Frozen):
    run: Run
    found: Found


class Response(Fact[LogFact]):
    pass


@task(Request, needs=("clock.now", "logs.read"))
def handler(request: Request, ports: Ports, settings: Settings) -> Response:
    end = ports.clock.now()
    start = max([end - timedelta(seconds=settings.limits.log_window), *_last_good(request.found, end)])
    # The healthy ones too: a line that names one of them must not be laid at a sick one's door.
    found = request.found
    everyone = [*(s.strategy_id for s in found.stale), *found.beating, *found.besides]
    return Response(fact=ports.logs.read(start, end, everyone), why=None)


def _last_good(found: Found, now: datetime) -> list[datetime]:
    """A little before the oldest stale heartbeat: trouble that was over before it is not the cause. One that is
    missing or from the future says nothing about when that was."""
    beats = [state.last_heartbeat for state in found.stale]
    known = [at for at in beats if at is not None and at <= now]
    return [min(known) - A_LITTLE_BEFORE] if known and len(known) == len(beats) else []
