"""Trouble while everything is being stopped: what can be stopped is, and the rest is named, never called done."""

from __future__ import annotations

from tests.e2e.platform import GUARDS, INCIDENTS, STATE, TOPIC, Platform
from tests.e2e.stops import (
    STOP,
    TRADING,
    entries_ended_in_time,
    escalated,
    nobody_lies,
    resolved,
    stands_still,
    statuses,
    switch,
)

DYNAMO = "DynamoDB_20120810"
SCALING = "AnyScaleFrontendService.RegisterScalableTarget"
# More than any run makes.
ALWAYS = 10_000
BRANCHES = (
    "latch-again",
    "stop-segment",
    "stop-service",
    "cancel-entry-orders",
    "announce-stop",
    "post-status-page",
)


def test_a_kill_switch_that_cannot_be_written_is_told_and_the_next_stop_engages_it(platform: Platform) -> None:
    platform.break_with("guards-down")
    run = platform.run(STOP, {"reason": "drill"})
    assert "not latched" in run.mails[-1].subject, [mail.subject for mail in run.mails]
    rows = escalated(platform, run, "not latched")
    assert {row["result"] for row in rows.values()} == {"done"}
    stands_still(platform)
    assert switch(platform) == {}
    platform.mend()
    again = platform.run(STOP, {"reason": "once more"})
    resolved(platform, again)
    # What a strategy was is kept on its own item where its record could not be written.
    assert {item["status_before"] for item in platform.items(STATE)} == {"running"}


def test_bots_that_trade_place_no_order_later_while_the_guards_table_hangs(platform: Platform) -> None:
    platform.trade()
    platform.until(lambda: platform.trading_stats()["entry_orders"] > 5, "they trade")
    platform.break_with("guards-down", count=1)
    arn = platform.start(STOP, {"reason": "drill"})
    platform.until(lambda: not TRADING & set(statuses(platform).values()), "all are stopped", 20)
    platform.until(lambda: platform.service()["runningCount"] == 0, "no task runs", 20)
    assert switch(platform) == {}
    # It answers again while the run still looks, which engages it then.
    platform.mend()
    run = platform.ended(arn)
    resolved(platform, run)
    entries_ended_in_time(platform, run)


def test_one_that_may_not_be_stopped_is_named_with_every_other_trouble_and_the_rest_is_stopped(
    platform: Platform,
) -> None:
    platform.break_with("item-refused", "breakout-bnb")
    platform.break_with("status-page-down")
    platform.refuse(SCALING, "AccessDeniedException", ALWAYS)
    run = platform.run(STOP, {})
    rows = escalated(platform, run, "breakout-bnb: its record says running", "status page", "auto-scaling")
    assert rows.pop("breakout-bnb")["result"] == "not_done"
    assert {row["result"] for row in rows.values()} == {"done"}
    now = statuses(platform)
    assert now.pop("breakout-bnb") == "running"
    assert set(now.values()) == {"stopped"}
    assert platform.tasks() == []
    results = {act["action"]: act["result"] for act in run.acts}
    assert (results["scale to 0"], results["suspend auto-scaling"]) == ("done", "not_done")
    assert results["post"] != "done"
    assert platform.posted() == []
    assert switch(platform)["engaged"] is True
    # The watch goes on trying, and gets it done as soon as it may.
    platform.http("DELETE", "/_local/refusals")
    platform.mend()
    platform.until(lambda: statuses(platform)["breakout-bnb"] == "stopped", "the watch stops it", 20)
    platform.until(lambda: all(platform.scaling()["SuspendedState"].values()), "the watch suspends it", 20)


def test_hundreds_are_stopped_through_a_table_that_throttles_and_writes_that_fail(platform: Platform) -> None:
    """Half of the failing writes are carried out all the same."""
    made = platform.more_strategies(300)
    platform.break_with("table-throttled")
    platform.break_with("write-fails")
    run = platform.run(STOP, {})
    rows = nobody_lies(platform, run)
    assert set(made) < set(rows)
    stands_still(platform)
    assert run.outcome == "resolved", run.told()
    assert {row["before"] for row in rows.values()} == {"running"}


def test_those_that_flip_back_are_stopped_again_and_told(platform: Platform) -> None:
    """By the looks of the run itself, or by the watch where they come back after its end."""
    platform.break_with("flips-back", "momentum-eth", count=2)
    run = platform.run(STOP, {})
    assert run.outcome in ("resolved", "escalated"), run.told()
    platform.until(lambda: "flips-back" not in platform.active_faults(), "it has given up", 20)
    platform.until(lambda: not TRADING & set(statuses(platform).values()), "it is stopped again", 20)
    told = platform.until(
        lambda: [mail.text for mail in platform.mails() if "stopped again" in mail.subject + mail.text],
        "it is told",
        20,
    )
    assert any("momentum-eth" in text for text in told), told
    nobody_lies(platform, run)
    stands_still(platform)


