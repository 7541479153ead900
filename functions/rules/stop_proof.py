"""Whether one strategy is proven stopped: by the table, by the service's tasks, by the bot's own word.

Nothing that runs is ever called stopped: a status that trades is not done, and what nobody confirmed is unknown.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from functions.facts import Result, StoppedRecord, StrategyState


@dataclass(frozen=True, slots=True)
class Verdict:
    result: Result
    why: str


@dataclass(frozen=True, slots=True)
class Frame:
    """What holds for every strategy of one look.

    `mark` is what this halt's stops carry, `since` when the stop began. `everything`: it stops all, and so the
    service's tasks too; then `running` counts those that have not ended (None: nobody knows), and `gone_at` is
    when the last one ended. `manages`: known statuses under which a bot beats without trading. `settles`: how long
    a bot that has acknowledged may have been silent for a beat after the stop to have been its last one. `slack`:
    by how much a beat may be written late.
    """

    now: datetime
    since: datetime
    mark: str
    everything: bool
    trading: Collection[str]
    manages: Collection[str]
    known: Collection[str]
    stale_after: timedelta
    settles: timedelta
    slack: timedelta
    running: int | None = None
    gone_at: datetime | None = None
    dry_run: bool = False


def judge(state: StrategyState, frame: Frame) -> Verdict:
    """Total. In a full stop a strategy is stopped when its status does not trade and no task runs; in a partial
    one when the bot has acknowledged it, or has been silent for as long as counts as stale."""
    if state.status in frame.trading:
        would = "dry run: would be stopped" if frame.dry_run else "it still trades"
        return Verdict(Result.NOT_DONE, f"is {state.status}: {would}")
    if state.status not in frame.known:
        word = state.status or "none"
        return Verdict(Result.UNKNOWN, f"has the status {word!r}, which nobody knows; left as it is")
    if frame.dry_run:
        return Verdict(Result.DONE, f"is {state.status}: would be left so")
    if frame.everything and frame.running is not None:
        return _by_tasks(state, frame, frame.running)
    return _by_itself(state, frame)


def _by_tasks(state: StrategyState, frame: Frame, running: int) -> Verdict:
    if running == 0:
        gone_at = frame.gone_at or frame.since
        if state.last_heartbeat is not None and state.last_heartbeat > gone_at + frame.slack:
            beat = _ago(state.last_heartbeat, frame.now)
            return Verdict(Result.UNKNOWN, f"{_how(state, frame)}, and beat {beat} although no task runs")
        return Verdict(Result.DONE, f"{_how(state, frame)}, and no task of the service runs")
    if state.stopped_by != frame.mark and state.status not in frame.manages:
        own = _by_itself(state, frame)
        if own.result is Result.DONE:
            return own
    return Verdict(Result.UNKNOWN, f"{_how(state, frame)}, but a task of the service still runs")


def _by_itself(state: StrategyState, frame: Frame) -> Verdict:
    """By what the bot says or does: in a partial stop, and where nobody knows whether a task runs."""
    how, beat = _how(state, frame), state.last_heartbeat
    if state.status in frame.manages:
        if frame.everything:
            return Verdict(Result.UNKNOWN, f"{how}, and whether a task still runs is unknown")
        return Verdict(Result.DONE, f"{how}; it takes no entries")
    after = beat is not None and beat > frame.since
    if state.acknowledged_status == state.status:
        if beat is None or not after:
            return Verdict(Result.DONE, f"{how}, acknowledged by its bot")
        if frame.now - beat >= frame.settles:
            return Verdict(Result.DONE, f"{how}, acknowledged by its bot, which last beat {_ago(beat, frame.now)}")
        return Verdict(Result.UNKNOWN, f"{how} and acknowledged, but its bot beat {_ago(beat, frame.now)}")
    ours = state.stopped_by == frame.mark
    times = [at for at in (beat, frame.since if ours else None) if at is not None]
    said = f"it last beat {_ago(beat, frame.now)}" if beat else "it has never beaten"
    if not times or frame.now - max(times) >= frame.stale_after:
        return Verdict(Result.DONE, f"{how}, and silent: {said}")
    return Verdict(Result.UNKNOWN, f"{how}, but its bot has not acknowledged that; {said}")


def gone(record: StoppedRecord) -> Verdict:
    """It stood in the table when it was stopped, and does not any more."""
    return Verdict(Result.UNKNOWN, f"was {record.status}; its item was deleted meanwhile, so nothing proves it")


NO_SUCH = Verdict(Result.NOT_DONE, "no such strategy")
UNREAD = Verdict(Result.UNKNOWN, "the part of the table that may hold it could not be read")


def _how(state: StrategyState, frame: Frame) -> str:
    if state.stopped_by == frame.mark:
        return "stopped by this halt"
    if state.stopped_by:
        return f"{state.status}, by {state.stopped_by}"
    return f"was {state.status}, which does not trade"


def _ago(at: datetime, now: datetime) -> str:
    return f"{max(0, int((now - at).total_seconds()))} s ago"
