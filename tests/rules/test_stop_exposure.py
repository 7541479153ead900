"""What is open after a stop."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from functions.facts import OrderFact, PositionFact
from functions.rules.stop_exposure import Open, Rests, at_venue, exposed_by, strangers, told_in_short
from functions.rules.units.owner import Owner
from functions.venue import Unit, VenuePosition
from tests.rules.facts import NOW
from tests.rules.test_venue_orders import stop as resting


def position(name: str, strategy_id: str = "a", status: str = "open") -> PositionFact:
    return PositionFact(name, strategy_id, "BTC/USDT:USDT", "long", Decimal("0.5"), status, "binanceusdm")


def stop(position_id: str) -> OrderFact:
    return OrderFact(position_id, "o1", "a", "sell", "stop_market", "open", protective=True, reducing=True)


def test_what_no_order_protects_comes_first() -> None:
    found = exposed_by([position("p1"), position("p2")], [stop("p1")], None)
    assert [(one.position.position_id, one.unprotected) for one in found] == [("p2", True), ("p1", False)]
    assert "at the venue: unknown, it was not asked; NO protective order in the table" in found[0].told()
    assert "at the venue: unknown, it was not asked; protective orders in the table: 1" in found[1].told()


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
    assert told == "2 in the table, 1 without a protective order there"


def test_in_short_never_takes_what_could_not_be_read_for_nothing() -> None:
    assert told_in_short([], None, None) == "none in the table"
    assert told_in_short(None, [], None).startswith("not readable")
    assert "what protects them is not readable" in told_in_short([position("p1")], None, None)


UNIT = Unit("binanceusdm", "main", "BTC/USDT:USDT", "long")
OWNER = Owner("binanceusdm", "main", "live")
HELD = VenuePosition(
    UNIT, Decimal("0.5"), Decimal(0), False, NOW, mark_price=Decimal(60_000), liquidation_price=Decimal(54_000)
)


@pytest.mark.parametrize(
    ("owner", "orders", "positions", "rests", "unprotected", "proven"),
    [
        (OWNER, [resting(amount=Decimal("0.5"))], [HELD], Rests.WHOLE, False, True),
        (OWNER, [resting(amount=Decimal("0.2"))], [HELD], Rests.PARTLY, True, True),
        (OWNER, [], [HELD], Rests.NONE, True, True),
        (OWNER, [resting()], [], Rests.FLAT, False, True),
        (OWNER, None, [HELD], Rests.UNKNOWN, True, False),
        (OWNER, [], None, Rests.UNKNOWN, True, False),
        (replace(OWNER, account=None), [], [HELD], Rests.UNKNOWN, True, False),
        (replace(OWNER, mode="paper"), None, None, Rests.PAPER, False, True),
        (replace(OWNER, mode=None), None, None, Rests.UNASKED, True, False),
    ],
)
def test_the_venue_says_whether_protection_rests_there(
    owner: Owner, orders: object, positions: object, rests: Rests, unprotected: bool, proven: bool
) -> None:
    found = at_venue(position("p1"), owner, orders, positions, "no answer")  # type: ignore[arg-type]  # by the table
    assert found.rests is rests
    one = Open(position("p1"), (), False, found)
    assert (one.unprotected, one.proven) == (unprotected, proven)


def test_the_word_of_the_venue_counts_more_than_the_tables() -> None:
    bare = at_venue(position("p1"), OWNER, [], [HELD], "")
    assert Open(position("p1"), ("o1",), False, bare).unprotected
    unasked = at_venue(position("p1"), replace(OWNER, mode=None), None, None, "")
    assert not Open(position("p1"), ("o1",), False, unasked).unprotected


@pytest.mark.parametrize(("side", "profit"), [("long", "-250.00"), ("short", "250.00")])
def test_profit_and_distance_to_liquidation_are_the_venues_mark_against_the_entry(side: str, profit: str) -> None:
    there = replace(position("p1"), side=side, entry_price=Decimal(60_500))
    held = replace(HELD, unit=replace(UNIT, side=side))  # type: ignore[arg-type]  # one of the two
    told = at_venue(there, OWNER, [], [held], "").told()
    assert told.endswith(f"NO PROTECTION RESTS THERE, it holds 0.5; profit {profit}, 10.0 % from liquidation")


def test_without_an_entry_price_the_profit_is_unknown_and_never_zero() -> None:
    assert "profit unknown" in at_venue(position("p1"), OWNER, [], [HELD], "").told()


def test_what_the_venue_holds_and_the_table_does_not_know_is_told() -> None:
    assert strangers([HELD], [], {UNIT}) == ()
    ((told, safe),) = strangers([HELD], [], ())
    assert not safe
    assert told.startswith(
        "binanceusdm/main long BTC/USDT:USDT, of which the table knows no open position: NO PROT"
    )
    ((_, safe),) = strangers([HELD], [resting()], ())
    assert safe
