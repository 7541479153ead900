"""Looks at the strategy service in ECS: tasks, deployments, why tasks stopped, image and sizes."""

from __future__ import annotations

from functions.contracts import Frozen, Run
from functions.facts import ServiceFact
from functions.ports import Ports
from functions.runtime import task
from functions.settings import Settings
from functions.stages import Fact

ACT = False
TIMEOUT_SECONDS = 20
MEMORY_MB = 256


class Request(Frozen):
    run: Run


class Response(Fact[ServiceFact]):
    pass


@task(Request, needs=("service.describe",))
def handler(request: Request, ports: Ports, settings: Settings) -> Response:
    return Response(fact=ports.service.describe(), why=None)
