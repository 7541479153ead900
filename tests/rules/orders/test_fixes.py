"""What a person is told to do names everybody whom it is to be done for."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from functions.rules.orders.causes import Cause
from functions.rules.orders.confirming import Second
from functions.rules.orders.fixes import fix_of
from functions.rules.orders.grouping import Bucket, Place

LOCKED = Second(True, "account status: Locked", "binanceusdm/main", datetime(2026, 1, 31, tzinfo=UTC))


def told(number: int, cause: Cause = Cause.ACCOUNT_FROZEN) -> str:
    named = tuple(f"s{n:03}" for n in range(number))
    return fix_of(Bucket(cause, Place("binanceusdm", "main"), (), (), named), ("BTC/USDT:USDT",), LOCKED)


def test_of_a_frozen_account_every_strategy_is_to_be_stopped_and_not_the_first_three() -> None:
    assert "until then stop s000, s001, s002, s003, s004 or move them" in told(5)


@pytest.mark.parametrize(
    "cause",
    [
        Cause.INSUFFICIENT_BALANCE,
        Cause.INVALID_PRICE,
        Cause.RATE_LIMITED,
        Cause.INVALID_SYMBOL,
        Cause.ACCOUNT_FROZEN,
        Cause.CLOCK_SKEW,
    ],
)
def test_that_there_are_more_than_can_be_named_is_said(cause: Cause) -> None:
    found = told(100, cause)
    assert "s000, s001, s002, s003, s004, s005, s006, s007 and 92 more" in found
    assert len(found) < 500, "a state carries many of these"


def test_where_nobody_is_named_the_strategies_there_are_meant() -> None:
    assert "stop the strategies there or" in told(0)


def test_what_is_contradicted_is_not_to_be_done_now() -> None:
    right = Second(False, "our clock is 0.010 s behind the venue's (at most 1 s)", "x", LOCKED.at)
    bucket = Bucket(Cause.CLOCK_SKEW, Place("binanceusdm", "main"), (), (), ("s1",))
    assert fix_of(bucket, (), right) == (
        "our clock is 0.010 s behind the venue's (at most 1 s), which contradicts it: change nothing unless orders "
        "fail by it again; only then: set right the clock (NTP) of the hosts that run s1; orders pass again when "
        "it is right"
    )
    assert fix_of(bucket, (), Second(None, "its time is not told", "x", LOCKED.at)).startswith(
        "the venue refuses our time stamps: set right the clock"
    )
