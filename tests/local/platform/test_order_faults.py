"""`orders.*`: each makes orders fail until its remedy, and no other remedy makes them pass."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

import pytest

from tests.local.engine.lab import eventually
from tests.local.platform.flows import (
    LIVE,
    at_market,
    cooldown,
    fails,
    offset,
    passes,
    refused,
    scores,
    silent,
    stake,
    symbols,
)
from tests.local.platform.rig import Rig
from tests.local.platform.test_faults_of_orders import signed

ORDER = {"symbol": "BTCUSDT", "side": "BUY", "type": "LIMIT", "timeInForce": "GTC", "quantity": "0.010"}
TOO_MANY = (-1015, -1003)


@pytest.fixture
def desk(rig: Rig) -> Iterator[Rig]:
    rig.call("POST", "/exchange-control/reset", {})
    yield rig
    rig.call("DELETE", "/faults")
    rig.call("POST", "/exchange-control/reset", {})
    left = rig.call("GET", "/positions").json
    assert left == {"table": {}, "venue": []}, "a fault takes back what it opened"


def active(rig: Rig, name: str) -> dict[str, Any]:
    found: dict[str, Any] = next(one for one in rig.call("GET", "/faults").json["active"] if one["name"] == name)
    return found


def rows(rig: Rig) -> dict[str, Any]:
    """The whole orders table by order id: other tests' orders are in it too."""
    found = rig.client("dynamodb").scan(TableName="tradai-orders-local", ConsistentRead=True)["Items"]
    return {one["order_id"]["S"]: one for one in found}


def balance(rig: Rig) -> Decimal:
    return Decimal(signed(rig, "GET", "/fapi/v3/account", {}).json["availableBalance"])


def every_wrong_remedy(rig: Rig, *but: str) -> None:
    """Whatever a runbook might change, except these fields."""
    wrong: dict[str, Callable[[], None]] = {
        "stake_amount": lambda: stake(rig, 250),
        "limit_offset_bps": lambda: offset(rig, 100),
        "order_cooldown_seconds": lambda: cooldown(rig, 60),
        "order_type": lambda: at_market(rig),
    }
    for name, change in wrong.items():
        if name not in but:
            change()


def test_every_trouble_of_orders_is_listed_with_what_it_does(desk: Rig) -> None:
    listed = {one["name"]: one for one in desk.call("GET", "/faults").json["faults"]}
    for name in (
        "insufficient-balance", "invalid-price", "rate-limited", "maintenance", "symbol-delisted", "symbol-renamed",
        "account-frozen", "no-permission", "clock-skew", "stuck-pending",
    ):  # fmt: skip
        assert len(listed[f"orders.{name}"]["about"]) > 40


# Insufficient balance.


def test_orders_fail_for_want_of_margin_until_the_stake_is_small_enough(desk: Rig) -> None:
    desk.fault("orders.insufficient-balance")
    fails(desk, -2019)
    assert balance(desk) == 30, "60 percent of what 500 USDT need at 10 times"
    every_wrong_remedy(desk, "stake_amount")
    stake(desk, 400)
    fails(desk, -2019)
    stake(desk, 250)
    passes(desk)
    stake(desk, 500)
    fails(desk, -2019)


def test_a_position_that_is_closed_frees_the_margin(desk: Rig) -> None:
    desk.fault("orders.insufficient-balance")
    fails(desk, -2019)
    (held,) = desk.call("GET", "/positions").json["venue"]
    order = {"symbol": held["symbol"], "side": "SELL", "type": "MARKET", "quantity": held["amount"]}
    assert signed(desk, "POST", "/fapi/v1/order", {**order, "reduceOnly": "true"}).status == 200
    passes(desk)


def test_funds_that_are_added_are_margin(desk: Rig) -> None:
    desk.fault("orders.insufficient-balance")
    fails(desk, -2019)
    desk.call("POST", "/exchange-control/funds", {"amount": "10"})
    fails(desk, -2019)
    desk.call("POST", "/exchange-control/funds", {"amount": "11"})
    passes(desk)


def test_an_order_over_http_meets_the_same_margin(desk: Rig) -> None:
    desk.fault("orders.insufficient-balance")
    order = {**ORDER, "price": "60030.0"}
    assert signed(desk, "POST", "/fapi/v1/order", order).json["code"] == -2019
    assert signed(desk, "POST", "/fapi/v1/order/test", {**order, "quantity": "0.002"}).status == 200


