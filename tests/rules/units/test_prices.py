"""Prices on the safe side, and amounts that a venue takes."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from functions.rules.units.prices import average_for, down_to_step, pieces, reachable, within, worst_price
from functions.venue import Book, Direction
from tests.rules.units.makers import BTC, NOW, d, market


def book(*bids: tuple[str, str], asks: tuple[tuple[str, str], ...] = ()) -> Book:
    return Book(BTC, tuple((d(p), d(a)) for p, a in bids), tuple((d(p), d(a)) for p, a in asks), NOW)


BIDS = book(("100", "1"), ("99", "2"), ("98", "5"))
ASKS = book(asks=(("101", "1"), ("102", "2"), ("103", "5")))


@pytest.mark.parametrize(
    ("amount", "expected"), [("0.5", "100"), ("1", "100"), ("3", "99.33333333333333333333333333"), ("8", "98.5")]
)
def test_a_long_is_sold_into_the_bids_for_the_whole_amount(amount: str, expected: str) -> None:
    assert average_for(BIDS, "long", d(amount)) == d(expected)


def test_a_short_is_bought_back_from_the_asks() -> None:
    assert average_for(ASKS, "short", d("2")) == d("101.5")


def test_a_book_that_is_too_thin_or_empty_gives_no_average() -> None:
    assert average_for(BIDS, "long", d("8.001")) is None
    assert average_for(BIDS, "short", d("1")) is None
    assert average_for(BIDS, "long", d("0")) is None


def test_levels_in_disorder_and_without_an_offer_do_not_make_a_better_price() -> None:
    odd = book(("99", "2"), ("100", "1"), ("150", "0"), ("0", "100"), ("98", "5"))
    assert average_for(odd, "long", d(3)) == average_for(BIDS, "long", d(3))
    assert reachable(odd, "long", d(9), d(99)) == d(3)


@pytest.mark.parametrize(
    ("worst", "expected"), [("100.1", "0"), ("100", "1"), ("99.5", "1"), ("99", "3"), ("1", "8")]
)
def test_what_a_long_reaches_inside_the_bound(worst: str, expected: str) -> None:
    assert reachable(BIDS, "long", d(20), d(worst)) == d(expected)


@pytest.mark.parametrize(("worst", "expected"), [("100.9", "0"), ("101", "1"), ("102", "3")])
def test_what_a_short_reaches_inside_the_bound(worst: str, expected: str) -> None:
    assert reachable(ASKS, "short", d(20), d(worst)) == d(expected)


def test_never_more_is_reached_than_was_asked_for() -> None:
    assert reachable(BIDS, "long", d("0.2"), d(1)) == d("0.2")


@pytest.mark.parametrize(
    ("mark", "direction", "bps", "tick", "expected"),
    [
        ("60000", "long", 50, "0.1", "59700.0"),
        ("60000", "short", 50, "0.1", "60300.0"),
        # 0.5 % of 60001.3 is 300.0065: the bound is 59701.2935 and 60301.3065.
        ("60001.3", "long", 50, "0.1", "59701.3"),
        ("60001.3", "short", 50, "0.1", "60301.3"),
        ("1.5", "long", 100, "1", "2"),
        ("0.5", "short", 100, "1", "0"),
    ],
)
def test_the_worst_price_is_rounded_towards_the_mark(
    mark: str, direction: Direction, bps: int, tick: str, expected: str
) -> None:
    assert worst_price(d(mark), direction, bps, d(tick)) == d(expected)


@pytest.mark.parametrize(("mark", "tick"), [("0", "0.1"), ("-1", "0.1"), ("1", "0")])
def test_a_worst_price_of_nothing_is_refused(mark: str, tick: str) -> None:
    with pytest.raises(ValueError, match="above 0"):
        worst_price(d(mark), "long", 50, d(tick))


prices = st.decimals("0.00000001", "1000000", allow_nan=False, allow_infinity=False, places=8)
ticks = st.sampled_from([Decimal(one) for one in ("0.00000001", "0.0001", "0.05", "0.1", "0.5", "1", "2.5")])
directions = st.sampled_from(["long", "short"])


@given(prices, st.integers(1, 2000), ticks)
def test_a_worst_price_is_on_the_tick_and_never_beyond_the_bound(mark: Decimal, bps: int, tick: Decimal) -> None:
    sold, bought = worst_price(mark, "long", bps, tick), worst_price(mark, "short", bps, tick)
    assert sold * 10_000 >= mark * (10_000 - bps)
    assert bought * 10_000 <= mark * (10_000 + bps)
    assert sold % tick == 0
    assert bought % tick == 0
    # And not needlessly inside it: one tick further is beyond.
    assert (sold - tick) * 10_000 < mark * (10_000 - bps)
    assert (bought + tick) * 10_000 > mark * (10_000 + bps)


levels = st.lists(st.tuples(prices, st.decimals("0", "50", places=3)), max_size=6).map(tuple)


@given(levels, directions, st.decimals("0.001", "100", places=3), prices)
def test_what_the_book_fills_inside_the_bound_costs_no_more_than_the_bound(
    side: tuple[tuple[Decimal, Decimal], ...], direction: Direction, amount: Decimal, worst: Decimal
) -> None:
    whole = Book(BTC, side, side, NOW)
    found = reachable(whole, direction, amount, worst)
    assert 0 <= found <= amount
    if found > 0:
        average = average_for(whole, direction, found)
        assert average is not None
        # An average is rounded in its last digit.
        assert within(average, direction, worst) or abs(average - worst) <= worst * Decimal("1E-20")


@given(st.decimals("-1", "1000000", places=9), ticks)
def test_down_to_the_step_is_never_more_and_less_than_a_step_away(amount: Decimal, step: Decimal) -> None:
    down = down_to_step(amount, step)
    assert down % step == 0
    assert down <= max(Decimal(0), amount)
    assert amount - down < step


def test_without_a_step_an_amount_stays_as_it_is() -> None:
    assert down_to_step(d("1.23"), d(0)) == d("1.23")


def test_what_fits_one_order_is_one_piece() -> None:
    assert pieces(d("1.0009"), market(), True) == (d("1.000"),)
    assert pieces(d("120"), market(), False) == (d("120"),)
    assert pieces(d("1e6"), market(limit_most=None), True) == (d("1e6"),)


def test_an_amount_above_the_market_lot_limit_is_split_and_a_limit_order_has_a_limit_of_its_own() -> None:
    assert pieces(d("300.5"), market(), False) == (d(120), d(120), d("60.5"))
    assert pieces(d("300.5"), market(), True) == (d("300.5"),)


def test_a_last_piece_below_the_least_borrows_from_the_one_before() -> None:
    least = market(market_most=d(10), amount_least=d("0.5"))
    assert pieces(d("20.1"), least, False) == (d(10), d("9.6"), d("0.5"))


@pytest.mark.parametrize("amount", ["0", "-1", "0.0009", "0.4"])
def test_dust_makes_no_piece(amount: str) -> None:
    assert pieces(d(amount), market(amount_least=d("0.5")), True) == ()


def test_limits_that_leave_no_room_make_no_piece() -> None:
    assert pieces(d(3), market(limit_most=d("0.0005")), True) == ()
    assert pieces(d("1.1"), market(limit_most=d(1), amount_least=d(1)), True) == ()


@given(
    st.decimals("0", "500", places=4),
    st.decimals("0.001", "60", places=3),
    st.decimals("0.001", "5", places=3),
    st.booleans(),
)
def test_the_pieces_are_the_amount_and_each_of_them_is_taken(
    amount: Decimal, most: Decimal, least: Decimal, bounded: bool
) -> None:
    assume(amount / most < 2_000)
    rules = market(limit_most=most, market_most=most, amount_least=least)
    found = pieces(amount, rules, bounded)
    if found:
        assert sum(found) == down_to_step(amount, rules.amount_step)
    for piece in found:
        assert least <= piece <= most
        assert piece % rules.amount_step == 0
    if not found and most >= 2 * least + rules.amount_step:
        assert down_to_step(amount, rules.amount_step) < least
