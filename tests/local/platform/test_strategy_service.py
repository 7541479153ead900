"""The strategy service writes heartbeats while ECS runs it and the table wants it to trade."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime

import pytest

from tests.local.engine.lab import eventually
from tests.local.platform.rig import CLUSTER, LOGS, SCALE, SERVICE, STATES, Rig


def test_beats_for_a_strategy_that_somebody_else_put_into_the_table(rig: Rig) -> None:
    rig.put("outsider", status="warmup", note="kept")
    eventually(lambda: rig.item("outsider"), lambda item: "last_heartbeat" in item)
    first = rig.item("outsider")["last_heartbeat"]
    eventually(lambda: rig.item("outsider")["last_heartbeat"], lambda beat: beat > first)
    assert set(rig.item("outsider")) == {"strategy_id", "status", "note", "last_heartbeat"}


@pytest.mark.parametrize("status", ["paused", "stopped", "failed", "terminated", "sleeping"])
def test_writes_no_heartbeat_for_a_strategy_that_does_not_trade(rig: Rig, status: str) -> None:
    rig.put("idle", status=status)
    eventually(lambda: rig.item("idle"), lambda item: item.get("acknowledged_status") == status)
    assert "last_heartbeat" not in rig.item("idle")


def test_acknowledges_a_stop_within_thirty_platform_seconds_and_beats_again_after_the_start(rig: Rig) -> None:
    stopped = datetime.now(UTC)
    rig.set_status("carry-xrp", "stopped")
    eventually(lambda: rig.item("carry-xrp"), lambda item: item.get("acknowledged_status") == "stopped")
    acknowledged = datetime.fromisoformat(rig.item("carry-xrp")["acknowledged_at"])
    # The second on top is for a busy machine.
    assert (acknowledged - stopped).total_seconds() < 30 * SCALE + 1
    silent = rig.item("carry-xrp")["last_heartbeat"]
    rig.holds(lambda: rig.item("carry-xrp")["last_heartbeat"] == silent)
    rig.set_status("carry-xrp", "running")
    eventually(lambda: rig.item("carry-xrp")["last_heartbeat"], lambda beat: beat > silent)
    eventually(lambda: rig.item("carry-xrp"), lambda item: item["acknowledged_status"] == "running")


def test_never_brings_back_a_strategy_that_was_deleted(rig: Rig) -> None:
    rig.put("gone", status="running")
    eventually(lambda: rig.item("gone"), lambda item: "last_heartbeat" in item)
    rig.delete("gone")
    rig.holds(lambda: rig.item("gone") == {})


def test_does_not_interrupt_anybody_by_itself(rig: Rig) -> None:
    rig.holds(lambda: rig.stats()["interruptions"] == {})
    assert rig.stats()["copies_trading_max"] == 1


def test_counts_the_stop_of_one_strategy_as_its_interruption_alone(rig: Rig) -> None:
    rig.restart("momentum-eth")
    rig.fresh("momentum-eth")
    assert rig.stats()["interruptions"] == {"momentum-eth": 1}


def test_a_careful_redeploy_interrupts_everybody_and_never_runs_two_copies(rig: Rig) -> None:
    rig.redeploy_seen()
    found = rig.stats()
    assert set(found["interruptions"].values()) == {1}
    assert len(found["interruptions"]) == 5
    assert found["moments_with_two_copies"] == 0
    assert found["copies_trading_max"] == 1


def test_a_plain_new_deployment_runs_two_copies_and_is_found_out(rig: Rig) -> None:
    before = rig.running()
    rig.client("ecs").update_service(cluster=CLUSTER, service=SERVICE, forceNewDeployment=True)
    eventually(rig.running, lambda now: len(now) == 1 and now != before)
    found = rig.stats()
    assert found["moments_with_two_copies"] >= 1
    assert found["copies_trading_max"] == 2


def test_a_service_scaled_to_zero_writes_nothing(rig: Rig) -> None:
    rig.client("ecs").update_service(cluster=CLUSTER, service=SERVICE, desiredCount=0)
    eventually(rig.running, lambda copies: not copies)
    silent = rig.item("momentum-btc")["last_heartbeat"]
    rig.holds(lambda: rig.item("momentum-btc")["last_heartbeat"] == silent)
    rig.client("ecs").update_service(cluster=CLUSTER, service=SERVICE, desiredCount=1)


def test_logs_signals_and_heartbeats_as_json_lines_with_the_strategy(rig: Rig) -> None:
    since = time.time()
    eventually(lambda: rig.lines(since), lambda lines: len(lines) >= 10)
    lines = [json.loads(line) for line in rig.lines(since)]
    assert {line["event"] for line in lines} >= {"signal_processed", "heartbeat_written"}
    assert {line["strategy_id"] for line in lines} >= {"momentum-btc", "carry-xrp"}
    assert all({"ts", "level", "strategy_id", "event"} <= set(line) for line in lines)


def test_goes_on_beating_once_its_table_is_there_again(rig: Rig) -> None:
    dynamodb = rig.client("dynamodb")
    dynamodb.delete_table(TableName=STATES)
    time.sleep(0.5)
    dynamodb.create_table(
        TableName=STATES,
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": "strategy_id", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "strategy_id", "KeyType": "HASH"}],
    )
    rig.put("momentum-btc", status="running")
    eventually(lambda: rig.item("momentum-btc"), lambda item: "last_heartbeat" in item)


def test_goes_on_beating_when_its_log_group_is_gone(rig: Rig) -> None:
    logs = rig.client("logs")
    logs.delete_log_group(logGroupName=LOGS)
    try:
        eventually(lambda: rig.stats()["heartbeats"].get("momentum-btc", 0), lambda beats: beats > 1)
    finally:
        logs.create_log_group(logGroupName=LOGS)
    since = time.time()
    eventually(lambda: rig.lines(since), lambda lines: lines)


def test_a_thousand_strategies_all_beat_and_do_not_flood_the_log(rig: Rig) -> None:
    names = [f"crowd-{number:04}" for number in range(1000)]
    rig.batch({"PutRequest": {"Item": {"strategy_id": {"S": name}, "status": {"S": "running"}}}} for name in names)
    try:
        eventually(
            lambda: rig.stats()["heartbeats"],
            lambda beats: all(beats.get(name, 0) >= 2 for name in names),
            seconds=20,
        )
        since = time.time()
        summaries = eventually(lambda: rig.lines(since, "beat_summary"), lambda lines: lines)
        assert json.loads(summaries[0])["heartbeats_written"] >= 1000
        lines = rig.lines(since)
        assert len(lines) <= 101 * (len(rig.lines(since, "beat_summary")) + 1)
    finally:
        rig.batch({"DeleteRequest": {"Key": {"strategy_id": {"S": name}}}} for name in names)
