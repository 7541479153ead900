"""The worst cases of the examples, added up by hand from AWS's list of history events."""

from __future__ import annotations

import pytest

from infra.checks.history import worst_case
from tests.machines.definitions.example import GOOD

RUN, PLAIN, LAMBDA, TASK = 2, 2, 3, 4
BEGIN = PLAIN + 4 * LAMBDA


@pytest.mark.parametrize(
    ("name", "events"),
    [
        # Begin and its retries; one try of the act; its Fail has no exit.
        ("strict", RUN + (PLAIN + 4 * LAMBDA) + 1),
        ("callback", RUN + BEGIN + (PLAIN + 4 * TASK) + PLAIN + PLAIN),
        ("parent", RUN + BEGIN + (PLAIN + 4 * TASK) + PLAIN),
        # Both branches whole: find and its Pass; Choice and a Pass.
        ("parallel", RUN + BEGIN + (PLAIN + 2) + (PLAIN + 4 * LAMBDA + PLAIN) + (PLAIN + PLAIN) + PLAIN),
        # Twenty items, each an iteration with the act, its retries and the Pass after its catch.
        ("map", RUN + BEGIN + BEGIN + (PLAIN + 2) + 20 * (2 + (PLAIN + 4 * LAMBDA) + PLAIN) + PLAIN),
    ],
)
def test_adds_up_the_worst_case(name: str, events: int) -> None:
    assert worst_case(GOOD[name]) == events


def test_counts_a_loop_with_all_its_turns_and_retries() -> None:
    look, rest = PLAIN + 4 * LAMBDA, PLAIN + PLAIN
    turns = 12 * look + 13 * rest
    way_in = BEGIN + BEGIN + PLAIN + (PLAIN + 5 * LAMBDA)
    way_out = (PLAIN + 4 * LAMBDA) + (PLAIN + 4 * TASK) + 1
    assert worst_case(GOOD["basic"]) == RUN + way_in + turns + way_out
