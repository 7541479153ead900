"""The venue is in maintenance: it is waited for, bounded, to the planned end where it gives one, and believed to
be back after two looks."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from functions.facts import Reading, Result
from functions.orders.context import Context
from functions.orders.model import LONGEST_WAIT, MOST_LOOKS, Round
from functions.orders.steps import end, wait

NEEDS: Final = ("exchange.status",)
BACK: Final = "#back"
# Seconds after a planned end: the venue needs a moment.
A_MOMENT: Final = 5
# Looks that are kept for the second one, and for what comes before the first wait.
SPARE: Final = 20


def decide(context: Context) -> Round:
    group, memo = context.group, context.round.memo
    if group.venue is None:
        return end(context.round, "gave_up", "nobody knows which venue is in maintenance")
    status = context.ports.exchange.status(group.venue)
    if status.reading is Reading.OK:
        if BACK in memo.seen:
            why = f"{group.venue} answers, twice in a row ({status.detail})"
            return end(context.round, "over", why, at=context.now, result=Result.DONE)
        again, seen = context.settings.limits.look_again_every, {BACK: f"{context.now:%H:%M:%S}"}
        return wait(context.round, again, f"{group.venue} answers; once more", seen=seen)
    return _waited(context, status.detail, status.until or group.until)


def _waited(context: Context, detail: str, planned: datetime | None) -> Round:
    """`planned`: its end; one that has passed says nothing any more."""
    memo, most = context.round.memo, context.settings.limits.maintenance_wait
    venue, left = context.group.venue, most - memo.waited_seconds
    # In seconds of a wait, which goes at the environment's pace.
    to_its_end = 0.0 if planned is None else (planned - context.now) / context.settings.span(1) + A_MOMENT
    if planned is not None and to_its_end > left > 0:
        why = f"{venue} plans its maintenance until {planned:%Y-%m-%d %H:%M:%S} UTC, longer than is waited for"
        return end(context.round, "gave_up", why, until=planned, result=Result.NOT_DONE)
    if left <= 0:
        why = f"{venue} is away still after {memo.waited_seconds} s of waiting: {detail}"
        return end(context.round, "gave_up", why, result=Result.NOT_DONE)
    every = max(context.settings.orders.maintenance_look_every, -(-most // (MOST_LOOKS - SPARE)))
    pause = to_its_end if to_its_end > 0 else every
    return wait(context.round, min(pause, left, LONGEST_WAIT), f"{venue} is away: {detail}", seen={})
