"""Which strategies beat, which should and do not, and which nobody can judge.

Source: CONTRACT.md 1 ("a heartbeat that is missing or cannot be parsed counts as stale") and 8 (120 s).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from functions.facts import StrategyState

# Clocks of writer and reader differ by seconds, not by minutes. A heartbeat further ahead than this was not
# written by a sane clock, so it proves nothing: it counts as unreadable, and unreadable counts as stale.
CLOCK_SKEW: Final = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Heartbeats:
    """Every strategy once, each list sorted by id.

    `stale`: should beat and does not. `beating`: should beat and does. `not_trading`: a known status under
    which none is owed. `unknown_status`: a status that nobody defined; reported, never guessed.
    `stale_besides`: as `stale`, but outside `only`: not asked about.
    """

    stale: tuple[StrategyState, ...]
    beating: tuple[StrategyState, ...]
    not_trading: tuple[StrategyState, ...]
    unknown_status: tuple[StrategyState, ...]
    stale_besides: tuple[StrategyState, ...] = ()


def judge_heartbeats(
    states: Iterable[StrategyState],
    *,
    now: datetime,
    stale_after_seconds: int,
    trading_statuses: Collection[str],
    known_statuses: Collection[str],
    only: Collection[str] | None = None,
) -> Heartbeats:
    """Judges every state; `only` narrows what is called stale, never what is called beating."""
    stale, besides, beating, idle, unknown = [], [], [], [], []
    for state in sorted(states, key=lambda s: s.strategy_id):
        if state.status in trading_statuses:
            if is_fresh(state.last_heartbeat, now=now, stale_after_seconds=stale_after_seconds):
                beating.append(state)
            elif only is None or state.strategy_id in only:
                stale.append(state)
            else:
                besides.append(state)
        elif state.status in known_statuses:
            idle.append(state)
        else:
            unknown.append(state)
    return Heartbeats(tuple(stale), tuple(beating), tuple(idle), tuple(unknown), tuple(besides))


def is_fresh(heartbeat: datetime | None, *, now: datetime, stale_after_seconds: int) -> bool:
    """Readable, at most `stale_after_seconds` old and at most `CLOCK_SKEW` ahead."""
    if heartbeat is None or is_impossible(heartbeat, now=now):
        return False
    return now - heartbeat <= timedelta(seconds=stale_after_seconds)


def is_impossible(heartbeat: datetime, *, now: datetime) -> bool:
    """Further ahead of `now` than two clocks can differ."""
    return heartbeat - now > CLOCK_SKEW
