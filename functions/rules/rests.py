"""Whose trouble a person leaves as it is, and until when nobody starts a run for it again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from functions.facts import Result
from functions.rules import answered
from functions.rules.pieces import GroupEnd, RunPieces


@dataclass(frozen=True, slots=True)
class Rest:
    """`strategy_ids` are sorted; empty: nobody's trouble is left."""

    strategy_ids: tuple[str, ...]
    until: datetime


def rest_of(pieces: RunPieces, now: datetime, declined_rests: timedelta) -> Rest:
    """What was accepted holds whatever else became of the run, and no longer than the shortest of it: a "no" rests
    for a while of its own. What the run left half done, or worse than it was, is left by nobody."""
    ends = [] if pieces.left_behind else [end for end in pieces.ends if _left(end)]
    until = (end.asked.until or now + declined_rests for end in ends if end.asked is not None)
    ids = {strategy_id for end in ends for strategy_id in end.group.strategy_ids}
    return Rest(tuple(sorted(ids)), min(until, default=now))


def _left(end: GroupEnd) -> bool:
    if end.error is not None or end.asked is None or not answered.accepted(end.asked):
        return False
    besides = {end.result, *(strategy.result for strategy in end.strategies)}
    return not besides & {Result.NOT_DONE, Result.UNKNOWN}
