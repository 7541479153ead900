"""Twin of the strategies' bots."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from functions.adapters.memory.bots import MemoryBot
from functions.adapters.memory.world import World
from functions.errors import Refused
from functions.strategy_bot import BotFact, CandlesFact


class MemoryStrategyApi:
    """A strategy that is not in `world.bots` has no API."""

    def __init__(self, world: World) -> None:
        self._world = world

    def bot(self, strategy_id: str) -> BotFact:
        return self._bot(strategy_id).fact

    def pairs(self, strategy_id: str) -> Sequence[str]:
        return tuple(self._bot(strategy_id).candles)

    def candles(self, strategy_id: str, symbol: str, timeframe: str, most: int) -> CandlesFact:
        bot = self._bot(strategy_id)
        found = bot.candles.get(symbol)
        if found is None or timeframe != found.timeframe:
            # What the bot does not analyse it has never analysed.
            return CandlesFact(symbol, timeframe, bot.fact.candle, None, ())
        return replace(found, candles=found.candles[-most:])

    def _bot(self, strategy_id: str) -> MemoryBot:
        if strategy_id not in self._world.bots:
            raise Refused(f"freqtrade of {strategy_id}: the settings name no API of this strategy")
        return self._world.bots[strategy_id]
