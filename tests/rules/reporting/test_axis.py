"""The axis of a timeline: to scale, and folded where a wait would squeeze the rest into nothing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.rules.reporting.axis import FOLD_WIDTH, MOST_FOLDS, axis_of, ticks_of
from functions.rules.reporting.lanes import Bar, Lane, Timeline, Tone
from functions.rules.reporting.moments import lasted, moment

AT = datetime(2026, 3, 1, 2, 0, tzinfo=UTC)


def after(seconds: float) -> datetime:
    return AT + timedelta(seconds=seconds)


def timeline(*spans: tuple[float, float | None], end: float = 100) -> Timeline:
    bars = tuple(Bar(after(a), None if b is None else after(b), "x", Tone.WORK) for a, b in spans)
    return Timeline(AT, after(end), (Lane("run", bars),), ())


def test_without_a_long_wait_it_is_to_scale() -> None:
    axis = axis_of(timeline((0, 40), (40, 70), (70, 100)))
    assert [round(axis.place(after(each)), 6) for each in (0, 25, 50, 100)] == [0, 0.25, 0.5, 1]
    assert axis.folds == ()


def test_an_hour_of_waiting_is_folded_and_tells_its_length() -> None:
    axis = axis_of(timeline((0, 20), (20, 3620), (3620, 3640), end=3640))
    (fold,) = axis.folds
    assert fold.told == "1 h"
    assert fold.right - fold.left == pytest.approx(FOLD_WIDTH)
    assert axis.place(after(20)) == pytest.approx((1 - FOLD_WIDTH) / 2)
    assert axis.place(after(3630)) - axis.place(after(3620)) == pytest.approx((1 - FOLD_WIDTH) / 4)


def test_a_wait_that_is_all_there_is_stays_to_scale() -> None:
    assert axis_of(timeline((0, None), end=7200)).folds == ()


def test_seconds_are_never_folded() -> None:
    assert axis_of(timeline((0, 1), (1, 25), (25, 26), end=26)).folds == ()


def test_what_lies_outside_is_brought_to_the_nearer_end() -> None:
    axis = axis_of(timeline((0, 100)))
    assert (axis.place(after(-5)), axis.place(after(105))) == (0, 1)


def test_round_times_are_told_and_the_ends() -> None:
    labels = [tick.label for tick in ticks_of(axis_of(timeline((0, 3600), end=3600)), 6)]
    assert labels == ["02:00", "02:15", "02:30", "02:45", "03:00"]


def test_behind_a_fold_the_time_is_told_again() -> None:
    axis = axis_of(timeline((0, 20), (20, 3620), (3620, 3640), end=3640))
    assert "03:00:20" in [tick.label for tick in ticks_of(axis, 8)]


@given(
    st.lists(st.floats(0, 200_000), min_size=0, max_size=60),
    st.floats(1, 200_000),
    st.integers(2, 12),
)
def test_the_order_of_time_is_the_order_from_left_to_right(moments: list[float], end: float, most: int) -> None:
    inside = sorted(each for each in moments if each <= end)
    found = timeline(*pairwise(inside), end=end)
    axis = axis_of(found)
    places = [axis.place(after(each)) for each in inside]
    assert places == sorted(places)
    assert all(-1e-9 <= place <= 1 + 1e-9 for place in places)
    assert len(axis.folds) <= MOST_FOLDS
    assert axis.pieces[0].left == 0
    assert axis.pieces[-1].right == pytest.approx(1)
    ticks = ticks_of(axis, most)
    assert all(right.place - left.place >= 1 / most - 1e-9 for left, right in pairwise(ticks))
    assert ticks


@pytest.mark.parametrize(
    ("seconds", "told"),
    [
        (0, "0 ms"), (-3, "0 ms"), (0.35, "350 ms"), (4.2, "4.2 s"), (5, "5 s"), (9.96, "10 s"), (48, "48 s"),
        (126, "2 min 6 s"), (120, "2 min"), (4_800, "1 h 20 min"), (273_600, "3 d 4 h"), (86_400, "1 d"),
    ],
)  # fmt: skip
def test_a_length_is_told_in_its_two_largest_parts(seconds: float, told: str) -> None:
    assert lasted(timedelta(seconds=seconds)) == told


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ("2026-03-01T02:00:00Z", AT),
        ("2026-03-01T03:00:00+01:00", AT),
        ("2026-03-01T02:00:00.000+0000", AT),
        ("2026-03-01T02:00:00", AT),
        (AT, AT),
        (AT.replace(tzinfo=None), AT),
        ("0001-01-01T00:00:00+14:00", None),
        ("yesterday", None),
        (None, None),
        (1_772_330_400, None),
    ],
)
def test_a_moment_is_utc_or_none(value: object, found: datetime | None) -> None:
    assert moment(value) == found
