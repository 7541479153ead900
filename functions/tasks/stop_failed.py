"""Stops those of a batch again that do not beat, by themselves, and says what the batch came to.

They carry the mark of their halt again, so that the next resume brings them back. A stop done twice is a stop.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from functions import acts, batch_looks, returning
from functions.collecting import told as said
from functions.contracts import Frozen, Run
from functions.errors import Transient
from functions.facts import Evidence, Result
from functions.ports import Ports, Stop, Stopped
from functions.resuming import GUARD, MOST_NAMED, Batch, BatchEnd, Beats, ResumeOrder, Scope
from functions.rules.proposals import names
from functions.rules.resume_look import Look
from functions.rules.resume_scope import One
from functions.runtime import task
from functions.settings import Settings

ACT = True
TIMEOUT_SECONDS = 60
MEMORY_MB = 512
WORKS: Final = timedelta(seconds=30)


class Request(Frozen):
    """`changed_before` and `whys` as the batch was written; `error`: what a state between could not do."""

    run: Run
    order: ResumeOrder
    scope: Scope
    managing: bool
    batch: Batch
    beats: Beats
    changed_before: int
    whys: tuple[str, ...]
    error: dict[str, Any] | None


class Response(BatchEnd):
    pass


@task(
    Request,
    needs=(*acts.NEEDS, *returning.NEEDS, *returning.STOPPED_NEEDS, "trading_state.stop_many"),
)
def handler(request: Request, ports: Ports, settings: Settings) -> Response:
    run, batch, beats = request.run, request.batch, request.beats
    stopped = returning.meanwhile(
        ports.guards.kill_switch(), request.order, request.scope, managing=request.managing
    )
    look = _look(request, ports, settings)
    failed = 0 if request.managing else look.failed(request.changed_before)
    listed = () if request.managing else look.names(request.changed_before)
    if look.missing and not request.managing and stopped is None:
        _stop(request, look.missing, ports)
    whys = [*request.whys, *([said(request.error)] if request.error else [])]
    unsure = len(look.missing) if request.managing else 0
    seen = [
        *(
            [Evidence("failed to come back", f"batch {batch.number}", names(listed, 10), ports.clock.now())]
            if listed
            else []
        ),
        *(Evidence("trouble", f"batch {batch.number}", why, ports.clock.now()) for why in whys),
    ]
    told = f"{len(look.well)} of {batch.size} beat, {failed} failed, {beats.silent} without a signal seen"
    done = Evidence("batch", f"batch {batch.number}", told, ports.clock.now())
    ports.incidents.note(run.incident_id, [done, *seen])
    return Response(
        number=batch.number,
        tried=batch.size,
        well=len(look.well),
        failed=failed,
        failed_names=listed[:MOST_NAMED],
        silent=beats.silent,
        silent_names=beats.silent_names,
        unknown=unsure,
        signals_unread=beats.signals_unread,
        stopped=stopped or beats.stopped,
    )


def _look(request: Request, ports: Ports, settings: Settings) -> Look:
    return batch_looks.look_of(
        ports, settings, request.order, request.scope, request.batch, request.beats, request.managing
    )


def _stop(request: Request, missing: Sequence[One], ports: Ports) -> None:
    number = request.batch.number
    ids = [one.strategy_id for one in missing]
    act = acts.Act(f"stop-failed/{number}", "stop what failed to come back", f"batch {number}: {names(ids)}"[:250])

    def do() -> str:
        answers = _stop_all(missing, ports)
        left = sorted(one.strategy_id for one in answers if one.result is not Result.DONE)
        if left:
            raise Transient(f"not stopped again: {names(left)}")
        return f"{len(answers)} stopped again"

    acts.perform(ports, request.run, GUARD, act, do=do, seen=lambda _: None)


def _stop_all(missing: Sequence[One], ports: Ports) -> list[Stopped]:
    """By the mark of the halt that stopped each before."""
    by_mark: defaultdict[str, list[Stop]] = defaultdict(list)
    for one in missing:
        if one.state is not None and one.marks:
            by_mark[one.marks[0]].append(Stop(one.strategy_id, one.state.status))
    until: datetime = ports.clock.now() + WORKS
    return [
        answer
        for mark, stops in sorted(by_mark.items())
        for answer in ports.trading_state.stop_many(stops, stopped_by=mark, until=until)
    ]
