"""Records of before for whoever carries a halt's mark and has none: the guards table was down at its stop."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from functions.errors import RunbookError
from functions.facts import StoppedRecord, StrategyState
from functions.ports import Ports
from functions.stopping import said

NEEDS: Final = ("clock.now", "halts.record", "halts.records_of")


def fill(ports: Ports, mark: str, marked: Sequence[StrategyState], *, until: datetime) -> str | None:
    """Writes what is missing, from what the items themselves keep. Why a record is missing still; None where none
    is. `marked`: they carry the mark and `status_before`."""
    before = {one.strategy_id: one for one in marked if one.status_before}
    try:
        stand = ports.halts.records_of(mark, list(before))
        now = ports.clock.now()
        rows = [
            StoppedRecord(one.strategy_id, one.status_before or "", one.last_heartbeat, now)
            for one in before.values()
            if one.strategy_id not in stand
        ]
        failed = ports.halts.record(mark, rows, until=until) if rows else {}
    except RunbookError as error:
        return f"records of before could not be looked after: {said(error)}"
    if failed:
        return f"{len(failed)} have no record of before in the guards table ({next(iter(failed.values()))})"
    return None
