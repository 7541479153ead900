"""The emergency stop from outside: everything that trades is stopped, and nothing is called stopped that is not."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.e2e.platform import GUARDS, INCIDENTS, SERVICE, STATE, Platform, Run

STOP = "emergency-stop"
TRADING = {"running", "warmup"}


def statuses(platform: Platform) -> dict[str, str]:
    return {str(item["strategy_id"]): str(item["status"]) for item in platform.items(STATE)}


def switch(platform: Platform) -> dict[str, Any]:
    return platform.item(GUARDS, "kill-switch") or {}


def stopped(platform: Platform, run: Run) -> None:
    """What every stop of all leaves behind."""
    assert (run.status, run.outcome) == ("SUCCEEDED", "resolved"), run.told()
    assert not TRADING & set(statuses(platform).values()), statuses(platform)
    assert platform.service()["desiredCount"] == 0
    assert platform.tasks() == []
    assert switch(platform)["engaged"] is True
    assert "strategies and service only" in run.output["summary"]
    assert any("entry orders" in line for line in run.output["not_proven"]), run.output
    assert run.mails, "people are told"


def listed(platform: Platform, run: Run) -> dict[str, dict[str, Any]]:
    """The list of every strategy in the bucket."""
    text = platform.report(f"incidents/{run.incident['incident_id']}/strategies.jsonl")
    rows = [json.loads(line) for line in text.splitlines()]
    return {row["strategy_id"]: row for row in rows}


def test_an_empty_input_stops_everything(platform: Platform) -> None:
    before = statuses(platform)
    run = platform.run(STOP, {})
    stopped(platform, run)
    assert set(listed(platform, run)) >= {name for name, status in before.items() if status in TRADING}
    assert {row["result"] for row in listed(platform, run).values()} == {"done"}
    held = switch(platform)
    assert held["halt_id"] == run.incident["incident_id"]
    assert held["stops"] == {run.arn}
    for name, status in before.items():
        if status in TRADING:
            record = platform.item(GUARDS, f"halt/{held['halt_id']}/strategy/{name}")
            assert record is not None
            assert record["status"] == status
            assert platform.strategy(name)["stopped_by"] == held["halt_id"]


def test_a_second_stop_adds_to_the_first_and_verifies_again(platform: Platform) -> None:
    first = platform.run(STOP, {"reason": "first", "requested_by": "ana"})
    second = platform.run(STOP, {"reason": "second", "requested_by": "ben"})
    stopped(platform, second)
    held = switch(platform)
    assert (held["halt_id"], held["reason"]) == (first.incident["incident_id"], "first")
    assert held["stops"] == {first.arn, second.arn}


def test_two_at_once_both_end_well(platform: Platform) -> None:
    arns = [platform.start(STOP, {"reason": name}) for name in ("one", "two")]
    for run in [platform.ended(arn) for arn in arns]:
        stopped(platform, run)
    assert switch(platform)["stops"] == set(arns)


def test_named_strategies_are_stopped_and_the_service_stays_up(platform: Platform) -> None:
    tasks = platform.tasks()
    run = platform.run(STOP, {"strategy_ids": ["momentum-btc"], "reason": "only this one"})
    assert (run.status, run.outcome) == ("SUCCEEDED", "resolved"), run.told()
    now = statuses(platform)
    assert now.pop("momentum-btc") == "stopped"
    assert set(now.values()) <= TRADING
    assert platform.tasks() == tasks
    assert switch(platform)["strategy_ids"] == {"momentum-btc"}


@pytest.mark.parametrize(
    "given",
    [
        {"strategy_ids": "momentum-btc"},
        {"strategy_ids": ["momentum-btc"], "cancel_entry_orders": "yes"},
        {"strategyids": ["momentum-btc"]},
        ["stop", "please"],
    ],
    ids=str,
)
def test_what_it_cannot_read_makes_it_stop_all_and_say_so(platform: Platform, given: object) -> None:
    run = platform.run(STOP, given)
    stopped(platform, run)
    text = json.dumps(run.output) + str(run.mails)
    assert "could not be read" in text or "must be" in text or "unknown field" in text


def test_a_dry_run_that_is_no_boolean_is_refused_and_nothing_changes(platform: Platform) -> None:
    before = statuses(platform)
    run = platform.run(STOP, {"dry_run": "true"})
    assert (run.status, run.error) == ("FAILED", "InvalidInput")
    assert "dry_run" in run.cause
    assert statuses(platform) == before
    assert not switch(platform).get("engaged")


def test_a_dry_run_says_what_it_would_stop_and_changes_nothing(platform: Platform) -> None:
    before, tasks = statuses(platform), platform.tasks()
    run = platform.run(STOP, {"dry_run": True})
    assert (run.status, run.outcome) == ("SUCCEEDED", "dry_run"), run.told()
    assert (statuses(platform), platform.tasks()) == (before, tasks)
    assert not switch(platform)
    assert str(len([s for s in before.values() if s in TRADING])) in run.output["summary"]


def test_a_status_that_nobody_knows_is_unknown_and_escalates(platform: Platform) -> None:
    platform.change(STATE, "carry-xrp", status="trading?")
    run = platform.run(STOP, {})
    assert (run.status, run.error) == ("FAILED", "Escalated"), run.told()
    assert "carry-xrp" in run.cause
    assert listed(platform, run)["carry-xrp"]["result"] == "unknown"
    assert statuses(platform)["carry-xrp"] == "trading?"
    assert statuses(platform)["momentum-btc"] == "stopped"


def test_the_open_positions_are_told_and_their_protection_at_the_venue_is_unknown(platform: Platform) -> None:
    position_id = platform.open_position("momentum-eth")
    run = platform.run(STOP, {})
    stopped(platform, run)
    told = "\n".join(mail.text for mail in run.mails)
    assert position_id in told
    assert "unknown" in told


def test_nothing_restarts_a_strategy_or_the_service_while_the_kill_switch_is_engaged(platform: Platform) -> None:
    platform.run(STOP, {})
    cure = platform.run("stale-heartbeat", {})
    assert cure.outcome == "nothing_to_do", cure.told()
    assert not TRADING & set(statuses(platform).values())
    assert platform.tasks() == []


def test_an_incident_of_a_stop_is_complete(platform: Platform) -> None:
    run = platform.run(STOP, {"reason": "drill", "requested_by": "ana"})
    item = platform.item(INCIDENTS, run.incident["incident_id"]) or {}
    for field in ("runbook", "execution_arn", "opened_at", "closed_at", "outcome", "severity", "report_key"):
        assert item.get(field), field
    actions = {act["action"]: act["result"] for act in run.acts}
    assert any("kill switch" in action for action in actions), actions
    assert any("service" in action or act["target"] == SERVICE for action, act in zip(actions, run.acts, strict=True))
