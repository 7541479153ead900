"""How far limits are widened, unasked and asked."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.rules.orders.offset import costs, widened_asked, widened_unasked

BPS = st.decimals(min_value="-5", max_value="300", places=2)


@pytest.mark.parametrize(
    ("present", "wider"),
    [
        ("5", "10"),
        ("10", "20"),
        ("15", "20"),
        ("19.9", "20"),
        ("20", None),
        ("80", None),
        ("0", None),
        ("-1", None),
    ],
)
def test_unasked_it_is_doubled_up_to_the_small_cap(present: str, wider: str | None) -> None:
    assert widened_unasked(Decimal(present), most=20) == (Decimal(wider) if wider else None)


def test_a_missing_one_is_nobodys_to_guess_unasked() -> None:
    assert widened_unasked(None, most=20) is None


@pytest.mark.parametrize(
    ("present", "wider"),
    [
        (None, "20"),
        ("0", "20"),
        ("5", "20"),
        ("20", "40"),
        ("60", "100"),
        ("99", "100"),
        ("100", None),
        ("250", None),
    ],
)
def test_asked_it_is_more_than_could_be_done_unasked_and_never_beyond_the_cap(
    present: str | None, wider: str | None
) -> None:
    found = widened_asked(Decimal(present) if present else None, unasked_most=20, most=100)
    assert found == (Decimal(wider) if wider else None)


@given(BPS)
def test_it_is_never_narrowed_and_never_beyond_its_cap(present: Decimal) -> None:
    unasked = widened_unasked(present, most=20)
    asked = widened_asked(present, unasked_most=20, most=100)
    for value, most in ((unasked, 20), (asked, 100)):
        assert value is None or present < value <= most
    assert asked is None or unasked is None or asked >= unasked


def test_what_one_order_may_cost_more() -> None:
    assert costs(Decimal(500), Decimal(20)) == 1
    assert costs(None, Decimal(20)) is None
