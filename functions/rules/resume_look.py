"""A look at a batch that was brought back: who beats since, who does not, and whose signals were seen.

A batch is a stretch of names, and in it may stand others who came back before: they are no failure of this batch,
and nobody stops them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from functions.rules.heartbeats import is_impossible
from functions.rules.resume_scope import One, Stands, comes_back


@dataclass(frozen=True, slots=True)
class Look:
    """`well` beat since they were written; `missing` were written and do not. `changed` stand elsewhere (failed,
    terminated, stopped by somebody, gone). `waiting` are still to be brought back."""

    well: tuple[One, ...]
    missing: tuple[One, ...]
    changed: tuple[One, ...]
    waiting: tuple[One, ...]

    def failed(self, changed_before: int) -> int:
        """How many did not come back. `changed_before`: so many stood elsewhere before the batch began."""
        return len(self.missing) + len(self.waiting) + max(0, len(self.changed) - changed_before)

    def names(self, changed_before: int) -> tuple[str, ...]:
        """Who did not come back, sorted; of those who stand elsewhere only where none did before."""
        changed = () if changed_before else self.changed
        return tuple(sorted(one.strategy_id for one in (*self.missing, *self.waiting, *changed)))


def look_at(ones: Iterable[One], *, since: datetime, now: datetime, first: str, managing: bool) -> Look:
    """`first` is the status that the batch was written to. Only a heartbeat newer than `since` and not out of the
    future proves anything; in `managing` an acknowledged status does too."""
    well, missing, changed, waiting = [], [], [], []
    for one in ones:
        if one.stands is Stands.BACK and not one.marks:
            continue  # started by somebody else
        if comes_back(one, managing=managing):
            waiting.append(one)
        elif one.stands in (Stands.CHANGED, Stands.GONE):
            changed.append(one)
        elif _proves(one, since, now, managing=managing):
            well.append(one)
        elif one.state is not None and one.state.status == first:
            missing.append(one)
    return Look(tuple(well), tuple(missing), tuple(changed), tuple(waiting))


def silent(well: Iterable[One], seen: Collection[str]) -> tuple[str, ...]:
    """Beat, and no signal of theirs was seen: a quiet market looks the same."""
    return tuple(sorted(one.strategy_id for one in well if one.strategy_id not in seen))


def _proves(one: One, since: datetime, now: datetime, *, managing: bool) -> bool:
    state = one.state
    if state is None:
        return False
    if managing and state.acknowledged_status == state.status:
        return True
    beat = state.last_heartbeat
    return beat is not None and beat > since and not is_impossible(beat, now=now)
