from __future__ import annotations

import pytest

from functions.rules.classify import Cause, Group, Remedy
from functions.rules.outlast import OutlastPlan, plan_outlast


def waits(remedy: Remedy, cause: Cause, *, retry_after: int | None = None, every: int = 30) -> OutlastPlan:
    group = Group("g", cause, None, ("a",), remedy, False, "", retry_after_seconds=retry_after)
    return plan_outlast(
        group, look_every_seconds=every, exchange_wait_seconds=900, connectivity_wait_seconds=600,
        deployment_wait_seconds=300,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("remedy", "cause", "what", "longest"),
    [
        (Remedy.WAIT_EXCHANGE, Cause.EXCHANGE_DOWN, "exchange", 900),
        (Remedy.WAIT_CONNECTIVITY, Cause.DATABASE_UNREACHABLE, "database", 600),
        (Remedy.WAIT_CONNECTIVITY, Cause.NETWORK_UNREACHABLE, "network", 600),
        (Remedy.WAIT_DEPLOYMENT, Cause.DEPLOYMENT_IN_PROGRESS, "deployment", 300),
        (Remedy.SLOW_DOWN, Cause.RATE_LIMITED, "rate_limit", 900),
    ],
)
def test_each_trouble_is_waited_for_within_its_bound(remedy: Remedy, cause: Cause, what: str, longest: int) -> None:
    plan = waits(remedy, cause)
    assert (plan.what, plan.wait_seconds, plan.wait_seconds * plan.looks) == (what, 30, longest)
    assert plan.slow_down is (remedy is Remedy.SLOW_DOWN)


@pytest.mark.parametrize(
    ("retry_after", "wait", "looks"),
    [(None, 30, 30), (7, 30, 30), (90, 90, 10), (3600, 3600, 1), (99_999, 3600, 1)],
)
def test_a_venue_is_not_asked_before_its_retry_after_has_passed(
    retry_after: int | None, wait: int, looks: int
) -> None:
    plan = waits(Remedy.SLOW_DOWN, Cause.RATE_LIMITED, retry_after=retry_after)
    assert (plan.wait_seconds, plan.looks) == (wait, looks)
