"""Facts and groups of orders that fail, made for tests: whatever is not told is healthy."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from functions.rules.orders.causes import REMEDIES, Cause
from functions.rules.orders.facts import OrderFacts, OrderLogFact, Sign
from functions.rules.orders.plan import OrderGroup, OrderPlan, VenueGroups, Verdict
from tests.rules.facts import NOW


def sign(cause: Cause, *, ago: float, count: int = 5, **more: Any) -> Sign:
    """`ago`: seconds since the newest of them."""
    at = NOW - timedelta(seconds=ago)
    given = {"venue": "binanceusdm", "strategy_id": "s1", "sample": "ERROR order_failed", **more}
    return Sign(cause=cause, count=count, first_at=at - timedelta(seconds=60), last_at=at, **given)


def log(*signs: Sign, placed: dict[str, float] | None = None, **more: Any) -> OrderLogFact:
    """`placed`: strategies whose orders went well, and how many seconds ago."""
    matched: dict[str, int] = {}
    for one in signs:
        matched[one.cause] = matched.get(one.cause, 0) + one.count
    went = placed or {}
    return OrderLogFact(
        start=NOW - timedelta(hours=1),
        end=NOW,
        matched=matched,
        signs=signs,
        placed=dict.fromkeys(went, 3),
        placed_at={name: NOW - timedelta(seconds=ago) for name, ago in went.items()},
        **more,
    )


def facts(logs: OrderLogFact | None = None, **more: Any) -> OrderFacts:
    given: dict[str, Any] = {
        "logs": logs,
        "logs_unread": None if logs else "not asked",
        "stuck": (),
        "stuck_total": 0,
        "stuck_unread": None,
        "venues": (),
        "venues_unread": None,
        "traders": (),
        "traders_total": 0,
        "traders_unread": None,
        **more,
    }
    return OrderFacts(**given)


def group(cause: Cause = Cause.INVALID_PRICE, **more: Any) -> OrderGroup:
    made = OrderGroup(
        group_id=f"{cause.value}@binanceusdm/main",
        cause=cause,
        remedy=REMEDIES[cause],
        venue="binanceusdm",
        account="main",
        strategy_ids=("s1",),
        symbols=("BTC/USDT:USDT",),
        confirmed=True,
        count=5,
        first_at=NOW - timedelta(minutes=10),
        last_at=NOW - timedelta(minutes=1),
        codes=("-4016",),
        fix="look at the venue's answer",
    )
    return replace(made, **more)


def plan(*groups: OrderGroup, left: tuple[OrderGroup, ...] = (), **more: Any) -> OrderPlan:
    """What calms before what changes, as the verdict has it."""
    calming = ("slow_down", "wait_maintenance")
    calm = tuple(one for one in groups if one.remedy.value in calming)
    change = tuple(one for one in groups if one.remedy.value not in calming)
    verdict = Verdict.ACT if groups else Verdict.ESCALATE if left else Verdict.NOTHING_TO_DO
    given: dict[str, Any] = {
        "verdict": verdict,
        "reason": "orders fail" if groups or left else "no order fails",
        "venues": (VenueGroups("binanceusdm", calm, change),) if groups else (),
        "left": left,
        "strategy_ids": tuple(dict.fromkeys(name for one in (*groups, *left) for name in one.strategy_ids)),
        **more,
    }
    return OrderPlan(**given)


def ago(seconds: float) -> datetime:
    return NOW - timedelta(seconds=seconds)
