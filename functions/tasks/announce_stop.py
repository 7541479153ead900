"""Tells everybody at once that trading is being stopped: what is known now, before anything is proven."""

from __future__ import annotations

from typing import Final

from functions import stopping
from functions.contracts import Frozen
from functions.errors import Transient
from functions.halting import Part, StopJob
from functions.ports import Ports
from functions.rules.stop_order import StopOrder
from functions.runtime import task
from functions.settings import Settings
from functions.stopping import tried, whom

# A message that is sent twice does no harm, one that is lost does.
ACT = False
NOTIFIES = True
TIMEOUT_SECONDS = 15
MEMORY_MB = 256
NAME = "notice"
# Seconds; with the note after it, it ends within the function's own.
TOLD_WITHIN: Final = 9.0


class Request(Frozen):
    job: StopJob


class Response(Part):
    pass


@task(Request, needs=("notifier.page", "notifier.publish", *stopping.NOTE_NEEDS))
def handler(request: Request, ports: Ports, settings: Settings) -> Response:
    job, order = request.job, stopping.order_of(request.job)
    head, body = _subject(settings, order), _message(job, order)
    ways = {"published": lambda: tried(lambda: ports.notifier.publish(head, body), tries=2)}
    if not order.dry_run:
        ways["paged"] = lambda: tried(lambda: ports.notifier.page(head, body), tries=2)
    # Beside each other: a topic that hangs keeps nobody from being paged.
    came = dict(zip(ways, stopping.within(TOLD_WITHIN, list(ways.values())), strict=True))
    failed = [f"not {how}: {one.why}" for how, one in came.items() if not one.done]
    if len(failed) == len(ways):
        raise Transient(f"nobody could be told: {'; '.join(failed)}")
    result = stopping.worst([one.result for one in came.values()])
    done = " and ".join(how for how, one in came.items() if one.done)
    part = Response(name=NAME, result=result, why="; ".join([done, *failed]), items=tuple(failed))
    stopping.noted(ports, job, part, settings.platform.alerts_topic)
    return part


def _subject(settings: Settings, order: StopOrder) -> str:
    what = "EMERGENCY STOP" if order.everything else "EMERGENCY STOP of a part"
    return f"[tradai {settings.env}] {'DRY RUN of an ' if order.dry_run else ''}{what}: {order.reason}"


def _message(job: StopJob, order: StopOrder) -> str:
    would = "would be" if order.dry_run else "is"
    unread = [
        f"What the run was given could not all be read, so everything {would} stopped:",
        *(f"- {one}" for one in order.unread),
        "",
    ]
    cancelled = f"{'would be' if order.dry_run else 'are'} cancelled at the venues"
    orders = cancelled if order.cancel_entry_orders else "left, as told"
    lines = [
        "A rehearsal: nothing is changed." if order.dry_run else "Trading is being stopped now.",
        "",
        f"Reason: {order.reason}",
        f"Asked for by: {order.requested_by} (a claim)",
        f"Concerns: {whom(order)}",
        f"Kill switch: {_latch(job, order)}",
        f"Entry orders: {orders}",
        "Open positions are not closed by this; the message at its end lists them.",
        "",
        *(unread if order.unread else []),
        "Trading goes on." if order.dry_run else "Nothing restarts trading until a person starts resume-trading.",
        f"Incident: {job.incident_id}",
        f"Execution: {job.execution_arn}",
    ]
    return "\n".join(lines)


def _latch(job: StopJob, order: StopOrder) -> str:
    if order.dry_run:
        return "not touched"
    if job.latched:
        return "engaged"
    return f"NOT ENGAGED YET, it is tried again ({' '.join((job.latch_why or 'nobody knows why').split())[:300]})"
