"""Scales the service to 0 and suspends its auto-scaling, after it wrote down what stood there before."""

from __future__ import annotations

from functions import stopping
from functions.contracts import Frozen
from functions.facts import Result, ScalingFact, ServiceFact, ServiceRecord
from functions.halting import Part, StopJob
from functions.ports import Ports
from functions.runtime import task
from functions.settings import Settings
from functions.stopping import Tried, tried

ACT = True
REPEATABLE = True
TIMEOUT_SECONDS = 75
MEMORY_MB = 256
NAME = "service"


class Request(Frozen):
    job: StopJob


class Response(Part):
    pass


@task(
    Request,
    needs=(
        "halts.record_service",
        "scaling.describe",
        "scaling.suspend",
        "service.describe",
        "service.scale",
        *stopping.NOTE_NEEDS,
    ),
)
def handler(request: Request, ports: Ports, settings: Settings) -> Response:
    job, order = request.job, stopping.order_of(request.job)
    if not order.everything:
        return _part(Result.DONE, "left as it is: a part of its strategies was to be stopped")
    # Once each (their clients try three times): what was before must not hold up the stop.
    service, scaling = tried(ports.service.describe, tries=1), tried(ports.scaling.describe, tries=1)
    before = _before(service, scaling)
    if order.dry_run:
        return _part(
            Result.NOT_DONE, f"{stopping.DRY_RUN}; would be scaled to 0, auto-scaling suspended ({before})"
        )
    troubles = _recorded(ports, job, service, scaling)
    scaled = tried(lambda: ports.service.scale(0))
    # Where nobody knows whether it scales itself, it is suspended; where it surely does not, there is nothing to.
    scales = scaling.value is not None or not scaling.done
    suspended = tried(ports.scaling.suspend) if scales else Tried(None, Result.DONE)
    if not scaled.done:
        troubles.append(f"scaling to 0: {scaled.result}, {scaled.why}")
    if not suspended.done:
        troubles.append(f"suspending auto-scaling: {suspended.result}, {suspended.why}")
    result = stopping.worst([scaled.result, suspended.result])
    told = "scaled to 0" + (", auto-scaling suspended" if scales else ", it does not scale itself")
    why = told if result is Result.DONE else "; ".join(troubles)
    part = _part(result, f"{why} (before: {before})", *troubles)
    stopping.noted(ports, job, part, settings.platform.service)
    return part


def _recorded(
    ports: Ports, job: StopJob, service: Tried[ServiceFact], scaling: Tried[ScalingFact | None]
) -> list[str]:
    """Why what was before is not on record; the service is stopped all the same."""
    if service.value is None:
        return [f"what ran before is not known: {service.why}"]
    record = ServiceRecord(
        desired=service.value.desired,
        scaling=scaling.value,
        recorded_at=ports.clock.now(),
        scaling_unread=None if scaling.done else scaling.why,
    )
    # Once: an earlier stop of the same halt wrote what stood before it, and that one stays.
    written = tried(lambda: ports.halts.record_service(job.mark, record), tries=1)
    return [] if written.done else [f"what stood before is in no record: {written.why}"]


def _before(service: Tried[ServiceFact], scaling: Tried[ScalingFact | None]) -> str:
    desired = f"desired {service.value.desired}, running {service.value.running}" if service.value else service.why
    if not scaling.done:
        return f"{desired}; auto-scaling: {scaling.why}"
    of = scaling.value
    return f"{desired}; auto-scaling {f'from {of.minimum} to {of.maximum}' if of else 'none'}"


def _part(result: Result, why: str, *items: str) -> Response:
    return Response(name=NAME, result=result, why=why, items=stopping.named(items))
