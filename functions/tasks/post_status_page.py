"""Tells the outside on the status page, where the settings name one."""

from __future__ import annotations

from typing import Final

from functions import stopping
from functions.contracts import Frozen
from functions.errors import Refused, RunbookError, Transient
from functions.facts import Result
from functions.halting import Part, StopJob
from functions.ports import Ports
from functions.runtime import task
from functions.settings import Settings

# Not repeatable: what may be posted already would stand there twice.
ACT = True
TIMEOUT_SECONDS = 15
MEMORY_MB = 256
NAME = "status page"
TITLE: Final = "Trading is stopped"
BODY: Final = "Automated trading has been stopped. We are looking into it and will tell here when it goes on."


class Request(Frozen):
    job: StopJob


class Response(Part):
    pass


@task(Request, needs=("status_page.post", *stopping.NOTE_NEEDS))
def handler(request: Request, ports: Ports, settings: Settings) -> Response:
    job, order = request.job, stopping.order_of(request.job)
    page = settings.emergency_stop.status_page
    if page is None:
        return _part(Result.DONE, "not configured")
    if not order.everything:
        return _part(Result.DONE, "not told: a part of the strategies was to be stopped, which is no outage")
    if order.dry_run:
        return _part(Result.NOT_DONE, f"{stopping.DRY_RUN}; would be told at {page.url}")
    try:
        page_incident = ports.status_page.post(name=TITLE, body=BODY)
    except Transient:
        raise
    except Refused as error:
        part = _part(Result.NOT_DONE, stopping.said(error))
    except RunbookError as error:
        part = _part(Result.UNKNOWN, stopping.said(error))
    else:
        part = _part(Result.DONE, f"incident {page_incident} at {page.url}")
        stopping.noted(ports, job, part, page.url, status_page_incident=page_incident)
        return part
    stopping.noted(ports, job, part, page.url)
    return part


def _part(result: Result, why: str) -> Response:
    return Response(name=NAME, result=result, why=why)
