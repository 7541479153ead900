"""Judges the last batch and says who comes back next: one first, then in batches.

Too many failures, or an exchange that does not answer, halt everything again; a stop meanwhile ends it.
"""

from __future__ import annotations

from functions import resume_facts, returning
from functions.contracts import Frozen, Run
from functions.facts import Reading
from functions.ports import Ports
from functions.resuming import MOST_NAMED, Batch, BatchEnd, ResumeOrder, Scope
from functions.rules.resume_batches import next_stretch, size_of, why_halt
from functions.rules.resume_scope import comes_back
from functions.runtime import task
from functions.settings import Settings

ACT = False
TIMEOUT_SECONDS = 60
MEMORY_MB = 512
IN_NETWORK = True


class Request(Frozen):
    """`batch` is the one before, `last` what it came to; both null before the first."""

    run: Run
    order: ResumeOrder
    scope: Scope
    managing: bool
    batch: Batch | None
    last: BatchEnd | None


class Response(Batch):
    pass


@task(
    Request,
    needs=(
        *returning.NEEDS,
        *returning.STOPPED_NEEDS,
        "probes.look",
        "strategy_config.venues",
    ),
)
def handler(request: Request, ports: Ports, settings: Settings) -> Response:
    so_far = _so_far(request, settings)
    switch = ports.guards.kill_switch()
    stopped = returning.meanwhile(switch, request.order, request.scope, managing=request.managing)
    stopped = stopped or (request.last.stopped if request.last else None)
    if stopped is not None:
        return _ended(so_far, "stopped", stopped)
    if request.last is not None and not request.managing:
        why = why_halt(
            request.last.number,
            request.last.tried,
            request.last.failed,
            percent=settings.limits.resume_failed_most,
        )
        if why is not None:
            return _ended(so_far, "halt", why)
    ones = returning.sight(ports, settings, request.order, request.scope)
    waiting = [one.strategy_id for one in ones if comes_back(one, managing=request.managing)]
    limits, number = settings.limits, so_far.number + 1
    size = size_of(number, request.scope.total, least=limits.resume_batch_least, most=limits.resume_batches_most)
    stretch = next_stretch(waiting, so_far.through, size)
    if stretch is None:
        return _ended(so_far, "over", "nobody is left")
    if so_far.looks_left <= 0:
        return _ended(so_far, "over", "no batch is left: start this again for the others")
    if not request.managing and (down := _down(ports, settings, waiting)):
        return _ended(so_far, "halt", down)
    chosen = {
        "verdict": "batch",
        "again": True,
        "looks_left": so_far.looks_left - 1,
        "number": number,
        "after": stretch.after,
        "through": stretch.through,
        "size": stretch.size,
        "why": f"batch {number}: {stretch.size} of {len(waiting)} that are left",
    }
    return Response.model_validate({**so_far.model_dump(), **chosen})


def _down(ports: Ports, settings: Settings, waiting: list[str]) -> str | None:
    probes = resume_facts.venues_of(ports, settings, waiting)
    down = [
        f"{venue} does not answer: {probe.detail}"
        for venue, probe in probes.items()
        if probe is not None and probe.reading is Reading.FAILED
    ]
    return "; ".join(down) or None


def _so_far(request: Request, settings: Settings) -> Batch:
    """The batch before, with what it came to added up."""
    before, last = request.batch, request.last
    if before is None:
        most = settings.limits.resume_batches_most
        return Batch(
            verdict="batch", again=True, looks_left=most + 1, number=0, after="", through="", size=0, why=""
        )
    if last is None:
        return before
    return before.model_copy(
        update={
            "silent": before.silent + last.silent,
            "silent_names": (*before.silent_names, *last.silent_names)[:MOST_NAMED],
            "failed": before.failed + last.failed,
            "failed_names": (*before.failed_names, *last.failed_names)[:MOST_NAMED],
            "signals_unread": before.signals_unread or last.signals_unread,
        }
    )


def _ended(so_far: Batch, verdict: str, why: str) -> Response:
    return Response.model_validate({**so_far.model_dump(), "verdict": verdict, "again": False, "why": why})
