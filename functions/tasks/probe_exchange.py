"""Asks every venue of the stale strategies whether it answers."""

from __future__ import annotations

from functions.contracts import Frozen, Run
from functions.facts import ProbeFact, StrategyState
from functions.ports import Ports
from functions.runtime import task
from functions.settings import Settings
from functions.stages import Fact

ACT = False
TIMEOUT_SECONDS = 30
MEMORY_MB = 256
IN_NETWORK = True


class Request(Frozen):
    run: Run
    stale: tuple[StrategyState, ...]


class Response(Fact[dict[str, ProbeFact]]):
    pass


@task(Request, needs=("probes.look",))
def handler(request: Request, ports: Ports, settings: Settings) -> Response:
    venues = {state.venue for state in request.stale if state.venue}
    known = {venue: url for venue, url in settings.connectivity.exchange.items() if venue in venues}
    return Response(fact={venue: ports.probes.look(url) for venue, url in sorted(known.items())}, why=None)
