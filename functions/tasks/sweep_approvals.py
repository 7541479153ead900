"""Every minute: what is due for every open request, the most urgent first, none stopping another.

Hands answers over that were not taken yet, ends requests whose time or whose run is over, sends later waves and
reminders, and repeats what nobody answered until somebody acknowledges it.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from pydantic import BaseModel

from functions import measuring, pursuing
from functions.approvals import Approval, Delivery, Standing
from functions.contracts import Frozen
from functions.errors import RunbookError, Transient
from functions.ports import Ports
from functions.runtime import logger, task
from functions.settings import Settings

ACT = True
TRIGGER = "sweeper"
TIMEOUT_SECONDS = 60
MEMORY_MB = 512
LAYERS = ("web",)

# What is begun later than this after the start would not end before the function's time does.
BEGUN_WITHIN: Final = timedelta(seconds=40)


class Request(BaseModel):
    """The schedule's event; nothing in it is read."""


class Response(Frozen):
    """Counts: requests that were open, changed by this sweep, and left to the next one."""

    open: int
    changed: int
    left: int


@task(Request, needs=(*measuring.NEEDS, *pursuing.NEEDS, "approvals.open"))
def handler(request: Request, ports: Ports, settings: Settings) -> Response:
    began = ports.clock.now()
    waiting = sorted(ports.approvals.open(), key=lambda one: urgency(one, began))
    measuring.approvals_waiting(ports, waiting)
    changed, failed, left = 0, [], 0
    for number, approval in enumerate(waiting):
        if ports.clock.now() - began >= BEGUN_WITHIN:
            left = len(waiting) - number
            break
        try:
            changed += _sweep(ports, settings, approval)
        except Exception as error:  # One request that cannot be handled, whatever is wrong with it, stops no other.
            cause = f"{type(error).__name__}: {error}"
            logger.warning("a request could not be swept", approval_id=approval.approval_id, cause=cause)
            failed.append(f"{approval.approval_id}: {cause}"[:200])
    if failed:
        raise Transient(f"{len(failed)} of {len(waiting)} requests could not be swept: {'; '.join(failed[:5])}")
    return Response(open=len(waiting), changed=changed, left=left)


def urgency(approval: Approval, now: datetime) -> tuple[int, datetime]:
    """Runs that wait for an answer that stands, then those whose time is over, then the rest; of each the one
    that lapses first."""
    if approval.delivery is Delivery.DUE:
        return 0, approval.lapses_at
    if approval.standing is not Standing.PENDING:
        return 3, approval.lapses_at
    return (1 if now >= approval.lapses_at else 2), approval.lapses_at


def _sweep(ports: Ports, settings: Settings, listed: Approval) -> bool:
    """The list is a moment behind: each is read again before anything is done about it."""
    approval = ports.approvals.get(listed.approval_id)
    if approval is None:
        return False
    try:
        after = pursuing.ended(ports, approval)
    except RunbookError:
        # Whether its run goes on is not known, and asking one person more does no harm.
        pursuing.pursue(ports, settings, approval)
        raise
    return pursuing.pursue(ports, settings, after).version != approval.version
