"""Each broken definition is one change away from a good one, and is caught by the rule it was made for."""

from __future__ import annotations

from typing import Any

import pytest

from infra.checks import RULES, Finding, run
from tests.machines.definitions.example import BROKEN, GOOD, broken, context


@pytest.mark.parametrize("name", GOOD)
def test_finds_nothing_in_a_good_definition(name: str) -> None:
    assert run([GOOD[name]], context()) == []


@pytest.mark.parametrize("case", BROKEN.values(), ids=BROKEN)
def test_catches_a_broken_definition_where_it_is_broken(case: dict[str, Any]) -> None:
    found = run([broken(case)], context())
    assert [f for f in found if _is_meant(f, case)], found


@pytest.mark.parametrize("case", BROKEN.values(), ids=BROKEN)
def test_raises_no_alarm_that_the_change_does_not_explain(case: dict[str, Any]) -> None:
    found = {finding.rule for finding in run([broken(case)], context())}
    assert found == {case["finds"], *case.get("also", [])}


def test_has_a_broken_definition_for_every_rule() -> None:
    assert {case["finds"] for case in BROKEN.values()} == set(RULES)


def _is_meant(finding: Finding, case: dict[str, Any]) -> bool:
    return (finding.rule, finding.state) == (case["finds"], case["at"]) and case["says"] in finding.message
