"""An alarm stops everything by itself only where its own rule, read anew, says so beyond doubt."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.facts import BreachFact
from functions.rules.risk_alarm import BANDS, COMPARISONS, judge_risk_alarm, newest, why_unfit
from tests.rules.facts import NOW

NAME = "tradai-prod-drawdown"
NAMED = (NAME,)


def points(*values: float | str, ages: tuple[int, ...] | None = None) -> tuple[Any, ...]:
    """One a minute, the newest first, the newest a minute old; `ages` in minutes."""
    spread = ages or tuple(range(1, len(values) + 1))
    return tuple((NOW - timedelta(minutes=age), Decimal(str(v))) for age, v in zip(spread, values, strict=True))


def alarm(*values: float | str, ages: tuple[int, ...] | None = None, **more: Any) -> BreachFact:
    """2 of 3 points of a minute above 5, in ALARM, unless told otherwise."""
    given: dict[str, Any] = {
        "name": NAME,
        "state": "ALARM",
        "treat_missing_data": "missing",
        "comparison": "GreaterThanThreshold",
        "threshold": Decimal(5),
        "needed": 2,
        "window": 3,
        "period_seconds": 60,
        "points": points(*values, ages=ages),
        **more,
    }
    return BreachFact(**given)


def judged(breach: BreachFact, named: tuple[str, ...] = NAMED) -> tuple[bool, str]:
    verdict = judge_risk_alarm(breach, named=named, now=NOW)
    return verdict.stop, verdict.reason


def test_stops_where_enough_of_the_newest_points_breach_and_says_which() -> None:
    assert judged(alarm(9, 1, 7)) == (True, "2 of the newest 3 points breach now: 9, 7 (above 5)")


def test_one_point_beyond_is_not_enough_where_two_are_wanted() -> None:
    assert judged(alarm(9, 1, 2)) == (False, "only 1 of the newest 3 points breach now; 2 must be above 5")


def test_points_that_do_not_exist_never_count() -> None:
    stop, why = judged(alarm(9))
    assert (stop, why) == (False, "only 1 of the newest 3 points breach now, 2 do not exist; 2 must be above 5")
    assert judged(alarm())[0] is False


def test_points_beyond_the_window_never_count() -> None:
    assert judged(alarm(1, 9, 1, 9, 9, 9))[0] is False


def test_points_that_are_too_old_to_speak_of_now_never_count() -> None:
    assert judged(alarm(9, 9, ages=(4, 5)))[0] is True
    assert judged(alarm(9, 9, ages=(5, 6)))[0] is False


@pytest.mark.parametrize(
    ("state", "why"),
    [
        ("OK", "it is OK again"),
        ("INSUFFICIENT_DATA", "it has not enough data to say anything"),
        (None, "its state could not be read"),
        ("PUZZLED", "its state could not be read"),
    ],
)
def test_only_an_alarm_that_is_still_up_stops_anything(state: str | None, why: str) -> None:
    assert judged(alarm(9, 9, 9, state=state)) == (False, why)


def test_an_alarm_that_the_settings_do_not_name_stops_nothing() -> None:
    assert judged(alarm(9, 9, 9), named=("another",))[0] is False
    assert judged(alarm(9, 9, 9), named=())[0] is False


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"name": "tradai-prod-Heartbeat-stale"}, "it is about heartbeats, which never stop everything"),
        ({"unsupported": "several metrics"}, "it cannot be judged again: several metrics"),
        ({"treat_missing_data": "breaching"}, "it takes missing data for a breach (TreatMissingData)"),
        ({"window": 1, "needed": 1}, "it judges by 1 point; at least 2 are wanted (M of N)"),
        ({"needed": 4}, "its rule of 4 of 3 points cannot be read"),
        ({"needed": 0}, "its rule of 0 of 3 points cannot be read"),
        ({"period_seconds": 0}, "its rule of 2 of 3 points cannot be read"),
        ({"threshold": None}, "its comparison GreaterThanThreshold with None is not known"),
        ({"comparison": "Resembles"}, "its comparison Resembles with 5 is not known"),
        ({"comparison": None}, "its comparison None with 5 is not known"),
        *(
            ({"comparison": band}, "it compares with a band that moves, which cannot be judged again")
            for band in sorted(BANDS)
        ),
    ],
)
def test_an_alarm_that_does_not_fit_never_stops_anything(changed: dict[str, Any], why: str) -> None:
    breach = alarm(9, 9, 9, **changed)
    assert why_unfit(breach) == why
    assert judged(breach, named=(breach.name,)) == (False, why)


@pytest.mark.parametrize("missing", ["missing", "ignore", "notBreaching", None])
def test_how_else_missing_data_is_taken_does_not_matter(missing: str | None) -> None:
    assert judged(alarm(9, 9, treat_missing_data=missing))[0] is True


@pytest.mark.parametrize(
    ("comparison", "stops_at"),
    [
        ("GreaterThanOrEqualToThreshold", {5, 6}),
        ("GreaterThanThreshold", {6}),
        ("LessThanThreshold", {4}),
        ("LessThanOrEqualToThreshold", {4, 5}),
    ],
)
def test_compares_as_cloudwatch_does(comparison: str, stops_at: set[int]) -> None:
    stops = {value for value in (4, 5, 6) if judged(alarm(value, value, comparison=comparison))[0]}
    assert stops == stops_at


def test_every_comparison_of_cloudwatch_is_known() -> None:
    """PutMetricAlarm's list as botocore carries it."""
    from botocore.session import Session

    shape: Any = Session().get_service_model("cloudwatch").shape_for("ComparisonOperator")
    assert set(shape.enum) == set(COMPARISONS) | BANDS


def test_a_value_that_is_no_number_is_beyond_nothing() -> None:
    assert judged(alarm("NaN", "Infinity", "9"))[0] is False


@given(
    values=st.lists(st.integers(0, 10), max_size=8),
    needed=st.integers(1, 4),
    window=st.integers(2, 4),
    comparison=st.sampled_from(sorted(COMPARISONS)),
)
def test_whatever_is_taken_away_makes_no_stop_of_a_no(
    values: list[int], needed: int, window: int, comparison: str
) -> None:
    """Missing data can only keep it from stopping."""
    whole = alarm(*values, needed=needed, window=window, comparison=comparison)
    seen = newest(whole, NOW)
    assert len(seen) <= window
    fewer = replace(whole, points=tuple(seen[1:]))
    if needed <= window and judged(fewer)[0]:
        assert judged(replace(whole, points=tuple(seen)))[0]
    assert not judged(replace(whole, points=tuple(seen[: needed - 1])))[0]
