"""A few pairs of all that `make pairs` runs 50 times each. Needs the whole stack: `make test` runs it by itself."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

import pytest

from tests.e2e.lanes import forget
from tests.e2e.platform import Platform
from tests.pairs.running import Pair, judged, pairs
from tests.sweep.engines import Pieces, engine

SEED = 20_261_123
SAMPLE = 3


@pytest.fixture(scope="module")
def platform() -> Iterator[Platform]:
    forget("some-pairs")
    with engine(Pieces("some-pairs")) as started:
        yield started


@pytest.mark.parametrize("pair", Random(SEED).sample(list(pairs(50)), SAMPLE), ids=str)
def test_two_runbooks_at_once_do_no_harm(platform: Platform, pair: Pair) -> None:
    verdict = judged(platform, pair)
    assert verdict.wrong == (), verdict.outcomes
