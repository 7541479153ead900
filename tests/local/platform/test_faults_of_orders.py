"""`exchange.*`: what goes wrong with orders at the venue, for the next calls of whoever talks to it over HTTP."""

from __future__ import annotations

import hashlib
import hmac
import json
import time
import urllib.request
from collections.abc import Iterator
from urllib.error import HTTPError
from urllib.parse import urlencode

import pytest

from local.platform.exchange.faults import FAULTS
from tests.local.platform.rig import Reply, Rig

# CONTRACT.md 7.
CONTRACTED = (
    "timeout-after-accept",
    "timeout-before-accept",
    "rate-limited",
    "maintenance",
    "insufficient-balance",
    "invalid-price",
    "invalid-symbol",
    "account-frozen",
    "partial-fill",
)
ORDER = {"symbol": "BTCUSDT", "side": "BUY", "type": "MARKET", "quantity": "0.010"}


@pytest.fixture
def venue(rig: Rig) -> Iterator[Rig]:
    """Nothing is broken and nothing stands there, before and after."""
    rig.call("POST", "/exchange-control/reset", {})
    yield rig
    rig.call("DELETE", "/faults")
    rig.call("POST", "/exchange-control/reset", {})


def signed(rig: Rig, method: str, path: str, params: dict[str, str], timeout: float = 5) -> Reply:
    """As any client of Binance does it, with the main account's key."""
    secret = rig.client("secretsmanager").get_secret_value(SecretId="tradai-local-exchange-binanceusdm-main")
    key = json.loads(secret["SecretString"])
    query = urlencode({**params, "timestamp": str(int(time.time() * 1000))})
    signature = hmac.new(key["secret"].encode(), query.encode(), hashlib.sha256).hexdigest()
    request = urllib.request.Request(
        f"{rig.engine.endpoint_url}/_local/exchange{path}?{query}&signature={signature}",
        headers={"X-MBX-APIKEY": key["apiKey"]},
        method=method,
    )
    try:
        answer = urllib.request.urlopen(request, timeout=timeout)
    except HTTPError as error:
        answer = error
    with answer:
        headers = {name.lower(): value for name, value in answer.headers.items()}
        return Reply(answer.status or 0, headers, answer.read().decode())


def code(rig: Rig) -> int | None:
    """Of an order's answer; None: it was accepted."""
    said = signed(rig, "POST", "/fapi/v1/order", ORDER).json
    found: int | None = said.get("code")
    return found


def held(rig: Rig) -> str:
    found = rig.call("GET", "/positions").json["venue"]
    return found[0]["amount"] if found else "0"


def test_every_fault_of_the_venue_is_listed_with_what_it_does(venue: Rig) -> None:
    listed = {one["name"]: one["about"] for one in venue.call("GET", "/faults").json["faults"]}
    assert {f"exchange.{name}" for name in (*FAULTS, *CONTRACTED)} <= listed.keys()
    for name, about in FAULTS.items():
        assert about in listed[f"exchange.{name}"]


@pytest.mark.parametrize("name", FAULTS)
def test_every_fault_of_the_venue_begins_and_is_mended(venue: Rig, name: str) -> None:
    venue.fault(f"exchange.{name}")
    assert venue.active() == [f"exchange.{name}"]
    assert [one["name"] for one in venue.call("GET", "/exchange-control/faults").json["active"]] == [name]
    assert venue.call("DELETE", "/faults").json == {"cleared": 1}
    assert venue.active() == []
    assert code(venue) is None


def test_a_fault_is_for_the_next_call_and_then_over(venue: Rig) -> None:
    venue.fault("exchange.insufficient-balance")
    assert code(venue) == -2019
    assert venue.active() == []
    assert code(venue) is None
    venue.fault("exchange.insufficient-balance")
    assert code(venue) == -2019


def test_a_fault_is_for_as_many_calls_as_it_is_told(venue: Rig) -> None:
    venue.fault("exchange.invalid-price", count=2)
    assert [code(venue) for _ in range(3)] == [-4014, -4014, None]


def test_a_fault_that_is_told_to_lasts_until_it_is_cleared(venue: Rig) -> None:
    venue.fault("exchange.insufficient-balance", count=0)
    assert [code(venue) for _ in range(3)] == [-2019] * 3
    venue.call("DELETE", "/faults")
    assert code(venue) is None


def test_a_fault_that_stands_is_undone_when_it_is_cleared(venue: Rig) -> None:
    venue.fault("exchange.account-frozen")
    assert [code(venue) for _ in range(2)] == [-2010] * 2
    venue.call("DELETE", "/faults")
    assert code(venue) is None


def test_an_order_may_be_accepted_although_its_answer_never_comes(venue: Rig) -> None:
    for name, amount in (("timeout-before-accept", "0"), ("timeout-after-accept", "0.010")):
        venue.fault(f"exchange.{name}")
        with pytest.raises(TimeoutError):
            signed(venue, "POST", "/fapi/v1/order", ORDER, timeout=0.5)
        assert held(venue) == amount
        assert venue.active() == []


def test_the_stand_ins_own_orders_use_up_no_fault(venue: Rig) -> None:
    venue.fault("exchange.insufficient-balance")
    assert venue.call("POST", "/positions", {}).status == 201
    assert venue.active() == ["exchange.insufficient-balance"]
    assert code(venue) == -2019
    for table, keys in (("positions", ("position_id",)), ("orders", ("position_id", "order_id"))):
        name = f"tradai-{table}-local"
        for item in venue.client("dynamodb").scan(TableName=name)["Items"]:
            venue.client("dynamodb").delete_item(TableName=name, Key={one: item[one] for one in keys})


def test_a_fault_of_the_venue_is_not_one_of_a_strategy(venue: Rig) -> None:
    reply = venue.call("POST", "/faults", {"name": "exchange.partial-fill", "strategy": "momentum-btc"})
    assert reply.status == 400
    assert "not one strategy" in reply.json["message"]


def test_a_fault_of_the_venue_leaves_the_service_alone(venue: Rig) -> None:
    began = venue.client("ecs").describe_tasks(cluster="tradai-local", tasks=venue.running())["tasks"][0][
        "startedAt"
    ]
    venue.fault("exchange.maintenance")
    after = venue.client("ecs").describe_tasks(cluster="tradai-local", tasks=venue.running())["tasks"][0][
        "startedAt"
    ]
    assert after == began, "no other night was put behind it"
    venue.fresh("momentum-btc")
