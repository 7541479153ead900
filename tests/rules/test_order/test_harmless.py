"""The smallest order at a price where nobody fills it: by table and by property."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.adapters.memory.venue import a_market
from functions.rules.test_order.harmless import Unfit, harmless
from functions.venue import Book, ProbeOrder
from tests.rules.facts import NOW

MARKET = a_market()


def book(bid: str = "60000", ask: str = "60000.1") -> Book:
    return Book(MARKET.symbol, ((Decimal(bid), Decimal(1)),), ((Decimal(ask), Decimal(1)),), NOW)


def made(market: Any = MARKET, of: Book | None = None, bps: int = 300) -> ProbeOrder:
    found = harmless(market, of or book(), "c1", away_bps=bps, hedged=False)
    assert isinstance(found, ProbeOrder), found
    return found


@pytest.mark.parametrize(
    ("market", "bps", "price", "amount"),
    [
        (MARKET, 300, "58200", "0.001"),
        (replace(MARKET, notional_least=Decimal(100)), 300, "58200", "0.002"),
        # Most of the way to the venue's own bound of 5 percent, and not beyond it.
        (MARKET, 2_000, "57600", "0.001"),
        (replace(MARKET, price_down=None), 2_000, "48000", "0.001"),
        (replace(MARKET, price_tick=Decimal(7)), 300, "58198", "0.001"),
        (replace(MARKET, amount_least=Decimal("0.0005"), notional_least=None), 300, "58200", "0.001"),
    ],
    ids=["plain", "notional", "venues-bound", "no-bound-known", "tick", "step"],
)
def test_price_and_amount(market: Any, bps: int, price: str, amount: str) -> None:
    order = made(market, bps=bps)
    assert (order.side, order.price, order.amount) == ("buy", Decimal(price), Decimal(amount))


@pytest.mark.parametrize(
    ("market", "of"),
    [
        (MARKET, Book(MARKET.symbol, (), ((Decimal(1), Decimal(1)),), NOW)),
        (MARKET, Book(MARKET.symbol, ((Decimal(1), Decimal(1)),), (), NOW)),
        (replace(MARKET, limit_most=Decimal("0.0005")), book()),
        (replace(MARKET, price_tick=Decimal(100_000)), book()),
        (replace(MARKET, price_tick=Decimal(0)), book()),
        (replace(MARKET, price_down=Decimal(1)), book()),
    ],
    ids=["no-bids", "no-asks", "too-small-a-limit", "tick-above-price", "no-tick", "no-room"],
)
def test_where_none_can_be_made_it_says_why(market: Any, of: Book) -> None:
    found = harmless(market, of, "c1", away_bps=300, hedged=False)
    assert isinstance(found, Unfit)
    assert found.why


@given(
    bid=st.decimals("0.5", 100_000, places=2),
    tick=st.sampled_from(["0.01", "0.1", "0.25"]),
    step=st.sampled_from(["0.001", "0.1", "1"]),
    notional=st.decimals(5, 200, places=1),
    bps=st.integers(1, 2_000),
)
def test_it_never_takes_from_the_book_and_always_fits(
    bid: Decimal, tick: str, step: str, notional: Decimal, bps: int
) -> None:
    market = replace(
        MARKET,
        price_tick=Decimal(tick),
        amount_step=Decimal(step),
        amount_least=Decimal(step),
        notional_least=notional,
        limit_most=None,
    )
    of = Book(MARKET.symbol, ((bid, Decimal(1)),), ((bid + Decimal(tick), Decimal(1)),), NOW)
    order = harmless(market, of, "c1", away_bps=bps, hedged=True)
    if isinstance(order, Unfit):
        # Only where a tick is wider than the whole way.
        assert bid < Decimal(tick) * 2
        return
    assert order.price < bid
    assert order.price % market.price_tick == 0
    assert order.amount % market.amount_step == 0
    assert order.amount * order.price >= notional
    # What is written down keeps 38 digits, and a venue fewer.
    assert all(len(one.as_tuple().digits) <= 20 for one in (order.amount, order.price))
    assert (order.amount - market.amount_step) * order.price < notional or order.amount == market.amount_least
