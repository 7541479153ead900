"""Which trades closed a position."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.rules.units.fills import (
    EXIT,
    OTHER,
    OURS,
    STOP,
    ClosingFills,
    average,
    closing_fills,
    ids_of,
    own_ids,
    unrecorded,
)
from functions.venue import Fill
from tests.rules.units.makers import LONG, NOW, OPENED, SHORT, ago, d, fill, order, position

STEP = Decimal("0.001")


def found(*fills: Fill, share: str = "1", ids: dict[str, str] | None = None, accounted: str = "0") -> ClosingFills:
    return closing_fills(LONG, fills, OPENED, d(share), STEP, ids or {}, d(accounted))


def names(closing: ClosingFills) -> list[str]:
    return [one.fill_id for one in closing.fills]


def test_one_fill_of_our_own_attempt_closed_it() -> None:
    closing = found(fill("1", "1", "59000", client_order_id="mine"), ids={"mine": OURS})
    assert (closing.amount, closing.average, closing.last_at) == (d(1), d(59_000), NOW)
    assert closing.whole
    assert closing.by == "ours"


def test_the_newest_fills_that_make_the_share_are_taken_and_the_oldest_of_them_is_cut() -> None:
    closing = found(
        fill("1", "1", "50000", at=ago(30)),
        fill("2", "0.75", "58000", at=ago(20), fee=d("3"), fee_asset="BNB"),
        fill("3", "0.5", "60000", at=ago(10)),
    )
    assert names(closing) == ["2", "3"]
    assert closing.fills[0].amount == d("0.5")
    assert closing.fills[0].fee == d(2)
    assert closing.average == d(59_000)
    assert (closing.whole, closing.by) == (True, "unknown")


def test_an_unknown_fee_stays_unknown_when_a_fill_is_cut() -> None:
    assert found(fill("1", "2", fee=None)).fills[0].fee is None


def test_only_what_reduces_this_side_since_it_opened_counts() -> None:
    closing = found(
        fill("buy", "1", side="buy"),
        fill("early", "1", at=ago(61)),
        fill("short side", "1", position_side="short"),
        fill("nothing", "0"),
        fill("hedged", "0.2", position_side="long"),
        fill("in time", "0.3", at=OPENED),
    )
    assert names(closing) == ["in time", "hedged"]
    assert not closing.whole


def test_a_short_is_closed_by_buying() -> None:
    closing = closing_fills(SHORT, [fill("1", "1", unit=SHORT), fill("2", "1")], OPENED, d(1), STEP, {})
    assert names(closing) == ["1"]


def test_the_same_trade_told_twice_is_one() -> None:
    closing = found(fill("1", "0.4"), fill("1", "0.4"))
    assert closing.amount == d("0.4")


def test_no_fill_closes_nothing() -> None:
    assert found() == ClosingFills((), Decimal(0), None, None, whole=False, by="unknown")


def test_fills_within_a_step_of_the_share_are_whole_and_a_step_less_is_not() -> None:
    assert found(fill("1", "0.9995")).whole
    assert not found(fill("1", "0.999")).whole


def test_another_owners_fills_are_never_counted() -> None:
    ids = {"theirs": OTHER, "of-2": OTHER}
    closing = found(fill("1", "1", client_order_id="theirs"), fill("2", "1"), fill("3", "0.4"), ids=ids)
    assert names(closing) == ["3"]


def test_own_fills_that_make_the_share_are_taken_though_somebody_traded_later() -> None:
    closing = found(fill("1", "1", "59000", at=ago(9)), fill("2", "1", at=ago(1)), ids={"of-1": STOP})
    assert names(closing) == ["1"]
    assert closing.by == "stop"


def test_exits_that_are_off_the_amount_already_are_left_out() -> None:
    fills = (fill("1", "0.6", at=ago(30)), fill("2", "0.6", at=ago(20)), fill("3", "1", "59000", at=ago(1)))
    ids = {"of-1": EXIT, "of-2": EXIT}
    assert names(found(*fills, ids=ids)) == ["1", "2"]
    closing = found(*fills, ids=ids, accounted="1.2")
    assert names(closing) == ["3"]
    assert closing.by == "unknown"
    partly = found(*fills, ids=ids, accounted="0.9")
    assert names(partly) == ["3"]


@pytest.mark.parametrize(
    ("words", "by"),
    [
        ((OURS, EXIT), "ours"),
        ((OURS, STOP), "ours"),
        ((STOP, EXIT), "stop"),
        ((EXIT, EXIT), "exit"),
        ((OURS, None), "unknown"),
    ],
)
def test_who_closed_it_is_the_word_that_leaves_least_unsaid(words: tuple[str | None, ...], by: str) -> None:
    fills = [fill(str(n), "0.5", client_order_id=f"c{n}") for n in range(2)]
    ids = {f"c{n}": word for n, word in enumerate(words) if word}
    assert found(*fills, ids=ids).by == by


def test_a_liquidation_is_one_whatever_else_closed_the_rest() -> None:
    for prefix in ("autoclose-17", "adl_autoclose"):
        fills = [fill("1", "0.5", client_order_id="c"), fill("2", "0.5", client_order_id=prefix)]
        assert found(*fills, ids={"c": OURS}).by == "liquidation"


def test_what_the_venue_says_it_closed_by_force_is_a_liquidation_even_of_our_own_order() -> None:
    fills = [fill("1", "1", client_order_id="c", forced=True)]
    assert found(*fills, ids={"c": OURS}).by == "liquidation"


def test_a_fill_belongs_to_the_stop_whose_trigger_made_its_order() -> None:
    """A table may know the stop by the venue's id alone, and the fill is that of another order."""
    fills = [fill("1", "1", order_id="made", client_order_id=None, trigger_id="2")]
    stop = order("2", protective=True, client_order_id=None)
    assert found(*fills, ids=own_ids(position(), [stop], "long")).by == "stop"
    assert unrecorded(LONG, position(), [stop], fills, OPENED) == 1
    assert found(*fills, ids=ids_of([stop])).amount == 0


