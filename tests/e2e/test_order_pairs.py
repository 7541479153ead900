"""Every two rows of the manual runbook at once: both are named, each gets its own remedy, and nothing else is done.

The stand-in tells each order one of the things that are wrong, in turn, and counts every change that cures none.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import pytest

from tests.e2e.orders import LIVE, Asked, begin, broken, flows, no_wrong_remedy, resolved
from tests.e2e.platform import CONFIG, Platform

CONCERNED = "breakout-bnb"
# Two, so that each symbol meets each trouble in turn.
OTHERS = ("SOL/USDT:USDT", "XRP/USDT:USDT")


@dataclass(frozen=True)
class Row:
    """`field`: what its remedy changes, of whom; None: nothing."""

    fault: str
    cause: str
    codes: tuple[int, ...]
    field: str | None = None
    count: int | None = None


ROWS = {
    "balance": Row("orders.insufficient-balance", "insufficient_balance", (-2019,), "stake_amount"),
    "price": Row("orders.invalid-price", "invalid_price", (-4024,), "limit_offset_bps"),
    "rate": Row("orders.rate-limited", "rate_limited", (-1015, -1003), "order_cooldown_seconds"),
    "maintenance": Row("orders.maintenance", "maintenance", (-1016,), count=15),
    "symbol": Row("orders.symbol-delisted", "invalid_symbol", (-4141,), "symbols"),
}
# Where a second kind of evidence is missing, because the venue is away or counts us, a person is asked.
ANSWERS = {
    "insufficient_balance": ["reduce_stake"],
    "invalid_price": ["widen"],
    "rate_limited": ["slow_down"],
    "invalid_symbol": ["take_out"],
}


@pytest.fixture(autouse=True)
def alone(platform: Platform) -> None:
    platform.silence_the_detector()
    platform.change(CONFIG, CONCERNED, symbols=["BNB/USDT:USDT", *OTHERS])
    # What could be closed for its margin is not in the symbol that is delisted.
    platform.venue.open("momentum-btc", amount="0.05")


@pytest.mark.parametrize(("first", "second"), list(itertools.combinations(ROWS, 2)))
def test_two_at_once_are_told_apart_and_each_is_cured_by_its_own_remedy(
    platform: Platform, first: str, second: str
) -> None:
    rows = (ROWS[first], ROWS[second])
    # A venue that is away says nothing of symbols and prices: what it said before has to be in the log.
    for row in sorted(rows, key=lambda one: one.cause == "maintenance"):
        broken(platform, row.fault, *row.codes, count=row.count, failing=[CONCERNED])
    run = Asked(platform, ANSWERS).ended(begin(platform), 180)
    resolved(platform, run, *(row.cause for row in rows))
    wanted = {row.field for row in rows if row.field}
    assert {act["action"].split()[0] for act in run.acts} == wanted, run.acts
    no_wrong_remedy(platform)
    flows(platform, LIVE)
