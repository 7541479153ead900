"""What the record of an order is to say, by what its venue says of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from functions.facts import OrderCorrection, OrderFact
from functions.rules.orders.rows import NEVER, WORDS, judged
from functions.venue import OrderStatus, VenueOrder

NOW = datetime(2026, 1, 31, 3, tzinfo=UTC)
ROW = OrderFact(
    "p1",
    "o1",
    "s1",
    "sell",
    "limit",
    "pending",
    protective=False,
    amount=Decimal(2),
    filled=Decimal(0),
    created_at=NOW - timedelta(seconds=131),
)


def venue(status: OrderStatus, filled: str = "0", **more: Any) -> VenueOrder:
    made = VenueOrder("9", "c1", "BTC/USDT:USDT", "sell", "limit", status, Decimal(2), Decimal(filled))
    return replace(made, average=Decimal(100) if filled != "0" else None, **more)


def said(order: VenueOrder | None, row: OrderFact = ROW) -> OrderCorrection | None:
    return judged(row, order, NOW, settled_after=130).correction


@pytest.mark.parametrize("status", [one for one in OrderStatus if one is not OrderStatus.UNKNOWN])
def test_every_word_of_a_venue_has_one_of_the_table(status: OrderStatus) -> None:
    found = said(venue(status))
    assert found is not None
    assert found.status == WORDS[status]
    assert found.status in {"open", "filled", "canceled", "rejected"}


def test_a_price_is_that_of_the_fills_once_nothing_more_comes() -> None:
    assert said(venue(OrderStatus.CANCELED, "0.5")) == OrderCorrection("canceled", Decimal("0.5"), Decimal(100))
    assert said(venue(OrderStatus.OPEN, "0.5")) == OrderCorrection("open", Decimal("0.5"), None)
    assert said(venue(OrderStatus.CANCELED)) == OrderCorrection("canceled", Decimal(0), None)


def test_what_the_venue_let_expire_says_so() -> None:
    found = said(venue(OrderStatus.EXPIRED))
    assert found is not None
    assert (found.status, found.error) == ("canceled", "expired at the venue")


def test_one_that_it_does_not_know_never_came_there_once_it_has_settled() -> None:
    assert said(None) == OrderCorrection("rejected", Decimal(0), None, NEVER)
    assert said(None, replace(ROW, created_at=NOW - timedelta(seconds=129))) is None
    assert said(None, replace(ROW, created_at=None)) is None


def test_a_fill_by_the_record_is_not_wiped_out_by_a_venue_that_knows_nothing() -> None:
    assert said(None, replace(ROW, filled=Decimal("0.1"))) is None
    assert said(None, replace(ROW, filled=None)) is not None


@pytest.mark.parametrize(
    "other",
    [
        venue(OrderStatus.UNKNOWN),
        venue(OrderStatus.FILLED, side="buy"),
        venue(OrderStatus.FILLED, amount=Decimal(3)),
    ],
)
def test_what_is_not_plainly_this_order_says_nothing(other: VenueOrder) -> None:
    assert said(other) is None


def test_a_record_that_does_not_say_its_amount_or_side_is_believed_to_be_this_one() -> None:
    assert said(venue(OrderStatus.FILLED, "2"), replace(ROW, amount=None, side="")) is not None
