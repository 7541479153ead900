"""Whether a bot processes: at each limit, and what is not known is never a pass."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from functions.facts import Check
from functions.rules.signals import Processing, Within, of_all, of_bot, processing
from functions.strategy_bot import BotFact, CandlesFact, SignalCandle

NOW = datetime(2026, 3, 1, 3, tzinfo=UTC)
CANDLE = timedelta(minutes=5)
WITHIN = Within(Decimal("1.5"), timedelta(seconds=30), Decimal("2.5"))
PAIR = "BTC/USDT:USDT"
WELL = Processing(Check.PASS, "well")


def bot(**more: Any) -> BotFact:
    given: dict[str, Any] = {"strategy_id": "s1", "state": "running", "timeframe": "5m", "candle": CANDLE}
    given |= {"strategy": "S", "bot_name": "s1", "exchange": "binance", "dry_run": False, "version": "2026.9"}
    return BotFact(**{**given, "started_at": NOW - timedelta(days=1), **more})


def candles(analyzed: float | None, opened: float | None) -> CandlesFact:
    """So many seconds ago."""
    at = None if analyzed is None else NOW - timedelta(seconds=analyzed)
    held = () if opened is None else (SignalCandle(NOW - timedelta(seconds=opened)),)
    return CandlesFact(PAIR, "5m", CANDLE, at, held)


@pytest.mark.parametrize(
    ("analyzed", "opened", "result"),
    [
        (2, 300, Check.PASS),
        (480, 300, Check.PASS),
        (481, 300, Check.FAIL),
        (2, 750, Check.PASS),
        (2, 751, Check.FAIL),
        (None, None, Check.FAIL),
        (-31, 300, Check.UNKNOWN),
        (2, -31, Check.UNKNOWN),
    ],
)
def test_a_pair_is_judged_by_its_last_analysis_and_its_last_candle(
    analyzed: float | None, opened: float | None, result: Check
) -> None:
    found = processing(bot(), candles(analyzed, opened), WITHIN, NOW)
    assert found.result is result
    assert found.told.startswith(PAIR)


def test_what_stands_still_says_since_when() -> None:
    assert processing(bot(), candles(1800, 300), WITHIN, NOW).since == NOW - timedelta(seconds=1800)
    assert processing(bot(), candles(2, 1800), WITHIN, NOW).since == NOW - timedelta(seconds=1800)


def test_a_bot_whose_state_is_stopped_processes_nothing_however_new_its_candles_are() -> None:
    assert processing(bot(state="stopped"), candles(2, 300), WITHIN, NOW).result is Check.FAIL
    assert processing(bot(state="paused"), candles(2, 300), WITHIN, NOW).result is Check.PASS


@pytest.mark.parametrize("started", [None, NOW - timedelta(seconds=480)])
def test_a_bot_that_has_just_begun_is_given_the_time_of_a_candle(started: datetime | None) -> None:
    assert processing(bot(started_at=started), candles(None, None), WITHIN, NOW).result is Check.UNKNOWN


@pytest.mark.parametrize(
    ("pairs", "result"),
    [
        ([], Check.UNKNOWN),
        ([WELL], Check.PASS),
        ([WELL, Processing(Check.UNKNOWN, "not")], Check.UNKNOWN),
        ([Processing(Check.UNKNOWN, "not"), Processing(Check.FAIL, "ill"), WELL], Check.FAIL),
    ],
)
def test_a_bot_is_as_well_as_its_worst_pair(pairs: list[Processing], result: Check) -> None:
    assert of_bot(bot(), pairs, listed=len(pairs)).result is result


def test_pairs_that_were_not_asked_are_counted() -> None:
    assert of_bot(bot(), [WELL, WELL], listed=40).told == "2 of 40 pairs of 5m, well"


def test_all_are_as_well_as_the_worst_and_the_ill_are_named() -> None:
    bots = {"a": WELL, "b": Processing(Check.FAIL, "old"), "c": Processing(Check.UNKNOWN, "away")}
    lines = {"d": Processing(Check.UNKNOWN, "no line"), "e": WELL}
    result, told = of_all(bots, lines, NOW)
    assert result is Check.FAIL
    assert told == (
        "1 of 3 bots process (well); 1 of 2 processed a signal since 03:00:00; none seen from d; b: old, c: away"
    )
    assert of_all({"a": WELL}, lines, NOW)[0] is Check.UNKNOWN
    assert of_all({}, {}, NOW)[0] is Check.UNKNOWN


def test_of_many_ill_bots_the_rest_is_counted() -> None:
    _, told = of_all({f"s{n}": Processing(Check.FAIL, "old") for n in range(13)}, {}, NOW)
    assert told.endswith("s9: old, and 3 more")
