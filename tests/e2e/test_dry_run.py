"""`dry_run` walks the same states, reads everything, and changes nothing but the incident."""

from __future__ import annotations

import pytest

from tests.e2e.claims import left_behind, nothing_was_touched
from tests.e2e.platform import ALARM, CONFIG, GUARDS, POSITIONS, STATE, Platform, ago


@pytest.mark.parametrize(
    ("fault", "strategy", "would"),
    [
        ("service-crashed", None, "would redeploy"),
        ("deadlock", None, "would redeploy"),
        ("deadlock", "meanrev-sol", "would restart: meanrev-sol"),
        ("rate-limited", None, "would slow down"),
        ("exchange-down", None, "would wait"),
    ],
)
def test_a_dry_run_says_what_it_would_do_and_does_none_of_it(
    platform: Platform, fault: str, strategy: str | None, would: str
) -> None:
    platform.silence_the_alarm()
    platform.open_position("meanrev-sol")
    platform.break_with(fault, strategy, count=0 if fault == "exchange-down" else None)
    before = platform.snapshot(STATE, CONFIG, POSITIONS)
    tasks, deployments = platform.tasks(), [one["id"] for one in platform.service()["deployments"]]
    run = platform.run(given={"dry_run": True, "alarm_name": ALARM, "alarm_at": ago(0)})
    assert (run.status, run.outcome) == ("SUCCEEDED", "dry_run"), run.told()
    left_behind(platform, run)
    assert would in run.mails[0].text
    assert run.output["actions_total"] == 0
    nothing_was_touched(platform, run)
    assert platform.snapshot(STATE, CONFIG, POSITIONS) == before
    assert platform.tasks() == tasks
    assert [one["id"] for one in platform.service()["deployments"]] == deployments
    assert platform.service()["desiredCount"] == 1
    assert [item["guard_id"] for item in platform.items(GUARDS)] == [], "neither a lock nor a budget"
    entered = platform.entered(run.arn)
    assert {"FindStale", "Classify", "ApplyRemedies", "VerifyTrading", "Conclude"} <= set(entered)
