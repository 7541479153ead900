"""Opens the incident of a stuck position, refuses one that the table does not hold, and names its lock."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from functions import opening
from functions.contracts import Frozen
from functions.errors import Refused
from functions.facts import PositionFact
from functions.inputs import StuckPositionInput, read_input, shown
from functions.ports import Ports
from functions.runtime import task
from functions.settings import Settings
from functions.stuck.locking import guard_of
from functions.stuck.model import RUNBOOK, Subject

ACT = False
TIMEOUT_SECONDS = 30
MEMORY_MB = 256


class Request(Frozen):
    execution_arn: str
    started_at: datetime
    input: Any


class Response(Subject):
    pass


@task(Request, needs=("incidents.note", "incidents.open", "positions.by_id", "strategy_config.get"))
def handler(request: Request, ports: Ports, settings: Settings) -> Response:
    given: StuckPositionInput = read_input(RUNBOOK, request.input)
    position = _position(ports, given.position_id)
    run = opening.run_of(RUNBOOK, request.execution_arn, request.started_at, given, settings)
    opening.write(ports, run, comment=given.comment)
    if position is None:
        return Response(run=run, position_id=None, guard_id=None, reason=given.reason, strategy_ids=(), one=False)
    ids = (position.strategy_id,) if position.strategy_id else ()
    ports.incidents.note(run.incident_id, [], position_ids=[position.position_id], strategy_ids=list(ids))
    return Response(
        run=run,
        position_id=position.position_id,
        guard_id=guard_of(ports, settings, position),
        reason=" ".join(given.reason.split()) if given.reason else None,
        strategy_ids=ids,
        one=True,
    )


def _position(ports: Ports, position_id: str | None) -> PositionFact | None:
    if position_id is None:
        return None
    position = ports.positions.by_id([position_id]).get(position_id)
    if position is None:
        raise Refused(f"position_id: no position {shown(position_id)} in the positions table")
    return position
