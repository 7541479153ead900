"""What became of each strategy that was to come back, by what stands in the trading state at the end.

Who came back with an earlier resume, or was started or stopped by somebody else, is none of this one's.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from functions.facts import Result
from functions.rules.heartbeats import is_impossible
from functions.rules.resume_end import Row
from functions.rules.resume_scope import WARMUP, One, Stands, comes_back

# What a bot says of itself, and no person.
FAILED: Final = "failed"
# The clocks of two functions.
SLACK: Final = timedelta(seconds=5)


def rows_of(ones: Iterable[One], *, since: datetime, now: datetime, managing: bool) -> tuple[Row, ...]:
    """Of those who waited when the kill switch let go, at `since`."""
    return tuple(row_of(one, since=since, now=now, managing=managing) for one in ones if _concerns(one, since))


def _concerns(one: One, since: datetime) -> bool:
    """Of those who trade, only whom this run brought back."""
    return one.stands is not Stands.BACK or _ours(one, since)


def _ours(one: One, since: datetime) -> bool:
    started = one.state.started_at if one.state is not None and one.marks else None
    return started is not None and started >= since - SLACK


def row_of(one: One, *, since: datetime, now: datetime, managing: bool) -> Row:
    """Only what beats since the kill switch let go is proven to trade. Who manages exits owes no heartbeat."""
    state = one.state.status if one.state is not None else None
    if comes_back(one, managing=managing):
        return Row(one.strategy_id, Result.NOT_DONE, one.before, state, f"is still {state}")
    if state == FAILED and _ours(one, since):
        return Row(one.strategy_id, Result.NOT_DONE, one.before, state, f"is {state} since it was brought back")
    if one.stands in (Stands.CHANGED, Stands.GONE):
        why = "is gone from the table" if state is None else f"is {state}, by somebody else"
        return Row(one.strategy_id, Result.NOT_DONE, one.before, state, why, others=True)
    if one.stands is Stands.MANAGING:
        return Row(one.strategy_id, Result.DONE, one.before, state, "may manage its exits")
    if managing:
        why = f"is {state}, although nobody may trade"
        return Row(one.strategy_id, Result.UNKNOWN, one.before, state, why)
    beat = one.state.last_heartbeat if one.state is not None else None
    if beat is None or beat <= since or is_impossible(beat, now=now):
        return Row(one.strategy_id, Result.UNKNOWN, one.before, state, f"is {state} and has not beaten since")
    if state == WARMUP and one.before != WARMUP:
        return Row(one.strategy_id, Result.NOT_DONE, one.before, state, f"beats, and is still in {WARMUP}")
    return Row(one.strategy_id, Result.DONE, one.before, state, "beats")
