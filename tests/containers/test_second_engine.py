"""Runs with `make test-containers`: the cases on the second engine."""

from __future__ import annotations

import pytest

from tests.containers.conftest import Outcome
from tests.definitions import machines

# The whole lane is one fixture, and some engines take a second for every retry.
pytestmark = pytest.mark.timeout(3600)


@pytest.mark.parametrize("machine", [one.name for one in machines()])
def test_both_engines_take_the_same_paths(outcome: Outcome, machine: str) -> None:
    assert [case for case in outcome.given.cases if case.machine == machine]
    found = [one for one in outcome.differences if one.machine == machine and not one.known]
    assert not found, "\n".join(f"{one.case} ({one.goal}): {one.line}" for one in found)


def test_the_second_engine_takes_the_paths_for_which_the_cases_were_made(outcome: Outcome) -> None:
    excused = {(one.machine, one.case) for one in outcome.differences if one.known}
    found = [line for line in outcome.unexpected if tuple(line.split(" ", 2)[:2]) not in excused]
    assert not found, "\n".join(found)


def test_every_known_difference_of_this_engine_is_still_there(outcome: Outcome) -> None:
    assert not set(outcome.known) - {one.known for one in outcome.differences}, "take them out of the table"
