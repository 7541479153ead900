from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.rules.cooldown import next_cooldown


@pytest.mark.parametrize(
    ("present", "raised"),
    [
        (None, "60"), ("0", "60"), ("-5", "60"), ("NaN", "60"), ("Infinity", "60"), ("10", "60"), ("30", "60"),
        ("31", "62"), ("60", "120"), ("45.5", "91.0"), ("299", "598"), ("300", "600"), ("301", "600"),
        ("599", "600"), ("600", None), ("900", None),
    ],
)  # fmt: skip
def test_the_cooldown_is_doubled_between_its_least_and_its_cap(present: str | None, raised: str | None) -> None:
    given_value = None if present is None else Decimal(present)
    expected = None if raised is None else Decimal(raised)
    assert next_cooldown(given_value, least=60, most=600) == expected


@given(st.none() | st.decimals(allow_nan=True, allow_infinity=True))
def test_the_cooldown_only_ever_rises_and_stays_within_its_bounds(present: Decimal | None) -> None:
    raised = next_cooldown(present, least=60, most=600)
    if raised is not None:
        assert 60 <= raised <= 600
        assert present is None or not present.is_finite() or raised > present
