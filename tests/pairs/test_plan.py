"""Which pairs there are, and that the page tells of what was broken."""

from __future__ import annotations

from tests.pairs.__main__ import page
from tests.pairs.running import NAMES, Verdict, pairs


def test_every_pair_comes_as_often_as_asked_each_runbook_with_itself_too() -> None:
    found = [frozenset((one.one.name, one.other.name)) for one in pairs(2)]
    wanted = {frozenset((one, other)) for one in NAMES for other in NAMES}
    assert set(found) == wanted
    assert {found.count(pair) for pair in wanted} == {2}


def test_every_runbook_that_is_started_by_itself_is_among_them() -> None:
    runbooks = {one.one.runbook for one in pairs(1)}
    assert runbooks == {
        "stale-heartbeat", "order-failures", "stuck-position", "emergency-stop", "resume-trading", "verify-trading",
    }  # fmt: skip


def test_the_page_counts_and_names_what_was_broken() -> None:
    verdicts = [Verdict(("resolved", "duplicate"), (), 1.0), Verdict(("resolved", "resolved"), ("twice",), 1.0)]
    text = page({"a and b": verdicts}, ["a and b, 1: twice"], 2)
    assert "| a and b | 2 | 1 | duplicate / resolved 1, resolved / resolved 1 |" in text
    assert "- a and b, 1: twice" in text
