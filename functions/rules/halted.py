"""What a stop makes of one strategy that it looks at."""

from __future__ import annotations

from enum import StrEnum

from functions.facts import StrategyState

STOPPED = "stopped"


class Sight(StrEnum):
    """`trades`: it must be stopped. `halted`: it stands stopped by this halt. `rests`: it does not trade, by
    whoever's doing. `unknown`: nobody knows what its status means, so nothing is guessed."""

    TRADES = "trades"
    HALTED = "halted"
    RESTS = "rests"
    UNKNOWN = "unknown"


def sight(state: StrategyState, *, mark: str, trading: frozenset[str], known: frozenset[str]) -> Sight:
    """`mark` is what the strategies carry that this halt stopped."""
    if state.status in trading:
        return Sight.TRADES
    if state.status not in known:
        return Sight.UNKNOWN
    return Sight.HALTED if state.status == STOPPED and state.stopped_by == mark else Sight.RESTS
