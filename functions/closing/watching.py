"""Sees whether the strategy has opened again on the symbol since the close began."""

from __future__ import annotations

from typing import Final

from functions.closing import unit
from functions.closing.job import CloseJob, Watched
from functions.ports import Ports
from functions.rules.closing.against import opened_again
from functions.settings import Settings

NEEDS: Final = (*unit.NEEDS, "positions.open_of")


def watch(ports: Ports, settings: Settings, job: CloseJob) -> Watched:
    """Raises `Transient` where the table cannot be read; what of the venue cannot be read is said."""
    sight = unit.see(ports, settings, job)
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
    return Watched(trades_against=found[:20], why=f"{said}{unread}")
