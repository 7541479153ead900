"""Positions that stand at the venue and in the tables alike, and bots that manage them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from boto3.dynamodb.types import TypeDeserializer

from tests.local.engine.lab import eventually
from tests.local.platform.rig import Rig

POSITIONS, ORDERS = "tradai-positions-local", "tradai-orders-local"
SWITCHES = ("trade", "trade_at_venue", "exits", "reenters")


def items(rig: Rig, table: str) -> list[dict[str, Any]]:
    deserialize = TypeDeserializer().deserialize
    found = rig.client("dynamodb").scan(TableName=table, ConsistentRead=True)["Items"]
    return [{name: deserialize(value) for name, value in item.items()} for item in found]


def flattened(rig: Rig) -> None:
    rig.call("POST", "/platform", dict.fromkeys(SWITCHES, False))
    assert rig.call("POST", "/exchange-control/reset", {}).status == 200
    for table, keys in ((POSITIONS, ("position_id",)), (ORDERS, ("position_id", "order_id"))):
        for item in items(rig, table):
            rig.client("dynamodb").delete_item(TableName=table, Key={one: {"S": item[one]} for one in keys})


@pytest.fixture
def flat(rig: Rig) -> Iterator[Rig]:
    """Nothing stands at the venue nor in the tables, and nobody trades, whatever ran before."""
    flattened(rig)
    yield rig
    flattened(rig)


def opened(rig: Rig, **wish: Any) -> dict[str, Any]:
    reply = rig.call("POST", "/positions", {"strategy": "momentum-btc", **wish})
    assert reply.status == 201, reply.text
    return dict(reply.json)


def orders(rig: Rig, position_id: str) -> dict[str, dict[str, Any]]:
    """By what they are: entry, stop, exit."""
    found = [item for item in items(rig, ORDERS) if item["position_id"] == position_id]
    return {item["client_order_id"].rpartition("-")[2]: item for item in found}


def account(rig: Rig, name: str = "main") -> dict[str, Any]:
    return dict(rig.call("GET", "/exchange-control/state").json["accounts"][name])


def held(rig: Rig) -> list[tuple[str, str, str]]:
    found = rig.call("GET", "/positions").json["venue"]
    return [(one["account"], one["symbol"], one["amount"]) for one in found]


def working(rig: Rig) -> dict[str, dict[str, Any]]:
    """Open orders and triggers of the main account, by client id."""
    said = account(rig)
    plain = {one["clientOrderId"]: one for one in said["orders"] if one["status"] in ("NEW", "PARTIALLY_FILLED")}
    waiting = {one["clientAlgoId"]: one for one in said["triggers"] if one["algoStatus"] == "NEW"}
    return plain | waiting


def age(text: str) -> float:
    """Minutes."""
    return (datetime.now(UTC) - datetime.fromisoformat(text)).total_seconds() / 60


@pytest.mark.parametrize(("side", "amount", "closing"), [("long", "0.010", "sell"), ("short", "-0.010", "buy")])
def test_a_position_is_entered_at_the_venues_price_and_protected_there(
    flat: Rig, side: str, amount: str, closing: str
) -> None:
    made = opened(flat, side=side)
    assert held(flat) == [("main", "BTCUSDT", amount)]
    (fill,) = account(flat)["fills"]
    (position,) = items(flat, POSITIONS)
    assert position["entry_price"] == Decimal(fill["price"])
    assert (position["account"], position["mode"], position["status"]) == ("main", "live", "open")
    assert (position["exchange"], position["position_id"]) == ("binanceusdm", made["position_id"])
    found = orders(flat, made["position_id"])
    assert sorted(found) == ["entry", "stop"]
    assert found["entry"]["client_order_id"] == fill["clientOrderId"]
    assert (found["entry"]["status"], found["entry"]["filled"]) == ("filled", Decimal("0.010"))
    assert (found["stop"]["type"], found["stop"]["side"], found["stop"]["status"]) == (
        "stop_market",
        closing,
        "open",
    )
    (waiting,) = working(flat).values()
    assert waiting["clientAlgoId"] == found["stop"]["client_order_id"]
    assert (waiting["side"], waiting["reduceOnly"]) == (closing.upper(), True)
    assert age(position["opened_at"]) < 240, "no strategy of the stand-in calls it too old"
    assert "exit_signal_at" not in position


def test_an_exit_that_was_never_submitted_is_due_and_has_no_order(flat: Rig) -> None:
    made = opened(flat, stuck="never-submitted")
    assert sorted(orders(flat, made["position_id"])) == ["entry", "stop"]
    assert 40 < age(made["exit_signal_at"]) < 50
    assert age(made["opened_at"]) > 240


def test_an_exit_that_was_rejected_is_not_at_the_venue_and_has_its_words(flat: Rig) -> None:
    found = orders(flat, opened(flat, stuck="rejected")["position_id"])
    assert (found["exit"]["status"], found["exit"]["error"]) == ("rejected", "-2019 Margin is insufficient.")
    assert list(working(flat)) == [found["stop"]["client_order_id"]]


@pytest.mark.parametrize(
    ("stuck", "status", "filled", "left"),
    [("unfilled", "NEW", "0", "0.010"), ("partial", "PARTIALLY_FILLED", "0.005", "0.005")],
)
@pytest.mark.parametrize("side", ["long", "short"])
def test_an_exit_that_nobody_takes_rests_at_the_venue(
    flat: Rig, side: str, stuck: str, status: str, filled: str, left: str
) -> None:
    found = orders(flat, opened(flat, side=side, stuck=stuck)["position_id"])
    resting = working(flat)[found["exit"]["client_order_id"]]
    assert (resting["status"], resting["reduceOnly"]) == (status, True)
    assert Decimal(resting["executedQty"]) == found["exit"]["filled"] == Decimal(filled)
    assert str(resting["orderId"]) == found["exit"]["order_id"]
    assert 40 < age(found["exit"]["created_at"]) < 50
    ((_, _, amount),) = held(flat)
    assert abs(Decimal(amount)) == Decimal(left)


def test_the_account_is_that_of_the_strategys_config(flat: Rig) -> None:
    flat.set_config("meanrev-sol", "account", {"S": "second"})
    made = opened(flat, strategy="meanrev-sol", symbol="SOL/USDT:USDT", amount="3")
    flat.set_config("meanrev-sol", "account", {"S": "main"})
    assert made["account"] == "second"
    assert held(flat) == [("second", "SOLUSDT", "3")]


def test_a_strategy_on_paper_has_a_position_in_the_tables_only(flat: Rig) -> None:
    made = opened(flat, strategy="carry-xrp", symbol="XRP/USDT:USDT", amount="500", stuck="partial")
    assert (made["mode"], made["entry_price"]) == ("paper", "0.6000")
    assert orders(flat, made["position_id"])["exit"]["filled"] == Decimal(250)
    assert held(flat) == []
    assert working(flat) == {}


@pytest.mark.parametrize(
    ("wish", "says"),
    [
        ({"amount": "5000"}, "-4005"),
        ({"amount": "0.0001"}, "refuses"),
        ({"amount": "100"}, "-2019"),
        ({"symbol": "DOGE/USDT:USDT"}, "lists no DOGE/USDT:USDT"),
        ({"amount": "0.002", "stuck": "partial", "symbol": "BTC/USDT:USDT", "side": "long"}, None),
        ({"amount": "0.003", "stuck": "partial"}, None),
    ],
)
def test_what_the_venue_refuses_is_told_in_its_words_and_leaves_nothing(
    flat: Rig, wish: dict[str, Any], says: str | None
) -> None:
    reply = flat.call("POST", "/positions", wish)
    if says is None:
        assert reply.status == 201, reply.text
        return
    assert reply.status == 409
    assert says in reply.json["message"]
    assert (held(flat), working(flat), items(flat, POSITIONS), items(flat, ORDERS)) == ([], {}, [], [])


def test_a_position_whose_exit_cannot_be_made_is_given_back(flat: Rig) -> None:
    reply = flat.call("POST", "/positions", {"amount": "0.01", "symbol": "SOL/USDT:USDT"})
    assert reply.status == 409, "too little money for an entry"
    single = flat.call(
        "POST", "/positions", {"symbol": "ETH/USDT:USDT", "amount": "0.1", "strategy": "momentum-eth"}
    )
    assert single.status == 201
    # One step of BNB is 0.01: half of it cannot be filled, although the entry can.
    reply = flat.call("POST", "/positions", {"symbol": "BNB/USDT:USDT", "amount": "0.01", "stuck": "partial"})
    assert reply.status == 409, reply.text
    assert "less than one step" in reply.json["message"]
    assert held(flat) == [("main", "ETHUSDT", "0.1")]
    assert [one["symbol"] for one in working(flat).values()] == ["ETHUSDT"]


@pytest.mark.parametrize(
    ("wish", "says"),
    [
        ({"amount": 1}, "amount"),
        ({"amount": "-1"}, "amount"),
        ({"side": "up"}, "side"),
        ({"stuck": "somehow"}, "stuck"),
        ({"strategy": "nobody"}, "no strategy 'nobody'"),
        ({"hedged": True}, "unknown field"),
    ],
)
def test_a_wish_that_makes_no_sense_is_refused_by_its_field(flat: Rig, wish: dict[str, Any], says: str) -> None:
    reply = flat.call("POST", "/positions", wish)
    assert (reply.status, says in reply.json["message"]) == (400, True)


def record(rig: Rig, position_id: str) -> dict[str, Any]:
    return next(item for item in items(rig, POSITIONS) if item["position_id"] == position_id)


@pytest.mark.parametrize("status", ["running", "paused"])
@pytest.mark.parametrize("stuck", ["never-submitted", "unfilled", "partial", "rejected"])
def test_a_bot_that_is_told_to_leaves_what_is_due_and_nothing_of_it_stays(
    flat: Rig, stuck: str, status: str
) -> None:
    flat.set_status("momentum-btc", status)
    made = opened(flat, stuck=stuck)
    kept = opened(flat, strategy="momentum-eth", symbol="ETH/USDT:USDT", amount="0.1")
    flat.holds(lambda: record(flat, made["position_id"])["status"] == "open")
    assert flat.call("POST", "/platform", {"exits": True}).status == 200
    closed = eventually(lambda: record(flat, made["position_id"]), lambda item: item["status"] == "closed")
    fill = account(flat)["fills"][-1]
    assert closed["exit_price"] == Decimal(fill["price"])
    assert closed["closed_manually"] is False
    assert held(flat) == [("main", "ETHUSDT", "0.1")]
    assert list(working(flat)) == [orders(flat, kept["position_id"])["stop"]["client_order_id"]]
    assert {one["status"] for one in orders(flat, made["position_id"]).values()} <= {
        "filled",
        "canceled",
        "rejected",
    }


def test_a_stopped_bot_leaves_nothing(flat: Rig) -> None:
    flat.set_status("momentum-btc", "stopped")
    eventually(lambda: flat.item("momentum-btc"), lambda item: item.get("acknowledged_status") == "stopped")
    made = opened(flat, stuck="never-submitted")
    flat.call("POST", "/platform", {"exits": True})
    flat.holds(lambda: record(flat, made["position_id"])["status"] == "open")
    assert held(flat) == [("main", "BTCUSDT", "0.010")]


def test_a_position_that_is_no_bots_own_keeps_no_bot_from_its_exits(flat: Rig) -> None:
    strange = {
        "position_id": {"S": "pos-0"},
        "status": {"S": "open"},
        "exit_signal_at": {"S": "2026-01-01T00:00:00Z"},
    }
    flat.client("dynamodb").put_item(TableName=POSITIONS, Item=strange | {"strategy_id": {"S": "momentum-btc"}})
    made = opened(flat, stuck="never-submitted")
    flat.call("POST", "/platform", {"exits": True})
    eventually(lambda: record(flat, made["position_id"]), lambda item: item["status"] == "closed")
    assert record(flat, "pos-0")["status"] == "open"


def managing(rig: Rig) -> dict[str, Any]:
    return dict(rig.stats()["managing"])


def known_to_its_bot(rig: Rig, position_id: str) -> None:
    """What a bot has not seen open it cannot miss."""
    eventually(lambda: managing(rig), lambda now: position_id in now["held"])
    rig.holds(lambda: managing(rig)["dropped"] == [])


def close_by_hand(rig: Rig, position_id: str) -> None:
    """As a close of somebody else does it: at the venue, then in the record."""
    params = {"symbol": "BTCUSDT", "side": "SELL", "type": "MARKET", "quantity": "0.010", "reduceOnly": "true"}
    assert rig.call("POST", "/exchange-control/order", {"params": params}).status == 200
    rig.client("dynamodb").update_item(
        TableName=POSITIONS,
        Key={"position_id": {"S": position_id}},
        UpdateExpression="SET #status = :closed",
        ExpressionAttributeNames={"#status": "status"},
        ExpressionAttributeValues={":closed": {"S": "closed"}},
    )


def test_a_bot_drops_what_somebody_else_closed_and_opens_it_again_where_it_reenters(flat: Rig) -> None:
    flat.call("POST", "/platform", {"reenters": True})
    made = opened(flat)
    known_to_its_bot(flat, made["position_id"])
    close_by_hand(flat, made["position_id"])
    (entered,) = eventually(lambda: managing(flat)["entered"], bool)
    assert managing(flat)["dropped"] == [made["position_id"]]
    assert held(flat) == [("main", "BTCUSDT", "0.010")]
    assert record(flat, entered)["status"] == "open"


def test_a_paused_bot_does_not_open_again(flat: Rig) -> None:
    flat.call("POST", "/platform", {"reenters": True})
    flat.set_status("momentum-btc", "paused")
    made = opened(flat)
    known_to_its_bot(flat, made["position_id"])
    close_by_hand(flat, made["position_id"])
    eventually(lambda: managing(flat)["dropped"], lambda dropped: dropped == [made["position_id"]])
    flat.holds(lambda: held(flat) == [])


def test_a_paused_bot_that_ignores_its_status_opens_again(flat: Rig) -> None:
    flat.fault("ignores-status", "momentum-btc")
    flat.call("POST", "/platform", {"reenters": True})
    flat.set_status("momentum-btc", "paused")
    made = opened(flat)
    known_to_its_bot(flat, made["position_id"])
    close_by_hand(flat, made["position_id"])
    eventually(lambda: (held(flat), managing(flat)), lambda now: now[0] == [("main", "BTCUSDT", "0.010")])


def test_entries_rest_at_the_venue_one_for_each_live_strategy_and_stay_when_it_is_stopped(flat: Rig) -> None:
    flat.call("POST", "/platform", {"trade": True, "trade_at_venue": True})
    resting = eventually(lambda: working(flat), lambda found: len(found) == 4)
    assert {one["symbol"] for one in resting.values()} == {"BTCUSDT", "ETHUSDT", "SOLUSDT", "BNBUSDT"}
    assert {(one["side"], one["type"], one["reduceOnly"]) for one in resting.values()} == {("BUY", "LIMIT", False)}
    every = ("momentum-btc", "momentum-eth", "meanrev-sol", "breakout-bnb", "carry-xrp")
    for one in every:
        flat.set_status(one, "stopped")
    eventually(
        lambda: [flat.item(one).get("acknowledged_status") for one in every], lambda now: set(now) == {"stopped"}
    )
    left = working(flat)
    listed = {item["client_order_id"]: item for item in items(flat, ORDERS) if item["strategy_id"] != "carry-xrp"}
    assert left.keys() == listed.keys()
    assert {one["exchange"] for one in listed.values()} == {"binanceusdm"}
    flat.holds(lambda: working(flat).keys() == left.keys())
