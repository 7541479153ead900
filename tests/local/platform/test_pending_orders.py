"""`orders.stuck-pending`: rows that stay pending while the venue knows better."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.local.engine.lab import eventually
from tests.local.platform.rig import Rig
from tests.local.platform.test_faults_of_orders import signed

ORDERS, POSITIONS = "tradai-orders-local", "tradai-positions-local"


@pytest.fixture
def desk(rig: Rig) -> Iterator[Rig]:
    rig.call("POST", "/exchange-control/reset", {})
    yield rig
    rig.call("DELETE", "/faults")
    rig.call("POST", "/exchange-control/reset", {})
    for table, keys in ((POSITIONS, ("position_id",)), (ORDERS, ("position_id", "order_id"))):
        for item in rig.client("dynamodb").scan(TableName=table)["Items"]:
            rig.client("dynamodb").delete_item(TableName=table, Key={one: item[one] for one in keys})


def stuck(rig: Rig, count: int | None = None) -> dict[str, Any]:
    rig.fault("orders.stuck-pending", "momentum-btc", count)
    found: dict[str, Any] = rig.call("GET", "/faults").json["active"][0]
    return found


def pending(rig: Rig, position_id: str) -> dict[str, dict[str, Any]]:
    items = rig.client("dynamodb").query(
        TableName=ORDERS,
        KeyConditionExpression="position_id = :one",
        ExpressionAttributeValues={":one": {"S": position_id}},
        ConsistentRead=True,
    )["Items"]
    plain = [{name: next(iter(value.values())) for name, value in item.items()} for item in items]
    return {one["client_order_id"]: one for one in plain if one["status"] == "pending"}


def at_venue(rig: Rig, client_id: str) -> dict[str, Any]:
    order = {"symbol": "BTCUSDT", "origClientOrderId": client_id}
    found: dict[str, Any] = signed(rig, "GET", "/fapi/v1/order", order).json
    return found


def correct(rig: Rig, position_id: str, client_id: str, status: str) -> None:
    rig.client("dynamodb").update_item(
        TableName=ORDERS,
        Key={"position_id": {"S": position_id}, "order_id": {"S": client_id}},
        UpdateExpression="SET #status = :status",
        ExpressionAttributeNames={"#status": "status"},
        ExpressionAttributeValues={":status": {"S": status}},
    )


def test_all_three_stand_at_one_open_position(desk: Rig) -> None:
    fault = stuck(desk)
    position, orders = fault["position_id"], fault["orders"]
    assert sorted(orders.values()) == ["filled", "lost", "open"]
    assert pending(desk, position).keys() == orders.keys()
    said = {what: at_venue(desk, client_id) for client_id, what in orders.items()}
    assert (said["filled"]["status"], said["open"]["status"], said["lost"]["code"]) == ("FILLED", "NEW", -2013)
    item = desk.client("dynamodb").get_item(TableName=POSITIONS, Key={"position_id": {"S": position}})["Item"]
    (held,) = desk.call("GET", "/positions").json["venue"]
    assert (item["status"]["S"], item["amount"]["N"]) == ("open", held["amount"])


@pytest.mark.parametrize(("count", "what"), [(1, "filled"), (2, "lost"), (3, "open")])
def test_each_can_be_had_alone_and_is_older_than_any_limit(desk: Rig, count: int, what: str) -> None:
    fault = stuck(desk, count)
    assert list(fault["orders"].values()) == [what]
    (row,) = pending(desk, fault["position_id"]).values()
    age = (datetime.now(UTC) - datetime.fromisoformat(row["created_at"])).total_seconds()
    assert (age >= 20 * 60, row["filled"]) == (True, "0")


def test_it_is_over_when_every_row_says_what_is_true(desk: Rig) -> None:
    fault = stuck(desk)
    true = {"filled": "filled", "lost": "rejected", "open": "open"}
    waiting = dict(fault["orders"])
    last, what = waiting.popitem()
    for client_id, variant in waiting.items():
        correct(desk, fault["position_id"], client_id, true[variant])
    desk.holds(lambda: desk.active() == ["orders.stuck-pending"])
    correct(desk, fault["position_id"], last, true[what])
    eventually(desk.active, lambda names: names == [])
    assert desk.wrong() == []


def test_an_order_that_was_cancelled_at_the_venue_too_is_resolved(desk: Rig) -> None:
    fault = stuck(desk, 3)
    (client_id,) = fault["orders"]
    cancel = {"symbol": "BTCUSDT", "origClientOrderId": client_id}
    assert signed(desk, "DELETE", "/fapi/v1/order", cancel).status == 200
    correct(desk, fault["position_id"], client_id, "canceled")
    eventually(desk.active, lambda names: names == [])
    assert desk.wrong() == []


@pytest.mark.parametrize(("count", "said"), [(1, "canceled"), (2, "filled"), (3, "canceled")])
def test_a_row_that_says_what_is_not_so_is_harm(desk: Rig, count: int, said: str) -> None:
    fault = stuck(desk, count)
    ((client_id, what),) = fault["orders"].items()
    correct(desk, fault["position_id"], client_id, said)
    eventually(desk.active, lambda names: names == [])
    assert desk.wrong() == [("orders.stuck-pending", f"{what} order is {said} in the table", True)]


def test_clearing_takes_position_and_orders_away(desk: Rig) -> None:
    stuck(desk)
    desk.call("DELETE", "/faults")
    assert desk.call("GET", "/positions").json == {"table": {}, "venue": []}
    assert desk.client("dynamodb").scan(TableName=ORDERS)["Items"] == []
    account = desk.call("GET", "/exchange-control/state").json["accounts"]["main"]
    assert {one["status"] for one in account["orders"]} <= {"FILLED", "CANCELED"}
