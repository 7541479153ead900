"""What the proof of a stop is made of: the table read by segments at once, the service, and the frame of a look."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from typing import Final

from functions.contracts import Frozen
from functions.errors import RunbookError, Transient, Uncertain
from functions.facts import Result, ScalingFact, StrategyState
from functions.halting import MOST_NAMED, SEGMENTS, Counts, StopJob
from functions.ports import Ports
from functions.rules.stop_order import StopOrder
from functions.rules.stop_parts import STOP_TIME, Tasks, gone_since, judge_scaling, judge_service, tasks_of
from functions.rules.stop_proof import Frame, Verdict
from functions.settings import Meaning, Settings
from functions.stopping import said

SCAN_NEEDS: Final = ("clock.now", "trading_state.segment")
SERVICE_NEEDS: Final = ("scaling.describe", "service.describe")
# Of one page: what could not be read is read again at once, from where it was.
READS: Final = 3
# In a message a name of 255 characters and a reason are no line any more.
MOST_LINE: Final = 400


class Named(Frozen):
    """Strategies by name, the first few, and how many they are."""

    total: int = 0
    some: tuple[str, ...] = ()

    def plus(self, names: Sequence[str]) -> Named:
        """A name that stands there already is not named twice, and counted each time."""
        some = dict.fromkeys((*self.some, *map(line, names)))
        return Named(total=self.total + len(names), some=tuple(some)[:MOST_NAMED])


class Looked(Frozen):
    """One look at a stop. `passes` read the whole table; `clean`: in this one nobody traded whom it concerns.

    `counts` are of this look, `came_back` of all. `unread`: segments that were not read to their end. `desired` and
    `running` are the service's, None where nobody knows or where it was not asked. `seen_at`: when a task was seen
    the last time, `gone_at`: when the last one had ended. `beats` stands for everybody's last heartbeat (None: not
    all was read); it has been the same in `quiet` looks before this one, the first of which had read everything by
    `quiet_since`. `recorded`: whoever carries the halt's mark has its record of before. `trouble`:
    sentences.
    """

    again: bool
    looks_left: int
    passes: int
    clean: bool
    at: datetime
    latched: bool
    halt_id: str | None
    counts: Counts
    came_back: Named
    unread: tuple[str, ...]
    desired: int | None
    running: int | None
    seen_at: datetime | None = None
    gone_at: datetime | None
    beats: str | None = None
    quiet: int = 0
    quiet_since: datetime | None = None
    recorded: bool = False
    trouble: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ServiceSeen:
    """`tasks` None: ECS did not tell (`why`), and `hopeless` where it would not tell the next time either."""

    tasks: Tasks | None
    why: str = ""
    hopeless: bool = False

    def verdict(self, now: datetime, since: datetime, settings: Settings) -> Verdict:
        if self.tasks is None:
            return Verdict(Result.UNKNOWN, f"the service could not be read: {self.why}")
        return judge_service(self.tasks, now=now, since=since, stop_time=settings.span(STOP_TIME))


def scan(ports: Ports, page: Callable[[int, Sequence[StrategyState]], None], *, until: datetime) -> tuple[str, ...]:
    """Every segment of the trading state, SEGMENTS at once; `page` is called from their threads with the segment's
    number. Which segments were not read to their end, and why, a sentence each."""

    def read(number: int) -> str | None:
        key, left = None, READS
        while True:
            try:
                states, key = ports.trading_state.segment(number, SEGMENTS, key)
            except RunbookError as error:
                left -= 1
                if left == 0 or not isinstance(error, Transient | Uncertain):
                    return f"segment {number} of the trading state was not read to its end: {said(error)}"
                continue
            page(number, states)
            if key is None:
                return None
            if ports.clock.now() >= until:
                return f"segment {number} of the trading state was not read to its end in time"

    with ThreadPoolExecutor(SEGMENTS) as pool:
        return tuple(why for why in pool.map(read, range(SEGMENTS)) if why)


def see_service(ports: Ports) -> ServiceSeen:
    try:
        return ServiceSeen(tasks_of(ports.service.describe()))
    except RunbookError as error:
        return ServiceSeen(None, said(error), hopeless=not isinstance(error, Transient | Uncertain))


def see_scaling(ports: Ports) -> tuple[ScalingFact | None, Verdict]:
    try:
        scaling = ports.scaling.describe()
    except RunbookError as error:
        return None, Verdict(Result.UNKNOWN, f"its auto-scaling could not be read: {said(error)}")
    return scaling, judge_scaling(scaling)


def frame_of(
    job: StopJob,
    order: StopOrder,
    settings: Settings,
    now: datetime,
    tasks: Tasks | None,
    look: Looked | None,
    *,
    after: int = 0,
) -> Frame:
    """`look`: the one before; `after`: 1 where this is a look itself, which counts as quiet unless it hears
    somebody."""
    slack = settings.span(settings.limits.stop_look_every)
    seen_at, kept = (look.seen_at, look.gone_at) if look else (None, None)
    limits, meaning = settings.limits, settings.platform.status_meaning
    return Frame(
        now=now,
        since=job.started_at,
        mark=job.mark,
        everything=order.everything,
        trading=settings.trading_statuses,
        manages=frozenset(status for status, means in meaning.items() if means is Meaning.MANAGES_EXITS),
        known=settings.known_statuses,
        stale_after=timedelta(seconds=limits.heartbeat_stale_after),
        # As long as a strategy that trades may take for its next beat.
        settles=settings.span(limits.heartbeat_look_every * limits.heartbeat_looks),
        slack=slack,
        running=tasks.running if tasks else None,
        gone_at=gone_since(tasks, seen_at=seen_at, kept=kept, now=now, slack=slack),
        quiet_since=look.quiet_since if look and look.quiet + after >= quiet_looks(settings) else None,
        dry_run=order.dry_run,
    )


def quiet_looks(settings: Settings) -> int:
    """How many looks after a first one last as long as a bot has to be silent: each waits for `stop_look_every`."""
    limits = settings.limits
    return ceil(limits.heartbeat_look_every * limits.heartbeat_looks / limits.stop_look_every)


def line(text: str) -> str:
    """One line that a message can carry."""
    flat = " ".join(text.split())
    if len(flat) <= MOST_LINE:
        return flat
    short = flat[: MOST_LINE - 1]
    return f"{short.rpartition(' ')[0] or short}…"
