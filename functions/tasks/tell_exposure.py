"""Lists every open position that a stop leaves; where no protection of one is known, somebody is woken."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import Final

from functions import stopping
from functions.contracts import Frozen
from functions.errors import RunbookError
from functions.facts import OrderFact, Result
from functions.halting import Part, StopJob
from functions.ports import Ports
from functions.proving_stop import line
from functions.rules.stop_exposure import AT_THE_VENUE, Open, exposed_by
from functions.rules.stop_pieces import many
from functions.runtime import task
from functions.settings import Settings
from functions.stopping import tried

ACT = False
TIMEOUT_SECONDS = 60
MEMORY_MB = 512
NAME: Final = "exposure"


class Request(Frozen):
    job: StopJob


class Response(Part):
    """`done`: every open position is listed; `unknown`: they could not be read. What protects them at the venue is
    unknown in either case."""


@task(
    Request,
    needs=("notifier.page", "orders.every_working", "positions.every_open", "reports.put", *stopping.NOTE_NEEDS),
)
def handler(request: Request, ports: Ports, settings: Settings) -> Response:
    job, order = request.job, stopping.order_of(request.job)
    read = tried(ports.positions.every_open)
    where = f"{settings.platform.positions_table}, {settings.platform.orders_table}"
    if read.value is None:
        why = f"the open positions could not be read: {read.why}. Look at every venue now"
        part = _part(Result.UNKNOWN, why)
        if not order.dry_run:
            part = _woken(ports, settings, job, part)
        stopping.noted(ports, job, part, where)
        return part
    orders = tried(ports.orders.every_working)
    found = exposed_by(read.value, orders.value, order.strategy_ids)
    key, trouble = _kept(ports, job, found)
    bare = [one for one in found if one.unprotected]
    part = Response(
        name=NAME,
        result=Result.DONE,
        why=_told(found, bare, orders.value),
        items=stopping.named([*trouble, *(line(one.told()) for one in found)]),
        details_key=key,
    )
    if bare and not order.dry_run:
        part = _woken(ports, settings, job, part)
    stopping.noted(ports, job, part, where, position_ids=[one.position.position_id for one in found])
    return part


def _told(found: Sequence[Open], bare: Sequence[Open], orders: Sequence[OrderFact] | None) -> str:
    if not found:
        return "no open position stands in the table; the venue was not asked"
    known = "what protects them could not be read" if orders is None else f"{len(bare)} without a protective order"
    return (
        f"{many(len(found), 'open position')}, {known}; protection at the venue: {AT_THE_VENUE}; "
        "profit, loss and distance to liquidation: unknown, the venue was not asked"
    )


def _part(result: Result, why: str) -> Response:
    return Response(name=NAME, result=result, why=why)


def _woken(ports: Ports, settings: Settings, job: StopJob, part: Response) -> Response:
    """One page of its own. Where it does not go out the part says so, and the message at the end carries it."""
    body = [
        part.why,
        "Trading is stopped, so nothing looks after these positions. Protect or close them at the venue.",
        "",
        *(f"- {one}" for one in part.items),
        f"Whole list: {part.details_key or 'not stored'}",
        f"Incident: {job.incident_id}",
    ]
    head = f"[tradai {settings.env}] open positions without known protection after an emergency stop"
    paged = tried(lambda: ports.notifier.page(head, "\n".join(body)))
    if paged.done:
        return part
    trouble = f"nobody could be paged about it: {paged.why}"
    return part.model_copy(update={"result": Result.UNKNOWN, "why": f"{part.why}; {trouble}"})


def _kept(ports: Ports, job: StopJob, found: Iterable[Open]) -> tuple[str | None, list[str]]:
    rows = "".join(f"{json.dumps(_row(one), default=str, sort_keys=True)}\n" for one in found)
    if not rows:
        return None, []
    key = f"incidents/{job.incident_id}/exposure.jsonl"
    try:
        ports.reports.put(key, rows, "application/jsonl")
    except RunbookError as error:
        return None, [f"the whole list is not stored: {stopping.said(error)}"]
    return key, []


def _row(one: Open) -> dict[str, object]:
    return {
        **asdict(one.position),
        "protective_orders": one.protective,
        "protection_at_the_venue": AT_THE_VENUE,
        "exit_on_its_way": one.leaving,
    }
