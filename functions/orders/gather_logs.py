"""The service's log as order-failures reads it: one bounded query a net, and each line that came back judged."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Final

from functions.errors import RunbookError
from functions.log_queries import LogAnswer, LogQuery
from functions.orders.gathering import ChildGatherJob, GatherJob, LogLook, StartedQuery
from functions.ports import Ports
from functions.rules.log_lines import Names, insights_regex
from functions.rules.orders.facts import OrderLogFact
from functions.rules.orders.log_evidence import Lines, Who, fact_of
from functions.rules.orders.nets import NETS, PLACED
from functions.settings import Settings

START_NEEDS: Final = ("clock.now", "log_queries.start")
FETCH_NEEDS: Final = ("log_queries.fetch", "strategy_config.venues", "trading_state.all")
MOST_TOLD: Final = 300


def start(ports: Ports, settings: Settings, job: ChildGatherJob) -> LogLook:
    """A log that cannot be asked is unknown, and stops nothing else."""
    orders, now = settings.orders, ports.clock.now()
    begins = min(job.since or now - timedelta(seconds=orders.log_window), now)
    asked = GatherJob(run=job.run, since=job.since, strategy_id=job.strategy_id)
    only = (insights_regex([job.strategy_id]),) if job.strategy_id else ()
    queries = [
        # What went well counts for this strategy alone; a failure that names nobody may be its own.
        LogQuery((*net.filters, *(only if net is PLACED else ())), begins, now, orders.rows_read)
        for net in NETS
    ]
    started: tuple[StartedQuery, ...] = ()
    why: str | None = None
    try:
        ids = ports.log_queries.start(queries)
        started = tuple(
            StartedQuery(net=net.name, query_id=query_id) for net, query_id in zip(NETS, ids, strict=True)
        )
    except RunbookError as error:
        why = f"{type(error).__name__}: {error}"[:MOST_TOLD]
    return LogLook(
        job=asked,
        start=begins,
        end=now,
        queries=started,
        looks_left=orders.query_looks,
        again=bool(started),
        fact=None,
        why=why,
    )


def fetch(ports: Ports, settings: Settings, look: LogLook) -> LogLook:
    """Everything that has ended is judged when nothing runs any more, or no look is left; what still runs then is
    named as not read."""
    answers = dict(
        zip(
            (one.net for one in look.queries),
            ports.log_queries.fetch([one.query_id for one in look.queries]),
            strict=True,
        )
    )
    left = look.looks_left - 1
    running = [name for name, answer in answers.items() if answer.state == "running"]
    if running and left > 0:
        return look.model_copy(update={"looks_left": left, "again": True})
    seen = settings.orders.query_looks - left
    fact = _judged(ports, settings, look, answers, seen * settings.orders.query_look_every)
    return look.model_copy(update={"looks_left": max(left, 0), "again": False, "fact": fact})


def _judged(
    ports: Ports, settings: Settings, look: LogLook, answers: Mapping[str, LogAnswer], waited: int
) -> OrderLogFact:
    lines = {name: Lines(answer.matched, answer.rows) for name, answer in answers.items() if answer.state == "done"}
    unread = [(name, _why(answer, waited)) for name, answer in answers.items() if answer.state != "done"]
    rows = [row.message for one in lines.values() for row in one.rows]
    who = _who(ports, settings, rows)
    return fact_of(lines, unread, look.start, look.end, who, only=look.job.strategy_id)


def _why(answer: LogAnswer, waited: int) -> str:
    return answer.why if answer.state == "failed" else f"its query still ran after {waited} s"


def _who(ports: Ports, settings: Settings, rows: Sequence[str]) -> Who:
    """Every strategy, or a line that names one would be laid at another's door; their venues for those named."""
    names = Names([state.strategy_id for state in ports.trading_state.all()])
    named = {row: tuple(sorted(names.within(row))) for row in dict.fromkeys(rows)}
    ids = sorted({one for found in named.values() for one in found})
    venues = ports.strategy_config.venues(ids) if ids else {}
    without = settings.connectivity.venue_without_config
    return Who(named, {one: venues.get(one) or without for one in ids})
