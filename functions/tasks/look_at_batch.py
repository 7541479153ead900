"""Looks whether a batch beats since it was brought back, and whether its signals were seen."""

from __future__ import annotations

from functions import batch_looks, returning
from functions.contracts import Frozen, Run
from functions.ports import Ports
from functions.resuming import MOST_NAMED, Batch, Beats, ResumeOrder, Scope
from functions.runtime import task
from functions.settings import Settings

ACT = False
TIMEOUT_SECONDS = 60
MEMORY_MB = 512


class Request(Frozen):
    run: Run
    order: ResumeOrder
    scope: Scope
    managing: bool
    batch: Batch
    beats: Beats


class Response(Beats):
    pass


@task(Request, needs=(*returning.NEEDS, *returning.STOPPED_NEEDS, "clock.now", "logs.signals"))
def handler(request: Request, ports: Ports, settings: Settings) -> Response:
    """The log is asked once all beat, and in the last look: each question to it costs seconds."""
    order, scope, before = request.order, request.scope, request.beats
    left = before.looks_left - 1
    stopped = returning.meanwhile(ports.guards.kill_switch(), order, scope, managing=request.managing)
    look = batch_looks.look_of(ports, settings, order, scope, request.batch, before, request.managing)
    silent: tuple[str, ...] = ()
    unread: str | None = None
    if stopped is None and not request.managing and look.well and (left <= 0 or not look.missing):
        silent, unread = batch_looks.signals_of(ports, look, before)
    return Response(
        since=before.since,
        again=stopped is None and left > 0 and bool(look.missing or silent),
        looks_left=left,
        missing=len(look.missing),
        silent=len(silent),
        silent_names=silent[:MOST_NAMED],
        signals_unread=unread,
        stopped=stopped,
    )