def test_ids_are_those_of_its_reducing_orders_client_and_venue_ones() -> None:
    orders = (
        order("1"),
        order("2", protective=True, client_order_id=None),
        order("3", side="buy"),
        order("4", created_at=ago(99)),
    )
    assert own_ids(position(), orders, "long") == {"c-1": EXIT, "1": EXIT, "2": STOP}
    assert ids_of(orders[:2]) == {"c-1": OTHER, "1": OTHER, "2": OTHER}


def test_what_the_venue_filled_beyond_the_record_is_proof() -> None:
    orders = (order("1", filled=d("0.1")), order("2", protective=True), order("3", filled=d(5)))
    fills = (
        fill("a", "0.25", client_order_id="c-1"),
        fill("b", "0.5", order_id="2"),
        fill("c", "0.5", client_order_id="c-3"),
        fill("d", "0.7", client_order_id="again"),
        fill("e", "9"),
        fill("f", "9", client_order_id="c-1", at=ago(61)),
    )
    assert unrecorded(LONG, position(), orders, fills, OPENED) == d("0.65")
    assert unrecorded(LONG, position(), orders, fills, OPENED, ["again"]) == d("1.35")
    assert unrecorded(LONG, position(), (), (), OPENED) == d(0)


def test_an_average_is_by_amount() -> None:
    assert average([fill("1", "3", "100"), fill("2", "1", "104")]) == d(101)
    assert average([]) is None


@given(
    st.lists(st.tuples(st.decimals("0.001", "2", places=3), st.sampled_from(["o", "e", "x", "u"])), max_size=6),
    st.decimals("0", "4", places=3),
    st.decimals("0", "1", places=3),
)
def test_closing_fills_never_exceed_the_share_nor_what_was_traded(
    traded: list[tuple[Decimal, str]], share: Decimal, accounted: Decimal
) -> None:
    fills = [
        fill(str(n), amount, str(100 + n), at=ago(30 - n), client_order_id=who, fee=amount)
        for n, (amount, who) in enumerate(traded)
    ]
    ids = {"o": OURS, "e": EXIT, "x": OTHER}
    closing = closing_fills(LONG, fills, OPENED, share, STEP, ids, accounted)
    by_id = {one.fill_id: one for one in fills}
    assert closing.amount == sum((one.amount for one in closing.fills), Decimal(0)) <= share
    for one in closing.fills:
        assert one.amount <= by_id[one.fill_id].amount
        assert one.client_order_id != "x"
        # The fee was the amount, and is cut with it.
        assert one.fee is not None
        assert abs(one.fee - one.amount) < Decimal("1E-20")
    if closing.whole:
        assert share - closing.amount < STEP
