"""Ends a batch: stops those again that do not beat, by themselves, and says what it came to.

They carry the mark of their halt again, so that the next resume brings them back. A stop done twice is a stop.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from functions import acts, batch_looks, returning
from functions.errors import Transient
from functions.facts import Evidence, Result
from functions.ports import Ports, Stop, Stopped
from functions.resuming import GUARD, MOST_NAMED, BatchEnd, BatchJob, Beats
from functions.rules.proposals import names
from functions.rules.resume_scope import One
from functions.settings import Settings

NEEDS: Final = (*acts.NEEDS, *returning.NEEDS, *returning.STOPPED_NEEDS, "trading_state.stop_many")
WORKS: Final = timedelta(seconds=30)


def end(
    job: BatchJob, beats: Beats, ports: Ports, settings: Settings, *, changed_before: int, whys: Sequence[str]
) -> BatchEnd:
    """`changed_before`: so many stood elsewhere before it began; `whys`: what went wrong on the way."""
    batch, managing = job.batch, job.managing
    stopped = returning.meanwhile(ports.guards.kill_switch(), job.order, job.scope, managing=managing)
    look = batch_looks.look_of(ports, settings, job.order, job.scope, batch, beats, managing)
    failed = 0 if managing else look.failed(changed_before)
    listed = () if managing else look.names(changed_before)
    if look.missing and not managing and stopped is None:
        _stop(job, look.missing, ports)
    at, where = ports.clock.now(), f"batch {batch.number}"
    seen = [Evidence("failed to come back", where, names(listed, 10), at)] if listed else []
    seen += [Evidence("trouble", where, why, at) for why in whys]
    told = f"{len(look.well)} of {batch.size} beat, {failed} failed, {beats.silent} without a signal seen"
    ports.incidents.note(job.run.incident_id, [Evidence("batch", where, told, at), *seen])
    return BatchEnd(
        number=batch.number,
        tried=batch.size,
        well=len(look.well),
        failed=failed,
        failed_names=listed[:MOST_NAMED],
        silent=beats.silent,
        silent_names=beats.silent_names,
        unknown=len(look.missing) if managing else 0,
        signals_unread=beats.signals_unread,
        stopped=stopped or beats.stopped,
    )


def _stop(job: BatchJob, missing: Sequence[One], ports: Ports) -> None:
    number = job.batch.number
    ids = [one.strategy_id for one in missing]
    act = acts.Act(f"stop-failed/{number}", "stop what failed to come back", f"batch {number}: {names(ids)}"[:250])

    def do() -> str:
        answers = _stop_all(missing, ports)
        left = sorted(one.strategy_id for one in answers if one.result is not Result.DONE)
        if left:
            raise Transient(f"not stopped again: {names(left)}")
        return f"{len(answers)} stopped again"

    acts.perform(ports, job.run, GUARD, act, do=do, seen=lambda _: None)


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
