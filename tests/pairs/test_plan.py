"""Which pairs there are, and that the page tells of what was broken."""

from __future__ import annotations

from typing import Any

from tests.definitions import machines
from tests.pairs.__main__ import code, page
from tests.pairs.running import ALONE, NAMES, pairs


def test_every_pair_comes_as_often_as_asked_each_runbook_with_itself_too() -> None:
    found = [frozenset((one.one.name, one.other.name)) for one in pairs(2)]
    wanted = {frozenset((one, other)) for one in NAMES for other in NAMES}
    assert set(found) == wanted
    assert {found.count(pair) for pair in wanted} == {2}


def test_every_runbook_that_can_be_started_by_itself_is_among_them_or_has_a_reason() -> None:
    """A child is started by others alone; close-position is one, and people may start it too."""
    startable = {one.name for one in machines() if not one.runbook.child} | {"close-position"}
    paired = {one.one.runbook for one in pairs(1)}
    assert paired | set(ALONE) == startable
    assert paired.isdisjoint(ALONE)


def row(**changes: Any) -> dict[str, Any]:
    made = {"one": "a", "other": "b", "seed": 0, "outcomes": ["resolved", "duplicate"], "wrong": [], "error": ""}
    return {**made, "seconds": 1.0, **changes}


def test_the_page_counts_and_names_what_was_broken() -> None:
    text = page([row(), row(seed=1, outcomes=["resolved", "resolved"], wrong=["twice"])])
    assert "position or service, 2 times," in text
    assert "1 pairs, 2 runs of two; laws were broken in 1." in text
    assert "| a and b | 2 | 1 | duplicate / resolved 1, resolved / resolved 1 |" in text
    assert "- a and b, 1: twice" in text


def test_the_page_says_how_often_where_not_all_are_run_yet_and_what_came_to_no_verdict() -> None:
    text = page([row(), row(seed=1, outcomes=[], error="no end within 240 s"), row(other="c")])
    assert "1 to 2 times" in text
    assert "| a and b | 2 | 1 | duplicate / resolved 1, no verdict 1 |" in text
    assert "- a and b, 1: it came to no verdict: no end within 240 s" in text


def test_the_page_names_nothing_broken_where_nothing_is() -> None:
    assert "## Broken" not in page([row()])


def test_what_is_broken_or_not_whole_is_no_success() -> None:
    assert code([row()], 1) == 0
    assert code([row()], 2) == 2
    assert code([row(wrong=["twice"])], 1) == 1
    assert code([row(error="no end")], 2) == 1
