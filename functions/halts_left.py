"""Which halts have left somebody behind: the marks on stopped strategies are not all a halt's."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from functions.errors import RunbookError
from functions.facts import KillSwitchFact, StrategyState
from functions.ports import Ports
from functions.returning import managing_status
from functions.rules.resume_scope import MOST_HALTS, mark_of, marks, surely
from functions.runtime import logger
from functions.settings import Settings

NEEDS: Final = ("halts.records_of", "incidents.get")
# Marks that are asked whether they are a halt's, and strategies of one whose records may say so.
MOST_MARKS: Final = 50
MOST_PROBED: Final = 25
# What halts: a stop, and a resume that halts again.
HALTING: Final = ("emergency-stop", "resume-trading")


def halts_of(
    ports: Ports, switch: KillSwitchFact, states: Sequence[StrategyState], settings: Settings
) -> tuple[str, ...]:
    """The standing halt first, then those that left somebody behind. A restart too leaves a mark, and is none."""
    carried, sure = marks(states, managing_status(settings)), surely(switch)
    found = [one for one in sure if one in carried or (switch.engaged and one == switch.halt_id)]
    for mark in carried[:MOST_MARKS]:
        if len(found) > MOST_HALTS:
            break
        if mark not in found and _is_halt(ports, mark, [s.strategy_id for s in states if mark_of(s) == mark]):
            found.append(mark)
    return tuple(found)


def _is_halt(ports: Ports, mark: str, strategy_ids: Sequence[str]) -> bool:
    """It has recorded somebody; or, where it could not, its incident is one that halts."""
    if ports.halts.records_of(mark, strategy_ids[:MOST_PROBED]):
        return True
    try:
        return (ports.incidents.get(mark) or {}).get("runbook") in HALTING
    except RunbookError as error:
        logger.warning("nobody knows whether a mark is a halt's", mark=mark, cause=str(error))
        return False
