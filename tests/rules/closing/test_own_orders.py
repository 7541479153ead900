"""Which orders are this position's, and what of its protection is missing."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from functions.facts import OrderFact
from functions.rules.closing.client_ids import protection_id
from functions.rules.closing.guarded import Guarding, as_it_stands, fitted, guarding, too_large
from functions.rules.closing.own_orders import Whose, entries, exits, left_over, protection, whose
from functions.venue import VenueOrder
from tests.rules.closing.facts import AMOUNT, UNIT, order

STOP, OTHER = order("stop-1"), order("other")
EXIT = order("exit-1", trigger=False, type="limit", trigger_price=None, price=Decimal(70_000))
AGAIN = order(protection_id("pos-1", "inc-1", STOP.order_id, 3))


def mine(*, alone: bool) -> Whose:
    known = OrderFact("pos-1", "o", "alpha", "sell", "limit", "open", False, client_order_id="exit-1")
    return whose(UNIT, "pos-1", "inc-1", alone=alone, orders=[known], written=[STOP])


def now(*working: VenueOrder, alone: bool = False, left: Decimal | None = AMOUNT) -> Guarding:
    return guarding(mine(alone=alone), "pos-1", "inc-1", [STOP], working, left)


def gone(*working: VenueOrder, alone: bool = False, left: Decimal | None = AMOUNT) -> tuple[VenueOrder, ...]:
    return now(*working, alone=alone, left=left).gone


def test_with_several_owners_an_order_is_ones_own_by_its_id_alone() -> None:
    every = [STOP, EXIT, OTHER, AGAIN]
    assert left_over(mine(alone=False), every) == (STOP, EXIT, AGAIN)
    assert left_over(mine(alone=True), every) == tuple(every)


def test_what_does_not_surely_reduce_is_ones_own_by_its_id_alone() -> None:
    theirs, unsure = order("theirs", side="buy", reduce_only=False), order("nobody", reduce_only=None)
    assert left_over(mine(alone=True), [theirs, unsure]) == ()


def test_an_entry_of_the_position_is_left_over_and_neither_an_exit_nor_protection() -> None:
    entry = order("exit-1", side="buy", reduce_only=False, trigger=False)
    for every in (entries, left_over):
        assert every(mine(alone=False), [entry]) == (entry,)
    assert exits(mine(alone=True), [entry]) == protection(mine(alone=True), [entry]) == ()
    assert entries(mine(alone=True), [EXIT, STOP]) == ()


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


def test_a_moved_stop_that_holds_less_than_what_is_left_does_not_stand_for_it() -> None:
    small = order("stop-2", amount=Decimal("0.005"))
    assert gone(small, alone=True) == (STOP,)
    assert gone(small, alone=True, left=None) == (STOP,)
    assert gone(small, alone=True, left=Decimal("0.005")) == ()


def test_two_that_hold_it_together_stand_for_one() -> None:
    halves = [order(name, amount=AMOUNT / 2) for name in ("a", "b")]
    assert gone(*halves, alone=True) == ()
    assert gone(halves[0], alone=True) == (STOP,)


def test_one_order_never_stands_for_two() -> None:
    second = order("stop-b")
    found = guarding(mine(alone=True), "pos-1", "inc-1", [STOP, second], [second], AMOUNT)
    assert (found.gone, found.pairs) == ((STOP,), ((second, (second,)),))


def stands(*working: VenueOrder) -> tuple[VenueOrder, ...]:
    return as_it_stands("pos-1", "inc-1", now(*working, alone=True))


def test_what_is_written_down_anew_is_what_rests_by_the_id_of_what_it_was() -> None:
    moved = order("stop-2", trigger_price=Decimal(59_500))
    assert stands(STOP) == (STOP,)
    assert stands(AGAIN) == (STOP,)
    assert stands(moved) == (replace(moved, order_id=STOP.order_id),)
    assert stands(replace(STOP, trigger_price=Decimal(59_500)))[0].trigger_price == 59_500
    assert stands(STOP, moved) == (STOP, moved)
    halves = [order(name, amount=AMOUNT / 2) for name in ("a", "b")]
    assert stands(*halves) == (replace(halves[0], order_id=STOP.order_id), halves[1])
    assert stands(STOP, AGAIN) == (STOP,)


STEP = Decimal("0.001")


def test_with_several_owners_protection_comes_back_no_larger_than_what_is_left() -> None:
    left, none = Decimal("0.02"), Decimal(0)
    assert [one.amount for one in fitted([STOP], left, none, STEP, alone=False)] == [left]
    assert fitted([STOP], left, AMOUNT - left, STEP, alone=True) == (STOP,)
    whole = replace(STOP, close_position=True)
    assert fitted([whole], left, AMOUNT - left, STEP, alone=False) == (whole,)


def test_after_a_part_was_closed_stops_are_cut_together_and_what_takes_profit_for_itself() -> None:
    first, second = order("a", amount=Decimal("0.025")), order("b", amount=Decimal("0.025"))
    profit = order("c", type="take_profit_market")

    def amounts(left: str) -> list[float]:
        cut = fitted([first, second, profit], Decimal(left), Decimal("0.03"), STEP, alone=False)
        return [float(one.left) for one in cut]

    assert amounts("0.02") == [0.01, 0.01, 0.02]
    assert amounts("0.003") == [0.001, 0.002, 0.003]
    assert amounts("0.001") == [0.001, 0.001]
    assert amounts("0.05") == [0.025, 0.025, 0.05]


def test_what_rests_and_holds_more_than_it_may_is_named() -> None:
    small = replace(STOP, amount=Decimal("0.02"))
    assert too_large([(STOP, (STOP,)), (small, (small,))]) == ()
    assert too_large([(small, (STOP,))]) == ((small, (STOP,)),)
    assert too_large([(small, (small, STOP))]) == ((small, (STOP,)),)
