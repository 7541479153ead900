"""What became of each strategy that was to come back, by what stands in the trading state at the end."""

from __future__ import annotations

from datetime import datetime

from functions.facts import Result
from functions.rules.heartbeats import is_impossible
from functions.rules.resume_end import Row
from functions.rules.resume_scope import WARMUP, One, Stands, comes_back


def row_of(one: One, *, since: datetime, now: datetime, managing: bool) -> Row:
    """Only what beats since the kill switch let go is proven to trade. Who manages exits owes no heartbeat."""
    state = one.state.status if one.state is not None else None
    if comes_back(one, managing=managing):
        return Row(one.strategy_id, Result.NOT_DONE, one.before, state, f"is still {state}")
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
