"""Whether a bot processes its signals: by the age of its last analysis and of its last candle, per pair.

With the exchange dead, a bot's ping, state and health stay green; only these two tell: `/pair_candles` is what was
analysed, so an answer that is old is a bot that stands still.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

from functions.facts import Check
from functions.strategy_bot import BotFact, CandlesFact

STOPPED: Final = "stopped"
# A bot whose clock is further ahead than this tells no ages.
AHEAD: Final = timedelta(seconds=30)
# Strategies by name, in one answer.
MOST_NAMED: Final = 10


@dataclass(frozen=True, slots=True)
class Within:
    """`analyzed` and `candles` in timeframes, counted from when a candle opened; `grace` on top of `analyzed`."""

    analyzed: Decimal
    grace: timedelta
    candles: Decimal


@dataclass(frozen=True, slots=True)
class Processing:
    """`told` in one clause; `since`: when it stood still, where that is known."""

    result: Check
    told: str
    since: datetime | None = None


def processing(bot: BotFact, candles: CandlesFact, within: Within, now: datetime) -> Processing:
    """One pair of one bot."""
    pair, last = candles.symbol, candles.last_opened_at
    most = _times(candles.candle, within.analyzed) + within.grace
    if bot.state == STOPPED:
        return Processing(Check.FAIL, f"{pair}: the bot's state is {STOPPED}")
    if candles.analyzed_at is None or last is None:
        if bot.started_at is None or now - bot.started_at <= most:
            return Processing(Check.UNKNOWN, f"{pair}: not analysed yet since the bot's start")
        return Processing(Check.FAIL, f"{pair}: never analysed since the bot's start", bot.started_at)
    if candles.analyzed_at - now > AHEAD or last - now > AHEAD:
        return Processing(Check.UNKNOWN, f"{pair}: the bot's clock is ahead of ours")
    if now - candles.analyzed_at > most:
        since = candles.analyzed_at
        return Processing(Check.FAIL, f"{pair}: last analysed {_ago(since, now)}, {_most(most)}", since)
    oldest = _times(candles.candle, within.candles)
    if now - last > oldest:
        return Processing(Check.FAIL, f"{pair}: its last candle opened {_ago(last, now)}, {_most(oldest)}", last)
    return Processing(Check.PASS, f"{pair}: last analysed {_ago(candles.analyzed_at, now)}")


def of_bot(bot: BotFact, pairs: Sequence[Processing], *, listed: int) -> Processing:
    """Of all that were asked of it: the worst counts. `listed`: so many pairs it analyses."""
    if not pairs:
        return Processing(Check.UNKNOWN, "its whitelist is empty: there is no pair whose candles could tell")
    for result in (Check.FAIL, Check.UNKNOWN):
        if found := [one for one in pairs if one.result is result]:
            since = min((one.since for one in found if one.since is not None), default=None)
            more = f" and {len(found) - 3} pairs more" if len(found) > 3 else ""
            return Processing(result, ", ".join(one.told for one in found[:3]) + more, since)
    counted = f"{len(pairs)} of {listed} pairs" if len(pairs) < listed else f"{listed} pairs"
    return Processing(Check.PASS, f"{counted} of {bot.timeframe}, {pairs[0].told}" if listed > 1 else pairs[0].told)


def of_all(bots: Mapping[str, Processing], lines: Mapping[str, Processing], since: datetime) -> tuple[Check, str]:
    """The worst of all, and who is meant. `lines`: strategies of which only the log can tell, since `since`."""
    parts = list[str]()
    if bots:
        well = [one for one in bots.values() if one.result is Check.PASS]
        parts.append(f"{len(well)} of {len(bots)} bots process" + (f" ({well[0].told})" if well else ""))
    if lines:
        silent = [name for name, one in lines.items() if one.result is not Check.PASS]
        said = f"{len(lines) - len(silent)} of {len(lines)} processed a signal since {since:%H:%M:%S}"
        parts.append(said + (f"; none seen from {', '.join(silent[:MOST_NAMED])}" if silent else ""))
    order = (Check.FAIL, Check.UNKNOWN, Check.PASS)
    ill = [f"{name}: {one.told}" for word in order[:2] for name, one in bots.items() if one.result is word]
    if ill:
        more = f", and {len(ill) - MOST_NAMED} more" if len(ill) > MOST_NAMED else ""
        parts.append(", ".join(ill[:MOST_NAMED]) + more)
    results = {one.result for one in (*bots.values(), *lines.values())}
    worst = next((one for one in order if one in results), Check.UNKNOWN)
    return worst, "; ".join(parts)[:1_000]


def _times(candle: timedelta, timeframes: Decimal) -> timedelta:
    return candle * float(timeframes)


def _ago(moment: datetime, now: datetime) -> str:
    return f"{max(int((now - moment).total_seconds()), 0)} s ago"


def _most(span: timedelta) -> str:
    return f"{int(span.total_seconds())} s are allowed"