def test_clearing_gives_the_money_back(desk: Rig) -> None:
    before = balance(desk)
    desk.fault("orders.insufficient-balance", count=10)
    assert balance(desk) == 5
    desk.call("DELETE", "/faults")
    assert abs(balance(desk) - before) < 10, "but for the fees of the position that was opened and left"


# Invalid price.


def test_limits_that_do_not_reach_the_price_fail_until_the_offset_is_wider(desk: Rig) -> None:
    desk.fault("orders.invalid-price")
    fails(desk, -4024)
    every_wrong_remedy(desk, "limit_offset_bps", "order_type")
    offset(desk, 7)
    fails(desk, -4024)
    offset(desk, 10)
    passes(desk)
    offset(desk, 5)
    fails(desk, -4024)
    at_market(desk)
    passes(desk)


def test_a_price_that_moved_farther_needs_more_than_the_small_cap(desk: Rig) -> None:
    desk.fault("orders.invalid-price", count=40)
    offset(desk, 20)
    fails(desk, -4024)
    offset(desk, 40)
    passes(desk)


def test_the_book_stands_away_from_the_mark_while_the_price_has_moved(desk: Rig) -> None:
    desk.fault("orders.invalid-price", count=40)
    premium = desk.call("GET", "/exchange/fapi/v1/premiumIndex?symbol=BTCUSDT").json
    best = desk.call("GET", "/exchange/fapi/v1/ticker/bookTicker?symbol=BTCUSDT").json
    assert (premium["markPrice"], best["askPrice"]) == ("60000.00000000", "60240.00")
    order = {**ORDER, "price": "60030.0"}
    assert signed(desk, "POST", "/fapi/v1/order", order).json["code"] == -4024
    resting = {**order, "price": "59000.0", "timeInForce": "GTX"}
    assert signed(desk, "POST", "/fapi/v1/order", resting).status == 200, "one that is meant to rest"
    desk.call("DELETE", "/faults")
    best = desk.call("GET", "/exchange/fapi/v1/ticker/bookTicker?symbol=BTCUSDT").json
    assert best["askPrice"] == "60000.10"


def test_a_seller_is_told_of_the_cap(desk: Rig) -> None:
    desk.call("POST", "/exchange-control/position", {"symbol": "BTCUSDT", "side": "short", "amount": "0.1"})
    desk.fault("orders.invalid-price", strategy="momentum-btc")
    fails(desk, -4016, strategies=["momentum-btc"])
    offset(desk, 10)
    passes(desk, ["momentum-btc"])


# Rate limit.


def test_too_many_orders_a_minute_fail_until_every_strategy_slows_down(desk: Rig) -> None:
    desk.fault("orders.rate-limited")
    eventually(lambda: scores(desk), lambda now: all(now.get(one, {}).get("failing", 0) > 3 for one in LIVE), 20)
    fails(desk, *TOO_MANY)
    every_wrong_remedy(desk, "order_cooldown_seconds")
    cooldown(desk, 30)
    fails(desk, *TOO_MANY)
    cooldown(desk, 60, LIVE[:2])
    cooldown(desk, 15, LIVE[2:])
    fails(desk, *TOO_MANY, strategies=LIVE[2:])
    cooldown(desk, 60)
    passes(desk)


def test_whoever_goes_on_is_banned_and_the_ban_says_when_it_ends(desk: Rig) -> None:
    desk.fault("orders.rate-limited")
    eventually(lambda: refused(desk, "momentum-btc"), lambda codes: codes == set(TOO_MANY), 20)
    banned = eventually(lambda: desk.call("GET", "/exchange/fapi/v1/ping"), lambda reply: reply.status == 418, 20)
    assert 0 < int(banned.headers["retry-after"]) <= 120
    cooldown(desk, 60)
    passes(desk)
    assert desk.call("GET", "/exchange/fapi/v1/ping").status == 200


def test_an_order_over_http_is_told_when_to_come_back_and_everything_else_is_answered(desk: Rig) -> None:
    desk.fault("orders.rate-limited", count=1)
    found = eventually(
        lambda: signed(desk, "POST", "/fapi/v1/order", {**ORDER, "price": "60030.0"}),
        lambda reply: reply.status == 429,
    )
    assert found.json["code"] == -1015
    assert 0 < int(found.headers["retry-after"]) <= 60


def test_a_restart_of_anything_brings_a_longer_ban(desk: Rig) -> None:
    desk.fault("orders.rate-limited")
    desk.restart("momentum-btc")
    eventually(desk.wrong, lambda wrong: ("orders.rate-limited", "restart momentum-btc", True) in wrong)
    assert int(desk.call("GET", "/exchange/fapi/v1/ping").headers["retry-after"]) > 120


