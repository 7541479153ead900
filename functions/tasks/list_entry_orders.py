"""Lists the working orders that would open or increase a position. None is cancelled: no venue is asked yet."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict

from functions import stopping
from functions.contracts import Frozen
from functions.errors import RunbookError
from functions.facts import OrderFact, Result
from functions.halting import Part, StopJob
from functions.ports import Ports
from functions.rules.stop_parts import entry_orders, is_of
from functions.rules.stop_pieces import many
from functions.runtime import task
from functions.settings import Settings

ACT = False
TIMEOUT_SECONDS = 15
MEMORY_MB = 512
NAME = "entry orders"


class Request(Frozen):
    job: StopJob


class Response(Part):
    pass


@task(Request, needs=("orders.every_working", "reports.put", *stopping.NOTE_NEEDS))
def handler(request: Request, ports: Ports, settings: Settings) -> Response:
    job, order = request.job, stopping.order_of(request.job)
    if not order.cancel_entry_orders:
        return Response(name=NAME, result=Result.DONE, why="told not to cancel them")
    found = [one for one in entry_orders(ports.orders.every_working()) if is_of(one, order)]
    surely = [one for one in found if one.reducing is False]
    rest = [one for one in found if one.reducing is not False]
    key, trouble = _kept(ports, job, found)
    part = Response(
        name=NAME,
        result=Result.NOT_DONE,
        why=_told(len(surely), len(rest)),
        items=stopping.named([*trouble, *map(_line, (*surely, *rest))]),
        details_key=key,
    )
    stopping.noted(ports, job, part, settings.platform.orders_table)
    return part


def _told(surely: int, rest: int) -> str:
    if not surely and not rest:
        return "none in the orders table; the venue was not asked"
    one = surely == 1
    told = (
        f"{many(surely, 'working order')} that {'opens or increases stands' if one else 'open or increase stand'}"
    )
    told += " in the orders table"
    perhaps = f", and {rest} of which nobody can tell" if rest else ""
    return f"{told}{perhaps}; cancel them at the venue, which was not asked"


def _line(one: OrderFact) -> str:
    what = "opens or increases" if one.reducing is False else "nobody can tell what it does"
    return f"{one.order_id} of {one.strategy_id or 'an unknown strategy'}: {one.side} {one.type}, {what}"


def _kept(ports: Ports, job: StopJob, found: Sequence[OrderFact]) -> tuple[str | None, list[str]]:
    """The key of the whole list, and the trouble with it."""
    if not found:
        return None, []
    key = f"incidents/{job.incident_id}/entry-orders.jsonl"
    body = "".join(f"{json.dumps(asdict(one), default=str, sort_keys=True)}\n" for one in found)
    try:
        ports.reports.put(key, body, "application/jsonl")
    except RunbookError as error:
        return None, [f"the whole list is not stored: {stopping.said(error)}"]
    return key, []
