"""What a copy writes to its log in one beat."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from local.platform.copies import Copy
from local.platform.faults.base import Trouble
from local.platform.journal import Journal

# A copy with thousands of strategies writes the lines of these many a beat, in turn, and one summary.
STRATEGIES_A_BEAT = 50


def report(journal: Journal, copy: Copy, beat: int, beaten: Sequence[str], troubles: Mapping[str, Trouble]) -> None:
    """Lines of the strategies that wrote their heartbeat, and of those that could not."""
    for strategy_id in turn(beaten, beat):
        journal.event(copy.task_id, "INFO", strategy_id, "signal_processed", signal="hold")
        journal.event(copy.task_id, "INFO", strategy_id, "heartbeat_written")
    if len(beaten) > STRATEGIES_A_BEAT:
        journal.event(copy.task_id, "INFO", None, "beat_summary", heartbeats_written=len(beaten))
    plain: dict[str, None] = {}
    for strategy_id in turn(sorted(troubles), beat):
        trouble = troubles[strategy_id]
        if trouble.signals:
            journal.event(copy.task_id, "INFO", strategy_id, "signal_processed", signal="hold")
        for event, error in trouble.events:
            journal.event(copy.task_id, "ERROR", strategy_id, event, error=error)
        plain.update(dict.fromkeys(trouble.plain))
    for line in plain:
        journal.plain(copy.task_id, line)


def turn(strategy_ids: Sequence[str], beat: int) -> Sequence[str]:
    """At most 50 of them, the next ones at each beat."""
    if len(strategy_ids) <= STRATEGIES_A_BEAT:
        return strategy_ids
    first = beat * STRATEGIES_A_BEAT % len(strategy_ids)
    return [*strategy_ids[first:], *strategy_ids[:first]][:STRATEGIES_A_BEAT]
