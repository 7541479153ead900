"""Short makers of facts for tables: every default is a platform in good health at `NOW`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from functions.facts import (
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
from functions.rules.situation import Situation

NOW = datetime(2026, 3, 1, 3, 0, tzinfo=UTC)
VENUE = "binanceusdm"
RELEASED = KillSwitchFact(engaged=False)
ENGAGED = KillSwitchFact(
    engaged=True, reason="drill", engaged_by="ana", engaged_at=datetime(2026, 3, 1, 2, 0, tzinfo=UTC)
)


def ago(seconds: float) -> datetime:
    return NOW - timedelta(seconds=seconds)


def state(strategy_id: str = "a", *, age: float | None = 300, **more: Any) -> StrategyState:
    given: dict[str, Any] = {"status": "running", "venue": VENUE, **more}
    return StrategyState(strategy_id, last_heartbeat=None if age is None else ago(age), **given)


def task(name: str = "old", last: str = "RUNNING", **more: Any) -> TaskFact:
    given: dict[str, Any] = {
        "desired_status": "STOPPED" if last == "STOPPED" else "RUNNING",
        "started_at": ago(86_400),
        "image_digest": "sha256:same",
        **more,
    }
    return TaskFact(f"arn:aws:ecs:eu-central-1:000000000000:task/tradai-local/{name}", last, **given)


def service(*tasks: TaskFact, **more: Any) -> ServiceFact:
    """Running unless told otherwise; counts follow the tasks."""
    listed = tasks or (task(),)
    given: dict[str, Any] = {
        "desired": 1,
        "running": sum(t.last_status == "RUNNING" and t.desired_status == "RUNNING" for t in listed),
        "pending": sum(t.last_status == "PENDING" for t in listed),
        "maximum_percent": 200,
        "minimum_healthy_percent": 100,
        "deployments": (deployment(),),
        "image": "registry/strategy:live",
        "cpu": 1024,
        "memory_mb": 2048,
        **more,
    }
    return ServiceFact("tradai-strategy-service-local", "ACTIVE", tasks=listed, **given)


def crashed(**stopped: Any) -> ServiceFact:
    given: dict[str, Any] = {"stopped_at": ago(200), "exit_code": 1, "stopped_reason": "Essential container exited"}
    return service(task("dead", "STOPPED", **{**given, **stopped}))


def deployment(rollout: str | None = "COMPLETED", **more: Any) -> DeploymentFact:
    given: dict[str, Any] = {"status": "PRIMARY", "created_at": ago(86_400), **more}
    name = given.pop("name", "ecs-svc/1")
    return DeploymentFact(name, rollout=rollout, task_definition="arn:x/tradai-strategy:7", **given)


def logs(
    counts: Mapping[str, int] | None = None,
    by: Mapping[str, Sequence[str]] | None = None,
    *,
    last: float | None = 5,
    lines: Mapping[str, float] | None = None,
    **more: Any,
) -> LogFact:
    """`last` and `lines` are ages in seconds; without `lines` strategy `a` wrote 5 s ago."""
    ages = {"a": 5.0} if lines is None else lines
    return LogFact(
        ago(900),
        NOW,
        dict(counts or {}),
        {name: list(patterns) for name, patterns in (by or {}).items()},
        None if last is None else ago(last),
        {name: ago(age) for name, age in ages.items()},
        **more,
    )


def probe(reading: Reading = Reading.OK, **more: Any) -> ProbeFact:
    return ProbeFact("https://target", reading, "told", NOW, **more)


FAILED = Reading.FAILED


def position(position_id: str = "p1", strategy_id: str = "a", **more: Any) -> PositionFact:
    given: dict[str, Any] = {
        "symbol": "BTC/USDT:USDT", "side": "long", "amount": Decimal("0.5"), "status": "open", **more,
    }  # fmt: skip
    return PositionFact(position_id, strategy_id, **given)


def order(order_id: str = "o1", position_id: str = "p1", **more: Any) -> OrderFact:
    given: dict[str, Any] = {
        "strategy_id": "a", "side": "sell", "type": "stop_market", "status": "open", "protective": True, **more,
    }  # fmt: skip
    return OrderFact(position_id, order_id, **given)


def situation(*stale: StrategyState, **more: Any) -> Situation:
    """One stale strategy `a` in a platform where every probe answers."""
    given: dict[str, Any] = {
        "beating": (),
        "service": service(),
        "logs": logs(),
        "exchange": {VENUE: probe()},
        "database": probe(),
        "network": probe(),
        "exposure": ExposureFact(),
        "kill_switch": RELEASED,
        **more,
    }
    return Situation(stale or (state(),), **given)
