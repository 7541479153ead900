"""Which orders are this position's, and what of its protection is missing."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from functions.facts import OrderFact
from functions.rules.closing.client_ids import protection_id
from functions.rules.closing.own_orders import Whose, exits, left_over, missing, protection, resized, whose
from tests.rules.closing.facts import AMOUNT, UNIT, order

STOP, OTHER = order("stop-1"), order("other")
EXIT = order("exit-1", trigger=False, type="limit", trigger_price=None, price=Decimal(70_000))
AGAIN = order(protection_id("pos-1", "inc-1", STOP.order_id, 3))


def mine(*, alone: bool) -> Whose:
    known = OrderFact("pos-1", "o", "alpha", "sell", "limit", "open", False, client_order_id="exit-1")
    return whose(UNIT, "pos-1", "inc-1", alone=alone, orders=[known], written=[STOP])


def gone(*working: object, alone: bool = False) -> tuple[object, ...]:
    return missing(mine(alone=alone), "pos-1", "inc-1", [STOP], working)  # type: ignore[arg-type]  # orders, all


def test_with_several_owners_an_order_is_ones_own_by_its_id_alone() -> None:
    every = [STOP, EXIT, OTHER, AGAIN]
    assert left_over(mine(alone=False), every) == (STOP, EXIT, AGAIN)
    assert left_over(mine(alone=True), every) == tuple(every)


def test_what_does_not_reduce_is_never_ones_own() -> None:
    entry = order("stop-1", side="buy")
    unsure = order("nobody", reduce_only=None)
    assert left_over(mine(alone=True), [entry, unsure]) == ()


def test_exits_and_protection_are_told_apart_by_the_trigger() -> None:
    assert exits(mine(alone=False), [STOP, EXIT]) == (EXIT,)
    assert protection(mine(alone=False), [STOP, EXIT]) == (STOP,)


def test_protection_is_there_by_itself_or_under_an_id_of_this_close() -> None:
    assert gone(STOP) == ()
    assert gone(AGAIN) == ()
    assert gone() == (STOP,)


def test_an_order_of_somebody_else_protects_nobody_but_its_owner() -> None:
    assert gone(OTHER) == (STOP,)


def test_a_stop_that_its_strategy_has_moved_stands_for_the_one_of_before() -> None:
    moved = order("stop-2", trigger_price=Decimal(58_000))
    assert gone(moved, alone=True) == ()
    assert gone(replace(moved, type="take_profit_market"), alone=True) == (STOP,)


def test_one_order_never_stands_for_two() -> None:
    second = order("stop-b")
    found = missing(mine(alone=True), "pos-1", "inc-1", [STOP, second], [second])
    assert found == (STOP,)


def test_with_several_owners_protection_comes_back_no_larger_than_what_is_left() -> None:
    assert resized(STOP, Decimal("0.02"), alone=False).amount == Decimal("0.02")
    assert resized(STOP, Decimal("0.02"), alone=True).amount == AMOUNT
