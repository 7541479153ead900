"""One bot as the strategy service sees it at this moment."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class BotView:
    """`runs`: a copy of the service does. `state`: freqtrade's own word. `analyses`, `has_candles`: up to now; else
    it stopped a while ago. `broken`: the HTTP status that somebody else answers in its place, 0: nobody does."""

    strategy_id: str
    runs: bool
    state: str
    analyses: bool
    has_candles: bool
    broken: int | None = None
