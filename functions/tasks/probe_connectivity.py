"""Asks whether the platform's database or network answers."""

from __future__ import annotations

from typing import Literal

from functions.contracts import Frozen, Run
from functions.facts import ProbeFact
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
    what: Literal["database", "network"]


class Response(Fact[ProbeFact]):
    pass


@task(Request, needs=("probes.look",))
def handler(request: Request, ports: Ports, settings: Settings) -> Response:
    targets = {"database": settings.connectivity.database, "network": settings.connectivity.network}
    return Response(fact=ports.probes.look(targets[request.what]), why=None)
