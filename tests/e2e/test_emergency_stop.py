"""The emergency stop from outside: everything that trades is stopped, and nothing is called stopped that is not."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.e2e.platform import CLUSTER, CONFIG, GUARDS, INCIDENTS, SERVICE, STATE, Platform
from tests.e2e.stops import STOP, TRADING, entries_ended_in_time, listed, resolved, stands_still, statuses, switch

RUNBOOKS = str(Path(sys.executable).with_name("runbooks"))
UNREADABLE = {
    "strategy_ids: must be a list": {"strategy_ids": "momentum-btc"},
    "cancel_entry_orders: must be true or false": {"strategy_ids": ["momentum-btc"], "cancel_entry_orders": "yes"},
    "strategyids: unknown field": {"strategyids": ["momentum-btc"]},
    "input: no JSON object": ["stop", "please"],
}


def test_an_empty_input_stops_everything(platform: Platform) -> None:
    platform.change(STATE, "breakout-bnb", status="warmup")
    before = statuses(platform)
    run = platform.run(STOP, {})
    rows = resolved(platform, run)
    assert set(rows) == set(before)
    held = switch(platform)
    assert held["halt_id"] == run.incident["incident_id"]
    assert held["stops"] == {run.arn}
    for name, status in before.items():
        record = platform.item(GUARDS, f"halt/{held['halt_id']}/strategy/{name}")
        assert record is not None
        assert record["status"] == rows[name]["before"] == status
        assert platform.strategy(name)["stopped_by"] == held["halt_id"]
    assert len(platform.posted()) == 1


def test_stops_the_same_without_step_functions(platform: Platform) -> None:
    """The command does the steps itself, with the grants of whoever types it."""
    before = statuses(platform)
    command = [RUNBOOKS, "emergency-stop", "--env", "local", "--reason", "drill", "--direct", "--json"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=200)
    assert done.returncode == 0, done.stdout + done.stderr
    assert platform.new_runs(STOP) == [], "no execution"
    stands_still(platform)
    held = switch(platform)
    assert held["engaged"] is True
    for name, status in before.items():
        record = platform.item(GUARDS, f"halt/{held['halt_id']}/strategy/{name}")
        assert record is not None
        assert record["status"] == status


def test_a_second_stop_adds_to_the_first_loses_nothing_and_verifies_again(platform: Platform) -> None:
    first = platform.run(STOP, {"reason": "first", "requested_by": "ana"})
    record = platform.item(GUARDS, f"halt/{first.incident['incident_id']}/strategy/momentum-btc")
    # Meanwhile somebody starts one by hand.
    platform.change(STATE, "momentum-btc", status="warmup")
    second = platform.run(STOP, {"reason": "second", "requested_by": "ben"})
    resolved(platform, second)
    held = switch(platform)
    assert (held["halt_id"], held["reason"]) == (first.incident["incident_id"], "first")
    assert held["stops"] == {first.arn, second.arn}
    assert platform.item(GUARDS, f"halt/{held['halt_id']}/strategy/momentum-btc") == record
    assert len([run for run in (first, second) if run.incident["closed_at"]]) == 2


def test_two_at_once_both_end_well(platform: Platform) -> None:
    arns = [platform.start(STOP, {"reason": name}) for name in ("one", "two")]
    for run in [platform.ended(arn) for arn in arns]:
        resolved(platform, run)
    assert switch(platform)["stops"] == set(arns)


def test_named_strategies_are_stopped_and_the_service_stays_up(platform: Platform) -> None:
    tasks = platform.tasks()
    run = platform.run(STOP, {"strategy_ids": ["momentum-btc"], "reason": "only this one"})
    assert (run.status, run.outcome) == ("SUCCEEDED", "resolved"), run.told()
    assert set(listed(platform, run)) == {"momentum-btc"}
    now = statuses(platform)
    assert now.pop("momentum-btc") == "stopped"
    assert set(now.values()) <= TRADING
    assert platform.tasks() == tasks
    assert not any(platform.scaling()["SuspendedState"].values())
    assert switch(platform)["strategy_ids"] == {"momentum-btc"}
    assert platform.posted() == []
    # A later one widens it.
    resolved(platform, platform.run(STOP, {}))
    assert "strategy_ids" not in switch(platform)


def test_what_it_cannot_read_makes_it_stop_all_and_say_so(platform: Platform) -> None:
    everybody = set(statuses(platform))
    for words, given in UNREADABLE.items():
        run = platform.run(STOP, given)
        assert set(resolved(platform, run)) == everybody
        assert words in run.mails[-1].text, run.mails[-1].text
        assert any(words in mail.text for mail in run.mails if "EMERGENCY STOP" in mail.subject)
    assert "strategy_ids" not in switch(platform)


def test_a_rehearsal_says_what_it_would_stop_and_nothing_that_may_be_meant_as_one_changes_anything(
    platform: Platform,
) -> None:
    before, tasks = statuses(platform), platform.tasks()
    refused = platform.run(STOP, {"dry_run": "true"})
    assert (refused.status, refused.error) == ("FAILED", "InvalidInput")
    assert "dry_run" in refused.cause
    assert refused.mails
    run = platform.run(STOP, {"dry_run": True})
    assert (run.status, run.outcome) == ("SUCCEEDED", "dry_run"), run.told()
    assert f"would stop {len(before)} of {len(before)}" in run.output["summary"]
    assert {row["result"] for row in listed(platform, run).values()} == {"not_done"}
    assert (statuses(platform), platform.tasks()) == (before, tasks)
    assert switch(platform) == {}
    assert platform.items(GUARDS) == []
    assert platform.posted() == []
    assert not any(platform.scaling()["SuspendedState"].values())


def test_a_status_that_nobody_knows_is_unknown_and_escalates(platform: Platform) -> None:
    platform.change(STATE, "carry-xrp", status="trading?")
    run = platform.run(STOP, {})
    assert (run.status, run.error) == ("FAILED", "Escalated"), run.told()
    assert "carry-xrp" in run.cause
    rows = listed(platform, run)
    assert rows.pop("carry-xrp")["result"] == "unknown"
    assert {row["result"] for row in rows.values()} == {"done"}
    now = statuses(platform)
    assert now.pop("carry-xrp") == "trading?"
    assert set(now.values()) == {"stopped"}
    assert platform.tasks() == []


def test_entry_orders_are_cancelled_at_the_venue_and_the_open_positions_are_told_with_what_protects_them_there(
    platform: Platform,
) -> None:
    position_id = platform.open_position("momentum-eth")
    entry = {"symbol": "BTCUSDT", "side": "BUY", "type": "LIMIT", "timeInForce": "GTC", "newClientOrderId": "e1"}
    platform.venue.act("order", params={**entry, "quantity": "0.01", "price": "50000"})
    assert "e1" in platform.venue.working()
    protection = set(platform.venue.working()) - {"e1"}
    assert protection
    run = platform.run(STOP, {"reason": "drill", "requested_by": "ana"})
    resolved(platform, run)
    told = run.mails[-1].text
    assert position_id in told
    assert "at the venue: protected" in told
    assert set(platform.venue.working()) == protection
    # The incident is complete.
    item = platform.item(INCIDENTS, run.incident["incident_id"]) or {}
    for field in (
        "runbook",
        "execution_arn",
        "opened_at",
        "closed_at",
        "outcome",
        "severity",
        "report_key",
        "cause",
    ):
        assert item.get(field), field
    acts = {(act["action"], act["target"]): act["result"] for act in run.acts}
    assert acts["engage", "kill switch"] == "done"
    assert acts["scale to 0", SERVICE] == "done"
    assert acts["suspend auto-scaling", SERVICE] == "done"
    assert acts["cancel", "entry orders"] == "done"


def test_nothing_restarts_a_strategy_or_the_service_while_the_kill_switch_is_engaged(platform: Platform) -> None:
    platform.run(STOP, {})
    cure = platform.run("stale-heartbeat", {})
    assert cure.outcome == "nothing_to_do", cure.told()
    stands_still(platform)


@pytest.mark.parametrize(
    ("fault", "strategy", "act"),
    [("deadlock", "meanrev-sol", "RestartStrategies"), ("service-crashed", None, "Redeploy")],
    ids=["restart", "redeploy"],
)
def test_a_cure_in_flight_starts_nothing_again(
    platform: Platform, fault: str, strategy: str | None, act: str
) -> None:
    platform.silence_the_alarm()
    platform.break_with(fault, strategy)
    platform.until(platform.stale, "somebody is stale")
    cure = platform.start("stale-heartbeat", {})
    platform.until(lambda: act in platform.entered(cure), f"{act} is entered")
    run = platform.run(STOP, {})
    ended = platform.ended(cure)
    resolved(platform, run)
    assert ended.outcome == "escalated", ended.told()
    assert "kill switch" in ended.cause, ended.told()
    platform.pause(300)
    stands_still(platform)


def test_the_watch_stops_again_what_comes_back_by_hand_and_tells_once(platform: Platform) -> None:
    platform.run(STOP, {})
    stopped = len(platform.mails())

    def told() -> list[str]:
        return [mail.text for mail in platform.mails()[stopped:]]

    platform.change(STATE, "momentum-btc", status="running")
    platform.until(lambda: platform.strategy("momentum-btc")["status"] == "stopped", "it is stopped again", 20)
    platform.until(lambda: len(told()) == 1, "that is told", 20)
    platform.client("ecs").update_service(cluster=CLUSTER, service=SERVICE, desiredCount=1)
    platform.until(lambda: platform.service()["desiredCount"] == 0, "it is scaled to 0 again", 20)
    platform.until(lambda: len(told()) == 2, "that is told", 20)
    platform.resume_scaling()
    platform.until(lambda: all(platform.scaling()["SuspendedState"].values()), "it is suspended again", 20)
    platform.until(lambda: len(told()) == 3, "that is told", 20)
    # Some minutes of the watch in which nothing happens.
    platform.pause(300)
    said = told()
    assert len(said) == 3, said
    for text, words in zip(said, ("momentum-btc", "scaled to 0", "auto-scaling"), strict=True):
        assert words in text, text
    stands_still(platform)


def test_a_thousand_take_as_many_transitions_as_five_and_every_one_is_listed(platform: Platform) -> None:
    """And no output is above 200 kB, which the fixture measures."""
    few = platform.run(STOP, {})
    resolved(platform, few)
    platform.trade_again()
    made = platform.more_strategies(1000)
    platform.until(lambda: platform.service()["runningCount"] == 1, "the service runs")
    platform.trade()
    platform.until(lambda: platform.trading_stats()["entry_orders"] > 100, "they trade")
    run = platform.run(STOP, {})
    rows = resolved(platform, run)
    assert set(rows) == {*made, *(str(item["strategy_id"]) for item in platform.items(CONFIG))}
    assert {row["before"] for row in rows.values()} == {"running"}
    entries_ended_in_time(platform, run)
    without = {"WaitForTheNextLook", "LookAgain", "IsItProven"}
    passed = [[state for state in platform.entered(one.arn) if state not in without] for one in (few, run)]
    assert sorted(passed[0]) == sorted(passed[1])
    looks = [platform.entered(one.arn).count("LookAgain") for one in (few, run)]
    assert abs(looks[0] - looks[1]) <= 4, looks
    assert run.output["actions_total"] <= 20
    assert len(json.dumps(run.output)) < 20_000
