"""Whether a cause is gone: silence for a whole window, orders that go well, and nothing claimed before."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from functions.facts import OrderFact, Result
from functions.rules.orders.causes import Cause, Remedy
from functions.rules.orders.facts import OrderFacts, StuckOrder
from functions.rules.orders.proof import Judged, appeared, judge
from tests.rules.facts import NOW
from tests.rules.orders.made import ago, facts, group, log, sign


def judged(seen: OrderFacts, *, since: float = 400, last: bool = False, **more: Any) -> Judged:
    return judge(group(**more), seen, since=ago(since), now=NOW, window_seconds=300, last=last)


def test_a_cause_that_was_silent_for_the_whole_window_while_orders_went_well_is_gone() -> None:
    found = judged(facts(log(placed={"s1": 30})))
    assert (found.result, found.failures, found.placed, found.silent) == (Result.DONE, 0, 3, False)


def test_silence_without_an_order_is_told_as_silence() -> None:
    assert judged(facts(log())).result is None, "an order may still come"
    found = judged(facts(log()), last=True)
    assert (found.result, found.silent) == (Result.DONE, True)
    assert "no order of these strategies was seen" in found.why


def test_what_came_after_the_log_was_read_is_not_known_to_be_silent() -> None:
    early = replace(log(placed={"s1": 330}), end=ago(120))
    assert judged(facts(early)).result is None
    assert judged(facts(replace(early, end=ago(100)))).result is Result.DONE


def test_orders_that_went_well_before_the_remedy_prove_nothing() -> None:
    assert judged(facts(log(placed={"s1": 500}))).silent


def test_orders_of_somebody_else_prove_nothing() -> None:
    assert judged(facts(log(placed={"s2": 30}))).silent


def test_one_more_failure_of_the_cause_says_that_the_remedy_did_not_help() -> None:
    found = judged(facts(log(sign(Cause.INVALID_PRICE, ago=60, count=1), placed={"s1": 30})))
    assert (found.result, found.failures) == (Result.NOT_DONE, 1)


def test_a_failure_that_does_not_say_whose_it_is_may_be_of_these_strategies() -> None:
    seen = facts(log(sign(Cause.INVALID_PRICE, ago=60, strategy_id=None, venue=None)))
    assert judged(seen).result is Result.NOT_DONE


@pytest.mark.parametrize(
    "other",
    [
        sign(Cause.INVALID_PRICE, ago=60, strategy_id="s2"),
        sign(Cause.INVALID_PRICE, ago=60, strategy_id=None, venue="bybit"),
        sign(Cause.RATE_LIMITED, ago=60),
        sign(Cause.INVALID_PRICE, ago=450),
        sign(Cause.INVALID_PRICE, ago=395),
    ],
    ids=["another strategy", "another venue", "another cause", "before the remedy", "on its way then"],
)
def test_what_is_not_a_failure_of_this_cause_since_the_remedy_does_not_count(other: Any) -> None:
    assert judged(facts(log(other, placed={"s1": 30}))).result is Result.DONE


def test_before_the_window_is_over_nobody_can_tell() -> None:
    assert judged(facts(log(placed={"s1": 30})), since=200).result is None


def test_a_window_that_never_came_to_its_end_leaves_it_unknown() -> None:
    assert judged(facts(log(placed={"s1": 30})), since=200, last=True).result is Result.UNKNOWN


@pytest.mark.parametrize(
    "seen", [facts(None), facts(log(unread=(("invalid_price", "the query failed"),)))], ids=["no log", "one query"]
)
def test_a_log_that_cannot_be_read_proves_nothing(seen: OrderFacts) -> None:
    assert judged(seen).result is None
    assert judged(seen, last=True).result is Result.UNKNOWN


def stuck(order_id: str) -> StuckOrder:
    order = OrderFact("pos-1", order_id, "s1", "buy", "limit", "pending", False, amount=Decimal(1))
    return StuckOrder(
        order, "s1", "BTC/USDT:USDT", "binanceusdm", "main", "live", 400, False, True, None, "pending"
    )


def test_stuck_orders_are_settled_when_none_of_them_stands_any_more() -> None:
    about: dict[str, Any] = {"remedy": Remedy.RESOLVE_STUCK, "orders": (("pos-1", "o1"), ("pos-1", "o2"))}
    assert judged(facts(log(), stuck=(stuck("o1"),)), **about).result is None
    left = judged(facts(log(), stuck=(stuck("o1"),)), last=True, **about)
    assert (left.result, left.failures) == (Result.NOT_DONE, 1)
    assert judged(facts(log(), stuck=(stuck("o9"),)), **about).result is Result.DONE
    works = judged(facts(log(), stuck=(replace(stuck("o1"), is_exit=True),)), **about)
    assert works.result is Result.DONE, "its record is right, and stuck-position settles what it stands for"
    assert "are stuck-position's: o1" in works.why
    assert judged(facts(log(), stuck_unread="no table"), last=True, **about).result is Result.UNKNOWN


def test_a_cause_that_no_remedy_was_about_has_appeared() -> None:
    price, rate = group(), group(Cause.RATE_LIMITED)
    assert appeared([price, rate], [price]) == (rate,)
    elsewhere = group(venue="bybit")
    assert appeared([elsewhere], [price]) == (elsewhere,)
