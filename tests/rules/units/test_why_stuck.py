"""Why a position is still open, by its orders."""

from __future__ import annotations

from typing import Any

import pytest

from functions.facts import OrderFact, PositionFact
from functions.rules.units.why_stuck import Why, WhyStuck, pending_exits, why_stuck
from functions.venue import OrderStatus, VenueOrder
from tests.rules.units.makers import NOW, ago, d, order, position


def due(**more: Any) -> PositionFact:
    """An exit was signalled twenty minutes ago."""
    return position(**{"exit_signal_at": ago(20), "exit_reason": "roi", **more})


def found(*orders: OrderFact, of: PositionFact | None = None) -> WhyStuck:
    return why_stuck(of or due(), orders, NOW)


def test_an_exit_that_was_signalled_and_never_sent() -> None:
    why = found(order("entry", side="buy", status="filled", created_at=ago(59)))
    assert (why.why, why.order, why.due_at) == (Why.NEVER_SUBMITTED, None, ago(20))
    assert "2026-03-01 02:40:00 UTC (roi)" in why.detail


def test_a_stop_that_rests_is_no_exit() -> None:
    assert found(order("stop", protective=True, type="stop_market")).why is Why.NEVER_SUBMITTED


@pytest.mark.parametrize(
    ("more", "why", "words"),
    [
        ({"status": "rejected", "error": "-2019 margin"}, Why.REJECTED, "rejected: -2019 margin"),
        ({"status": "rejected"}, Why.REJECTED, "no error is recorded"),
        ({"status": "rejected", "filled": d("0.2")}, Why.REJECTED, "after 0.2 of 1 was filled"),
        ({"status": "pending"}, Why.UNKNOWN, "whether it reached the venue is not known"),
        ({"status": "pending", "created_at": ago(1)}, Why.WORKING, "is being sent"),
        ({"status": "open", "price": d(61_000)}, Why.UNFILLED, "(limit at 61000): 0 of 1 filled"),
        ({"status": "open", "filled": d("0.4")}, Why.PARTIAL, "0.4 of 1 filled"),
        ({"status": "open", "created_at": None}, Why.UNFILLED, "since unknown"),
        ({"status": "open", "created_at": ago(1), "filled": d("0.4")}, Why.WORKING, "0.4 of 1 filled"),
        ({"status": "canceled"}, Why.UNFILLED, "0 of 1 was filled"),
        ({"status": "Canceled", "filled": d("0.4")}, Why.PARTIAL, "0.4 of 1 was filled"),
        ({"status": "expired"}, Why.UNFILLED, "is expired"),
        ({"status": "filled", "filled": d("0.4"), "amount": d("0.4")}, Why.PARTIAL, "for 0.4 of the position's 1"),
        ({"status": "filled", "filled": d(1)}, Why.UNKNOWN, "the record was never closed"),
        ({"status": "odd"}, Why.UNKNOWN, "'odd'"),
    ],
)
def test_the_last_exit_order_says_why(more: dict[str, Any], why: Why, words: str) -> None:
    told = found(order("x", **more))
    assert told.why is why
    assert words in told.detail
    assert "c-x" in told.detail
    assert told.order is not None


@pytest.mark.parametrize(
    ("status", "filled", "why", "words"),
    [
        (OrderStatus.OPEN, "0", Why.UNFILLED, "the venue has it open: 0 of 1 filled"),
        (OrderStatus.OPEN, "0.4", Why.PARTIAL, "the venue has it open: 0.4 of 1 filled"),
        (OrderStatus.CANCELED, "0", Why.UNFILLED, "the venue has it canceled: 0 of 1 filled"),
        (OrderStatus.REJECTED, "0", Why.REJECTED, "the venue has it rejected"),
        (OrderStatus.FILLED, "1", Why.UNKNOWN, "the venue has it filled: 1 of 1 filled"),
    ],
)
def test_of_a_pending_exit_the_venue_says_how_far_it_got(
    status: OrderStatus, filled: str, why: Why, words: str
) -> None:
    there = VenueOrder("7", "c-x", "BTC/USDT:USDT", "sell", "limit", status, d(1), d(filled))
    told = why_stuck(due(), [order("x", status="pending")], NOW, at_venue={"c-x": there})
    assert told.why is why
    assert words in told.detail
    assert "never" not in told.detail


def test_a_pending_exit_that_the_venue_knows_nothing_of_never_reached_it() -> None:
    told = why_stuck(due(), [order("x", status="pending")], NOW, at_venue={"c-x": None})
    assert told.why is Why.NEVER_SUBMITTED
    assert "never reached the venue" in told.detail


def test_only_pending_exits_are_asked_for_at_the_venue() -> None:
    orders = [
        order("a", status="pending"),
        order("b", status="open"),
        order("c", status="pending", protective=True),
        order("d", status="pending", side="buy", reducing=False),
        order("e", status="pending", client_order_id=None),
    ]
    assert pending_exits(due(), orders) == ("c-a",)
    assert pending_exits(due(side="?"), orders) == ()


def test_the_newest_exit_order_counts() -> None:
    told = found(order("2", status="rejected", created_at=ago(15)), order("1", created_at=ago(18)))
    assert told.why is Why.REJECTED


def test_an_earlier_try_that_is_over_does_not_answer_a_later_signal() -> None:
    told = found(order("1", status="canceled", created_at=ago(40)))
    assert told.why is Why.NEVER_SUBMITTED
    assert "c-1, is canceled" in told.detail


def test_an_earlier_order_that_still_works_does() -> None:
    assert found(order("1", created_at=ago(40))).why is Why.UNFILLED


def test_an_order_stamped_a_moment_before_its_signal_answers_it() -> None:
    assert found(order("1", status="rejected", created_at=ago(20.5))).why is Why.REJECTED


def test_without_a_signal_the_first_exit_order_says_when_it_was_due() -> None:
    told = found(order("2", created_at=ago(12)), order("1", status="canceled", created_at=ago(30)), of=position())
    assert (told.why, told.due_at) == (Why.UNFILLED, ago(30))


def test_open_for_long_and_no_exit_due() -> None:
    told = found(of=position())
    assert (told.why, told.due_at) == (Why.NO_EXIT_DUE, None)


def test_a_record_that_is_closing_without_an_order_was_never_submitted() -> None:
    assert found(of=position(status="closing")).why is Why.NEVER_SUBMITTED


def test_a_side_that_nobody_knows_makes_it_unknown() -> None:
    assert found(of=due(side="?")).why is Why.UNKNOWN


def test_a_short_is_closed_by_buying() -> None:
    short = due(side="short")
    assert found(order("1", side="buy", status="rejected"), of=short).why is Why.REJECTED
    assert found(order("1", side="sell", status="rejected"), of=short).why is Why.NEVER_SUBMITTED
