"""Sees whether the strategy has opened again on the symbol since the close began, and sweeps once more.

A function that was counted as lost may have placed a protective order after the left-overs were cancelled; by now
none of them can be alive (they live no longer than a cycle), so what is found is cancelled for good.
"""

from __future__ import annotations

from contextlib import suppress
from typing import Final

from functions.closing import canceling, unit
from functions.closing.job import CloseJob, Look, Watched
from functions.errors import RunbookError
from functions.ports import Ports
from functions.rules.closing.against import opened_again
from functions.settings import Settings

NEEDS: Final = (*canceling.NEEDS, *unit.NEEDS, "positions.open_of")


def watch(ports: Ports, settings: Settings, job: CloseJob, look: Look) -> Watched:
    """Raises `Transient` where the table cannot be read; what of the venue cannot be read is said."""
    left: tuple[str, ...] | None = None
    with suppress(RunbookError):
        left = canceling.cancel_left_over(ports, settings, job, look).left
    sight = unit.see(ports, settings, job, look=look)
    facts = sight.facts
    positions = ports.positions.open_of([job.strategy_id])
    found = opened_again(
        job.unit,
        job.position_id,
        job.began,
        positions=positions,
        fills=facts.fills or (),
        working=sight.working,
        alone=sight.mine.alone,
    )
    unread = "" if facts.fills is not None and facts.venue_orders is not None else "; the venue was not readable"
    said = f"opened again: {', '.join(found)}" if found else "nothing new on this symbol"
    return Watched(trades_against=found[:20], left=left, why=f"{said}{unread}")
