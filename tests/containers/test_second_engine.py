"""Runs with `make test-containers`: the cases on the second engine."""

from __future__ import annotations

import pytest

from tests.containers.conftest import Outcome
from tests.containers.known import KNOWN
from tests.definitions import machines

# JVM and all: the whole lane is one fixture.
pytestmark = pytest.mark.timeout(1800)


@pytest.mark.parametrize("machine", [one.name for one in machines()])
def test_both_engines_take_the_same_paths(outcome: Outcome, machine: str) -> None:
    assert [case for case in outcome.given.cases if case.machine == machine]
    found = [one for one in outcome.differences if one.machine == machine and not one.known]
    assert not found, "\n".join(f"{one.case} ({one.goal}): {one.line}" for one in found)


def test_the_second_engine_takes_the_paths_for_which_the_cases_were_made(outcome: Outcome) -> None:
    excused = {(one.machine, one.case) for one in outcome.differences if one.known}
    found = [line for line in outcome.unexpected if tuple(line.split(" ", 2)[:2]) not in excused]
    assert not found, "\n".join(found)


def test_every_known_difference_is_still_there(outcome: Outcome) -> None:
    if outcome.built:
        pytest.skip("nothing is known of an image that was built here: it must not differ at all")
    assert not set(KNOWN) - {one.known for one in outcome.differences}, "take them out of the table"
