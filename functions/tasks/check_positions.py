"""Checklist: all positions accounted for, none stuck - the table against the venue, both ways, on live accounts."""

from __future__ import annotations

from datetime import timedelta

from functions.contracts import Frozen, Run
from functions.facts import ChecklistItem
from functions.ports import Ports
from functions.runtime import task
from functions.settings import Settings
from functions.stuck import accounted
from functions.verifying import Scope, answer

ACT = False
IN_NETWORK = True
LAYERS = ("exchange",)
TIMEOUT_SECONDS = 60
MEMORY_MB = 512
READS_FOR = timedelta(seconds=30)


class Request(Frozen):
    run: Run
    scope: Scope


Response = ChecklistItem


@task(Request, needs=accounted.NEEDS)
def handler(request: Request, ports: Ports, settings: Settings) -> ChecklistItem:
    now, source = ports.clock.now(), f"{settings.platform.positions_table} and the venues"
    found = accounted.read(ports, settings, request.scope.strategy_ids, now + READS_FOR)
    query = (
        f"Scan, consistent: every item of {settings.platform.positions_table} that is not closed, and Query of its "
        "orders; of each live account the positions at its venue, whatever is not flat"
    )
    return answer("positions", found.result, found.told[:1_000], source, now, concerns=found.concerns, query=query)
