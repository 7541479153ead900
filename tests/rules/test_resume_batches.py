"""One first, then batches; and when a batch halts everything again."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.rules.resume_batches import next_stretch, size_of, why_halt


@pytest.mark.parametrize(
    ("number", "total", "size"), [(1, 10_000, 1), (2, 10_000, 527), (2, 12, 5), (2, 1, 5), (3, 10_000, 527)]
)
def test_one_comes_first_and_then_batches_of_one_size(number: int, total: int, size: int) -> None:
    assert size_of(number, total, least=5, most=20) == size


@given(total=st.integers(0, 100_000), least=st.integers(1, 50), most=st.integers(2, 40))
def test_everybody_comes_back_within_the_bound(total: int, least: int, most: int) -> None:
    left, number = total, 0
    while left > 0:
        number += 1
        left -= size_of(number, total, least=least, most=most)
    assert number <= most


def test_the_next_ones_stand_after_the_last_one_by_name() -> None:
    stretch = next_stretch(["d", "b", "c", "a"], "a", 2)
    assert stretch is not None
    assert (stretch.after, stretch.through, stretch.size) == ("a", "c", 2)


def test_nobody_is_left_after_the_last_one() -> None:
    assert next_stretch(["a"], "a", 5) is None


@pytest.mark.parametrize(
    ("number", "tried", "failed", "halts"),
    [
        (1, 1, 1, True), (1, 1, 0, False), (2, 5, 1, False), (2, 5, 2, True), (3, 1, 1, False), (2, 2, 1, True),
        (2, 100, 20, False), (2, 100, 21, True),
    ],
)  # fmt: skip
def test_more_than_a_fifth_of_a_batch_or_the_very_first_one_halts_everything(
    number: int, tried: int, failed: int, halts: bool
) -> None:
    assert (why_halt(number, tried, failed, percent=20) is not None) is halts
