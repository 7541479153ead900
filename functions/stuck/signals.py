"""Asks the strategies' bots whether an exit is due: the last source, and only where the settings name their API."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from functions.errors import RunbookError, Transient
from functions.facts import PositionFact
from functions.ports import Ports
from functions.rules.stuck.exit_signal import MOST_CANDLES, exit_signal, wanted
from functions.settings import Meaning, Settings
from functions.strategy_bot import BotFact, CandlesFact

NEEDS: Final = ("clock.now", "strategy_api.bot", "strategy_api.candles", "trading_state.get")


@dataclass(slots=True)
class Bots:
    """What was read of them in this look: each bot once, and one that did not answer is not asked again. Used by
    one thread. `until`: after it none is asked."""

    ports: Ports
    settings: Settings
    until: datetime | None = None
    _bots: dict[str, BotFact | None] = field(default_factory=dict)
    _candles: dict[tuple[str, str, int], CandlesFact] = field(default_factory=dict)
    _silent: dict[str, RunbookError] = field(default_factory=dict)

    def asked(self, position: PositionFact) -> bool:
        """The settings name an API of its strategy."""
        return self.settings.strategy_api.base_of(position.strategy_id, self.settings.env.value) is not None

    def due(self, position: PositionFact) -> datetime | None:
        """When its bot's exit signal made its exit due; None: it gave none, or it is no bot that manages exits.
        Raises where that is not known."""
        strategy_id = position.strategy_id
        if strategy_id in self._silent:
            raise self._silent[strategy_id]
        if self.until is not None and self.ports.clock.now() >= self.until:
            raise Transient(f"freqtrade of {strategy_id}: no time was left to ask")
        bot = self._bot(strategy_id)
        if bot is None:
            return None
        now = self.ports.clock.now()
        # In steps, so that positions of one symbol share an answer.
        most = min(-(-wanted(position, bot.candle, now) // 100) * 100, MOST_CANDLES)
        slot = (strategy_id, position.symbol, most)
        if slot not in self._candles:
            try:
                self._candles[slot] = self.ports.strategy_api.candles(*slot[:2], bot.timeframe, most)
            except Transient as error:
                self._silent[strategy_id] = error
                raise
        found = exit_signal(position, self._candles[slot], now)
        if found.unseen is not None:
            raise Transient(f"freqtrade of {strategy_id}: {found.unseen}: whether an exit is due is not known")
        return found.due_at

    def _bot(self, strategy_id: str) -> BotFact | None:
        """A strategy whose status manages nothing signals no exit, and its bot may be away."""
        if strategy_id not in self._bots:
            state = self.ports.trading_state.get(strategy_id)
            meaning = self.settings.meaning(state.status) if state else None
            manages = meaning in (Meaning.TRADES, Meaning.MANAGES_EXITS)
            try:
                self._bots[strategy_id] = self.ports.strategy_api.bot(strategy_id) if manages else None
            except RunbookError as error:
                self._silent[strategy_id] = error
                raise
        return self._bots[strategy_id]
