"""Notes when each cured strategy last processed a signal; the checklist judges it after the watch."""

from __future__ import annotations

from functions.contracts import Frozen, Run
from functions.facts import Evidence
from functions.ports import Ports
from functions.proving import Wanted
from functions.runtime import task
from functions.settings import Settings

ACT = False
TIMEOUT_SECONDS = 60
MEMORY_MB = 256


class Request(Frozen):
    run: Run
    wanted: tuple[Wanted, ...]


class Response(Frozen):
    seen: tuple[str, ...]
    not_seen: tuple[str, ...]


@task(Request, needs=("clock.now", "incidents.note", "logs.signals"))
def handler(request: Request, ports: Ports, settings: Settings) -> Response:
    since = min(w.since for w in request.wanted)
    signals = ports.logs.signals(since, [w.strategy_id for w in request.wanted])
    seen = tuple(sorted(s for s, at in signals.items() if at is not None))
    not_seen = tuple(sorted(w.strategy_id for w in request.wanted if w.strategy_id not in seen))
    value = f"{len(seen)} process signals" + (f"; not yet: {', '.join(not_seen[:10])}" if not_seen else "")
    what = Evidence("signals since the remedy", settings.platform.log_group, value, ports.clock.now())
    ports.incidents.note(request.run.incident_id, [what])
    return Response(seen=seen, not_seen=not_seen)
