"""Looks at everything that was to stop, and stops again whatever trades; as long as that is not proven."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final

from functions import proving_stop, stop_pages, stop_records, stopping
from functions.contracts import Frozen
from functions.errors import RunbookError
from functions.facts import Evidence, Result
from functions.halting import MOST_NAMED, SEGMENTS, Counts, StopJob
from functions.ports import Ports
from functions.proving_stop import Looked, Named, ServiceSeen
from functions.rules.stop_order import StopOrder
from functions.runtime import logger, task
from functions.settings import Settings
from functions.stop_pages import Stopper
from functions.stop_passes import Pass
from functions.stopping import tried

ACT = True
REPEATABLE = True
TIMEOUT_SECONDS = 60
MEMORY_MB = 1024

# How many times the table is read whole, at least: what comes back comes back late.
LEAST_PASSES: Final = 3
WORKS: Final = timedelta(seconds=35)
# Later than this in a look, records are left to the next one.
IN_TIME: Final = timedelta(seconds=20)


class Request(Frozen):
    job: StopJob
    did: list[Any] | None = None
    look: Looked | None
    looks_left: int


class Response(Looked):
    pass


@task(
    Request,
    needs=(
        *proving_stop.SCAN_NEEDS,
        *proving_stop.SERVICE_NEEDS,
        *stop_pages.NEEDS,
        *stop_records.NEEDS,
        *stopping.ENGAGE_NEEDS,
        *stopping.NOTE_NEEDS,
        "scaling.suspend",
        "service.scale",
    ),
)
def handler(request: Request, ports: Ports, settings: Settings) -> Response:
    job, order = request.job, stopping.order_of(request.job)
    now, before, trouble = ports.clock.now(), request.look, list[str]()
    latched, halt_id = _latch(request, ports, order, trouble)
    service = _service(ports, order, trouble) if order.everything else ServiceSeen(None)
    tasks = service.tasks
    frame = proving_stop.frame_of(job, order, settings, now, tasks, before, after=1)
    seen = Pass(frame, order)
    stoppers = [Stopper(ports, settings, job, order, now + WORKS) for _ in range(SEGMENTS)]
    unread = proving_stop.scan(ports, lambda n, states: seen.page(stoppers[n], states), until=now + WORKS)
    passes = (before.passes if before else 0) + (0 if unread else 1)
    clean = not unread and not seen.traded
    left = request.looks_left - 1
    beats = None if unread else seen.beats()
    still = before is not None and beats is not None and beats == before.beats
    quiet = before.quiet + 1 if before and still else 0
    silent = seen.waiting == 0 or quiet >= proving_stop.quiet_looks(settings)
    proven = passes >= LEAST_PASSES and clean and _settled(order, service, seen.waiting, silent)
    trouble += seen.trouble
    recorded = _records(ports, job, order, before, seen, now, trouble)
    response = Response(
        again=left > 0 and not proven and not order.dry_run,
        looks_left=left,
        passes=passes,
        clean=clean,
        at=now,
        latched=latched,
        halt_id=halt_id,
        counts=Counts(seen=sum(seen.counts.values()), **{r.value: n for r, n in seen.counts.items()}),
        came_back=(before.came_back if before else Named()).plus(sorted(seen.stopped)),
        unread=tuple(map(proving_stop.line, unread)),
        desired=tasks.desired if tasks else None,
        running=tasks.running if tasks else None,
        seen_at=now if tasks and tasks.running else before.seen_at if before else None,
        gone_at=frame.gone_at,
        beats=beats,
        quiet=quiet,
        quiet_since=before.quiet_since if before and still else ports.clock.now(),
        recorded=recorded and not unread and not seen.traded,
        trouble=tuple(map(proving_stop.line, trouble))[:MOST_NAMED],
    )
    if seen.traded or not response.again:
        _note(ports, job, response, settings)
    return response


def _latch(request: Request, ports: Ports, order: StopOrder, trouble: list[str]) -> tuple[bool, str | None]:
    """Whether the kill switch was ever written; where it was not, it is tried once more."""
    job, before = request.job, request.look
    if order.dry_run:
        return False, None
    if job.latched or (before and before.latched):
        return True, job.halt_id or (before.halt_id if before else None)
    switch = tried(lambda: stopping.engage(ports, job, order), tries=1)
    if switch.value is None:
        trouble.append(f"not latched: {switch.why}")
        return False, None
    return True, switch.value.halt_id


def _service(ports: Ports, order: StopOrder, trouble: list[str]) -> ServiceSeen:
    """Scales it down and suspends its scaling again, where that does not stand any more."""
    service = proving_stop.see_service(ports)
    if service.tasks is None:
        trouble.append(f"the service could not be read: {service.why}")
    elif service.tasks.desired > 0 and not order.dry_run:
        scaled = tried(lambda: ports.service.scale(0))
        trouble += [] if scaled.done else [f"scaling to 0: {scaled.result}, {scaled.why}"]
    scaling, verdict = proving_stop.see_scaling(ports)
    if scaling is not None and not scaling.suspended and not order.dry_run:
        suspended = tried(ports.scaling.suspend)
        trouble += [] if suspended.done else [f"suspending auto-scaling: {suspended.result}, {suspended.why}"]
    elif verdict.result is Result.UNKNOWN:
        trouble.append(verdict.why)
    return service


def _settled(order: StopOrder, service: ServiceSeen, waiting: int, silent: bool) -> bool:
    """Nothing is left that time alone would prove. `silent`: whoever can be proven silent is."""
    if not order.everything or (service.tasks is None and service.hopeless):
        return waiting == 0
    return service.tasks is not None and service.tasks.desired == 0 and service.tasks.running == 0 and silent


def _records(
    ports: Ports,
    job: StopJob,
    order: StopOrder,
    before: Looked | None,
    seen: Pass,
    now: datetime,
    trouble: list[str],
) -> bool:
    """Whether all that stand stopped have their record; it is looked up once, and again after trouble."""
    if order.dry_run or (before and before.recorded):
        return True
    if ports.clock.now() >= now + IN_TIME:
        return False
    why = stop_records.fill(ports, job.mark, seen.marked, until=now + WORKS)
    trouble += [why] if why else []
    return why is None


def _note(ports: Ports, job: StopJob, look: Response, settings: Settings) -> None:
    counts, back = look.counts, look.came_back
    told = (
        f"pass {look.passes}: {counts.seen} strategies, {counts.done} proven stopped, "
        f"{counts.not_done} not stopped, {counts.unknown} unknown; desired {look.desired}, tasks {look.running}"
    )
    named = f"; stopped again so far: {back.total} ({', '.join(back.some[:5])})" if back.total else ""
    what = Evidence("look at the stop", settings.platform.trading_state_table, told + named, look.at)
    try:
        ports.incidents.note(job.incident_id, [what])
    except RunbookError as error:
        logger.warning("a look at a stop is not in the incident", cause=stopping.said(error))