def test_a_bot_that_ignores_its_status_is_unknown_when_only_it_is_stopped_and_ends_with_its_task(
    platform: Platform,
) -> None:
    platform.break_with("ignores-status", "momentum-btc")
    platform.trade()
    run = platform.run(STOP, {"strategy_ids": ["momentum-btc", "momentum-eth"]})
    rows = escalated(platform, run, "momentum-btc: stopped by this halt, but its bot")
    assert {name: row["result"] for name, row in rows.items()} == {
        "momentum-btc": "unknown",
        "momentum-eth": "done",
    }
    assert platform.tasks()
    whole = platform.run(STOP, {})
    resolved(platform, whole)
    entries_ended_in_time(platform, whole)


def test_a_topic_that_refuses_makes_it_escalate_and_say_that_nobody_was_told(platform: Platform) -> None:
    platform.break_with("topic-down")
    run = platform.run(STOP, {})
    assert (run.status, run.error) == ("FAILED", "Escalated"), run.told()
    stands_still(platform)
    nobody_lies(platform, run)
    assert run.mails == []
    assert "AuthorizationError" in run.cause, run.cause
    assert "notified_at" not in run.incident
    assert TOPIC.rpartition(":")[2] in run.cause


def test_a_service_that_does_not_exist_is_named_and_the_strategies_are_stopped(platform: Platform) -> None:
    platform.delete_service()
    for operation in ("DescribeServices", "UpdateService"):
        platform.refuse(operation, "ServiceNotFoundException", ALWAYS)
    run = platform.run(STOP, {})
    platform.http("DELETE", "/_local/refusals")
    escalated(platform, run, "the service could not be read", "ServiceNotFoundException", "auto-scaling")
    assert set(statuses(platform).values()) == {"stopped"}
    assert switch(platform)["engaged"] is True


def test_an_incidents_table_that_answers_late_or_never_stops_nobody_less(platform: Platform) -> None:
    platform.refuse(f"{DYNAMO}.PutItem", "ThrottlingException", 5, INCIDENTS)
    late = platform.run(STOP, {})
    resolved(platform, late)
    assert platform.refusals_left() == 0
    assert late.incident["closed_at"]
    platform.trade_again()
    for operation in ("PutItem", "UpdateItem", "GetItem"):
        platform.refuse(f"{DYNAMO}.{operation}", "AccessDeniedException", ALWAYS, INCIDENTS)
    never = platform.run(STOP, {})
    assert (never.status, never.error) == ("FAILED", "Escalated"), never.told()
    assert "the end is not written into the incident" in never.cause
    stands_still(platform)
    assert any("the end is not written into the incident" in mail.text for mail in platform.mails())


def test_no_function_that_is_broken_keeps_another_from_its_work(platform: Platform) -> None:
    """The first state; then the first state and every branch; then those that end the run."""
    platform.break_function("engage-kill-switch")
    first = platform.run(STOP, {})
    resolved(platform, first)
    assert "NotEngaged" in platform.entered(first.arn)
    assert switch(platform)["halt_id"] == first.incident["incident_id"]
    platform.trade_again()
    for task in BRANCHES:
        platform.break_function(task)
    bare = platform.run(STOP, {})
    escalated(platform, bare, "notice", "status page", "entry orders")
    assert "EngageDirectly" in platform.entered(bare.arn), "Step Functions engages it without any function"
    stands_still(platform)
    assert switch(platform)["engaged"] is True


def test_a_run_that_cannot_conclude_is_told_by_step_functions_itself(platform: Platform) -> None:
    for task in ("look-at-stop", "tell-exposure", "conclude-stop"):
        platform.break_function(task)
    run = platform.run(STOP, {})
    assert (run.status, run.error) == ("FAILED", "Escalated"), run.told()
    stands_still(platform)
    subjects = [mail.subject for mail in platform.mails()]
    assert any("emergency-stop broke" in one for one in subjects), subjects
    closed = platform.until(
        lambda: platform.incident_of(run.arn) if platform.incident_of(run.arn).get("closed_at") else None,
        "the closer has closed it",
    )
    assert closed["outcome"] == "failed"


def test_records_that_cannot_be_read_back_hide_nobody_while_everybody_is_there(platform: Platform) -> None:
    """What was before stands in the strategies' own items too."""
    platform.refuse(f"{DYNAMO}.Scan", "AccessDeniedException", ALWAYS, GUARDS)
    platform.refuse(f"{DYNAMO}.BatchGetItem", "AccessDeniedException", ALWAYS, GUARDS)
    run = platform.run(STOP, {})
    rows = resolved(platform, run)
    assert {row["before"] for row in rows.values()} == {"running"}
