"""When a bot's own signals made a position's exit due."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.facts import PositionFact
from functions.rules.stuck.exit_signal import MOST_CANDLES, exit_signal, wanted
from functions.strategy_bot import CandlesFact, SignalCandle
from tests.rules.stuck.test_overdue import position

NOW = datetime(2026, 3, 1, 3, 2, tzinfo=UTC)
CANDLE = timedelta(minutes=5)
LAST = datetime(2026, 3, 1, 2, 55, tzinfo=UTC)
OPENED = datetime(2026, 3, 1, 2, 11, tzinfo=UTC)


def candles(*marks: tuple[int, str], count: int = 24, last: datetime = LAST) -> CandlesFact:
    """`marks`: (candles before the last one, a signal on it)."""
    said = [{name: True for ago, name in marks if ago == back} for back in range(count)]
    held = [SignalCandle(last - back * CANDLE, **signals) for back, signals in enumerate(said)]
    return CandlesFact("BTC/USDT:USDT", "5m", CANDLE, last + CANDLE, tuple(reversed(held)))


def due(facts: PositionFact, seen: CandlesFact) -> datetime | None:
    return exit_signal(facts, seen, NOW).due_at


@pytest.mark.parametrize(
    ("side", "marks", "closed"),
    [
        ("long", [(0, "exit_long")], "03:00"),
        ("long", [(3, "exit_long"), (1, "exit_long")], "02:45"),
        ("long", [(3, "exit_short")], None),
        ("short", [(3, "exit_short")], "02:45"),
        ("short", [(3, "exit_long")], None),
        ("long", [(3, "exit_long"), (3, "enter_long")], None),
        ("long", [(3, "exit_long"), (3, "enter_short")], "02:45"),
        # The candle in which it was opened, and the one that closed before.
        ("long", [(9, "exit_long")], "02:15"),
        ("long", [(10, "exit_long")], None),
        ("long", [], None),
    ],
)
def test_the_first_signal_since_its_opening_in_its_direction_is_due_when_its_candle_closed(
    side: str, marks: list[tuple[int, str]], closed: str | None
) -> None:
    found = exit_signal(position(side=side, opened_at=OPENED), candles(*marks), NOW)
    assert (found.due_at and f"{found.due_at:%H:%M}", found.unseen) == (closed, None)


def test_a_candle_that_is_still_open_tells_nothing() -> None:
    ahead = candles((0, "exit_long"), last=LAST + CANDLE)
    assert due(position(opened_at=OPENED), ahead) is None


def test_without_the_time_of_its_opening_the_newest_candle_alone_tells() -> None:
    assert due(position(), candles((0, "exit_long"))) == LAST + CANDLE
    assert due(position(), candles((1, "exit_long"))) is None


@pytest.mark.parametrize(
    ("facts", "seen", "told"),
    [
        ({"opened_at": OPENED}, candles(last=LAST - 2 * CANDLE), "end at 02:50:00 UTC"),
        ({"opened_at": OPENED}, candles(count=0), "no candle of BTC/USDT:USDT"),
        ({"opened_at": OPENED, "side": "flat"}, candles((0, "exit_long")), "its side is 'flat'"),
    ],
)
def test_what_the_candles_cannot_tell_is_not_taken_for_no_signal(
    facts: dict[str, Any], seen: CandlesFact, told: str
) -> None:
    found = exit_signal(position(**facts), seen, NOW)
    assert found.due_at is None
    assert told in str(found.unseen)


def test_a_signal_stays_one_when_the_candles_end() -> None:
    old = candles((2, "exit_long"), last=LAST - 4 * CANDLE)
    assert exit_signal(position(opened_at=OPENED), old, NOW).due_at == LAST - 5 * CANDLE


def test_so_many_candles_are_asked_for_as_reach_back_to_its_opening() -> None:
    assert wanted(position(opened_at=NOW - 10 * CANDLE), CANDLE, NOW) == 13
    assert wanted(position(opened_at=NOW - timedelta(days=90)), CANDLE, NOW) == MOST_CANDLES
    assert wanted(position(), CANDLE, NOW) == 2


@given(st.integers(0, 23), st.integers(0, 7_000))
def test_a_signal_never_makes_an_exit_due_before_the_position_was_opened(back: int, age: int) -> None:
    opened = NOW - timedelta(seconds=age)
    found = due(position(opened_at=opened), candles((back, "exit_long")))
    assert found is None or opened < found <= NOW