# Maintenance.


def test_orders_fail_until_the_maintenance_ends_as_planned(desk: Rig) -> None:
    desk.fault("orders.maintenance", count=15)
    assert active(desk, "orders.maintenance")["until"] > active(desk, "orders.maintenance")["since"]
    ping = desk.call("GET", "/exchange/fapi/v1/ping")
    assert (ping.status, ping.json["code"]) == (503, -1016)
    assert signed(desk, "POST", "/fapi/v1/order", {**ORDER, "price": "60030.0"}).status == 503
    assert desk.call("GET", "/exchange/sapi/v1/system/status").json["status"] == 1
    every_wrong_remedy(desk)
    fails(desk, -1016)
    passes(desk)
    assert desk.active() == []
    assert desk.call("GET", "/exchange/sapi/v1/system/status").json["status"] == 0


def test_a_maintenance_without_an_end_lasts_until_it_is_cleared(desk: Rig) -> None:
    desk.fault("orders.maintenance", count=0)
    assert active(desk, "orders.maintenance")["until"] is None
    fails(desk, -1016)


# Symbols.


def listed(rig: Rig) -> dict[str, str]:
    info = rig.call("GET", "/exchange/fapi/v1/exchangeInfo").json
    return {one["symbol"]: one["status"] for one in info["symbols"]}


@pytest.mark.parametrize(
    ("count", "code", "status"), [(0, -4141, "SETTLING"), (1, -4140, "PRE_DELIVERING"), (2, -1121, None)]
)
def test_a_delisted_symbol_fails_until_it_is_out_of_the_config(
    desk: Rig, count: int, code: int, status: str | None
) -> None:
    symbols(desk, "momentum-btc", "BTC/USDT:USDT", "ETH/USDT:USDT")
    desk.fault("orders.symbol-delisted", "momentum-btc", count)
    assert (active(desk, "orders.symbol-delisted")["symbol"], listed(desk).get("BTCUSDT")) == (
        "BTC/USDT:USDT", status,
    )  # fmt: skip
    eventually(lambda: refused(desk, "momentum-btc"), lambda codes: codes == {code})
    every_wrong_remedy(desk)
    symbols(desk, "momentum-btc", "BTC/USDT:USDT")
    fails(desk, code, strategies=["momentum-btc"])
    symbols(desk, "momentum-btc", "ETH/USDT:USDT")
    passes(desk, ["momentum-btc"])
    symbols(desk, "momentum-btc")
    silent_now = [one for one in scores(desk) if one != "momentum-btc"]
    assert silent_now == [], "only the named strategy orders"


def test_without_a_strategy_the_others_go_on_and_an_empty_config_is_quiet(desk: Rig) -> None:
    desk.fault("orders.symbol-delisted")
    fails(desk, -4141, strategies=["breakout-bnb"])
    passes(desk, LIVE[1:])
    symbols(desk, "breakout-bnb")
    silent(desk, "breakout-bnb")


def test_a_renamed_symbol_passes_under_its_new_name_only(desk: Rig) -> None:
    desk.fault("orders.symbol-renamed", "meanrev-sol")
    told = active(desk, "orders.symbol-renamed")
    assert (told["symbol"], told["renamed_to"]) == ("SOL/USDT:USDT", "SOL2/USDT:USDT")
    assert "SOLUSDT" not in listed(desk)
    assert listed(desk)["SOL2USDT"] == "TRADING"
    fails(desk, -1121, strategies=["meanrev-sol"])
    every_wrong_remedy(desk)
    symbols(desk, "meanrev-sol", "SOL3/USDT:USDT")
    fails(desk, -1121, strategies=["meanrev-sol"])
    symbols(desk, "meanrev-sol", "SOL2/USDT:USDT")
    passes(desk, ["meanrev-sol"])
    desk.call("DELETE", "/faults")
    assert "SOL2USDT" not in listed(desk)
    assert listed(desk)["SOLUSDT"] == "TRADING"


# What nothing of ours cures.


@pytest.mark.parametrize(
    ("name", "code"), [("account-frozen", -2010), ("no-permission", -2015), ("clock-skew", -1021)]
)
def test_what_only_a_person_can_mend_is_cured_by_no_change_of_a_config(desk: Rig, name: str, code: int) -> None:
    desk.fault(f"orders.{name}")
    fails(desk, code)
    every_wrong_remedy(desk)
    symbols(desk, "momentum-btc", "ETH/USDT:USDT")
    fails(desk, code)
    assert signed(desk, "POST", "/fapi/v1/order", {**ORDER, "price": "60030.0"}).json["code"] == code
    desk.call("DELETE", "/faults")
    assert signed(desk, "POST", "/fapi/v1/order", {**ORDER, "price": "60030.0"}).status == 200


