"""Numbers as people read them."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from decimal import Decimal

import pytest

from functions.rules.units.words import cents, moment, money, number


@pytest.mark.parametrize(
    ("value", "told"),
    [("60000", "60000"), ("6E+4", "60000"), ("0.0500", "0.05"), ("0E-8", "0"), ("-0", "0"), ("1E-8", "0.00000001")],
)
def test_a_number_has_no_exponent_and_no_zeros_at_its_end(value: str, told: str) -> None:
    assert number(Decimal(value)) == told


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ("1.5", "1.50 USDT"),
        ("100", "100.00 USDT"),
        ("0", "0.00 USDT"),
        ("-0.000000001", "0.00 USDT"),
        ("0.12345678912", "0.12345679 USDT"),
        ("-2.345", "-2.345 USDT"),
    ],
)
def test_money_is_told_to_the_cent_or_further_where_that_is_not_all(value: str, told: str) -> None:
    assert money(Decimal(value), "USDT") == told


def test_what_was_earned_has_its_sign_and_nothing_has_none() -> None:
    assert money(Decimal(5), "USDT", sign=True) == "+5.00 USDT"
    assert money(Decimal(0), "USDT", sign=True) == "0.00 USDT"
    assert money(Decimal(-5), "USDT", sign=True) == "-5.00 USDT"


def test_what_is_not_known_is_called_so() -> None:
    assert (number(None), money(None, "USDT"), moment(None)) == ("unknown",) * 3


def test_a_moment_is_utc() -> None:
    at = datetime(2026, 3, 1, 4, 30, tzinfo=timezone(timedelta(hours=1)))
    assert moment(at) == "2026-03-01 03:30:00 UTC"


@pytest.mark.parametrize("text", ["1E+90", "-9E+999", "NaN", "Infinity", "1E-90"])
def test_what_is_no_amount_stands_as_it_is(text: str) -> None:
    value = Decimal(text)
    assert number(value) == text
    assert money(value, "USDT") == cents(value, "USDT") == f"{text} USDT"
