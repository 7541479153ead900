"""What strategies were to become that a stop finds on their way back from the halt before: in warmup, by a resume.

Their status says only how far that resume had come. What they were is in the record of the halt that it ended. The
stop waits for that shortly and no longer: without an answer the status counts, as everywhere.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor, wait
from typing import Final

from functions.errors import RunbookError
from functions.facts import StrategyState
from functions.ports import Ports
from functions.rules.resume_scope import WARMUP
from functions.runtime import logger

NEEDS: Final = ("halts.records_of",)
# Seconds.
SHORTLY: Final = 4.0


def before_the_way(ports: Ports, states: Iterable[StrategyState]) -> Mapping[str, str]:
    """By strategy; those that nobody was bringing back, or of whom it cannot be read in time, are not in it."""
    asked: defaultdict[str, list[str]] = defaultdict(list)
    for state in states:
        if state.status == WARMUP == state.started_as and state.started_by:
            asked[state.started_by].append(state.strategy_id)
    if not asked:
        return {}
    pool = ThreadPoolExecutor(max_workers=1)
    reading = pool.submit(_read, ports, asked)
    wait([reading], timeout=SHORTLY)
    pool.shutdown(wait=False, cancel_futures=True)
    return reading.result() if reading.done() else {}


def _read(ports: Ports, asked: Mapping[str, list[str]]) -> Mapping[str, str]:
    found: dict[str, str] = {}
    for halt_id, strategy_ids in asked.items():
        try:
            records = ports.halts.records_of(halt_id, strategy_ids)
        except RunbookError as error:
            logger.warning("what strategies were before a resume could not be read", halt=halt_id, cause=str(error))
            continue
        found |= {strategy_id: record.status for strategy_id, record in records.items()}
    return found
