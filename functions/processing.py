"""Whether strategies process their signals: their bots say it where the settings name an API, else the log does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Final

from functions.errors import RunbookError
from functions.facts import Check
from functions.ports import Ports
from functions.rules.log_patterns import SIGNAL_PROCESSED
from functions.rules.signals import Processing, Within, of_bot, processing
from functions.settings import Settings

NEEDS: Final = (
    "clock.now",
    "logs.signals",
    "strategy_api.bot",
    "strategy_api.candles",
    "strategy_api.pairs",
)
AT_ONCE: Final = 8
# The newest candles; one would do, and a bot that answers with none at all is told from one that lags.
CANDLES: Final = 2


def has_bot(settings: Settings, strategy_id: str) -> bool:
    return settings.strategy_api.base_of(strategy_id, settings.env.value) is not None


def by_bots(
    ports: Ports, settings: Settings, strategy_ids: Sequence[str], until: datetime
) -> Mapping[str, Processing]:
    """Of each; unknown where its bot did not answer before `until`."""

    def ask(strategy_id: str) -> Processing:
        try:
            return _bot(ports, settings, strategy_id, until)
        except RunbookError as error:
            return Processing(Check.UNKNOWN, str(error)[:300])

    if not strategy_ids:
        return {}
    with ThreadPoolExecutor(AT_ONCE) as pool:
        return dict(zip(strategy_ids, pool.map(ask, strategy_ids), strict=True))


def _bot(ports: Ports, settings: Settings, strategy_id: str, until: datetime) -> Processing:
    late = Processing(Check.UNKNOWN, f"freqtrade of {strategy_id}: no time was left to ask")
    if ports.clock.now() >= until:
        return late
    api, asked = settings.strategy_api, list[Processing]()
    within = Within(api.analyzed_within, timedelta(seconds=api.grace), api.candles_within)
    bot, pairs = ports.strategy_api.bot(strategy_id), ports.strategy_api.pairs(strategy_id)
    for pair in pairs[: api.pairs_asked]:
        if ports.clock.now() >= until:
            asked.append(late)
            break
        candles = ports.strategy_api.candles(strategy_id, pair, bot.timeframe, CANDLES)
        asked.append(processing(bot, candles, within, ports.clock.now()))
    return of_bot(bot, asked, listed=len(pairs))


def by_log(ports: Ports, since: datetime, strategy_ids: Sequence[str]) -> Mapping[str, Processing]:
    """No line may be a quiet market: not seen is not the same as not processing. Raises where the log cannot be
    read."""
    if not strategy_ids:
        return {}
    seen = ports.logs.signals(since, strategy_ids)
    silent = Processing(Check.UNKNOWN, "no line of a signal")
    return {
        one: silent if seen.get(one) is None else Processing(Check.PASS, f"a line at {seen[one]:%H:%M:%S}")
        for one in strategy_ids
    }


def bots_query(settings: Settings) -> str:
    """What the bots are asked, and what is judged."""
    api = settings.strategy_api
    return (
        f"GET /api/v1/show_config, /health, /whitelist, and POST /pair_candles (limit {CANDLES}) of at most "
        f"{api.pairs_asked} of its pairs: last_analyzed_ts at most {api.analyzed_within} timeframes and "
        f"{api.grace} s old, data_stop_ts at most {api.candles_within} timeframes old"
    )


def log_query(since: datetime) -> str:
    return f"lines of {SIGNAL_PROCESSED.name} since {since:%Y-%m-%d %H:%M:%S} UTC, by the strategy that they name"
