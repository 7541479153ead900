"""Proves an emergency stop, strategy by strategy, closes its incident and tells people what is left to them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import partial
from typing import Any, Final

from functions import ending, stop_findings, stop_state, stopping, telling
from functions.contracts import ActRecord, Frozen, Run, RunOutput
from functions.errors import RunbookError
from functions.facts import Evidence, Result
from functions.halting import run_of
from functions.ports import Ports
from functions.proving_stop import line
from functions.rules.pieces import Ending
from functions.rules.stop_end import end_of
from functions.rules.stop_pieces import Piece, StopPieces, many
from functions.runtime import logger, task
from functions.settings import Settings
from functions.stopping import tried

ACT = False
NOTIFIES = True
TIMEOUT_SECONDS = 120
MEMORY_MB = 1024

# Acts of single strategies beside those of the parts: in an incident, and in an output, which shows 20.
MOST_ACTS: Final = 10


class Request(Frozen):
    execution_arn: str
    state: dict[str, Any]


class Response(Frozen):
    escalated: bool
    cause: str
    output: RunOutput


@task(
    Request,
    needs=(*stop_findings.NEEDS, *ending.NEEDS, "incidents.open", "notifier.page"),
)
def handler(request: Request, ports: Ports, settings: Settings) -> Response:
    state = stop_state.read(request.state, request.execution_arn, ports.clock.now())
    job, order = state.job, stopping.order_of(state.job)
    run = run_of(job, dry_run=order.dry_run, requested_by=order.requested_by)
    pieces, ids = stop_findings.gather(ports, settings, state, order)
    verdict = end_of(pieces)
    acts = tuple(_acts(pieces, run, job.started_at, ports.clock.now()))
    stopping.open_incident(ports, job, order)
    try:
        told_before = bool((ports.incidents.get(run.incident_id) or {}).get("notified_at"))
        if not told_before:
            _note(ports, settings, run, pieces, ids)
        ended = ending.end(ports, settings, run, verdict, guard_id=None, acts=acts)
    except RunbookError as error:
        return _without_incident(ports, settings, run, verdict, acts, error)
    if ended.escalated and not told_before:
        _page(ports, settings, run, verdict, ended.output.report_url)
    return Response(escalated=ended.escalated, cause=ended.cause, output=ended.output)


def _acts(pieces: StopPieces, run: Run, begun: datetime, now: datetime) -> Iterable[ActRecord]:
    """One for each part, and one for each strategy as long as they are few; else for those that did not stop. Whose
    time nobody told was done when the stop began."""
    census = pieces.strategies
    was = {name: (before, at) for name, before, at in census.was}
    parts = [piece for piece in (pieces.latch, *pieces.parts, pieces.entry_orders) if piece.action]
    for piece in parts:
        yield _act(run, piece.at or begun, piece.action, piece.target, piece.result, piece.why, piece.before)
    yield _act(run, now, "stop", many(census.total, "strategy"), census.result, census.told())
    bad = [
        *((name, why, Result.NOT_DONE) for name, why in census.not_stopped),
        *((name, why, Result.UNKNOWN) for name, why in census.nobody_knows),
    ]
    well = [(name, why, Result.DONE) for name, why in census.stopped] if census.total <= MOST_ACTS else []
    for name, why, result in [*bad, *well][:MOST_ACTS]:
        before, at = was.get(name, (None, None))
        yield _act(run, at or begun, "stop strategy", name, result, why, before)


def _act(
    run: Run, at: datetime, action: str, target: str, result: Result, why: str, before: str | None = None
) -> ActRecord:
    arn = run.execution_arn
    return ActRecord(action=action, target=target, result=result, before=before, after=line(why), by=arn, at=at)


def _note(ports: Ports, settings: Settings, run: Run, pieces: StopPieces, ids: Sequence[str]) -> None:
    """The evidence of every part, whom it concerned, and where the whole list lies."""
    platform, now = settings.platform, ports.clock.now()
    census = pieces.strategies
    seen = [
        Evidence("kill switch", "guards table", _told(pieces.latch), now),
        Evidence("strategies", platform.trading_state_table, f"{census.result}: {census.told()}", now),
        *(Evidence(part.name, part.target or "the run", _told(part), now) for part in pieces.parts),
        Evidence("entry orders", platform.orders_table, _told(pieces.entry_orders), now),
        Evidence("exposure", platform.positions_table, _told(pieces.exposure), now),
    ]
    cause = f"emergency stop by {pieces.order.requested_by}: {pieces.order.reason}"
    try:
        ports.incidents.note(run.incident_id, seen, strategy_ids=list(ids), details_key=census.key, cause=cause)
    except RunbookError as error:
        logger.warning("the proof of a stop is not in the incident", cause=stopping.said(error))


def _told(piece: Piece) -> str:
    return f"{piece.result}: {piece.why}"


def _page(ports: Ports, settings: Settings, run: Run, verdict: Ending, url: str | None) -> None:
    """Whoever is on call is woken besides: what is not proven stopped may trade."""
    head = telling.subject(settings.env, run.runbook, verdict)
    paged = tried(lambda: ports.notifier.page(head, telling.message(run, verdict, url, ())))
    if not paged.done:
        logger.error("nobody could be paged about a stop", cause=paged.why)


def _without_incident(
    ports: Ports, settings: Settings, run: Run, verdict: Ending, acts: Sequence[ActRecord], error: RunbookError
) -> Response:
    """People are told all the same, and the run fails, so that the closer comes back to its incident."""
    trouble = f"the end is not written into the incident: {stopping.said(error)}"
    head, body = telling.subject(settings.env, run.runbook, verdict), telling.message(run, verdict, None, [trouble])
    for way in (ports.notifier.publish, ports.notifier.page):
        said = tried(partial(way, head, body))
        if not said.done:
            logger.error("nobody could be told of a stop", cause=said.why)
    output = RunOutput(
        outcome=verdict.outcome,
        incident_id=run.incident_id,
        summary=f"{verdict.summary}; {trouble}",
        actions=tuple(acts[: ending.MOST_ACTIONS]),
        actions_total=len(acts),
        not_proven=verdict.not_proven,
        report_url=None,
    )
    return Response(escalated=True, cause=f"{trouble}\n{body}"[:4000], output=output)
