"""exchange-down and rate-limited: the venue decides, and every restart makes it worse."""

from __future__ import annotations

import time

import pytest

from tests.local.engine.lab import eventually
from tests.local.platform.rig import Rig

ALL = ("momentum-btc", "momentum-eth", "meanrev-sol", "breakout-bnb", "carry-xrp")
PING = "/exchange/fapi/v1/ping"
FALLBACK = "/exchange2/v5/market/time"


def test_a_healthy_exchange_answers_as_binance_does(rig: Rig) -> None:
    assert rig.call("GET", PING).json == {}
    assert abs(rig.call("GET", "/exchange/fapi/v1/time").json["serverTime"] / 1000 - time.time()) < 5
    symbols = rig.call("GET", "/exchange/fapi/v1/exchangeInfo").json["symbols"]
    assert {"BTCUSDT", "ETHUSDT"} <= {one["symbol"] for one in symbols}
    assert all(one["status"] == "TRADING" for one in symbols)
    assert rig.call("GET", "/exchange/sapi/v1/system/status").json == {"status": 0, "msg": "normal"}
    assert rig.call("GET", "/exchange/fapi/v1/order").json["code"] == -2014


def test_while_the_exchange_is_down_it_answers_503_and_strategies_time_out(rig: Rig) -> None:
    rig.fault("exchange-down", count=0)
    since = time.time()
    assert rig.call("GET", PING).status == 503
    assert rig.call("GET", "/exchange/sapi/v1/system/status").status == 200
    rig.stays_stale(*ALL)
    assert rig.lines(since, "fapi.binance.com', port=443): Read timed out")
    assert not rig.lines(since, "signal_processed")


def test_a_silent_exchange_lets_a_probe_time_out_and_nothing_else(rig: Rig) -> None:
    rig.fault("exchange-silent", count=0)
    with pytest.raises(TimeoutError):
        rig.call("GET", PING, timeout=0.5)
    rig.stays_stale(*ALL)
    assert rig.call("GET", "/health").status == 200
    rig.call("DELETE", "/faults")
    assert rig.call("GET", PING).status == 200


def test_a_redeploy_or_a_restart_does_not_bring_the_exchange_back(rig: Rig) -> None:
    rig.fault("exchange-down", count=0)
    rig.redeploy_seen()
    rig.restart("momentum-btc")
    rig.stays_stale(*ALL)
    assert rig.wrong() == [
        ("exchange-down", "redeploy", True),
        ("exchange-down", "restart momentum-btc", True),
    ]


def test_strategies_beat_by_themselves_once_the_exchange_is_back(rig: Rig) -> None:
    rig.fault("exchange-down")
    rig.stale("momentum-btc")
    eventually(rig.active, lambda active: not active)
    for one in ALL:
        rig.fresh(one)
    assert rig.call("GET", PING).status == 200
    assert rig.wrong() == []


def test_a_strategy_that_is_switched_to_its_fallback_exchange_trades_there(rig: Rig) -> None:
    rig.fault("exchange-down", count=0)
    rig.set_config("momentum-btc", "exchange", {"S": "bybit"})
    rig.fresh("momentum-btc")
    rig.stays_stale("momentum-eth")
    assert rig.wrong() == []


def test_without_an_end_of_its_own_only_the_switch_cures_the_loss_of_an_exchange(rig: Rig) -> None:
    rig.fault("exchange-down", count=0)
    rig.stays_stale(*ALL, seconds=2.0)
    assert rig.active() == ["exchange-down"]
    for one in ALL:
        rig.set_config(one, "exchange", {"S": "bybit"})
    for one in ALL:
        rig.fresh(one)


def test_the_fallback_exchange_answers_while_the_first_one_is_down(rig: Rig) -> None:
    rig.fault("exchange-down", count=0)
    assert rig.call("GET", PING).status == 503
    reply = rig.call("GET", FALLBACK)
    assert (reply.status, reply.json["retCode"]) == (200, 0)
    assert abs(reply.json["time"] / 1000 - time.time()) < 5
    assert rig.call("GET", "/exchange2/v5/order/create").status == 501


def test_the_fallback_exchange_can_be_down_too(rig: Rig) -> None:
    rig.fault("fallback-down", count=0)
    assert rig.call("GET", FALLBACK).status == 503
    assert rig.call("GET", PING).status == 200
    assert all(rig.age(one) < 60 for one in ALL)
    rig.fault("exchange-down", count=0)
    rig.set_config("momentum-btc", "exchange", {"S": "bybit"})
    rig.stays_stale("momentum-btc")
    rig.call("DELETE", "/faults")
    assert rig.call("GET", FALLBACK).status == 200


def test_the_exchange_can_be_down_for_one_strategy(rig: Rig) -> None:
    rig.fault("exchange-down", "momentum-btc", count=0)
    rig.stays_stale("momentum-btc")
    assert all(rig.age(one) < 60 for one in ALL[1:])


def test_a_rate_limited_address_is_told_when_to_come_back(rig: Rig) -> None:
    since = time.time()
    rig.fault("rate-limited", count=1000)
    reply = rig.call("GET", PING)
    assert reply.status == 429
    assert 500 < int(reply.headers["retry-after"]) <= 1000
    assert reply.json["code"] == -1003
    rig.stays_stale(*ALL)
    assert rig.lines(since, "HTTP 429 Too Many Requests Retry-After: ")


def test_a_rate_limit_that_has_passed_comes_back_where_nobody_has_slowed_down(rig: Rig) -> None:
    rig.fault("rate-limited", count=20)
    rig.stays_stale("momentum-btc", seconds=0.8)
    assert rig.call("GET", PING).status == 429


def test_a_rate_limit_is_over_when_it_has_passed_and_the_strategies_have_slowed_down(rig: Rig) -> None:
    rig.fault("rate-limited", count=400)
    for one in ALL:
        rig.set_config(one, "order_cooldown_seconds", {"N": "60"})
    assert rig.age("momentum-btc") > 120, "slowing down is not enough before Retry-After has passed"
    for one in ALL:
        rig.fresh(one)
    assert rig.active() == []
    assert rig.wrong() == []
    assert rig.call("GET", PING).status == 200


def test_a_slower_strategy_is_cured_and_a_fast_one_is_not(rig: Rig) -> None:
    rig.fault("rate-limited", count=20)
    rig.set_config("momentum-btc", "order_cooldown_seconds", {"N": "60"})
    rig.set_config("momentum-eth", "order_cooldown_seconds", {"N": "59"})
    rig.fresh("momentum-btc")
    rig.stays_stale("momentum-eth")


def test_restarting_under_a_rate_limit_brings_a_longer_ban(rig: Rig) -> None:
    rig.fault("rate-limited", count=1500)
    for one in ALL:
        rig.set_config(one, "order_cooldown_seconds", {"N": "60"})
    rig.restart("momentum-btc")
    eventually(lambda: rig.call("GET", PING).status, lambda status: status == 418)
    assert int(rig.call("GET", PING).headers["retry-after"]) > 1500
    assert rig.wrong() == [("rate-limited", "restart momentum-btc", True)]
    rig.redeploy_seen()
    eventually(rig.wrong, lambda wrong: ("rate-limited", "redeploy", True) in wrong)
    assert int(rig.call("GET", PING).headers["retry-after"]) > 3000
