"""What the watcher does each minute while an alarm may be up.

EventBridge tells of an alarm's transition once; a strategy that goes stale while the alarm is already up, and
a run that did not help, are found here.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal

from functions.facts import AlarmFact, KillSwitchFact
from functions.rules.kill_switch import halts, told
from functions.rules.proposals import names

# The transition's own event starts the first run; a sweep that is quicker would only be its duplicate.
AFTER_THE_TRANSITION: Final = timedelta(seconds=45)


@dataclass(frozen=True, slots=True)
class SweepVerdict:
    """`new_ids` are stale and not known to the run that is at work (all stale ones where none is)."""

    action: Literal["none", "start", "page", "tell"]
    reason: str
    new_ids: tuple[str, ...] = ()


def judge_sweep(
    *,
    alarm: AlarmFact | None,
    stale_ids: Sequence[str],
    guard_held: bool,
    owner_running: bool,
    known_ids: Collection[str],
    kill_switch: KillSwitchFact | None,
    mode: str,
    now: datetime,
    sweeps_done: int = 0,
    limit: int | None = None,
    act_until: datetime | None = None,
    left_ids: Collection[str] = (),
) -> SweepVerdict:
    """Starts where the alarm is up, the symptom real and nobody is curing it; pages where `limit` runs have
    not helped. A kill switch that cannot be read starts a run all the same: the run reads it again and fails
    closed, and says so. `left_ids` are stale, and a person leaves them as they are for now. `act_until`: until
    when the last act of the guard's owner may be at work; a run that starts before it could not take the guard
    over, and would be spent."""
    if mode == "off":
        return SweepVerdict("none", "the runbook is switched off")
    if alarm is None or alarm.state != "ALARM":
        state = "unreadable" if alarm is None else alarm.state or "unreadable"
        return SweepVerdict("none", f"the alarm is {state}")
    ill = tuple(s for s in sorted(set(stale_ids)) if not halts(kill_switch, s))
    wanted = tuple(s for s in ill if s not in left_ids)
    if ill and not wanted:
        return SweepVerdict("none", f"the alarm is up, and a person leaves {names(ill)} as it is for now")
    if not wanted:
        why = told(kill_switch) if stale_ids and kill_switch else "no heartbeat is stale"
        return SweepVerdict("none", f"the alarm is up, and {why}")
    if guard_held and owner_running:
        new = tuple(s for s in wanted if s not in known_ids)
        if not new:
            return SweepVerdict("none", "a run is at work on all of them")
        return SweepVerdict("tell", f"stale since the run began: {names(new)}", new)
    if guard_held and act_until is not None and act_until > now:
        why = f"the run that held the guard has ended; its last act may be at work until {act_until:%H:%M:%S} UTC"
        return SweepVerdict("none", why, wanted)
    if alarm.since is not None and now - alarm.since < AFTER_THE_TRANSITION:
        return SweepVerdict("none", "the transition's own event is starting a run", wanted)
    if limit is not None and sweeps_done >= limit:
        action: Literal["page", "none"] = "page" if sweeps_done == limit else "none"
        return SweepVerdict(action, f"{sweeps_done} sweeps have not helped {names(wanted)}", wanted)
    return SweepVerdict("start", f"the alarm is up, nobody is curing {names(wanted)}", wanted)
