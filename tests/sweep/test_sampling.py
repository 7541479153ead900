"""Whatever the seed, every kind of trouble is in the sample, and it is over in time."""

from __future__ import annotations

import pytest

from tests.sweep.plan import walks
from tests.sweep.sampling import KINDS, is_of, sample
from tests.sweep.test_sample import SECONDS, SEED


@pytest.mark.parametrize("seed", [SEED, *range(20)])
def test_of_every_kind_there_is_one_and_they_take_no_longer_than_asked(seed: int) -> None:
    found = walks()
    drawn = sample(found, seed, SECONDS)
    assert [kind for kind in KINDS if not any(is_of(kind, case) for case in drawn)] == []
    assert sum(found[case.scenario.name]["seconds"] for case in drawn) <= SECONDS
    assert len(set(map(str, drawn))) == len(drawn)


def test_a_seed_draws_the_same_and_another_one_others() -> None:
    found = walks()
    assert sample(found, SEED, SECONDS) == sample(found, SEED, SECONDS)
    assert len({tuple(map(str, sample(found, seed, SECONDS))) for seed in range(5)}) == 5


def test_a_time_that_is_too_short_for_one_of_each_is_refused() -> None:
    with pytest.raises(ValueError, match="too short"):
        sample(walks(), SEED, 5.0)
