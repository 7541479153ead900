"""What the log says about one strategy: a pattern that hits it, and whether it has fallen silent."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from functions.facts import LogFact, StrategyState

# A strategy beats every 30 s and writes lines as it works. One that froze wrote its last line at about its
# last heartbeat; one that works without beating goes on writing.
A_LITTLE_AFTER: Final = timedelta(seconds=60)


def hits(logs: LogFact | None, pattern: str, strategy_id: str) -> bool:
    """The pattern was seen with this strategy's id, or was seen with nobody's.

    Lines that name no strategy (a shared client's) may be anybody's; as soon as one line names its strategy,
    only the named ones are hit.
    """
    if logs is None:
        return False
    if any(pattern in names for names in logs.by_strategy.values()):
        return pattern in logs.by_strategy.get(strategy_id, ())
    return logs.counts.get(pattern, 0) > 0


def is_silent(logs: LogFact | None, state: StrategyState, *, now: datetime, silence_seconds: int) -> bool | None:
    """No line of the strategy, or of the whole service, for long enough. None: cannot be told.

    A service whose lines name no strategy at all is only silent as a whole.
    """
    if logs is None:
        return None
    since = now - timedelta(seconds=silence_seconds)
    if logs.last_line_at is None or logs.last_line_at <= since:
        return True
    if not logs.last_line_by_strategy:
        return None
    last = logs.last_line_by_strategy.get(state.strategy_id)
    if last is None or last <= since:
        return True
    return state.last_heartbeat is not None and last <= state.last_heartbeat + A_LITTLE_AFTER
