"""What the runbooks know about a strategy's freqtrade bot, as frozen dataclasses.

Times are aware UTC. What could not be read is `None` or raises, never a default that looks healthy. Source:
the REST API of freqtrade 2026.9 (`rpc/api_server/api_schemas.py`: ShowConfig, Health, PairHistory).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class BotFact:
    """`state`: `running`, `paused` (exits only), `stopped`, `reload_config`; in lower case, as freqtrade says it.
    `timeframe` is that of its candles as freqtrade writes it (`5m`), `candle` its length. `started_at`: since when
    the bot runs; None: not said."""

    strategy_id: str
    state: str
    timeframe: str
    candle: timedelta
    strategy: str
    bot_name: str
    exchange: str
    dry_run: bool
    version: str
    started_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class SignalCandle:
    """One complete candle, by when it opened, with the strategy's signals on it."""

    opened_at: datetime
    enter_long: bool = False
    exit_long: bool = False
    enter_short: bool = False
    exit_short: bool = False


@dataclass(frozen=True, slots=True)
class CandlesFact:
    """The newest analysed candles of one pair, the oldest first. `analyzed_at` None: never analysed, and then there
    are none."""

    symbol: str
    timeframe: str
    candle: timedelta
    analyzed_at: datetime | None
    candles: tuple[SignalCandle, ...]

    @property
    def last_opened_at(self) -> datetime | None:
        return self.candles[-1].opened_at if self.candles else None
