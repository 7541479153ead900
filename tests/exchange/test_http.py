"""The venue over plain HTTP, signed by hand: what no well-behaved client sends."""

from __future__ import annotations

import hashlib
import hmac
import time
from typing import Any
from urllib.parse import urlencode

import pytest
import requests

from local.platform.exchange.server import Keys, Served
from tests.exchange.conftest import order

WEEK = 7 * 86_400_000


def now() -> int:
    return time.time_ns() // 1_000_000


def call(served: Served, method: str, path: str, params: dict[str, Any], keys: Keys | None = None) -> Any:
    """Signed as the documentation says; HTTP status and JSON."""
    keys = keys or served.keys["main"]
    query = urlencode({"timestamp": now(), **params})
    signature = hmac.new(keys.secret.encode(), query.encode(), hashlib.sha256).hexdigest()
    headers = {"X-MBX-APIKEY": keys.key}
    answer = requests.request(
        method, f"{served.url}{path}?{query}&signature={signature}", headers=headers, timeout=5
    )
    return answer.status_code, answer.json()


def test_a_call_without_a_key_a_signature_or_a_time_is_refused(served: Served) -> None:
    url, key = f"{served.url}/fapi/v1/accountConfig", {"X-MBX-APIKEY": served.keys["main"].key}
    for query, headers, status, code in (
        ("", {}, 401, -2014),
        ("", {"X-MBX-APIKEY": "unknown"}, 401, -2015),
        (f"timestamp={now()}", key, 400, -1102),
        ("signature=abc", key, 400, -1102),
        ("timestamp=soon&signature=abc", key, 400, -1102),
        (f"timestamp={now()}&signature=abc", key, 400, -1022),
    ):
        answer = requests.get(f"{url}?{query}", headers=headers, timeout=5)
        assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_a_time_that_has_not_come_yet_is_refused(served: Served) -> None:
    status, said = call(served, "GET", "/fapi/v1/accountConfig", {"timestamp": now() + 5000})
    assert (status, said["code"]) == (400, -1021)
    assert "ahead" in said["msg"]


def test_a_call_may_be_split_over_query_and_body(served: Served) -> None:
    keys = served.keys["main"]
    body, query = urlencode(order("BUY", "0.05")), f"timestamp={now()}&recvWindow=3000"
    signature = hmac.new(keys.secret.encode(), f"{query}{body}".encode(), hashlib.sha256).hexdigest()
    answer = requests.post(
        f"{served.url}/fapi/v1/order?{query}",
        f"{body}&signature={signature}",
        headers={"X-MBX-APIKEY": keys.key, "Content-Type": "application/x-www-form-urlencoded"},
        timeout=5,
    )
    assert (answer.status_code, answer.json()["status"]) == (200, "FILLED")


def test_a_changed_parameter_breaks_the_signature(served: Served) -> None:
    keys = served.keys["main"]
    query = urlencode({**order("BUY", "0.05"), "timestamp": now()})
    signature = hmac.new(keys.secret.encode(), query.encode(), hashlib.sha256).hexdigest()
    changed = query.replace("0.05", "0.50")
    answer = requests.post(
        f"{served.url}/fapi/v1/order?{changed}&signature={signature}", headers={"X-MBX-APIKEY": keys.key}, timeout=5
    )
    assert answer.json()["code"] == -1022
    assert served.exchange.accounts["main"].orders == []


def test_an_order_of_another_account_is_none_of_ours(served: Served) -> None:
    made = served.exchange.place("main", order("BUY", "0.05", "59000", newClientOrderId="mine"))
    asked = {"symbol": "BTCUSDT", "origClientOrderId": "mine"}
    assert call(served, "GET", "/fapi/v1/order", asked)[1]["orderId"] == made.order_id
    for method, code in (("GET", -2013), ("DELETE", -2011)):
        assert call(served, method, "/fapi/v1/order", asked, served.keys["second"])[1]["code"] == code
    other = {**asked, "symbol": "ETHUSDT"}
    assert call(served, "GET", "/fapi/v1/order", other)[1]["code"] == -2013


