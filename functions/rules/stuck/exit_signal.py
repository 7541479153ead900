"""When a position's exit became due by its bot's own signals."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from functions.facts import PositionFact
from functions.strategy_bot import CandlesFact, SignalCandle

# Older than this many timeframes, the newest candle says nothing of the present.
CANDLES_WITHIN: Final = 2.5
# Of a bot's memory, which holds no more; what lies before was seen when it was new, or shows by the age.
MOST_CANDLES: Final = 1_000


@dataclass(frozen=True, slots=True)
class ExitSignal:
    """`due_at` None: none was seen. `unseen`: why that does not mean that none is due; None: it does."""

    due_at: datetime | None
    unseen: str | None = None


def exit_signal(position: PositionFact, candles: CandlesFact, now: datetime) -> ExitSignal:
    """The first exit signal since the position was opened, in its direction, due when its candle closed.

    As freqtrade reads it (`strategy/interface.py`, `should_exit`): an exit signal beside an entry signal of the
    same direction on the same candle is none. A position that does not say when it was opened is judged by the
    newest candle alone.
    """
    if position.side not in ("long", "short"):
        return ExitSignal(None, f"its side is {position.side!r}")
    opened, complete = position.opened_at, [one for one in candles.candles if one.opened_at + candles.candle <= now]
    since = [one for one in complete if opened is not None and one.opened_at + candles.candle > opened]
    looked_at = since if opened is not None else complete[-1:]
    for one in looked_at:
        if _exits(one, position.side):
            return ExitSignal(one.opened_at + candles.candle)
    last = candles.last_opened_at
    if last is None:
        return ExitSignal(None, f"the bot has analysed no candle of {candles.symbol}")
    if now - last > candles.candle * CANDLES_WITHIN:
        ended = last + candles.candle
        return ExitSignal(None, f"the bot's candles of {candles.symbol} end at {ended:%H:%M:%S} UTC")
    return ExitSignal(None)


def wanted(position: PositionFact, candle: timedelta, now: datetime) -> int:
    """So many of the newest candles reach back to its opening, one more, and at most what is read."""
    if position.opened_at is None:
        return 2
    return max(2, min((now - position.opened_at) // candle + 3, MOST_CANDLES))


def _exits(candle: SignalCandle, side: str) -> bool:
    if side == "long":
        return candle.exit_long and not candle.enter_long
    return candle.exit_short and not candle.enter_short
