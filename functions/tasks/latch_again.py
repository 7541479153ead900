"""Engages the kill switch once more, beside everything else, and opens the incident where that is still to do."""

from __future__ import annotations

from functions import stopping
from functions.contracts import Frozen
from functions.errors import Refused, RunbookError, Transient
from functions.facts import Result
from functions.halting import Part, StopJob
from functions.ports import Ports
from functions.rules.kill_switch import told
from functions.runtime import task
from functions.settings import Settings

ACT = True
REPEATABLE = True
TIMEOUT_SECONDS = 25
MEMORY_MB = 256
NAME = "kill switch"
WHERE = "guards table, kill-switch"


class Request(Frozen):
    job: StopJob


class Response(Part):
    pass


@task(Request, needs=(*stopping.LATCH_NEEDS, *stopping.NOTE_NEEDS))
def handler(request: Request, ports: Ports, settings: Settings) -> Response:
    job, order = request.job, stopping.order_of(request.job)
    if order.dry_run:
        stopping.open_incident(ports, job, order)
        return Response(name=NAME, result=Result.NOT_DONE, why=stopping.DRY_RUN)
    try:
        switch = stopping.engage(ports, job, order)
    except Refused as error:
        part = Response(name=NAME, result=Result.NOT_DONE, why=stopping.said(error))
    except RunbookError as error:
        stopping.open_incident(ports, job, order)
        # An engagement that may have been written may be written again: the machine tries once more.
        raise Transient(f"the kill switch is not surely engaged: {stopping.said(error)}") from error
    else:
        mark, halt = job.mark, switch.halt_id or job.mark
        odd = (f"what this run stopped is marked {mark}; the kill switch's own mark is {halt}",)
        part = Response(name=NAME, result=Result.DONE, why=told(switch), items=odd if mark != halt else ())
    # After the latch, and noted only where it stands: a table that hangs would take the time twice.
    if stopping.open_incident(ports, job, order):
        stopping.noted(ports, job, part, WHERE)
    return part
