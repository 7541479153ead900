"""Where nothing may be restarted, or only a person may decide."""

from __future__ import annotations

import pytest

from tests.e2e.claims import escalated, left_behind, nothing_was_touched, resolved
from tests.e2e.platform import ALARM, CLUSTER, GUARDS, SERVICE, STATE, Platform, Run, ago

ALL = ["breakout-bnb", "carry-xrp", "meanrev-sol", "momentum-btc", "momentum-eth"]


def engage_kill_switch(platform: Platform, *strategy_ids: str) -> None:
    switch = {
        "guard_id": "kill-switch",
        "engaged": True,
        "reason": "margin call at the venue",
        "engaged_by": "dana@tradai.example",
        "engaged_at": ago(30),
    }
    platform.put(GUARDS, {**switch, **({"strategy_ids": list(strategy_ids)} if strategy_ids else {})})


def test_keeps_the_service_down_while_the_kill_switch_is_engaged(platform: Platform) -> None:
    platform.silence_the_watch()
    engage_kill_switch(platform)
    platform.break_with("service-crashed")
    run = platform.run_of_the_alarm()
    assert (run.status, run.outcome) == ("SUCCEEDED", "nothing_to_do"), run.told()
    left_behind(platform, run)
    assert "margin call at the venue" in run.output["summary"] + run.mails[0].text
    assert "dana@tradai.example" in run.mails[0].text
    nothing_was_touched(platform, run)
    assert platform.service()["runningCount"] == 0


def test_a_kill_switch_for_one_strategy_keeps_that_one_stopped_down(platform: Platform) -> None:
    platform.silence_the_watch()
    engage_kill_switch(platform, "meanrev-sol")
    platform.break_with("deadlock", "meanrev-sol")
    run = platform.run_of_the_alarm()
    assert run.outcome == "nothing_to_do", run.told()
    nothing_was_touched(platform, run)


def test_a_service_that_was_scaled_to_zero_is_left_to_a_person(platform: Platform) -> None:
    platform.client("ecs").update_service(cluster=CLUSTER, service=SERVICE, desiredCount=0)
    platform.until(lambda: platform.service()["runningCount"] == 0, "the task is gone", 20)
    platform.pause(60)
    platform.forget_counts()
    for one in ALL:
        platform.change(STATE, one, last_heartbeat=ago(300))
    run = platform.run_of_the_alarm()
    escalated(platform, run, "desired count is 0", "Ask who scaled the service down")
    assert run.incident["cause"] == "scaled_to_zero"
    nothing_was_touched(platform, run)
    assert platform.service()["desiredCount"] == 0


def test_a_deployment_in_progress_is_waited_for(platform: Platform) -> None:
    platform.break_with("deployment-stuck", count=5)
    run = platform.run_of_the_alarm()
    resolved(platform, run, "deployment_in_progress")
    assert run.acts == []
    assert platform.harm() == []


def test_a_failed_deployment_is_never_redeployed(platform: Platform) -> None:
    platform.break_with("deployment-failed")
    run = platform.run_of_the_alarm()
    escalated(platform, run, "failed", "roll back")
    assert run.incident["cause"] == "deployment_failed"
    nothing_was_touched(platform, run)


def test_another_image_in_the_registry_needs_a_person(platform: Platform) -> None:
    platform.break_with("image-changed")
    platform.break_with("service-crashed")
    run = platform.run_of_the_alarm()
    escalated(platform, run, "is not the one that ran")
    nothing_was_touched(platform, run)
    assert platform.stats()["service"]["copies_of_another_image"] == 0


def test_an_alarm_without_a_stale_heartbeat_means_a_broken_detector(platform: Platform) -> None:
    platform.break_with("detector-dead")
    run = platform.run_of_the_alarm()
    reason = platform.alarm()["StateReason"]
    escalated(platform, run, reason, "missing data as breaching", ALARM)
    assert run.incident["cause"] == "detector_broken"
    nothing_was_touched(platform, run)


def test_an_alarm_that_is_ok_again_when_the_run_looks_needs_nothing(platform: Platform) -> None:
    platform.set_alarm("ALARM", "one late heartbeat")
    platform.set_alarm("OK", "it beats again")
    run = platform.run_of_the_alarm()
    assert (run.status, run.outcome) == ("SUCCEEDED", "nothing_to_do"), run.told()
    left_behind(platform, run)
    nothing_was_touched(platform, run)


def unknown_trouble(platform: Platform) -> Run:
    """One strategy does not beat and goes on writing lines that no pattern knows."""
    platform.silence_the_alarm()
    platform.break_with("deadlock", "meanrev-sol")
    platform.write_line("meanrev-sol", "order_book_updated")
    return platform.run(given={"alarm_name": ALARM, "alarm_at": ago(0)})


def test_an_unknown_cause_without_anything_open_is_restarted(platform: Platform) -> None:
    run = unknown_trouble(platform)
    resolved(platform, run, "unknown")
    assert platform.interruptions() == {"meanrev-sol": 1}


def test_an_unknown_cause_with_an_open_position_is_left_running(platform: Platform) -> None:
    position = platform.open_position("meanrev-sol")
    run = unknown_trouble(platform)
    escalated(platform, run, "meanrev-sol", "Until then nothing is interrupted")
    nothing_was_touched(platform, run)
    assert platform.strategy("meanrev-sol")["status"] == "running"
    assert run.incident["position_ids"] == [position]


def test_a_deadlock_with_a_position_is_restarted_and_its_protection_accounted_for(platform: Platform) -> None:
    position = platform.open_position("meanrev-sol")
    platform.break_with("deadlock", "meanrev-sol")
    run = platform.run_of_the_alarm()
    resolved(platform, run, "deadlock")
    assert run.incident["position_ids"] == [position]
    accounts = [p["value"] for p in run.incident["evidence"] if p["what"] == "positions and orders accounted for"]
    # The position and its stop in the tables, and that stop at the venue.
    assert accounts == ["3 kept, 0 missing, 0 unknown"]
    before = [p["value"] for p in run.incident["evidence"] if p["what"] == "exposure before any act"]
    assert len(before) == 1
    assert "1 open" in before[0]


@pytest.mark.parametrize("heartbeat", ["yesterday, about noon", "2026-13-45T99:00:00Z", None])
def test_a_heartbeat_that_nobody_can_read_counts_as_stale(platform: Platform, heartbeat: str | None) -> None:
    platform.silence_the_alarm()
    platform.break_with("deadlock", "meanrev-sol")
    platform.change(STATE, "meanrev-sol", last_heartbeat=heartbeat)
    run = platform.run(given={"alarm_name": ALARM, "alarm_at": ago(0)})
    resolved(platform, run, "deadlock")
    assert platform.interruptions() == {"meanrev-sol": 1}
    told = [p["value"] for p in run.incident["evidence"] if p["where"] == "meanrev-sol"]
    assert "missing" in told if heartbeat is None else any("unreadable" in value for value in told)


def test_a_status_that_nobody_knows_is_reported_and_never_guessed(platform: Platform) -> None:
    mystery = {"strategy_id": "mystery", "status": "hibernating", "last_heartbeat": ago(900)}
    platform.put(STATE, mystery)
    platform.break_with("service-crashed")
    run = platform.run_of_the_alarm()
    assert run.outcome == "resolved", run.told()
    assert "mystery" not in run.incident["strategy_ids"]
    told = str(run.incident["evidence"]) + str(run.incident["checklist"])
    assert "mystery" in told
    assert "hibernating" in told
    # The service acknowledges what it sees, the run leaves it as it was.
    assert mystery.items() <= platform.strategy("mystery").items()
