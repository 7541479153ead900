"""What a run's own acts leave worse than they found it: stopped and not started again, emptied and not refilled,
paused and not resumed, protection taken off and not placed again, a test order placed and not seen gone.

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
PAUSE: Final = "pause the strategy's entries"
RESUME: Final = "resume the strategy's entries"
TAKE_OFF: Final = "take a protective order off"
PROTECT: Final = "place a protective order again"
# Both in one: it is done when the order is over, and unknown as long as it may rest.
TEST_ORDER: Final = "place a test order and cancel it"

# What was done, and by which act it is undone.
BACK: Final = {
    STOP: ("stopped", (START, REDEPLOY)),
    EMPTY: ("scaled to 0", (START, REDEPLOY)),
    PAUSE: ("paused", (RESUME,)),
}


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
        if act.result is Result.NOT_DONE or act.action not in BACK:
            continue
        what, undone_by = BACK[act.action]
        back = {a.result for a in acts[number + 1 :] if a.target == act.target and a.action in undone_by}
        if Result.DONE in back:
            continue
        may, know = _may(act)
        stands = "whether it came back is not known" if Result.UNKNOWN in back else "not brought back"
        told.append(f"{act.target} {may} {what} by this run{know}; {stands}; before: {act.before or 'not told'}")
    return (*told, *_unprotected(acts), *_resting(acts))


def _unprotected(acts: Sequence[Recorded]) -> tuple[str, ...]:
    """What is placed again has a name of its own, so that each stands for one that was taken off before it."""
    again = [(number, act) for number, act in enumerate(acts) if act.action == PROTECT]
    told = []
    for number, act in enumerate(acts):
        if act.result is Result.NOT_DONE or act.action != TAKE_OFF:
            continue
        later = [one for one in again if one[0] > number and one[1].result is not Result.NOT_DONE]
        back = next((one for one in later if one[1].result is Result.DONE), next(iter(later), None))
        if back is not None:
            again.remove(back)
            if back[1].result is Result.DONE:
                continue
        may, know = _may(act)
        stands = "not placed again" if back is None else "whether it was placed again is not known"
        told.append(
            f"protective order {act.target} {may} taken off by this run{know}; {stands}: "
            f"look at the position now; it was: {act.before or 'not told'}"
        )
    return tuple(told)


def _resting(acts: Sequence[Recorded]) -> tuple[str, ...]:
    return tuple(
        f"test order {act.target} may rest at the venue, and nobody knows ({act.before or 'not told'}): look there "
        "for that client order id and cancel the order by hand. As long as it rests, the order line of every "
        "verify-trading of that account fails and names it"
        for act in acts
        if act.action == TEST_ORDER and act.result is Result.UNKNOWN
    )


def _may(act: Recorded) -> tuple[str, str]:
    return ("was", "") if act.result is Result.DONE else ("may have been", ", and nobody knows")
