"""What the watch of an engaged kill switch does in a minute, and whether it has something new to tell."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final

from functions.facts import KillSwitchFact, ScalingFact, ServiceFact, StrategyState
from functions.rules.kill_switch import halts_everything
from functions.rules.stop_parts import ENDED, tasks_of

# A message that could not be sent is kept behind this, and sent first by the next minute.
UNTOLD: Final = "untold\n"
NOTHING: Final = "nothing"


@dataclass(frozen=True, slots=True)
class Watched:
    """What one minute came to. `stopped`: traded although the kill switch is engaged for them, and no more do.
    `left`: why one could not be stopped, or is stopped by the table alone, by strategy. `did`: what was done to the
    service. `trouble`: what could not be read or done besides."""

    stopped: tuple[str, ...] = ()
    left: tuple[tuple[str, str], ...] = ()
    did: tuple[str, ...] = ()
    trouble: tuple[str, ...] = ()

    @property
    def nothing(self) -> bool:
        return not (self.stopped or self.left or self.did or self.trouble)

    @property
    def pages(self) -> bool:
        """Something that should stand still could not be made to."""
        return bool(self.left or self.trouble)


def may_hold_down(switch: KillSwitchFact) -> bool:
    """The service too is to stay at 0: engaged for all, and nobody has let it run."""
    return halts_everything(switch) and not switch.service_up


def same_halt(before: KillSwitchFact, now: KillSwitchFact) -> bool:
    """Read again right before an act: it still is engaged, by the same halt."""
    return now.engaged and now.halt_id == before.halt_id


def wanted(service: ServiceFact) -> bool:
    return service.desired > 0


def scales(scaling: ScalingFact | None) -> bool:
    """It may start tasks by itself."""
    return scaling is not None and not scaling.suspended


def lingers(service: ServiceFact, switch: KillSwitchFact, *, now: datetime, stop_time: timedelta) -> str | None:
    """Why tasks that were told to end count as such that do not; None where none is left or they may still be
    ending. One that was started meanwhile has as long."""
    running = tasks_of(service).running
    if running == 0 or wanted(service) or not _long_ago(switch.engaged_at, now, stop_time):
        return None
    alive = [task.started_at for task in service.tasks if task.last_status not in ENDED]
    if alive and not any(_long_ago(at, now, stop_time) for at in alive if at is not None):
        return None
    return f"{running} tasks of the service have not ended, although its desired count is 0: end them by hand"


def _long_ago(at: datetime | None, now: datetime, stop_time: timedelta) -> bool:
    return at is None or now - at >= stop_time


def beats_on(
    state: StrategyState,
    switch: KillSwitchFact,
    *,
    stop_time: timedelta,
    manages: Collection[str],
) -> bool:
    """Its bot has beaten later than any task that was told to end could: it runs somewhere else, or does not obey.
    Where the service may run, only one that has not acknowledged what the table says."""
    ends = [at for at in (switch.engaged_at, state.stopped_at) if at is not None]
    if state.last_heartbeat is None or not ends or state.last_heartbeat <= max(ends) + stop_time:
        return False
    return may_hold_down(switch) or (state.status not in manages and state.acknowledged_status != state.status)


def signature(seen: Watched, now: datetime) -> str:
    """The same as long as nothing changes. What could not be stopped is a change once an hour, so that a page that
    nobody answered is repeated."""
    if seen.nothing:
        return NOTHING
    parts: list[Iterable[str]] = [sorted(seen.stopped), sorted(name for name, _ in seen.left), sorted(seen.did)]
    hour = f"{now:%Y-%m-%dT%H}" if seen.pages else ""
    text = "\n\n".join("\n".join(part) for part in parts)
    return sha256(f"{text}\n\n{bool(seen.trouble)}\n{hour}".encode()).hexdigest()


def lines(seen: Watched, most: int) -> Sequence[str]:
    """The message, `most` names of each."""
    stopped, left = seen.stopped, seen.left
    told = [f"done: {one}" for one in seen.did]
    if stopped:
        told.append(f"{len(stopped)} traded although the kill switch is engaged, and were stopped:")
        told += [f"- {name}" for name in stopped[:most]]
        told += [f"- and {len(stopped) - most} more"] if len(stopped) > most else []
    if left:
        told.append(f"{len(left)} could NOT be stopped, or not for sure, and may trade:")
        told += [f"- {name}: {why}" for name, why in left[:most]]
        told += [f"- and {len(left) - most} more"] if len(left) > most else []
    told += [f"NOT done or not known: {one}" for one in seen.trouble]
    return told
