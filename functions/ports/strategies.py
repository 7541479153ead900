"""What the strategies' own bots say."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from functions.strategy_bot import BotFact, CandlesFact


class StrategyApi(Protocol):
    """freqtrade's REST API, of the strategies for which the settings name one (`Refused` for others).

    Reading only. `Transient`: it did not answer, or not as freqtrade does. `Refused`: it said no, or answered about
    something else. `Broken`: the secret holds no username and password.
    """

    def bot(self, strategy_id: str) -> BotFact:
        """`/show_config` and `/health`."""
        ...

    def pairs(self, strategy_id: str) -> Sequence[str]:
        """`/whitelist`: the symbols that the bot analyses."""
        ...

    def candles(self, strategy_id: str, symbol: str, timeframe: str, most: int) -> CandlesFact:
        """`/pair_candles`: at most the `most` newest, from what the bot has in memory."""
        ...
