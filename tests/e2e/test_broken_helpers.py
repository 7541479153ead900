"""Probes, tables, the topic or the log query fail: the run says so and goes on where it safely can."""

from __future__ import annotations

import pytest

from tests.e2e.claims import escalated, left_behind, nothing_was_touched, resolved
from tests.e2e.platform import GUARDS, INCIDENTS, LOG_GROUP, SERVICE, TOPIC, Platform


def test_a_cure_goes_on_without_the_topic_and_says_that_nobody_was_told(platform: Platform) -> None:
    platform.client("sns").delete_topic(TopicArn=TOPIC)
    platform.break_with("service-crashed")
    run = platform.run_of_the_alarm()
    assert (run.status, run.outcome) == ("SUCCEEDED", "resolved"), run.told()
    assert run.done() == [f"redeploy the service {SERVICE}"]
    assert run.mails == []
    assert "notification failed" in run.output["summary"]
    assert "notification failed" in str(run.incident["evidence"])
    assert "notified_at" not in run.incident
    assert platform.stale() == []


def test_a_log_that_cannot_be_read_stops_no_redeploy_of_a_service_without_a_task(platform: Platform) -> None:
    platform.refuse("Logs_20140328.StartQuery", "AccessDeniedException", 10_000)
    platform.break_with("service-crashed")
    run = platform.run_of_the_alarm()
    assert run.done() == [f"redeploy the service {SERVICE}"]
    assert platform.stale() == []
    left_behind(platform, run)
    # Whether the log is clean is not known then, which is not "no errors".
    assert run.checklist["log_patterns"] == "unknown"
    # The bots tell of signals themselves.
    assert run.checklist["signals"] == "pass"
    assert "log_patterns" in run.incident["not_proven"]


def test_a_log_that_is_gone_keeps_a_silent_strategy_from_a_blind_restart(platform: Platform) -> None:
    """Without the log a rate limit cannot be ruled out."""
    platform.break_with("deadlock", "meanrev-sol")
    platform.client("logs").delete_log_group(logGroupName=LOG_GROUP)
    run = platform.run_of_the_alarm()
    escalated(platform, run, "meanrev-sol")
    nothing_was_touched(platform, run)


@pytest.mark.parametrize("task", ["probe-exchange", "probe-connectivity"])
def test_a_probe_that_fails_is_an_unknown_fact_and_never_the_end(platform: Platform, task: str) -> None:
    """The function itself is broken: it may not even run any more."""
    platform.break_function(task)
    platform.break_with("service-crashed")
    run = platform.run_of_the_alarm()
    resolved(platform, run, "service_crashed")
    assert "unknown" in run.mails[0].text


def test_tables_that_are_throttled_are_asked_again(platform: Platform) -> None:
    """Longer than the SDK's own retries last, so that the machine's have to help."""
    for operation, table in (("PutItem", GUARDS), ("UpdateItem", INCIDENTS)):
        platform.refuse(f"DynamoDB_20120810.{operation}", "ThrottlingException", 4, table)
    platform.break_with("service-crashed")
    run = platform.run_of_the_alarm()
    resolved(platform, run, "service_crashed")
    assert platform.refusals_left() == 0
    assert platform.stats()["service"]["copies_started"] == 1


def test_a_table_that_stays_throttled_ends_loudly(platform: Platform) -> None:
    platform.refuse("DynamoDB_20120810.Scan", "ThrottlingException", 10_000, "#consistent")
    platform.refuse("DynamoDB_20120810.PutItem", "ThrottlingException", 10_000, GUARDS)
    platform.break_with("service-crashed")
    run = platform.run_of_the_alarm()
    escalated(platform, run, "Throttling")
    nothing_was_touched(platform, run)
