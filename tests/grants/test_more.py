"""The end-to-end tests that run with grants held back are there, and need nothing but the platform."""

from __future__ import annotations

import inspect
from importlib import import_module

import pytest

from tests.grants.__main__ import ordered
from tests.grants.more import OWN, TESTS
from tests.sweep.plan import walks
from tests.sweep.scenarios import SCENARIOS


@pytest.mark.parametrize("name", TESTS)
def test_each_is_there_and_takes_the_platform_alone(name: str) -> None:
    if name not in OWN:
        module, _, function = name.partition(".")
        found = getattr(import_module(f"tests.e2e.{module}"), function)
        assert list(inspect.signature(found).parameters) == ["platform"]


def test_each_is_named_once() -> None:
    assert len(TESTS) == len(set(TESTS))
    assert set(OWN) <= set(TESTS)


def test_every_scenario_is_run_and_what_no_reset_takes_away_comes_last() -> None:
    found = ordered(walks())
    assert sorted(one.name for one in found) == sorted(one.name for one in SCENARIOS)
    assert [one.last for one in found] == sorted(one.last for one in found)
