"""Bots that place entry orders, and those that do not do as they are told."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.local.engine.lab import eventually
from tests.local.platform.rig import Rig

ORDERS = "tradai-orders-local"


@pytest.fixture
def trading(rig: Rig) -> Iterator[Rig]:
    """Every strategy places entry orders."""
    assert rig.call("POST", "/platform", {"trade": True}).status == 200
    eventually(lambda: stats(rig), lambda found: len(found["last_entry_order_of"]) == 5)
    yield rig
    rig.call("POST", "/platform", {"trade": False})
    for item in rig.client("dynamodb").scan(TableName=ORDERS)["Items"]:
        key = {name: item[name] for name in ("position_id", "order_id")}
        rig.client("dynamodb").delete_item(TableName=ORDERS, Key=key)


def stats(rig: Rig, after: str | None = None) -> dict[str, Any]:
    found: dict[str, Any] = rig.call("GET", f"/stats?after={after}" if after else "/stats").json["trading"]
    return found


def test_nobody_places_orders_until_told_to(rig: Rig) -> None:
    rig.holds(lambda: stats(rig)["entry_orders"] == 0)
    assert not stats(rig)["on"]
    assert rig.client("dynamodb").scan(TableName=ORDERS)["Items"] == []


def test_a_strategy_that_is_stopped_places_no_new_entry_and_leaves_its_last_one(trading: Rig) -> None:
    trading.set_status("meanrev-sol", "stopped")
    eventually(lambda: trading.item("meanrev-sol"), lambda item: item.get("acknowledged_status") == "stopped")
    last = stats(trading)["last_entry_order_of"]
    later = eventually(
        lambda: stats(trading)["last_entry_order_of"],
        lambda now: all(now[one] > last[one] for one in last if one != "meanrev-sol"),
    )
    assert later["meanrev-sol"] == last["meanrev-sol"]
    key = {"position_id": {"S": "entry-meanrev-sol"}, "order_id": {"S": "1-entry"}}
    left = trading.client("dynamodb").get_item(TableName=ORDERS, Key=key, ConsistentRead=True)["Item"]
    assert (left["status"]["S"], left["filled"]["N"]) == ("open", "0")


def test_orders_after_a_moment_are_counted(trading: Rig) -> None:
    moment = stats(trading)["last_entry_order_at"]
    eventually(lambda: stats(trading, moment)["entry_orders_after"], lambda count: count > 0)
    assert stats(trading, "2999-01-01T00:00:00Z")["entry_orders_after"] == 0
    assert trading.call("GET", "/stats?after=yesterday").status == 400


def test_a_bot_that_ignores_its_status_trades_and_beats_and_acknowledges_nothing(trading: Rig) -> None:
    trading.fault("ignores-status", "carry-xrp")
    trading.set_status("carry-xrp", "stopped")
    trading.set_status("meanrev-sol", "stopped")
    eventually(lambda: trading.item("meanrev-sol"), lambda item: "acknowledged_status" in item)
    before = stats(trading)["last_entry_order_of"]["carry-xrp"], trading.item("carry-xrp")["last_heartbeat"]
    eventually(
        lambda: (stats(trading)["last_entry_order_of"]["carry-xrp"], trading.item("carry-xrp")["last_heartbeat"]),
        lambda now: now[0] > before[0] and now[1] > before[1],
    )
    assert "acknowledged_status" not in trading.item("carry-xrp")
    trading.client("ecs").update_service(
        cluster="tradai-local", service="tradai-strategy-service-local", desiredCount=0
    )
    eventually(trading.tasks_left, lambda left: not left)
    eventually(trading.running, lambda copies: not copies)
    count = stats(trading)["entry_orders"]
    trading.holds(lambda: stats(trading)["entry_orders"] == count)
    trading.client("ecs").update_service(
        cluster="tradai-local", service="tradai-strategy-service-local", desiredCount=1
    )


def test_a_strategy_that_flips_back_does_so_as_often_as_told(rig: Rig) -> None:
    rig.fault("flips-back", "momentum-eth", count=2)
    for _ in range(2):
        rig.set_status("momentum-eth", "stopped")
        eventually(lambda: rig.item("momentum-eth")["status"], lambda status: status == "running")
    rig.set_status("momentum-eth", "stopped")
    rig.holds(lambda: rig.item("momentum-eth")["status"] == "stopped")
    assert rig.active() == []


def test_many_strategies_come_and_go_at_once(rig: Rig) -> None:
    made = rig.call("POST", "/strategies", {"count": 60})
    assert (made.status, len(made.json["strategy_ids"])) == (201, 60)
    eventually(lambda: rig.stats()["heartbeats"], lambda beats: beats.get("strategy-00060", 0) > 0)
    assert rig.call("DELETE", "/strategies").json == {"removed": 60}
    assert rig.item("strategy-00001") == {}
    assert rig.item("momentum-btc")["status"] == "running"
    for wrong in ({"count": 0}, {"count": 10_001}, {"count": True}, {}, {"count": 1, "status": "running"}):
        assert rig.call("POST", "/strategies", wrong).status == 400


def test_a_bot_that_never_beats_does_not_do_so_after_a_restart_either(rig: Rig) -> None:
    rig.fault("never-beats", "carry-xrp")
    rig.set_status("carry-xrp", "stopped")
    eventually(lambda: rig.item("carry-xrp"), lambda item: item.get("acknowledged_status") == "stopped")
    silent = rig.item("carry-xrp")["last_heartbeat"]
    rig.set_status("carry-xrp", "running")
    rig.holds(lambda: rig.item("carry-xrp")["last_heartbeat"] == silent)
