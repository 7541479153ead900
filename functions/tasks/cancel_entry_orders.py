"""Cancels the orders that would open or increase a position, at every venue, and looks whether they are gone."""

from __future__ import annotations

import json
from typing import Final

from functions import stop_orders, stopping
from functions.contracts import Frozen
from functions.errors import RunbookError
from functions.facts import Result
from functions.halting import Part, StopJob
from functions.ports import Ports
from functions.rules.entry_sweep import Sweep, asked
from functions.runtime import task
from functions.settings import Settings

# What is cancelled twice is gone once.
ACT = True
REPEATABLE = True
TIMEOUT_SECONDS = 30
MEMORY_MB = 512
IN_NETWORK = True
LAYERS = ("exchange",)
NAME: Final = "entry orders"
# Seconds at the venues: while strategies are being stopped, and once no task of the service runs.
AT_ONCE: Final = 8.0
AFTERWARDS: Final = 16.0


class Request(Frozen):
    """`after`: nobody trades any more, so what is listed now stays until it is cancelled."""

    job: StopJob
    after: bool = False


class Response(Part):
    pass


@task(Request, needs=("reports.put", *stop_orders.NEEDS, *stopping.NOTE_NEEDS))
def handler(request: Request, ports: Ports, settings: Settings) -> Response:
    job, order = request.job, stopping.order_of(request.job)
    if not order.cancel_entry_orders:
        return Response(name=NAME, result=Result.DONE, why="told not to cancel them")
    sweep = stop_orders.sweep(ports, settings, order, seconds=AFTERWARDS if request.after else AT_ONCE)
    key, trouble = _kept(ports, job, sweep, after=request.after)
    part = Response(
        name=NAME,
        result=sweep.result,
        why=sweep.why(),
        items=stopping.named([*trouble, *sweep.items()]),
        details_key=key,
        pages=sweep.pages,
        at=ports.clock.now(),
    )
    stopping.noted(ports, job, part, asked(sweep.accounts))
    return part


def _kept(ports: Ports, job: StopJob, sweep: Sweep, *, after: bool) -> tuple[str | None, list[str]]:
    """The key of the whole list, and the trouble with it."""
    rows = [
        {"account": one.name, "what": what, "order": order}
        for one in sweep.accounts
        for what, orders in (("cancelled", one.cancelled), ("standing", one.standing), ("unclear", one.unclear))
        for order in orders
    ]
    if not rows:
        return None, []
    key = f"incidents/{job.incident_id}/entry-orders{'-after' if after else ''}.jsonl"
    try:
        body = "".join(f"{json.dumps(row, sort_keys=True)}\n" for row in rows)
        ports.reports.put(key, body, "application/jsonl")
    except RunbookError as error:
        return None, [f"the whole list is not stored: {stopping.said(error)}"]
    return key, []
