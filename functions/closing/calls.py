"""A call that changes something at the venue and may be said twice: its intent first, then the call, then what came
of it.

Cancelling an order, and placing a protective one under an id that was looked up before, come to the same however
often they are said, so that a retry simply says them again. Orders that close go another way (sending.py).
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from typing import Final

from functions.closing.job import VENUE_TASK, CloseJob
from functions.errors import Refused, RunbookError
from functions.facts import Result
from functions.ports import Intent, Ports

NEEDS: Final = ("clock.now", "guards.held", "incidents.intend", "incidents.settle")
# Nobody takes the guard over while the function that acts can be alive.
ACTS_WITHIN: Final = timedelta(seconds=VENUE_TASK + 15)


def call(
    ports: Ports,
    job: CloseJob,
    act_id: str,
    action: str,
    target: str,
    before: str | None,
    do: Callable[[], str],
    *,
    must_be_written: bool = True,
) -> str:
    """What `do` answers. Raises its error words, and `Refused` where the guard is not ours. `must_be_written`
    False: what puts protection back is done although its intent cannot be written, and although the guard is gone
    (somebody has stopped the machine), unless another incident holds it by now."""
    now = ports.clock.now()
    intent = Intent(act_id, action, target, before, job.run.execution_arn, now)
    try:
        stands = ports.incidents.intend(job.incident_id, intent, guard_id=job.guard_id, act_until=now + ACTS_WITHIN)
    except Refused:
        raise
    except RunbookError:
        if must_be_written:
            raise
        stands = "unwritten"
    if stands == "lost" and (must_be_written or _anothers(ports, job)):
        raise Refused(f"{action} {target}: this run no longer owns the guard {job.guard_id}")
    try:
        after = do()
    except RunbookError as error:
        result = Result.NOT_DONE if isinstance(error, Refused) else Result.UNKNOWN
        _settle(ports, job, act_id, result, str(error))
        raise
    _settle(ports, job, act_id, Result.DONE, after)
    return after


def _anothers(ports: Ports, job: CloseJob) -> bool:
    """One that cannot be read keeps no position without its protection."""
    try:
        held = ports.guards.held(job.guard_id)
    except RunbookError:
        return False
    return held is not None and held.incident_id != job.incident_id


def _settle(ports: Ports, job: CloseJob, act_id: str, result: Result, after: str) -> None:
    """A record that fails undoes nothing; the closer marks what stands without a result as unknown."""
    with suppress(RunbookError):
        ports.incidents.settle(job.incident_id, act_id, result, after, ports.clock.now())
