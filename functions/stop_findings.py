"""Gathers what an emergency stop came to: kill switch, every strategy, service, and what its branches said."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from functions import proving_stop, stopping
from functions.errors import RunbookError
from functions.facts import Result, StoppedRecord
from functions.halting import SEGMENTS
from functions.ports import Ports
from functions.proving_stop import ServiceSeen, line
from functions.rules.stop_order import StopOrder
from functions.rules.stop_parts import judge_latch
from functions.rules.stop_pieces import Piece, StopPieces
from functions.settings import Settings
from functions.stop_state import ENTRY_ORDERS, LATCH, NOTICE, SERVICE, STATUS_PAGE, StopState
from functions.stop_survey import Survey
from functions.stopping import tried
from functions.tasks.look_at_stop import LEAST_PASSES

NEEDS: Final = (
    *proving_stop.SCAN_NEEDS,
    *proving_stop.SERVICE_NEEDS,
    "guards.kill_switch",
    "halts.records",
    "halts.records_of",
    "reports.put",
)
# Of a table that hangs; what was not read then is unknown.
READS_FOR: Final = timedelta(seconds=60)


def gather(ports: Ports, settings: Settings, state: StopState, order: StopOrder) -> tuple[StopPieces, list[str]]:
    """The pieces, and the ids of every strategy concerned, the worst first. Raises nothing of the ports."""
    job, now, known = state.job, ports.clock.now(), list[str]()
    service = proving_stop.see_service(ports) if order.everything else ServiceSeen(None)
    frame = proving_stop.frame_of(job, order, settings, now, service.tasks, state.look)
    survey = Survey(frame, order, state.refusals())
    unread = proving_stop.scan(ports, survey.page, until=now + READS_FOR)
    records, trouble = _records(ports, state, order, survey, known)
    survey.end(records, unread)
    key = _kept(ports, job.incident_id, survey.body(), known)
    parts = [
        *(_service(ports, settings, state, service, now) if order.everything else ()),
        *_looks(state, order),
        *trouble,
        state.part(NOTICE, "notice", "notify", settings.platform.alerts_topic),
        state.part(STATUS_PAGE, "status page", "post", "status page"),
        *(Piece("run", Result.UNKNOWN, f"the run failed on its way: {error}") for error in state.errors),
    ]
    pieces = StopPieces(
        order=order,
        latch=_latch(ports, state, order),
        strategies=survey.census(tuple(map(line, unread)), key, parts=SEGMENTS),
        parts=tuple(parts),
        entry_orders=entry_orders_of(state),
        exposure=state.exposure,
        known=(*known, *state.branch_troubles(), *_came_back(state)),
        running=service.tasks.running if service.tasks else None,
    )
    return pieces, survey.ids()


def _latch(ports: Ports, state: StopState, order: StopOrder) -> Piece:
    """As it stands now. Where it cannot be read, whoever has written it knows."""
    said = state.part(LATCH, "kill switch", "engage", "kill switch")
    if order.dry_run:
        return said
    job, look = state.job, state.look
    read = tried(ports.guards.kill_switch)
    if read.value is not None:
        verdict = judge_latch(read.value, order.strategy_ids)
        marks = {job.mark, read.value.halt_id}
        other = f"; what this run stopped is marked {job.mark}" if None not in marks and len(marks) > 1 else ""
        why, result = verdict.why + other, verdict.result
    elif job.latched or said.result is Result.DONE or (look is not None and look.latched):
        result, why = Result.DONE, f"engaged, and could not be read back: {read.why}"
    else:
        result, why = Result.NOT_DONE, f"not latched: {job.latch_why or said.why}; it cannot be read: {read.why}"
    return replace(said, result=result, why=line(why))


def _service(
    ports: Ports, settings: Settings, state: StopState, service: ServiceSeen, now: datetime
) -> Iterable[Piece]:
    """What ECS says now; where it says nothing, what the branch was told by it."""
    name = settings.platform.service
    said = state.part(SERVICE, "service", "scale to 0", name)
    if stopping.order_of(state.job).dry_run:
        # What stands there now is nothing that a rehearsal has done.
        yield said
        return
    verdict = service.verdict(now, state.job.started_at, settings)
    result, why = verdict.result, f"{verdict.why} ({said.why})"
    if service.tasks is None and said.result is Result.NOT_DONE:
        result = Result.NOT_DONE
    yield replace(said, result=result, why=line(why))
    _, scaling = proving_stop.see_scaling(ports)
    yield Piece("scaling", scaling.result, line(scaling.why), "suspend auto-scaling", name)


def _looks(state: StopState, order: StopOrder) -> Iterable[Piece]:
    passes = state.look.passes if state.look else 0
    if passes < LEAST_PASSES and not order.dry_run:
        why = f"the table was read whole {passes} times after the stop, of {LEAST_PASSES}: who came back is unknown"
        yield Piece("looks", Result.UNKNOWN, why)


def _records(
    ports: Ports, state: StopState, order: StopOrder, survey: Survey, known: list[str]
) -> tuple[Mapping[str, StoppedRecord], Iterable[Piece]]:
    """What was before, by keys; by the whole halt only where somebody may have been deleted since."""
    if order.dry_run:
        return {}, ()
    seen, missing, mark = survey.seen(), survey.missing(), state.job.mark
    read = tried(lambda: ports.halts.records_of(mark, [*seen, *missing]))
    records, why = dict(read.value or {}), read.why
    gone = bool(missing) and not read.done
    if order.everything and len(seen) < state.seen():
        whole = tried(lambda: ports.halts.records(mark))
        records |= {record.strategy_id: record for record in whole.value or ()}
        gone, why = gone or not whole.done, why or whole.why
    if gone:
        told = f"what was before could not be read, so nobody knows whose items were deleted meanwhile: {why}"
        return records, (Piece("records", Result.UNKNOWN, line(told)),)
    if not read.done:
        known.append(line(f"what was before stands in the strategies' own items; no record could be read: {why}"))
    return records, ()


def entry_orders_of(state: StopState) -> Piece:
    """What the last look at the venues came to: it is the one after which nobody trades."""
    first, last = state.part(ENTRY_ORDERS, "entry orders", "cancel", "entry orders"), state.orders
    if last is None:
        unknown = Result.UNKNOWN if first.result is Result.DONE and not _told_not_to(state) else first.result
        return replace(first, result=unknown)
    if _told_not_to(state) or stopping.order_of(state.job).dry_run:
        return last
    return replace(last, why=line(f"{last.why}. While strategies were being stopped: {first.why}"))


def _told_not_to(state: StopState) -> bool:
    return not stopping.order_of(state.job).cancel_entry_orders


def _came_back(state: StopState) -> list[str]:
    back = state.look.came_back if state.look else None
    if back is None or not back.total:
        return []
    return [line(f"traded after the stop and were stopped again {back.total} times: {', '.join(back.some)}")]


def _kept(ports: Ports, incident_id: str, body: str, known: list[str]) -> str | None:
    key = f"incidents/{incident_id}/strategies.jsonl"
    try:
        ports.reports.put(key, body, "application/jsonl")
    except RunbookError as error:
        known.append(f"the list of every strategy is not stored: {stopping.said(error)}")
        return None
    return key
