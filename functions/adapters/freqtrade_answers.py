"""Reads what freqtrade's REST API answers; whatever is not exactly that is no answer.

Shapes: freqtrade 2026.9, `rpc/api_server/api_schemas.py`. Of times, `last_analyzed_ts` and `bot_startup_ts` are
seconds, `timeframe_ms`, `data_stop_ts` and the column `__date_ts` milliseconds; 0 stands for never. A candle's time
is when it opened.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from functions.errors import Refused, Transient
from functions.strategy_bot import BotFact, CandlesFact, SignalCandle

SIGNALS: Final = ("enter_long", "exit_long", "enter_short", "exit_short")
# 2000-01-01 and 2100-01-01: a number outside is no time of a bot, or is in the other unit.
EARLIEST, LATEST = 946_684_800, 4_102_444_800
LONGEST_CANDLE: Final = 366 * 86_400_000
MOST_PAIRS: Final = 2_000
MOST_TEXT: Final = 200


def parsed(body: bytes, what: str) -> Mapping[str, Any]:
    """The JSON object. NaN and infinity are none of JSON's values."""

    def no_number(_: str) -> Any:
        raise ValueError

    try:
        found = json.loads(body.decode("utf-8"), parse_constant=no_number)
    except (ValueError, RecursionError):
        raise Transient(f"{what}: the answer is no JSON, or was cut") from None
    if not isinstance(found, dict):
        raise Refused(f"{what}: the answer is no JSON object")
    return found


def bot_of(strategy_id: str, config: Mapping[str, Any], health: Mapping[str, Any], what: str) -> BotFact:
    length = _number(config, "timeframe_ms", what)
    if not 0 < length <= LONGEST_CANDLE or not isinstance(config.get("dry_run"), bool):
        raise Refused(f"{what}: timeframe_ms and dry_run are not freqtrade's")
    started = health.get("bot_startup_ts")
    return BotFact(
        strategy_id=strategy_id,
        state=_text(config, "state", what).lower(),
        timeframe=_text(config, "timeframe", what),
        candle=timedelta(milliseconds=length),
        strategy=_text(config, "strategy", what),
        bot_name=_text(config, "bot_name", what),
        exchange=_text(config, "exchange", what),
        dry_run=config["dry_run"],
        version=_text(config, "version", what),
        started_at=None if started is None else _time(_number(health, "bot_startup_ts", what), 1, what),
    )


def pairs_of(answer: Mapping[str, Any], what: str) -> tuple[str, ...]:
    found = answer.get("whitelist")
    if not isinstance(found, list) or len(found) > MOST_PAIRS:
        raise Refused(f"{what}: no whitelist, or one without end")
    if not all(isinstance(one, str) and 0 < len(one) <= MOST_TEXT for one in found):
        raise Refused(f"{what}: the whitelist holds something else than pairs")
    return tuple(dict.fromkeys(found))


def candles_of(answer: Mapping[str, Any], symbol: str, timeframe: str, most: int, what: str) -> CandlesFact:
    if answer.get("pair") != symbol or answer.get("timeframe") != timeframe:
        raise Refused(f"{what}: the answer is about another pair or timeframe")
    length = _number(answer, "timeframe_ms", what)
    if not 0 < length <= LONGEST_CANDLE:
        raise Refused(f"{what}: timeframe_ms is no timeframe")
    rows, columns = answer.get("data"), answer.get("columns")
    if not isinstance(rows, list) or not isinstance(columns, list) or len(rows) != answer.get("length"):
        raise Refused(f"{what}: columns, data and length do not agree")
    if len(rows) > most:
        raise Refused(f"{what}: {len(rows)} candles where {most} were asked for")
    analyzed = _number(answer, "last_analyzed_ts", what)
    stop = _number(answer, "data_stop_ts", what)
    candles = tuple(_candle(row, columns, what) for row in rows)
    times = [one.opened_at for one in candles]
    if times != sorted(set(times)) or (times and times[-1] != _time(stop, 1_000, what)):
        raise Refused(f"{what}: the candles are in no order, or end elsewhere than they say")
    if bool(candles) != (analyzed != 0):
        raise Refused(f"{what}: candles and the time of their analysis do not agree")
    return CandlesFact(
        symbol=symbol,
        timeframe=timeframe,
        candle=timedelta(milliseconds=length),
        analyzed_at=_time(analyzed, 1, what) if analyzed else None,
        candles=candles,
    )


def _candle(row: Any, columns: Sequence[Any], what: str) -> SignalCandle:
    if not isinstance(row, list) or len(row) != len(columns):
        raise Refused(f"{what}: a candle has not the columns that it should have")
    named = dict(zip(map(str, columns), row, strict=True))
    # A strategy that never signals in a direction has no column for it.
    said = {name: _signal(named.get(name), what) for name in SIGNALS}
    return SignalCandle(_time(_number(named, "__date_ts", what), 1_000, what), **said)


def _signal(value: Any, what: str) -> bool:
    """As freqtrade reads it: 1 is a signal, everything else is none."""
    if value is not None and not isinstance(value, int | float):
        raise Refused(f"{what}: a signal is no number")
    return value == 1


def _number(answer: Mapping[str, Any], name: str, what: str) -> int:
    value = answer.get(name)
    if isinstance(value, bool) or not isinstance(value, int):
        raise Refused(f"{what}: {name} is no whole number")
    return value


def _text(answer: Mapping[str, Any], name: str, what: str) -> str:
    value = answer.get(name)
    if not isinstance(value, str) or not value or not value.isprintable():
        raise Refused(f"{what}: {name} is no text")
    return value[:MOST_TEXT]


def _time(number: int, per_second: int, what: str) -> datetime:
    if not EARLIEST * per_second <= number <= LATEST * per_second:
        raise Refused(f"{what}: {str(number)[:20]} is no time of a bot")
    return (
        datetime.fromtimestamp(0, UTC)
        + timedelta(seconds=number // per_second)
        + timedelta(milliseconds=number % per_second)
    )
