"""Looks by day whether every bot whose API the settings name lets us in."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Final

from functions.errors import RunbookError
from functions.facts import StrategyState
from functions.ports import Ports
from functions.rules.bots import answered, unanswered
from functions.rules.keys import KeyFinding, Verdict
from functions.settings import Meaning, Settings

NEEDS: Final = ("clock.now", "strategy_api.bot", "strategy_config.get", "trading_state.all")
AT_ONCE: Final = 8
LOOKS_FOR: Final = timedelta(seconds=20)


def read(ports: Ports, settings: Settings) -> tuple[KeyFinding, ...]:
    """One finding at least of each strategy that has an API; none where the settings name none."""
    if not settings.strategy_api.named:
        return ()
    try:
        states = ports.trading_state.all()
    except RunbookError as error:
        return (KeyFinding("freqtrade", "could not be asked", Verdict.UNKNOWN, f"whom: {error}"),)
    asked = [
        one
        for one in sorted(states, key=lambda state: state.strategy_id)
        if settings.strategy_api.base_of(one.strategy_id, settings.env.value) is not None
    ]
    until = ports.clock.now() + LOOKS_FOR

    def look(state: StrategyState) -> tuple[KeyFinding, ...]:
        strategy_id = state.strategy_id
        if ports.clock.now() >= until:
            return (KeyFinding(f"freqtrade of {strategy_id}", "not asked", Verdict.UNKNOWN, "no time was left"),)
        manages = settings.meaning(state.status) in (Meaning.TRADES, Meaning.MANAGES_EXITS)
        try:
            bot = ports.strategy_api.bot(strategy_id)
            mode = (ports.strategy_config.get(strategy_id) or {}).get("mode")
        except RunbookError as error:
            return (unanswered(strategy_id, error, manages=manages),)
        return answered(strategy_id, bot, mode if mode in ("live", "paper") else None)

    if not asked:
        return ()
    with ThreadPoolExecutor(AT_ONCE) as pool:
        return tuple(one for found in pool.map(look, asked) for one in found)
