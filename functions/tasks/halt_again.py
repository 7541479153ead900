"""Halts again what this run brought back: the kill switch first, then an emergency stop that proves it.

Repeatable: a stop that is done twice is a stop.
"""

from __future__ import annotations

from functions.contracts import Frozen, Run
from functions.errors import RunbookError
from functions.facts import Evidence
from functions.ids import execution_name
from functions.ports import Engage, Ports
from functions.resuming import Halted, ResumeOrder, Returned
from functions.runtime import logger, task
from functions.settings import Settings

ACT = True
REPEATABLE = True
TIMEOUT_SECONDS = 30
MEMORY_MB = 256
STOP = "emergency-stop"


class Request(Frozen):
    run: Run
    order: ResumeOrder
    returned: Returned


class Response(Halted):
    pass


@task(Request, needs=("clock.now", "executions.start_stop", "halts.engage", "incidents.note"))
def handler(request: Request, ports: Ports, settings: Settings) -> Response:
    """Neither of the two waits for the other: one of them alone stops everybody. Raises where both failed."""
    del settings
    run, batch = request.run, request.returned.batch
    why = batch.why if batch is not None else request.returned.service.why
    reason = f"the resume failed: {why}"[:250]
    by = f"resume-trading {run.incident_id}"
    ids = request.order.strategy_ids
    latched, troubles, execution = False, list[RunbookError](), None
    try:
        stop = Engage(run.incident_id, run.execution_arn, reason, by, ports.clock.now(), ids)
        latched = ports.halts.engage(stop).engaged
    except RunbookError as error:
        troubles.append(error)
    given = {"reason": reason, "requested_by": by, **({} if ids is None else {"strategy_ids": list(ids)})}
    try:
        name = execution_name(STOP, "resume", run.execution_arn)
        execution = ports.executions.start_stop(name, given)
    except RunbookError as error:
        troubles.append(error)
    if len(troubles) == 2:
        raise troubles[0]
    _note(ports, run, reason, troubles)
    return Response(latched=latched, execution=execution, why=reason)


def _note(ports: Ports, run: Run, reason: str, troubles: list[RunbookError]) -> None:
    now = ports.clock.now()
    seen = [Evidence("trouble", "halting again", str(error), now) for error in troubles]
    try:
        ports.incidents.note(run.incident_id, [Evidence("halted again", "kill switch", reason, now), *seen])
    except RunbookError as error:
        logger.warning("halted again, and it could not be noted", cause=str(error))