def test_an_account_of_another_strategy_is_not_frozen_with_it(desk: Rig) -> None:
    desk.set_config("momentum-eth", "account", {"S": "second"})
    desk.call("POST", "/platform", {"order_flow": True})
    desk.fault("orders.account-frozen", "momentum-eth")
    fails(desk, -2010, strategies=["momentum-eth"])
    passes(desk, ["momentum-btc"])
    desk.call("POST", "/platform", {"order_flow": False})


# All of them.


def test_a_restart_cures_no_order_and_is_counted(desk: Rig) -> None:
    desk.fault("orders.account-frozen")
    desk.restart("momentum-btc")
    eventually(desk.wrong, lambda wrong: ("orders.account-frozen", "restart momentum-btc", False) in wrong)


def test_a_change_of_a_config_that_cures_nothing_is_counted_and_the_right_one_is_not(desk: Rig) -> None:
    desk.fault("orders.invalid-price")
    fails(desk, -4024)
    stake(desk, 250, ["momentum-btc"])
    wrong = ("orders.invalid-price", "stake_amount of momentum-btc", False)
    eventually(desk.wrong, lambda found: wrong in found)
    offset(desk, 10)
    passes(desk)
    assert all(remedy.startswith("stake_amount") for _, remedy, _ in desk.wrong())


def test_a_fault_of_one_strategy_lets_only_that_one_order(desk: Rig) -> None:
    desk.fault("orders.invalid-price", "momentum-eth")
    fails(desk, -4024, strategies=["momentum-eth"])
    assert set(scores(desk)) == {"momentum-eth"}


def test_the_flow_goes_on_after_its_fault_is_over_and_ends_when_faults_are_cleared(desk: Rig) -> None:
    desk.fault("orders.maintenance", count=1)
    eventually(desk.active, lambda names: names == [])
    passes(desk)
    desk.call("DELETE", "/faults")
    desk.call("DELETE", "/stats")
    desk.holds(lambda: scores(desk) == {})


def test_a_failed_order_is_an_error_line_as_a_bot_writes_it(desk: Rig) -> None:
    since = time.time()
    desk.fault("orders.insufficient-balance")
    line = json.loads(eventually(lambda: desk.lines(since, "order_failed"), bool)[0])
    assert (line["level"], line["symbol"].split("/")[1]) == ("ERROR", "USDT:USDT")
    assert line["error"] == 'InsufficientFunds: binanceusdm {"code":-2019,"msg":"Margin is insufficient."}'
    desk.call("POST", "/platform", {"plain_lines": True})
    plain = eventually(lambda: desk.lines(since, " - ERROR - "), bool)[0]
    assert plain.endswith(
        'failed: ccxt.base.errors.InsufficientFunds: binanceusdm {"code":-2019,"msg":"Margin is insufficient."}'
    )
    desk.call("POST", "/platform", {"plain_lines": False})


def test_a_failed_order_is_a_rejected_row_with_the_venues_words(desk: Rig) -> None:
    desk.fault("orders.account-frozen")
    earlier = set(rows(desk))
    fails(desk, -2010)
    items = [one for key, one in rows(desk).items() if key not in earlier]
    said = {(one["status"]["S"], one.get("error", {}).get("S")) for one in items}
    assert ("rejected", "-2010 This action is disabled on this account.") in said
    assert {status for status, _ in said} <= {"rejected", "pending"}


@pytest.mark.parametrize(
    ("name", "count", "word"),
    [
        ("insufficient-balance", 100, "percent"),
        ("invalid-price", 500, "basis points"),
        ("symbol-delisted", 3, "SETTLING"),
        ("stuck-pending", 4, "entry"),
    ],
)
def test_a_count_that_makes_no_sense_is_refused_and_changes_nothing(
    desk: Rig, name: str, count: int, word: str
) -> None:
    reply = desk.call("POST", "/faults", {"name": f"orders.{name}", "count": count})
    assert (reply.status, word in reply.json["message"]) == (400, True), reply.text
    assert desk.active() == []


def test_no_strategy_that_trades_live_means_no_trouble_of_orders(desk: Rig) -> None:
    reply = desk.call("POST", "/faults", {"name": "orders.invalid-price", "strategy": "carry-xrp"})
    assert (reply.status, "trades live" in reply.json["message"]) == (400, True)
