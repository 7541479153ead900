"""One strategy's bot, as the twin of freqtrade's API answers for it."""

from __future__ import annotations

from dataclasses import dataclass, field

from functions.strategy_bot import BotFact, CandlesFact


@dataclass
class MemoryBot:
    """`candles` by symbol: the whitelist is what stands there."""

    fact: BotFact
    candles: dict[str, CandlesFact] = field(default_factory=dict)
