"""A few single faults of all that `make sweep` tries, the same ones every time: drawn with a fixed seed, which
`TRADAI_SAMPLE_SEED` replaces.

Not among the tests that run without the whole stack: `make test` runs it by itself.
"""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from tests.e2e.lanes import forget
from tests.e2e.platform import Platform
from tests.sweep import plan
from tests.sweep.engines import Pieces, engine
from tests.sweep.rows import not_as_wanted
from tests.sweep.running import Case, judged
from tests.sweep.sampling import sample

SEED = int(os.environ.get("TRADAI_SAMPLE_SEED", "20261123"))
# Of scenarios that are well: a fault makes most of them shorter.
SECONDS = 100.0


@pytest.fixture(scope="module")
def platform() -> Iterator[Platform]:
    forget("sample")
    with engine(Pieces("sample")) as started:
        yield started


@pytest.mark.parametrize("case", sample(plan.walks(), SEED, SECONDS), ids=str)
def test_a_single_fault_is_survived(platform: Platform, case: Case) -> None:
    verdict = judged(platform, case)
    assert verdict.hit, f"{case} did not strike"
    assert [*verdict.wrong, *not_as_wanted(case, verdict.outcome)] == [], verdict.outcome
