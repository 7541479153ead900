"""`/pair_candles`: what a bot has analysed of a pair, as freqtrade's `_convert_dataframe_to_dict` writes it.

Source: freqtrade 2026.9, `rpc/rpc.py`. A candle's time is when it opened; the one that is still open is dropped;
`last_analyzed_ts` is in seconds, every other time in milliseconds.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

TIMEFRAME: Final = "5m"
CANDLE: Final = timedelta(minutes=5)
# What freqtrade keeps in memory of a pair, and how long after a candle's close the bot has analysed it.
HELD: Final = 999
ANALYSED_AFTER: Final = timedelta(seconds=2)
SIGNALS: Final = ("enter_long", "exit_long", "enter_short", "exit_short")
OHLCV: Final = ("date", "open", "high", "low", "close", "volume")
COLUMNS: Final = (*OHLCV, "rsi", "enter_long", "enter_tag", "exit_long", "enter_short", "exit_short")


@dataclass(frozen=True)
class Analysis:
    """Until when a bot analysed, and until when it has candles."""

    analysed_until: datetime
    candles_until: datetime


def opening(moment: datetime) -> datetime:
    """Of the candle in which the moment lies."""
    seconds = int(moment.timestamp()) // int(CANDLE.total_seconds()) * int(CANDLE.total_seconds())
    return datetime.fromtimestamp(seconds, UTC)


def pair_candles(
    strategy: str,
    pair: str,
    *,
    seen: Analysis,
    signals: Collection[tuple[str, datetime]],
    limit: int | None,
    columns: Sequence[str] | None,
) -> dict[str, Any]:
    """`signals`: (column, a moment within the candle); a candle that is not there yet has none."""
    last = opening(seen.candles_until) - CANDLE
    marked = {(column, opening(moment)) for column, moment in signals}
    times = [last - number * CANDLE for number in reversed(range(min(limit or HELD, HELD)))]
    rows = [_row(pair, at, {column for column in SIGNALS if (column, at) in marked}) for at in times]
    wanted = None if columns is None else {*OHLCV, *SIGNALS, *columns}
    kept = [name for name in COLUMNS if wanted is None or name in wanted]
    shown = [*kept, "__date_ts", *(f"_{name}_signal_close" for name in SIGNALS)]
    counts = {name: sum(row[name] for row in rows) for name in SIGNALS}
    # A bot analyses a candle once it is complete, and then waits for the next one.
    analysed = min(seen.analysed_until, opening(seen.analysed_until) + ANALYSED_AFTER)
    return {
        "strategy": strategy,
        "pair": pair,
        "timeframe": TIMEFRAME,
        "timeframe_ms": int(CANDLE.total_seconds()) * 1_000,
        "columns": shown,
        "all_columns": list(COLUMNS),
        "data": [[row[name] for name in shown] for row in rows],
        "annotations": [],
        "length": len(rows),
        "buy_signals": counts["enter_long"],
        "sell_signals": counts["exit_long"],
        **{f"{name}_signals": count for name, count in counts.items()},
        "last_analyzed": _iso(analysed),
        "last_analyzed_ts": int(analysed.timestamp()),
        "data_start_ts": rows[0]["__date_ts"],
        "data_start": str(times[0]),
        "data_stop": str(last),
        "data_stop_ts": rows[-1]["__date_ts"],
    }


def never_analysed(strategy: str, pair: str, timeframe: str) -> dict[str, Any]:
    """A pair or timeframe that the bot does not analyse: no rows, and a time that never was."""
    units = {"m": 60, "h": 3_600, "d": 86_400, "w": 604_800}
    number, unit = timeframe[:-1], timeframe[-1:]
    seconds = int(number) * units[unit] if number.isdecimal() and unit in units else 0
    counts = dict.fromkeys(("buy_signals", "sell_signals", *(f"{name}_signals" for name in SIGNALS)), 0)
    return {
        "strategy": strategy,
        "pair": pair,
        "timeframe": timeframe,
        "timeframe_ms": seconds * 1_000,
        "columns": [],
        "all_columns": [],
        "data": [],
        "annotations": [],
        "length": 0,
        **counts,
        "last_analyzed": "1970-01-01T00:00:00Z",
        "last_analyzed_ts": 0,
        "data_start_ts": 0,
        "data_start": "",
        "data_stop": "",
        "data_stop_ts": 0,
    }


def _row(pair: str, at: datetime, signals: Collection[str]) -> dict[str, Any]:
    """A price that moves by the hour, so that no two candles in a row are the same."""
    seconds = int(at.timestamp())
    close = 100.0 + len(pair) + seconds // 300 % 12
    row: dict[str, Any] = {
        "date": _iso(at),
        "open": close - 0.5,
        "high": close + 1.0,
        "low": close - 1.0,
        "close": close,
        "volume": 12.5,
        "rsi": 50.0,
        "enter_tag": None,
        "__date_ts": seconds * 1_000,
    }
    for name in SIGNALS:
        row[name] = int(name in signals)
        row[f"_{name}_signal_close"] = close if name in signals else None
    return row


def _iso(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")