@pytest.mark.parametrize(
    ("method", "path", "params", "code"),
    [
        ("GET", "/fapi/v1/order", {}, -1102),
        ("GET", "/fapi/v1/order", {"symbol": "BTCUSDT"}, -1102),
        ("GET", "/fapi/v1/order", {"symbol": "DOGEUSDT", "orderId": 1}, -1121),
        ("GET", "/fapi/v1/order", {"symbol": "BTCUSDT", "orderId": "x"}, -1102),
        ("GET", "/fapi/v1/openOrder", {"symbol": "BTCUSDT", "orderId": 1}, -2013),
        ("DELETE", "/fapi/v1/order", {"symbol": "BTCUSDT", "orderId": 1}, -2011),
        ("DELETE", "/fapi/v1/allOpenOrders", {}, -1102),
        ("GET", "/fapi/v1/algoOrder", {}, -1102),
        ("GET", "/fapi/v1/algoOrder", {"algoId": 1}, -2013),
        ("DELETE", "/fapi/v1/algoOrder", {"algoId": 1}, -2011),
        ("POST", "/fapi/v1/algoOrder", {"algoType": "VP"}, -1102),
        ("POST", "/fapi/v1/countdownCancelAll", {"symbol": "BTCUSDT"}, -1102),
        ("POST", "/fapi/v1/positionSide/dual", {"dualSidePosition": "perhaps"}, -1102),
        ("POST", "/fapi/v1/leverage", {"symbol": "BTCUSDT", "leverage": 126}, -1102),
        ("GET", "/fapi/v1/userTrades", {}, -1102),
        ("GET", "/fapi/v1/userTrades", {"symbol": "BTCUSDT", "fromId": 1, "startTime": 1}, -1128),
        ("GET", "/fapi/v1/userTrades", {"symbol": "BTCUSDT", "startTime": 1, "endTime": WEEK + 2}, -1127),
        ("GET", "/fapi/v1/klines", {"symbol": "BTCUSDT"}, -1102),
        ("GET", "/fapi/v1/klines", {"symbol": "BTCUSDT", "interval": "1y"}, -1120),
        ("POST", "/fapi/v1/order", {"symbol": "BTCUSDT", "side": "BUY"}, -1102),
        ("POST", "/fapi/v1/order", order("BUY", "0.05", timeInForce="GTC"), -1106),
        ("POST", "/fapi/v1/order", order("BUY", "0.05") | {"price": "60000"}, -1106),
        ("POST", "/fapi/v1/order", order("BUY", "0.05", positionSide="UP"), -1102),
        ("POST", "/fapi/v1/order", order("BUY", "NaN"), -1102),
    ],
)
def test_what_is_missing_or_makes_no_sense_is_told(
    served: Served, method: str, path: str, params: dict[str, Any], code: int
) -> None:
    status, said = call(served, method, path, params)
    assert (status, said["code"]) == (400, code)


def test_a_path_that_the_venue_has_not_is_told(served: Served) -> None:
    assert call(served, "GET", "/fapi/v1/nothing", {})[0] == 404


def test_the_leverage_is_set_and_margin_follows_it(served: Served) -> None:
    assert call(served, "POST", "/fapi/v1/leverage", {"symbol": "BTCUSDT", "leverage": 20})[1]["leverage"] == 20
    served.exchange.place("main", order("BUY", "1"))
    held = call(served, "GET", "/fapi/v3/account", {})[1]["positions"][0]
    assert held["initialMargin"] == "3000.00000000"


def test_fills_of_one_order_and_of_a_time_are_found(served: Served) -> None:
    first = served.exchange.place("main", order("BUY", "0.05"))
    served.exchange.place("main", order("SELL", "0.05"))
    fills = call(served, "GET", "/fapi/v1/userTrades", {"symbol": "BTCUSDT", "orderId": first.order_id})[1]
    assert [one["orderId"] for one in fills] == [first.order_id]
    assert call(served, "GET", "/fapi/v1/userTrades", {"symbol": "BTCUSDT", "endTime": now() - 60_000})[1] == []


def test_orders_are_listed_from_an_id_or_a_time_on(served: Served) -> None:
    made = [served.exchange.place("main", order("BUY", "0.05", str(price))) for price in (59000, 59100, 59200)]
    ids = [one.order_id for one in made]

    def listed(**more: Any) -> list[int]:
        return [
            one["orderId"] for one in call(served, "GET", "/fapi/v1/allOrders", {"symbol": "BTCUSDT", **more})[1]
        ]

    assert listed() == ids
    assert listed(limit=2) == ids[1:]
    assert listed(orderId=ids[1]) == ids[1:]
    assert listed(startTime=now() + 60_000) == listed(endTime=1) == []
    best = requests.get(f"{served.url}/fapi/v1/ticker/price?symbol=BTCUSDT", timeout=5).json()
    assert best["price"] == "60000.00"


def test_a_countdown_is_called_off_by_nought(served: Served) -> None:
    for milliseconds, waiting in ((60_000, ["BTCUSDT"]), (0, [])):
        asked = {"symbol": "BTCUSDT", "countdownTime": milliseconds}
        assert call(served, "POST", "/fapi/v1/countdownCancelAll", asked)[0] == 200
        assert list(served.exchange.accounts["main"].countdowns) == waiting
