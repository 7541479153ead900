"""Values on their way through JSON are what they were: a number is none of text."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.orders.written import in_words, read, written

PLAIN = st.none() | st.booleans() | st.text() | st.decimals(allow_nan=False, allow_infinity=False, places=8)
VALUES = st.recursive(
    PLAIN, lambda inner: st.lists(inner) | st.dictionaries(st.text(min_size=1), inner), max_leaves=8
)


@given(VALUES.filter(lambda value: not isinstance(value, dict) or set(value) != {"number"}))
def test_it_comes_back_as_it_was(value: Any) -> None:
    assert read(json.loads(json.dumps(written(value)))) == value


@pytest.mark.parametrize(("one", "other"), [("10", Decimal(10)), (None, ""), (True, Decimal(1)), (["A"], "A")])
def test_what_looks_alike_is_told_apart(one: Any, other: Any) -> None:
    back = [read(json.loads(json.dumps(written(value)))) for value in (one, other)]
    assert [type(value) for value in back] == [type(one), type(other)]


def test_what_is_no_number_after_all_stays_a_text() -> None:
    assert read({"number": "wide"}) == "wide"


def test_people_read_it_in_words() -> None:
    told = [in_words(one) for one in (None, Decimal("60.50"), ["A", "B"], [], "limit", True)]
    assert told == ["nothing", "60.5", "A, B", "an empty list", "limit", "True"]
