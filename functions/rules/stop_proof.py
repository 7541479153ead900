"""Whether one strategy is proven stopped: by the table, by the service's tasks, by the bot's own word.

Nothing that runs is ever called stopped: a status that trades is not done, and what nobody confirmed is unknown.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from functions.facts import Result, StoppedRecord, StrategyState

# Of what stands in an item, whatever that is: a message carries many of them.
MOST_WORD: Final = 80


@dataclass(frozen=True, slots=True)
class Verdict:
    """`waits`: time alone may prove it."""

    result: Result
    why: str
    waits: bool = False


@dataclass(frozen=True, slots=True)
class Frame:
    """What holds for every strategy of one look.

    `mark` is what this halt's stops carry, `since` when the stop began. `everything`: it stops all, and so the
    service's tasks too; then `running` counts those that have not ended (None: nobody knows), and `gone_at` is
    when the last one ended (None: no task was ever seen that could have beaten). `manages`: known statuses under
    which a bot beats without trading. `settles`: how long a bot has to be silent for its last beat to have been the
    last one: a bot that lives beats twice in it. `quiet_since`: nobody has beaten from then on, by looks that
    lasted as long as that; None where they have not. `slack`: by how much a beat may be written late.
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
    quiet_since: datetime | None = None
    dry_run: bool = False

    def silent(self, beat: datetime) -> bool:
        """Long enough for this beat to have been the last one."""
        quiet = self.quiet_since is not None and beat <= self.quiet_since + self.slack
        return quiet or self.now - beat >= self.settles


def judge(state: StrategyState, frame: Frame) -> Verdict:
    """Total. In a full stop a strategy is stopped when its status does not trade, no task runs, and it has been
    silent; in a partial one when the bot has acknowledged it, or has been silent for as long as counts as stale."""
    if state.status in frame.trading:
        would = "dry run: would be stopped" if frame.dry_run else "it still trades"
        return Verdict(Result.NOT_DONE, f"is {state.status}: {would}")
    if state.status not in frame.known:
        if not state.status:
            return Verdict(Result.UNKNOWN, "has no status at all; left as it is")
        word = state.status[:MOST_WORD]
        return Verdict(Result.UNKNOWN, f"has the status {word!r}, which nobody knows; left as it is")
    if frame.dry_run:
        return Verdict(Result.DONE, f"is {state.status}: would be left so")
    if frame.everything and frame.running is not None:
        return _by_tasks(state, frame, frame.running)
    return _by_itself(state, frame)


def _by_tasks(state: StrategyState, frame: Frame, running: int) -> Verdict:
    if running == 0:
        return _without_tasks(state, frame)
    if state.stopped_by != frame.mark and state.status not in frame.manages:
        own = _by_itself(state, frame)
        if own.result is Result.DONE:
            return own
    return Verdict(Result.UNKNOWN, f"{_how(state, frame)}, but a task of the service still runs", waits=True)


def _without_tasks(state: StrategyState, frame: Frame) -> Verdict:
    """No task is no proof by itself: a bot may run somewhere else. Whoever beats is heard, whoever is silent for
    long enough is not there."""
    how, beat = _how(state, frame), state.last_heartbeat
    if beat is None:
        unreadable = _unreadable(state, how)
        return unreadable or Verdict(Result.DONE, f"{how}, and no task of the service runs; it has never beaten")
    if frame.gone_at is None and beat > frame.since - frame.stale_after:
        return Verdict(Result.UNKNOWN, f"{how}; it beat {_ago(beat, frame.now)}, and the service runs no task")
    if frame.gone_at is not None and beat > frame.gone_at + frame.slack:
        return Verdict(Result.UNKNOWN, f"{how}, and beat {_ago(beat, frame.now)} although no task runs")
    if not frame.silent(beat):
        why = f"{how}, and no task of the service runs, but it beat {_ago(beat, frame.now)}"
        return Verdict(Result.UNKNOWN, why, waits=True)
    return Verdict(
        Result.DONE, f"{how}, no task of the service runs, and it is silent: beat {_ago(beat, frame.now)}"
    )


def _by_itself(state: StrategyState, frame: Frame) -> Verdict:
    """By what the bot says or does: in a partial stop, and where nobody knows whether a task runs."""
    how, beat = _how(state, frame), state.last_heartbeat
    if state.status in frame.manages:
        if frame.everything:
            return Verdict(Result.UNKNOWN, f"{how}, and whether a task still runs is unknown", waits=True)
        return Verdict(Result.DONE, f"{how}; it takes no entries")
    if unreadable := _unreadable(state, how):
        return unreadable
    after = beat is not None and beat > frame.since
    if state.acknowledged_status == state.status:
        if beat is None or not after:
            return Verdict(Result.DONE, f"{how}, acknowledged by its bot")
        if frame.now - beat >= frame.settles:
            return Verdict(Result.DONE, f"{how}, acknowledged by its bot, which last beat {_ago(beat, frame.now)}")
        why = f"{how} and acknowledged, but its bot beat {_ago(beat, frame.now)}"
        return Verdict(Result.UNKNOWN, why, waits=True)
    ours = state.stopped_by == frame.mark
    times = [at for at in (beat, frame.since if ours else None) if at is not None]
    said = f"it last beat {_ago(beat, frame.now)}" if beat else "it has never beaten"
    if not times or frame.now - max(times) >= frame.stale_after:
        return Verdict(Result.DONE, f"{how}, and silent: {said}")
    return Verdict(Result.UNKNOWN, f"{how}, but its bot has not acknowledged that; {said}", waits=True)


def _unreadable(state: StrategyState, how: str) -> Verdict | None:
    """What cannot be read may be a beat of just now."""
    if state.last_heartbeat is not None or not state.heartbeat_text:
        return None
    return Verdict(Result.UNKNOWN, f"{how}, but its heartbeat cannot be read: {state.heartbeat_text[:MOST_WORD]!r}")


def gone(record: StoppedRecord) -> Verdict:
    """It stood in the table when it was stopped, and does not any more."""
    return Verdict(
        Result.UNKNOWN, f"was {record.status[:MOST_WORD]}; its item was deleted meanwhile, so nothing proves it"
    )


NO_SUCH = Verdict(Result.NOT_DONE, "no such strategy")
UNREAD = Verdict(Result.UNKNOWN, "the part of the table that may hold it could not be read")


def _how(state: StrategyState, frame: Frame) -> str:
    if state.stopped_by == frame.mark:
        return "stopped by this halt"
    if state.stopped_by:
        return f"{state.status}, by {state.stopped_by[:MOST_WORD]}"
    return f"was {state.status}, which does not trade"


def _ago(at: datetime, now: datetime) -> str:
    return f"{max(0, int((now - at).total_seconds()))} s ago"
