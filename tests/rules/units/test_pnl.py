"""Profit and loss by examples worked by hand."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.rules.units.pnl import Pnl, minute_of, pnl, rates_needed, share_of_unit
from functions.venue import Funding
from tests.rules.units.makers import NOW, SHORT, ago, d, fill

MINUTE = datetime(2026, 3, 1, 3, 0, tzinfo=UTC)


def worked(*, direction: str = "long", **more: Any) -> Pnl:
    given: dict[str, Any] = {
        "direction": direction,
        "quote": "USDT",
        "entry_price": d(60_000),
        "closing": [fill("1", "0.05", "58000", fee=d("1.45"))],
        "opening": [fill("0", "0.05", "60000", side="buy", fee=d("1.50"))],
        "rates": {},
        "funding": [],
        "funding_share": d(1),
        "due_price": d(59_000),
        **more,
    }
    return pnl(**given)


def test_a_long_that_lost() -> None:
    # 0.05 x (58000 - 60000) = -100; fees 1.45 + 1.50 = 2.95; in all -102.95; due at 59000: 0.05 x 1000 = 50.
    found = worked()
    assert (found.price, found.fees, found.funding, found.total) == (d(-100), d("2.95"), d(0), d("-102.95"))
    assert found.shortfall == d(50)
    assert found.unknown == ()


def test_a_short_that_earned() -> None:
    # 2 x (60000 - 59500) = 1000; fees 24 + 24 = 48; in all 952; due at 59000: bought back 500 dearer each = 1000.
    found = worked(
        direction="short",
        closing=[fill("1", "2", "59500", unit=SHORT, fee=d(24))],
        opening=[fill("0", "2", "60000", side="sell", fee=d(24))],
    )
    assert (found.price, found.fees, found.total) == (d(1000), d(48), d(952))
    assert found.shortfall == d(1000)


def test_a_delay_that_paid_off_is_below_zero() -> None:
    found = worked(due_price=d(57_000))
    assert found.shortfall == d(-50)
    assert any("the delay gained 50.00 USDT" in line for line in found.lines)


def test_partial_fills_each_count_by_their_own_price() -> None:
    # 0.01 x -1000 + 0.03 x -2000 + 0.01 x -2500 = -10 - 60 - 25 = -95; against 59000: 0 + 30 + 15 = 45.
    fills = [fill("1", "0.01", "59000"), fill("2", "0.03", "58000"), fill("3", "0.01", "57500")]
    found = worked(closing=fills, opening=[])
    assert (found.price, found.total, found.shortfall) == (d(-95), d(-95), d(45))


def test_fees_in_bnb_cost_what_bnb_cost_in_that_minute() -> None:
    # 0.002 BNB x 600 = 1.20; 0.001 BNB x 610 = 0.61 the minute before.
    found = worked(
        closing=[fill("1", "0.05", "58000", fee=d("0.002"), fee_asset="BNB")],
        opening=[fill("0", "0.05", "60000", side="buy", fee=d("0.001"), fee_asset="BNB", at=ago(1))],
        rates={("BNB", MINUTE): d(600), ("BNB", ago(1)): d(610)},
    )
    assert (found.fees, found.total) == (d("1.81"), d("-101.81"))


@pytest.mark.parametrize("rates", [{}, {("BNB", MINUTE): None}, {("BNB", ago(1)): Decimal(600)}])
def test_an_unknown_rate_is_unknown_and_never_zero(rates: dict[tuple[str, datetime], Decimal | None]) -> None:
    found = worked(closing=[fill("1", "0.05", "58000", fee=d("0.002"), fee_asset="BNB")], rates=rates)
    assert (found.price, found.fees, found.total) == (d(-100), None, None)
    assert any("the rate of BNB in USDT at 2026-03-01 03:00:00 UTC is not known" in why for why in found.unknown)
    # What is known of it is told all the same.
    assert any("opening 1.50 USDT, closing unknown" in line for line in found.lines)


def test_a_rebate_is_a_fee_below_zero() -> None:
    found = worked(closing=[fill("1", "0.05", "58000", fee=d("-0.5"))])
    assert (found.fees, found.total) == (d(1), d(-101))


def test_a_fee_that_nobody_tells_is_unknown() -> None:
    assert worked(closing=[fill("1", "0.05", "58000", fee=None)]).total is None
    assert worked(closing=[fill("1", "0.05", "58000", fee=d(1), fee_asset=None)]).fees is None
    assert worked(closing=[fill("1", "0.05", "58000", fee=d(0), fee_asset=None)]).fees == d("1.5")


def test_fees_of_an_opening_that_nobody_knows_make_the_sum_unknown() -> None:
    found = worked(opening=None)
    assert (found.fees, found.total) == (None, None)
    assert "the opening fees are not known" in found.unknown


def test_funding_received_and_paid() -> None:
    # +0.60 received, -1.00 paid, and -0.001 BNB x 600 = -0.60: -1.00 in all.
    payments = [
        Funding(d("0.60"), "USDT", ago(50)),
        Funding(d(-1), "USDT", ago(20)),
        Funding(d("-0.001"), "BNB", NOW),
    ]
    found = worked(funding=payments, rates={("BNB", MINUTE): d(600)})
    assert (found.funding, found.total) == (d(-1), d("-103.95"))


def test_funding_of_a_unit_with_several_owners_is_shared_by_amount() -> None:
    # 0.05 of 0.2: a quarter of -4.
    part = share_of_unit(d("0.05"), d("0.15"))
    found = worked(funding=[Funding(d(-4), "USDT", ago(20))], funding_share=part)
    assert (found.funding, found.total) == (d(-1), d("-103.95"))


def test_funding_that_cannot_be_read_or_shared_is_unknown() -> None:
    assert worked(funding=None).total is None
    assert worked(funding=[Funding(d(-4), "USDT", NOW)], funding_share=None).funding is None
    assert worked(funding=[], funding_share=None).funding == d(0)
    assert worked(funding=[Funding(d(1), "BNB", NOW)]).funding is None


def test_without_an_entry_or_a_due_price_that_part_alone_is_unknown() -> None:
    found = worked(entry_price=None)
    assert (found.price, found.total, found.shortfall) == (None, None, d(50))
    found = worked(due_price=None)
    assert (found.total, found.shortfall) == (d("-102.95"), None)
    assert "the price when the exit was due is not known" in found.unknown


def test_without_a_closing_fill_nothing_is_earned_or_lost_that_anybody_knows() -> None:
    found = worked(closing=[])
    assert (found.price, found.total, found.shortfall) == (None, None, None)
    assert "no closing fill is known" in found.unknown


def test_the_lines_say_it_in_the_quote() -> None:
    assert worked(funding=[Funding(d("0.5"), "USDT", NOW)]).lines == (
        "Closed 0.05 (long) at 58000.00 USDT on average, entered at 60000.00 USDT.",
        "Price against the entry: -100.00 USDT.",
        "Fees: 2.95 USDT (opening 1.50 USDT, closing 1.45 USDT).",
        "Funding: +0.50 USDT.",
        "In all: -102.45 USDT.",
        "Apart from that, against 59000.00 USDT, the market's price when the exit was due: "
        "the delay cost 50.00 USDT.",
    )


def test_the_rates_that_are_needed_are_those_of_other_assets_by_minute_each_once() -> None:
    fills = [
        fill("1", "1", fee=d(1), fee_asset="BNB"),
        fill("2", "1", fee=d(1), fee_asset="BNB", at=NOW.replace(second=30)),
        fill("3", "1", fee=d(0), fee_asset="BNB", at=ago(5)),
        fill("4", "1", fee=d(1)),
        fill("5", "1", fee=d(1), fee_asset=None),
    ]
    assert rates_needed("USDT", fills, [Funding(d(1), "BTC", ago(7))]) == (("BNB", MINUTE), ("BTC", ago(7)))


def test_a_minute_is_its_beginning() -> None:
    assert minute_of(NOW.replace(second=59, microsecond=999_999)) == NOW


@pytest.mark.parametrize(("own", "others", "part"), [("1", "0", "1"), ("1", "3", "0.25"), ("0", "3", None)])
def test_a_part_of_the_unit(own: str, others: str, part: str | None) -> None:
    assert share_of_unit(d(own), d(others)) == (None if part is None else d(part))


prices = st.integers(1, 100_000).map(Decimal)


@given(prices, prices, st.lists(st.tuples(st.integers(1, 50).map(lambda n: Decimal(n) / 100), prices), min_size=1))
def test_a_short_earns_what_a_long_loses(
    entry: Decimal, due: Decimal, traded: list[tuple[Decimal, Decimal]]
) -> None:
    fills = [fill(str(n), amount, price) for n, (amount, price) in enumerate(traded)]
    long, short = (
        worked(direction=one, entry_price=entry, due_price=due, closing=fills, opening=[])
        for one in ("long", "short")
    )
    assert long.price is not None
    assert long.shortfall is not None
    assert short.price == -long.price
    assert short.shortfall == -long.shortfall
    amount = sum(a for a, _ in traded)
    # The exit when it was due would have earned what this one did, and the delay besides.
    assert long.price + long.shortfall == amount * (due - entry)
