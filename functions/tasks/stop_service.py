"""Scales the service to 0 and suspends its auto-scaling, after it wrote down what stood there before."""

from __future__ import annotations

from concurrent.futures import Executor, ThreadPoolExecutor
from typing import Final

from functions import service_before, stopping
from functions.contracts import Frozen
from functions.facts import Result
from functions.halting import Part, StopJob
from functions.ports import Ports
from functions.runtime import task
from functions.service_before import Before
from functions.settings import Settings
from functions.stopping import Tried, tried

ACT = True
REPEATABLE = True
TIMEOUT_SECONDS = 75
# Its share of a processor goes with it, and the first calls of a fresh function are made against the clock.
MEMORY_MB = 1024
NAME = "service"
# The looks at what was before, its record, and the suspension.
AT_ONCE: Final = 5


class Request(Frozen):
    job: StopJob


class Response(Part):
    pass


@task(Request, needs=("scaling.suspend", "service.scale", *service_before.NEEDS, *stopping.NOTE_NEEDS))
def handler(request: Request, ports: Ports, settings: Settings) -> Response:
    job, order = request.job, stopping.order_of(request.job)
    if not order.everything:
        return _part(Result.DONE, "left as it is: a part of its strategies was to be stopped")
    pool = ThreadPoolExecutor(AT_ONCE)
    try:
        before = Before(pool, ports, job.mark)
        if order.dry_run:
            would = "would be scaled to 0, auto-scaling suspended"
            return _part(Result.NOT_DONE, f"{stopping.DRY_RUN}; {would} ({before})")
        before.write()
        part = _stopped(pool, ports, before).model_copy(update={"before": str(before), "at": ports.clock.now()})
    finally:
        # Who still waits for an answer holds up nobody.
        pool.shutdown(wait=False, cancel_futures=True)
    stopping.noted(ports, job, part, settings.platform.service)
    return part


def _stopped(pool: Executor, ports: Ports, before: Before) -> Response:
    # Where nobody knows whether it scales itself, it is suspended; where it surely does not, there is nothing to.
    scales = before.scaling.value is not None or not before.scaling.done
    # Its client tries three times; so does the loop around the other, whose client tries once.
    suspending = pool.submit(tried, ports.scaling.suspend, tries=1) if scales else None
    scaled = tried(lambda: ports.service.scale(0))
    suspended = suspending.result() if suspending else Tried(None, Result.DONE)
    troubles = before.troubles()
    if not scaled.done:
        troubles.append(f"scaling to 0: {scaled.result}, {scaled.why}")
    if not suspended.done:
        troubles.append(f"suspending auto-scaling: {suspended.result}, {suspended.why}")
    result = stopping.worst([scaled.result, suspended.result])
    told = "scaled to 0" + (", auto-scaling suspended" if scales else ", it does not scale itself")
    why = told if result is Result.DONE else "; ".join(troubles)
    return _part(result, f"{why} (before: {before})", *troubles)


def _part(result: Result, why: str, *items: str) -> Response:
    return Response(name=NAME, result=result, why=why, items=stopping.named(items))
