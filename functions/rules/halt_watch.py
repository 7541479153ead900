"""What the watch of an engaged kill switch does in a minute, and whether it has something new to tell."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Final

from functions.facts import KillSwitchFact, ScalingFact, ServiceFact
from functions.rules.kill_switch import halts_everything

# A message that could not be sent is kept behind this, and sent first by the next minute.
UNTOLD: Final = "untold\n"
NOTHING: Final = "nothing"


@dataclass(frozen=True, slots=True)
class Watched:
    """What one minute came to. `stopped`: traded although the kill switch is engaged for them, and no more do.
    `left`: why one could not be stopped, by strategy. `did`: what was done to the service. `trouble`: what could
    not be read or done besides."""

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
        told.append(f"{len(left)} could NOT be stopped and may trade:")
        told += [f"- {name}: {why}" for name, why in left[:most]]
        told += [f"- and {len(left) - most} more"] if len(left) > most else []
    told += [f"NOT done or not known: {one}" for one in seen.trouble]
    return told
