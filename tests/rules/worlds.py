"""Hypothesis strategies for whole situations: any combination of facts, unreadable ones included."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from functools import cache
from typing import Any

from hypothesis import strategies as st

from functions.facts import (
    AlarmFact,
    DeploymentFact,
    ExposureFact,
    KillSwitchFact,
    LogFact,
    OrderFact,
    PositionFact,
    ProbeFact,
    Reading,
    ServiceFact,
    StrategyState,
    TaskFact,
)
from functions.rules.log_patterns import PATTERNS
from functions.rules.situation import Situation
from tests.rules.facts import NOW

IDS = ["a", "b", "c", "d"]
VENUES = ["binanceusdm", "krakenfutures"]
STATUSES = ["running", "warmup", "paused", "stopped", "failed", "terminated", "odd"]

ids = st.sampled_from(IDS)
venues = st.sampled_from(VENUES)
maybe_text = st.sampled_from([None, "", "why", "OutOfMemoryError: Container killed due to memory usage"])


# Seconds before NOW: minutes to two hours ago, and a little ahead.
AGES = [-400, -1, 0, 1, 30, 61, 119, 121, 300, 899, 901, 3000, 7200]
MOMENTS = [NOW - timedelta(seconds=age) for age in AGES]


@cache
def times() -> st.SearchStrategy[datetime]:
    return st.sampled_from(MOMENTS)


@cache
def maybe_times() -> st.SearchStrategy[datetime | None]:
    return st.sampled_from([None, *MOMENTS])


@cache
def states(*statuses: str) -> st.SearchStrategy[StrategyState]:
    return st.builds(
        StrategyState,
        strategy_id=ids,
        status=st.sampled_from(list(statuses) or STATUSES),
        last_heartbeat=maybe_times(),
        venue=st.sampled_from([None, *VENUES]),
        stopped_by=st.sampled_from([None, None, "inc-1", "inc-2"]),
    )


@cache
def tasks() -> st.SearchStrategy[TaskFact]:
    names = st.sampled_from(["odd", *(f"arn:aws:ecs:r:0:task/c/{n}" for n in "123")])
    return st.builds(
        TaskFact,
        task_arn=names,
        last_status=st.sampled_from(["PENDING", "RUNNING", "DEPROVISIONING", "STOPPED"]),
        desired_status=st.sampled_from(["RUNNING", "STOPPED"]),
        started_at=maybe_times(),
        stopped_at=maybe_times(),
        stopped_reason=maybe_text,
        container_reason=maybe_text,
        exit_code=st.sampled_from([None, 0, 1, 137]),
        image_digest=st.sampled_from([None, "sha256:1", "sha256:2"]),
        task_definition=st.sampled_from([None, "arn:x/family:3"]),
        deployment_id=st.sampled_from([None, "d1", "d2"]),
    )


@cache
def deployments() -> st.SearchStrategy[DeploymentFact]:
    return st.builds(
        DeploymentFact,
        deployment_id=st.sampled_from(["d1", "d2"]),
        status=st.sampled_from(["PRIMARY", "ACTIVE", "INACTIVE"]),
        rollout=st.sampled_from([None, "COMPLETED", "COMPLETED", "IN_PROGRESS", "FAILED"]),
        created_at=maybe_times(),
        task_definition=st.sampled_from([None, "family:3"]),
    )


@cache
def services() -> st.SearchStrategy[ServiceFact]:
    return st.builds(
        ServiceFact,
        service=st.just("svc"),
        status=st.sampled_from(["ACTIVE", "ACTIVE", "ACTIVE", "DRAINING", "INACTIVE"]),
        desired=st.integers(0, 2),
        running=st.integers(0, 2),
        pending=st.integers(0, 1),
        maximum_percent=st.sampled_from([100, 150, 200]),
        minimum_healthy_percent=st.sampled_from([0, 50, 100]),
        deployments=st.lists(deployments(), max_size=2).map(tuple),
        tasks=st.lists(tasks(), max_size=2).map(tuple),
        image=st.sampled_from([None, "r/i:live", "r/i@sha256:1"]),
        registry_digest=st.sampled_from([None, "sha256:1"]),
        cpu=st.sampled_from([None, 256, 300, 16384]),
        memory_mb=st.sampled_from([None, 512, 2048, 122_880]),
    )


@cache
def log_facts() -> st.SearchStrategy[LogFact]:
    patterns = st.sampled_from([p.name for p in PATTERNS])
    return st.builds(
        LogFact,
        window_start=st.just(NOW - timedelta(seconds=900)),
        window_end=st.just(NOW),
        counts=st.dictionaries(patterns, st.integers(0, 3), max_size=3),
        by_strategy=st.dictionaries(ids, st.lists(patterns, max_size=2), max_size=2),
        last_line_at=maybe_times(),
        last_line_by_strategy=st.dictionaries(ids, times(), max_size=3),
        samples=st.just(()),
        retry_after_seconds=st.sampled_from([None, 0, 5, 600]),
    )


@cache
def probes() -> st.SearchStrategy[ProbeFact]:
    return st.builds(
        ProbeFact,
        target=st.just("https://t"),
        reading=st.sampled_from([Reading.OK, Reading.OK, Reading.FAILED, Reading.UNKNOWN]),
        detail=st.just("told"),
        at=times(),
        http_status=st.sampled_from([None, 200, 418, 429, 503]),
        retry_after_seconds=st.sampled_from([None, 30]),
    )


@cache
def exposures() -> st.SearchStrategy[ExposureFact]:
    positions = st.builds(
        PositionFact,
        position_id=st.sampled_from(["p1", "p2"]),
        strategy_id=ids,
        symbol=st.just("BTC/USDT:USDT"),
        side=st.sampled_from(["long", "short"]),
        amount=st.sampled_from([Decimal(1), Decimal(2)]),
        status=st.sampled_from(["open", "closing", "closed"]),
    )
    orders = st.builds(
        OrderFact,
        position_id=st.sampled_from(["p1", "p2", "p3"]),
        order_id=st.sampled_from(["o1", "o2"]),
        strategy_id=st.none() | ids,
        side=st.just("sell"),
        type=st.just("limit"),
        status=st.just("open"),
        protective=st.booleans(),
        reducing=st.none() | st.booleans(),
    )
    return st.builds(
        ExposureFact,
        positions=st.lists(positions, max_size=2, unique_by=lambda p: p.position_id).map(tuple),
        orders=st.lists(orders, max_size=2, unique_by=lambda o: (o.position_id, o.order_id)).map(tuple),
        exits_in_flight=st.lists(st.sampled_from(["p1", "p9"]), max_size=1).map(tuple),
        unreadable=st.lists(st.just("positions: throttled"), max_size=1).map(tuple),
    )


@cache
def kill_switches() -> st.SearchStrategy[KillSwitchFact]:
    return st.builds(
        KillSwitchFact,
        engaged=st.booleans(),
        reason=st.sampled_from([None, "drill"]),
        engaged_by=st.sampled_from([None, "ana"]),
        engaged_at=maybe_times(),
        strategy_ids=st.none() | st.lists(ids, max_size=2).map(tuple),
    )


@cache
def alarms() -> st.SearchStrategy[AlarmFact]:
    return st.builds(
        AlarmFact,
        name=st.just("tradai-local-heartbeat-stale"),
        state=st.sampled_from([None, "OK", "ALARM", "INSUFFICIENT_DATA"]),
        reason=st.sampled_from([None, "Threshold Crossed"]),
        since=maybe_times(),
        treat_missing_data=st.sampled_from([None, "breaching"]),
    )


# One service in two runs well, so that the finer causes are reached as often as the coarse ones.
WELL = ServiceFact("svc", "ACTIVE", 1, 1, 0, 200, 100)
ANSWERS = ProbeFact("https://t", Reading.OK, "", NOW)
PARTS: dict[str, st.SearchStrategy[Any]] = {
    "service": st.none() | services() | st.just(WELL) | st.just(WELL),
    "logs": st.none() | log_facts() | log_facts(),
    "exchange": st.dictionaries(venues, probes(), max_size=2),
    "database": st.none() | probes() | st.just(ANSWERS),
    "network": st.none() | probes() | st.just(ANSWERS),
    "exposure": st.none() | exposures() | st.just(ExposureFact()),
    "kill_switch": st.none() | kill_switches() | st.just(KillSwitchFact(engaged=False)),
    "alarm": st.none() | alarms(),
    "besides": st.sampled_from([(), (), (), ("z",)]),
}
STALE = st.lists(states("running", "warmup"), max_size=4, unique_by=lambda s: s.strategy_id).map(tuple)
BEATING = st.lists(st.sampled_from(IDS), max_size=2, unique=True)


@st.composite
def situations(draw: st.DrawFn, /, **fixed: Any) -> Situation:
    """Any world, with some of its facts fixed."""
    stale = draw(STALE)
    ill = {state.strategy_id for state in stale}
    beating = tuple(name for name in draw(BEATING) if name not in ill)
    parts = {name: fixed[name] if name in fixed else draw(part) for name, part in PARTS.items()}
    return Situation(stale, beating, **parts)
