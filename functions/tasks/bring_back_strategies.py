"""Brings one batch back: each strategy by one transaction that the kill switch must let pass.

They come to warmup first (or to managing their exits). What is refused, or has no time left, stays stopped.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Final

from functions import acts, returning
from functions.contracts import Frozen, Run
from functions.errors import RunbookError
from functions.facts import StoppedRecord
from functions.ports import Ports
from functions.resuming import GUARD, Batch, BatchJob, Beats, ResumeOrder, Scope
from functions.rules.proposals import names
from functions.rules.resume_scope import STOPPED, One, Stands, comes_back
from functions.runtime import task
from functions.settings import Settings

ACT = True
TIMEOUT_SECONDS = 60
MEMORY_MB = 512

WORKS: Final = timedelta(seconds=35)
AT_ONCE: Final = 8


class Request(Frozen):
    job: BatchJob


class Response(Frozen):
    """The job once more, for every state after this one. `brought`: so many stand as they were written now;
    `changed_before`: so many stood elsewhere before; `whys`: why some were not. `error`: what a later state could
    not do."""

    run: Run
    order: ResumeOrder
    scope: Scope
    managing: bool
    batch: Batch
    beats: Beats
    brought: int
    changed_before: int
    whys: tuple[str, ...]
    error: dict[str, str] | None = None


@task(
    Request,
    needs=(
        *acts.NEEDS,
        *returning.NEEDS,
        *returning.STOPPED_NEEDS,
        "halts.record",
        "trading_state.bring_back",
    ),
)
def handler(request: Request, ports: Ports, settings: Settings) -> Response:
    job, whys = request.job, list[str]()
    before = _ones(job, ports, settings)
    coming = [one for one in before if comes_back(one, managing=job.managing)]
    ids = [one.strategy_id for one in coming]
    act = acts.Act(
        f"bring-back/{job.batch.number}",
        "let strategies manage exits" if job.managing else "bring strategies back",
        f"batch {job.batch.number}: {names(ids)}"[:250],
        _before(coming),
    )

    def do() -> str:
        whys.extend(_bring(coming, job, ports, settings))
        return f"{_back(job, ports, settings, ids)} of {len(ids)} written"

    def seen(_: datetime) -> str | None:
        return None if coming else "all were written by an earlier try"

    stopped = _stopped(job, ports)
    if stopped is None and (coming or _begun(job, ports, act.act_id)):
        acts.perform(ports, job.run, GUARD, act, do=do, seen=seen)
        stopped = _stopped(job, ports)
    after = _ones(job, ports, settings)
    brought = job.batch.size - sum(comes_back(one, managing=job.managing) for one in after)
    looks = settings.limits.heartbeat_looks
    return Response(
        run=job.run,
        order=job.order,
        scope=job.scope,
        managing=job.managing,
        batch=job.batch,
        beats=Beats(
            since=ports.clock.now(),
            again=stopped is None and brought > 0,
            looks_left=looks,
            missing=brought,
            silent=0,
            silent_names=(),
            signals_unread=None,
            stopped=stopped,
        ),
        brought=max(0, brought),
        changed_before=sum(one.stands in (Stands.CHANGED, Stands.GONE) for one in before),
        whys=tuple(whys[:5]),
    )


def _ones(job: BatchJob, ports: Ports, settings: Settings) -> tuple[One, ...]:
    return returning.sight(ports, settings, job.order, job.scope, job.batch)


def _back(job: BatchJob, ports: Ports, settings: Settings, ids: Sequence[str]) -> int:
    left = {one.strategy_id for one in _ones(job, ports, settings) if comes_back(one, managing=job.managing)}
    return sum(strategy_id not in left for strategy_id in ids)


def _begun(job: BatchJob, ports: Ports, act_id: str) -> bool:
    """An earlier try wrote its intent, and perhaps everything, and was cut off before its result."""
    return act_id in (ports.incidents.get(job.run.incident_id) or {}).get("intents", {})


def _before(coming: Sequence[One]) -> str:
    managing = sum(one.stands is Stands.MANAGING for one in coming)
    told = ((len(coming) - managing, "stopped"), (managing, "paused, managing exits"))
    return " and ".join(f"{number} {what}" for number, what in told if number) or "nobody"


def _stopped(job: BatchJob, ports: Ports) -> str | None:
    return returning.meanwhile(ports.guards.kill_switch(), job.order, job.scope, managing=job.managing)


def _bring(coming: Sequence[One], job: BatchJob, ports: Ports, settings: Settings) -> list[str]:
    """Why some were not brought back; what stands afterwards is read anew."""
    until = ports.clock.now() + WORKS
    unrecorded = _record(coming, ports, until)

    def one_of(one: One) -> str | None:
        if (why := unrecorded.get(one.strategy_id)) is not None:
            return f"{one.strategy_id}: what it was cannot be recorded: {why}"
        if ports.clock.now() > until:
            return f"{one.strategy_id}: no time was left"
        status = returning.first_status(settings, one.before, managing=job.managing)
        expected = [STOPPED] if job.managing else [STOPPED, returning.managing_status(settings)]
        try:
            for mark in one.marks:
                if ports.trading_state.bring_back(
                    one.strategy_id, halt_id=mark, expected=expected, status=status, managing=job.managing
                ):
                    return None
        except RunbookError as error:
            return f"{one.strategy_id}: {type(error).__name__}: {error}"
        return f"{one.strategy_id}: the kill switch, or whoever changed it since, does not let it"

    with ThreadPoolExecutor(max_workers=AT_ONCE) as pool:
        return [why for why in pool.map(one_of, coming) if why is not None]


def _record(coming: Sequence[One], ports: Ports, until: datetime) -> dict[str, str]:
    """Who comes back loses what the stop left on it; where the halt has no record, that was all there is. Why it
    could not be recorded, by strategy."""
    missing: defaultdict[str, list[StoppedRecord]] = defaultdict(list)
    for one in coming:
        if not one.on_record and one.state is not None:
            at = one.state.stopped_at or ports.clock.now()
            missing[one.marks[0]].append(StoppedRecord(one.strategy_id, one.before, one.state.last_heartbeat, at))
    whys: dict[str, str] = {}
    for mark, records in missing.items():
        try:
            whys |= ports.halts.record(mark, records, until=until)
        except RunbookError as error:
            whys |= dict.fromkeys((record.strategy_id for record in records), str(error))
    return whys
