"""The checklist by itself: it acts on nothing, and says what it could not prove."""

from __future__ import annotations

from tests.e2e.claims import LINES, left_behind, nothing_was_touched
from tests.e2e.platform import Platform


def test_a_healthy_platform_is_verified_but_for_what_is_not_built_yet(platform: Platform) -> None:
    run = platform.run("verify-trading")
    assert (run.status, run.outcome) == ("SUCCEEDED", "resolved"), run.told()
    left_behind(platform, run)
    assert set(run.checklist) == LINES
    skipped = {line for line, result in run.checklist.items() if result == "skipped"}
    assert skipped == {"orders"}
    assert set(run.output["not_proven"]) == skipped
    assert {run.checklist[line] for line in LINES - skipped} == {"pass"}
    assert {line["value"] for line in run.incident["checklist"] if line["id"] in skipped} == {"not yet built"}
    for line in run.incident["checklist"]:
        assert {"question", "value", "source", "at"} <= set(line)
    nothing_was_touched(platform, run)


def test_a_stale_strategy_is_not_verified(platform: Platform) -> None:
    platform.silence_the_alarm()
    platform.break_with("deadlock", "meanrev-sol")
    run = platform.run("verify-trading")
    assert (run.status, run.error) == ("FAILED", "Escalated"), run.told()
    left_behind(platform, run)
    assert run.checklist["heartbeats"] == "fail"
    assert "meanrev-sol" in run.cause
    nothing_was_touched(platform, run)


def test_one_strategy_alone_can_be_verified(platform: Platform) -> None:
    run = platform.run("verify-trading", {"strategy_ids": ["carry-xrp"], "requested_by": "dana"})
    assert run.outcome == "resolved", run.told()
    signals = next(line for line in run.incident["checklist"] if line["id"] == "signals")
    assert signals["value"].startswith("1 of 1")
    assert run.incident["requested_by"] == "dana"
