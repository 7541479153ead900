from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel

from functions.adapters.values import json_default, plain, text_of, time_of
from functions.facts import Evidence, Result

# Hypothesis wants naive bounds and adds the zone itself.
YEARS = (datetime(2, 1, 1), datetime(9998, 1, 1))  # noqa: DTZ001
TIMES = st.datetimes(*YEARS, timezones=st.just(UTC))


@given(TIMES)
def test_a_time_comes_back_as_it_was_written(at: datetime) -> None:
    assert time_of(text_of(at)) == at
    assert len(text_of(at)) == 27


@given(TIMES, TIMES)
def test_the_order_of_texts_is_the_order_of_times(one: datetime, other: datetime) -> None:
    assert (text_of(one) < text_of(other)) == (one < other)


def test_a_time_without_a_zone_is_never_written() -> None:
    with pytest.raises(ValueError, match="no time zone"):
        text_of(datetime(2026, 1, 31, 3, tzinfo=UTC).replace(tzinfo=None))


@given(st.one_of(st.none(), st.booleans(), st.integers(), st.text(), st.lists(st.text())))
def test_anything_else_than_a_time_with_a_zone_is_no_time(value: Any) -> None:
    at = time_of(value)
    assert at is None or (isinstance(value, str) and at.tzinfo is UTC)


@pytest.mark.parametrize("written", ["0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59"])
def test_a_time_beyond_the_calendar_is_no_time(written: str) -> None:
    assert time_of(written) is None


class Shown(BaseModel):
    at: datetime
    result: Result


def test_everything_that_an_incident_holds_becomes_plain() -> None:
    at = datetime(2026, 1, 31, 4, tzinfo=timezone(timedelta(hours=1)))
    written = "2026-01-31T03:00:00.000000Z"
    given: dict[str, Any] = {
        "model": Shown(at=at, result=Result.DONE),
        "fact": (Evidence("a", "b", "c", at),),
        "ids": {"s2", "s1"},
        "ratio": 0.1,
        "none": None,
        "amount": Decimal("1.50"),
    }
    assert plain(given) == {
        "model": {"at": written, "result": "done"},
        "fact": [{"what": "a", "where": "b", "value": "c", "at": written}],
        "ids": ["s1", "s2"],
        "ratio": Decimal("0.1"),
        "none": None,
        "amount": Decimal("1.50"),
    }


def test_what_cannot_stand_in_an_item_is_refused() -> None:
    with pytest.raises(TypeError):
        plain(object())
    with pytest.raises(TypeError):
        json.dumps(object(), default=json_default)


def test_json_keeps_whole_numbers_as_numbers_and_others_exactly() -> None:
    given = {"looks": Decimal(3), "amount": Decimal("0.10")}
    assert json.dumps(given, default=json_default) == '{"looks": 3, "amount": "0.10"}'
