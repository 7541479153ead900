"""What is open after a stop."""

from __future__ import annotations

from decimal import Decimal

from functions.facts import OrderFact, PositionFact
from functions.rules.stop_exposure import exposed_by, told_in_short


def position(name: str, strategy_id: str = "a", status: str = "open") -> PositionFact:
    return PositionFact(name, strategy_id, "BTC/USDT:USDT", "long", Decimal("0.5"), status, "binanceusdm")


def stop(position_id: str) -> OrderFact:
    return OrderFact(position_id, "o1", "a", "sell", "stop_market", "open", protective=True, reducing=True)


def test_what_no_order_protects_comes_first() -> None:
    found = exposed_by([position("p1"), position("p2")], [stop("p1")], None)
    assert [(one.position.position_id, one.unprotected) for one in found] == [("p2", True), ("p1", False)]
    assert "NO protective order in the table; at the venue: unknown" in found[0].told()
    assert "protective orders in the table: 1; at the venue: unknown" in found[1].told()


def test_where_orders_cannot_be_read_nothing_counts_as_protected() -> None:
    (found,) = exposed_by([position("p1")], None, None)
    assert found.unprotected
    assert "could not be read" in found.told()


def test_of_a_partial_stop_only_its_own_and_those_of_nobody_known() -> None:
    found = exposed_by([position("p1"), position("p2", "b"), position("p3", "")], [], {"a"})
    assert [one.position.position_id for one in found] == ["p1", "p3"]


def test_an_exit_on_its_way_is_said() -> None:
    leaving = OrderFact("p1", "o", "a", "sell", "limit", "open", protective=False, reducing=True)
    found = exposed_by([position("p1"), position("p2", status="closing"), position("p3")], [leaving], None)
    assert [one.leaving for one in found] == [True, True, False]


def test_in_short_says_how_many_are_open_and_how_many_nothing_in_the_table_protects() -> None:
    told = told_in_short([position("p1"), position("p2"), position("p3", "b")], [stop("p1")], {"a"})
    assert told == "2 in the table, 1 without a protective order there; the exchange was not asked"


def test_in_short_never_takes_what_could_not_be_read_for_nothing() -> None:
    assert told_in_short([], None, None) == "none in the table; the exchange was not asked"
    assert told_in_short(None, [], None).startswith("not readable")
    assert "what protects them is not readable" in told_in_short([position("p1")], None, None)
