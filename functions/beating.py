"""Heartbeats judged by the settings' threshold and statuses: the one call that several tasks make."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime

from functions.facts import StrategyState
from functions.rules.heartbeats import Heartbeats, judge_heartbeats
from functions.settings import Settings


def judged(
    states: Iterable[StrategyState],
    settings: Settings,
    now: datetime,
    only: Collection[str] | None = None,
) -> Heartbeats:
    """`only` narrows what is called stale (functions/rules/heartbeats.py)."""
    return judge_heartbeats(
        states,
        now=now,
        stale_after_seconds=settings.limits.heartbeat_stale_after,
        trading_statuses=settings.trading_statuses,
        known_statuses=settings.known_statuses,
        only=only,
    )
