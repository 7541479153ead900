"""Stops the strategies of one scan segment, page by page, and hands on where it came to when its time is over."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from functions import stop_pages, stopping
from functions.contracts import Frozen
from functions.errors import RunbookError
from functions.facts import Result
from functions.halting import SEGMENTS, Counts, Part, StopJob
from functions.ports import Ports
from functions.runtime import task
from functions.settings import Settings
from functions.stop_pages import Page, Row, Stopper

ACT = True
REPEATABLE = True
TIMEOUT_SECONDS = 75
MEMORY_MB = 1024

# Calls of one segment, as the definition declares them, and what one call keeps in memory.
CALLS: Final = 6
MOST_ROWS: Final = 20_000


class Request(Frozen):
    job: StopJob
    segment: int
    start_key: str | None
    looks_left: int
    counts: Counts
    items: tuple[str, ...] = ()


class Response(Frozen):
    """`counts` of all calls so far; in a dry run `not_done` are those that it would stop. `unread`: why the segment
    was not read to its end, None while it goes on and where it was."""

    segment: int
    again: bool
    looks_left: int
    start_key: str | None
    counts: Counts
    items: tuple[str, ...]
    unread: str | None


@task(Request, needs=("reports.put", "trading_state.segment", *stop_pages.NEEDS, *stopping.NOTE_NEEDS))
def handler(request: Request, ports: Ports, settings: Settings) -> Response:
    job, order = request.job, stopping.order_of(request.job)
    until = ports.clock.now() + timedelta(seconds=settings.limits.stop_segment_works)
    stopper = Stopper(ports, settings, job, order, until)
    key, left = request.start_key, request.looks_left - 1
    counts, rows, items = request.counts, list[Row](), list(request.items)
    pages, more = 0, True
    while more and (pages == 0 or not stopper.late()) and len(rows) < MOST_ROWS:
        try:
            states, after = ports.trading_state.segment(request.segment, SEGMENTS, key)
        except RunbookError as error:
            if pages == 0:
                raise
            items.append(f"segment {request.segment}: a page is read again: {stopping.said(error)}")
            break
        page = stopper.page(states)
        pages += 1
        rows += page.rows
        if page.again and left > 0:
            # It is stopped again from its beginning, and counted then.
            items += page.troubles
            break
        counts = _added(counts, page)
        items += [*page.troubles, *_named(page)]
        key, more = after, after is not None
    items += _stored(ports, request, rows) if rows and not order.dry_run else []
    again = more and left > 0
    response = Response(
        segment=request.segment,
        again=again,
        looks_left=left,
        start_key=key,
        counts=counts,
        items=stopping.named(list(dict.fromkeys(items))),
        unread=f"segment {request.segment} was not read to its end in {CALLS} calls"
        if more and not again
        else None,
    )
    if not again:
        part = Part(name=f"strategies, segment {request.segment}", result=_result(response), why=_told(response))
        stopping.noted(ports, job, part, settings.platform.trading_state_table)
    return response


def _added(counts: Counts, page: Page) -> Counts:
    new = page.counts()
    return Counts(**{name: value + getattr(new, name) for name, value in counts.model_dump().items()})


def _named(page: Page) -> list[str]:
    """Those that are not surely stopped."""
    return [f"{row.strategy_id}: {row.result}, {row.why}" for row in page.rows if row.result is not Result.DONE]


def _stored(ports: Ports, request: Request, rows: list[Row]) -> list[str]:
    call = CALLS - request.looks_left
    key = f"incidents/{request.job.incident_id}/stop/segment-{request.segment}-{call}.jsonl"
    try:
        ports.reports.put(key, "".join(f"{row.line()}\n" for row in rows), "application/jsonl")
    except RunbookError as error:
        return [f"{len(rows)} rows of segment {request.segment} are not stored: {stopping.said(error)}"]
    return []


def _result(response: Response) -> Result:
    counts = response.counts
    if counts.not_done:
        return Result.NOT_DONE
    return Result.UNKNOWN if counts.unknown or response.unread else Result.DONE


def _told(response: Response) -> str:
    counts = response.counts
    told = (
        f"of {counts.seen} seen {counts.done} stopped now, {counts.already} before, "
        f"{counts.not_done} not stopped, {counts.unknown} unknown"
    )
    return "; ".join(filter(None, (told, response.unread)))
