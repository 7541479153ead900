"""Checklist: all positions accounted for, none stuck - the table against the venue, both ways, on live accounts."""

from __future__ import annotations

from datetime import datetime, timedelta
from time import sleep
from typing import Final

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
READS_FOR: Final = timedelta(seconds=30)
READS_APART: Final = 1.0


class Request(Frozen):
    run: Run
    scope: Scope


Response = ChecklistItem


@task(Request, needs=accounted.NEEDS)
def handler(request: Request, ports: Ports, settings: Settings) -> ChecklistItem:
    now, source = ports.clock.now(), f"{settings.platform.positions_table} and the venues"
    scope = request.scope

    def before(position_id: str, since: datetime | None) -> bool:
        # Each stuck position has a run of its own; the others of its strategy are theirs.
        about = scope.runbook == "stuck-position" and scope.position_ids
        return bool(about) and position_id not in scope.position_ids and scope.was_before(since)

    found = accounted.read(ports, settings, scope.strategy_ids, now + READS_FOR, before)
    if found.differs:
        # A fill and its record are two writes: only what differs twice does.
        sleep(READS_APART)
        found = accounted.read(ports, settings, scope.strategy_ids, ports.clock.now() + READS_FOR / 2, before)
    query = (
        f"Scan, consistent: every item of {settings.platform.positions_table} that is not closed, and Query of its "
        "orders; of each live account the positions at its venue, whatever is not flat"
    )
    return answer(
        "positions",
        found.result,
        found.told[:1_000],
        source,
        now,
        concerns=found.concerns,
        query=query,
        began_at=found.began_at,
        about=found.about,
    )
