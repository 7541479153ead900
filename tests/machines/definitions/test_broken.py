"""Each broken definition is one change away from a good one, and is caught by the rule it was made for."""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest

from infra.checks import RULES, Finding, run
from tests.machines.definitions.example import BROKEN, GOOD, broken, context


@pytest.mark.parametrize("name", GOOD)
def test_finds_nothing_in_a_good_definition(name: str) -> None:
    assert run([GOOD[name]], context()) == []


@pytest.mark.parametrize("name", BROKEN)
def test_catches_a_broken_definition_where_it_is_broken(name: str) -> None:
    assert [finding for finding in _found(name) if _is_meant(finding, BROKEN[name])], _found(name)


@pytest.mark.parametrize("name", BROKEN)
def test_raises_no_alarm_that_the_change_does_not_explain(name: str) -> None:
    case = BROKEN[name]
    assert {finding.rule for finding in _found(name)} == {case["finds"], *case.get("also", [])}


def test_has_a_broken_definition_for_every_rule() -> None:
    assert {case["finds"] for case in BROKEN.values()} == set(RULES)


@cache
def _found(name: str) -> tuple[Finding, ...]:
    return tuple(run([broken(BROKEN[name])], context()))


def _is_meant(finding: Finding, case: dict[str, Any]) -> bool:
    return (finding.rule, finding.state) == (case["finds"], case["at"]) and case["says"] in finding.message
