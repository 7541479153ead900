"""What the tasks of an emergency stop share: the order read anew, a try that says what it came to, and the notes
that a run leaves even where it is stopped halfway."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass
from typing import Any, Final, Generic, TypeVar

from functions import opening
from functions.errors import Refused, RunbookError, Transient, Uncertain
from functions.facts import Evidence, KillSwitchFact, Result
from functions.halting import MOST_CHARACTERS, MOST_NAMED, Part, StopJob, run_of
from functions.ports import Engage, Ports
from functions.rules.stop_order import NotReadable, StopOrder, read
from functions.runtime import logger

ENGAGE_NEEDS: Final = ("clock.now", "halts.engage")
LATCH_NEEDS: Final = (*ENGAGE_NEEDS, "incidents.open")
NOTE_NEEDS: Final = ("clock.now", "incidents.note")
TRIES: Final = 3
# Seconds.
NOTED_WITHIN: Final = 5.0
DRY_RUN: Final = "dry run: nothing was changed"

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Tried(Generic[T]):
    """`value` where it was done; else what became of it, and why."""

    value: T | None
    result: Result
    why: str = ""

    @property
    def done(self) -> bool:
        return self.result is Result.DONE


def order_read(given: Any) -> StopOrder:
    """`Refused` for a `dry_run` that is no boolean, and for nothing else."""
    try:
        return read(given)
    except NotReadable as error:
        raise Refused(str(error)) from None


def order_of(job: StopJob) -> StopOrder:
    """The order of the run, as every task reads it for itself."""
    return order_read(job.order)


def tried(act: Callable[[], T], *, tries: int = TRIES) -> Tried[T]:
    """Does what may be done twice until it is done. It never raises a word: `not_done` where surely nothing
    happened, `unknown` where one try may have done it."""
    perhaps, why = False, ""
    for _ in range(tries):
        try:
            return Tried(act(), Result.DONE)
        except RunbookError as error:
            why = said(error)
            perhaps = perhaps or not isinstance(error, Transient | Refused)
            if not isinstance(error, Transient | Uncertain):
                break
    return Tried(None, Result.UNKNOWN if perhaps else Result.NOT_DONE, why)


def said(error: RunbookError) -> str:
    return f"{type(error).__name__}: {error}"[:300]


def worst(results: Sequence[Result]) -> Result:
    """The worst item decides; what is surely not done is worse than what nobody knows."""
    for one in (Result.NOT_DONE, Result.UNKNOWN):
        if one in results:
            return one
    return Result.DONE


def engage(ports: Ports, job: StopJob, order: StopOrder) -> KillSwitchFact:
    """Writes the kill switch. Raises what the port raises, and `Transient` where it does not stand engaged."""
    stop = Engage(
        incident_id=job.incident_id,
        execution_arn=job.execution_arn,
        reason=order.reason,
        engaged_by=order.requested_by,
        at=ports.clock.now(),
        strategy_ids=order.strategy_ids,
    )
    switch = ports.halts.engage(stop)
    if not switch.engaged:
        raise Transient("the kill switch was written and does not stand engaged")
    return switch


def open_incident(ports: Ports, job: StopJob, order: StopOrder, *, at_once: bool = False) -> bool:
    """Writes the incident where it does not stand yet; whether it stands. Trouble with it is no reason to stop
    less."""
    run = run_of(job, dry_run=order.dry_run, requested_by=order.requested_by)
    try:
        opening.write(ports, run, comment=order.comment, at_once=at_once)
    except RunbookError as error:
        logger.warning("the incident of a stop is not written", cause=said(error))
        return False
    return True


def noted(ports: Ports, job: StopJob, part: Part, where: str, **fields: Any) -> Part:
    """The part, with a line of it in the incident: a run that is stopped halfway has told so far. An incidents'
    table that hangs is waited for no longer than NOTED_WITHIN."""
    line = Evidence(part.name, where, f"{part.result}: {part.why}", ports.clock.now())
    came = within(
        NOTED_WITHIN, [lambda: tried(lambda: ports.incidents.note(job.incident_id, [line], **fields), tries=1)]
    )
    if not came[0].done:
        logger.warning("a part of a stop is not in the incident", part=part.name, cause=came[0].why)
    return part


def within(seconds: float, ways: Sequence[Callable[[], Tried[T]]]) -> list[Tried[T]]:
    """What each came to, all begun at once; whoever has not answered in time may have done it."""
    pool = ThreadPoolExecutor(len(ways))
    begun = [pool.submit(way) for way in ways]
    wait(begun, timeout=seconds)
    pool.shutdown(wait=False, cancel_futures=True)
    late: Tried[T] = Tried(None, Result.UNKNOWN, f"no answer within {seconds:.0f} s")
    return [one.result() if one.done() else late for one in begun]


def named(sentences: Sequence[str]) -> tuple[str, ...]:
    """At most MOST_NAMED of MOST_CHARACTERS each; the last one says how many more there are."""
    cut = [one if len(one) <= MOST_CHARACTERS else f"{one[: MOST_CHARACTERS - 3]}..." for one in sentences]
    if len(cut) <= MOST_NAMED:
        return tuple(cut)
    return (*cut[: MOST_NAMED - 1], f"and {len(cut) - MOST_NAMED + 1} more")


def whom(order: StopOrder) -> str:
    """Whom the stop concerns, in a clause."""
    if order.strategy_ids is None:
        return "every strategy and the service"
    ids = ", ".join(order.strategy_ids[:5])
    more = len(order.strategy_ids) - 5
    return f"{len(order.strategy_ids)} by name: {ids}{f' and {more} more' if more > 0 else ''}"
