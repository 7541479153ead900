"""Alarms arrive twice, people click twice, runs are stopped by hand: one cure."""

from __future__ import annotations

from tests.e2e.claims import left_behind, resolved
from tests.e2e.platform import ALARM, GUARDS, INCIDENTS, SERVICE_GUARD, Platform, ago


def test_two_runs_at_once_make_one_cure(platform: Platform) -> None:
    platform.silence_the_alarm()
    platform.break_with("service-crashed")
    given = {"alarm_name": ALARM, "alarm_at": ago(0)}
    arns = [platform.start(given=given) for _ in range(3)]
    runs = [platform.ended(arn) for arn in arns]
    (cure,) = [run for run in runs if run.outcome == "resolved"]
    others = [run for run in runs if run is not cure]
    resolved(platform, cure, "service_crashed")
    assert platform.stats()["service"]["copies_started"] == 1
    for other in others:
        assert (other.status, other.outcome) == ("SUCCEEDED", "duplicate"), other.told()
        assert cure.arn in other.output["summary"] or cure.incident["incident_id"] in other.output["summary"]
        assert other.acts == []
        left_behind(platform, other)


def test_the_same_alarm_told_twice_makes_one_cure(platform: Platform) -> None:
    platform.break_with("service-crashed")
    first = platform.started_by_alarm()
    platform.set_alarm("OK", "for a moment")
    platform.set_alarm("ALARM", "told again")
    second = platform.ended(platform.started_by_alarm(after=1))
    assert second.outcome == "duplicate", second.told()
    resolved(platform, platform.ended(first), "service_crashed")
    assert platform.stats()["service"]["copies_started"] == 1


def test_the_guard_is_given_back_at_the_end(platform: Platform) -> None:
    platform.break_with("deadlock", "meanrev-sol")
    platform.run_of_the_alarm()
    assert platform.item(GUARDS, SERVICE_GUARD) is None


def test_a_run_that_was_stopped_by_hand_is_recorded_and_its_guard_taken_over(platform: Platform) -> None:
    platform.silence_the_alarm()
    platform.break_with("exchange-down", count=0)
    arn = platform.start(given={"alarm_name": ALARM, "alarm_at": ago(0)})
    platform.until(lambda: "ApplyRemedies" in platform.entered(arn), "a remedy has begun", 30)
    incident_id = platform.incident_of(arn)["incident_id"]
    # What a Lambda that was stopped in the middle leaves: an intent without a result.
    intent = {"action": "redeploy the service", "target": "the service", "by": arn, "at": ago(0)}
    platform.change(INCIDENTS, incident_id, intents={"redeploy/x": {"act_id": "redeploy/x", **intent}})
    platform.client("stepfunctions").stop_execution(executionArn=arn, cause="by hand")
    platform.until(lambda: platform.incident_of(arn).get("notified_at"), "the closer has told", 30)
    stopped = platform.ended(arn)
    assert (stopped.status, stopped.outcome) == ("ABORTED", "aborted")
    left_behind(platform, stopped)
    assert [(act["action"], act["result"]) for act in stopped.acts] == [("redeploy the service", "unknown")]
    assert "redeploy the service" in stopped.mails[0].text
    for child in platform.new_runs("outlast"):
        assert platform.describe(child)["status"] == "ABORTED"
    held = platform.item(GUARDS, SERVICE_GUARD)
    assert held is not None, "the guard is left to be taken over"
    assert held["owner"] == arn
    platform.mend()
    platform.break_with("service-crashed")
    again = platform.run(given={"alarm_name": ALARM, "alarm_at": ago(0)})
    resolved(platform, again, "service_crashed")
    assert platform.item(GUARDS, SERVICE_GUARD) is None
