"""What a run's own acts leave worse than they found it: stopped and not started again, emptied and not refilled.

Nothing else would say so: a stopped strategy owes no heartbeat, so that its alarm goes back to OK.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Protocol

from functions.facts import Result

STOP: Final = "stop the strategy"
START: Final = "start the strategy"
EMPTY: Final = "scale the service to 0 before its redeploy"
REDEPLOY: Final = "redeploy the service"


class Recorded(Protocol):
    """An act as the incident keeps it."""

    @property
    def action(self) -> str: ...
    @property
    def target(self) -> str: ...
    @property
    def result(self) -> Result: ...
    @property
    def before(self) -> str | None: ...


def left_behind(acts: Sequence[Recorded]) -> tuple[str, ...]:
    """One sentence for each act that was, or may have been, done and whose other half is not known to be. `acts`
    stand by time: an earlier other half brought back something else."""
    told = []
    for number, act in enumerate(acts):
        if act.result is Result.NOT_DONE or act.action not in (STOP, EMPTY):
            continue
        back = {a.result for a in acts[number + 1 :] if a.target == act.target and a.action in (START, REDEPLOY)}
        if Result.DONE in back:
            continue
        may, know = ("was", "") if act.result is Result.DONE else ("may have been", ", and nobody knows")
        stands = "whether it came back is not known" if Result.UNKNOWN in back else "not brought back"
        what = "stopped" if act.action == STOP else "scaled to 0"
        told.append(f"{act.target} {may} {what} by this run{know}; {stands}; before: {act.before or 'not told'}")
    return tuple(told)
