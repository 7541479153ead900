"""Trouble that no restart cures is outlasted: what is waited for, in which steps, how often at most."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from functions.rules.plan import Group

What = Literal["exchange", "database", "network", "deployment", "rate_limit"]

# A venue's Retry-After is obeyed up to an hour; a longer ban is left to a person.
LONGEST_RETRY_AFTER_SECONDS = 3600


@dataclass(frozen=True, slots=True)
class OutlastPlan:
    """`looks` times `wait_seconds` is the longest wait."""

    what: What
    slow_down: bool
    wait_seconds: int
    looks: int
    why: str


def plan_outlast(
    group: Group,
    *,
    look_every_seconds: int,
    exchange_wait_seconds: int,
    connectivity_wait_seconds: int,
    deployment_wait_seconds: int,
) -> OutlastPlan:
    """The wait for a group's cause. A rate limit is looked at no sooner than its Retry-After has passed,
    because asking earlier lengthens the ban."""
    what = _what(group)
    longest = {
        "exchange": exchange_wait_seconds,
        "rate_limit": exchange_wait_seconds,
        "database": connectivity_wait_seconds,
        "network": connectivity_wait_seconds,
        "deployment": deployment_wait_seconds,
    }[what]
    every = look_every_seconds
    if what == "rate_limit":
        every = max(every, min(group.retry_after_seconds or 0, LONGEST_RETRY_AFTER_SECONDS))
    looks = max(1, -(-longest // every))
    return OutlastPlan(what, what == "rate_limit", every, looks, f"waiting for the {what.replace('_', ' ')}")


def _what(group: Group) -> What:
    if group.remedy == "wait_exchange":
        return "exchange"
    if group.remedy == "slow_down":
        return "rate_limit"
    if group.remedy == "wait_deployment":
        return "deployment"
    return "database" if group.cause == "database_unreachable" else "network"
