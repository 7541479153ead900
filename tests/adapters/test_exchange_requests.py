"""What is said to Binance USD-M on the wire, and how its answers are read: the real ccxt, a venue that we play."""

from __future__ import annotations

import hashlib
import hmac
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any
from urllib.parse import urlencode

import pytest

from functions.adapters.exchange.ccxt_client import READ_AHEAD
from functions.adapters.exchange.reading import millis
from functions.adapters.exchange.venues.binance_facts import order_of
from functions.errors import Refused, Transient
from functions.ports import Exchange
from functions.ports.exchange import RECV_WINDOW, SETTLES_WITHIN
from functions.rules.closing.settled import GOES_OUT_WITHIN
from functions.venue import NewOrder, OrderStatus
from tests.adapters.venue_answers import (
    BTC,
    KEY,
    LONG,
    MAIN,
    MARKET,
    NOW,
    SHORT,
    Answer,
    Answers,
    Secrets,
    exchange_at,
    venue,
)

ORDER, ALGO = "/fapi/v1/order", "/fapi/v1/algoOrder"
ALGOS = "GET /fapi/v1/allAlgoOrders"
TRADES, INCOME = "GET /fapi/v1/userTrades", "GET /fapi/v1/income"
PLACED: dict[str, Any] = {
    "orderId": 12,
    "clientOrderId": "ours1",
    "symbol": "BTCUSDT",
    "side": "SELL",
    "type": "LIMIT",
    "origType": "LIMIT",
    "status": "EXPIRED",
    "origQty": "0.050",
    "executedQty": "0.020",
    "avgPrice": "59800.123456789012345678",
    "price": "59700.0",
    "stopPrice": "0.00",
    "reduceOnly": True,
    "closePosition": False,
    "positionSide": "BOTH",
    "timeInForce": "IOC",
    "updateTime": 1769828400123,
}
TRAILING: dict[str, Any] = {
    "algoId": 3358,
    "clientAlgoId": "stop1",
    "algoType": "CONDITIONAL",
    "orderType": "TRAILING_STOP_MARKET",
    "symbol": "BTCUSDT",
    "side": "SELL",
    "positionSide": "BOTH",
    "timeInForce": "GTC",
    "quantity": "0.050",
    "algoStatus": "NEW",
    "triggerPrice": "0.00",
    "price": "0.00",
    "icebergQuantity": None,
    "selfTradePreventionMode": "EXPIRE_MAKER",
    "workingType": "MARK_PRICE",
    "priceMatch": "NONE",
    "closePosition": False,
    "priceProtect": True,
    "reduceOnly": True,
    "activatePrice": "61000.0",
    "callbackRate": "1.5",
    "createTime": 1769828400000,
    "goodTillDate": 0,
}


@pytest.fixture(scope="module")
def playing() -> Iterator[tuple[Answers, Exchange]]:
    with venue() as (answers, url):
        yield answers, exchange_at(url)


@pytest.fixture
def answers(playing: tuple[Answers, Exchange]) -> Answers:
    playing[0].reset()
    return playing[0]


@pytest.fixture
def exchange(playing: tuple[Answers, Exchange]) -> Exchange:
    return playing[1]


def said_of(answers: Answers, what: str) -> dict[str, str]:
    """The fields of the only request, without what signing adds."""
    (asked,) = answers.to(what)
    return {
        name: value for name, value in asked.fields.items() if name not in ("timestamp", "recvWindow", "signature")
    }


def new(**changed: Any) -> NewOrder:
    return replace(NewOrder("ours1", LONG, Decimal("0.050"), Decimal("59700.0"), hedged=False), **changed)


def test_a_bounded_close_is_one_reduce_only_immediate_or_cancel_order(answers: Answers, exchange: Exchange) -> None:
    answers.says(f"POST {ORDER}", PLACED)
    made = exchange.create(MAIN, new())
    assert said_of(answers, f"POST {ORDER}") == {
        "symbol": "BTCUSDT",
        "side": "SELL",
        "type": "LIMIT",
        "timeInForce": "IOC",
        "quantity": "0.05",
        "price": "59700",
        "reduceOnly": "true",
        "newClientOrderId": "ours1",
        "newOrderRespType": "RESULT",
    }
    assert (made.order_id, made.status, made.filled) == ("12", OrderStatus.EXPIRED, Decimal("0.02"))
    assert made.average == Decimal("59800.123456789012345678"), "no float in between"
    assert made.created_at == datetime(2026, 1, 31, 3, 0, 0, 123_000, tzinfo=UTC)


def test_an_order_that_the_readings_before_it_have_held_up_does_not_leave() -> None:
    """The markets of a new client: from its mark on, the order is looked for only so long."""
    with venue() as (heard, url):
        heard.says("GET /fapi/v1/exchangeInfo", Answer({"symbols": [MARKET]}, delay=READ_AHEAD + 0.1))
        heard.says(f"POST {ORDER}", PLACED)
        exchange = exchange_at(url)
        with pytest.raises(Transient, match="not sent"):
            exchange.create(MAIN, new())
        assert heard.to(f"POST {ORDER}") == []
        assert exchange.create(MAIN, new()).client_order_id == "ours1"


def test_protection_is_placed_again_however_long_the_readings_took() -> None:
    with venue() as (heard, url):
        heard.says("GET /fapi/v1/exchangeInfo", Answer({"symbols": [MARKET]}, delay=READ_AHEAD + 0.1))
        heard.says(f"POST {ORDER}", PLACED)
        resting = replace(order_of(PLACED, BTC), trigger=False)
        assert exchange_at(url).place_again(MAIN, resting, "ours1").order_id == "12"


def test_an_order_is_waited_for_longer_than_it_can_be_on_its_way() -> None:
    """Its mark, the readings, the receive window, and a clock that is a second ahead, as Binance allows."""
    assert GOES_OUT_WITHIN + READ_AHEAD + RECV_WINDOW + 1 < SETTLES_WITHIN


def test_in_hedge_mode_the_position_side_says_that_it_closes(answers: Answers, exchange: Exchange) -> None:
    answers.says(f"POST {ORDER}", {**PLACED, "side": "BUY", "positionSide": "SHORT"})
    exchange.create(MAIN, new(unit=SHORT, hedged=True))
    said = said_of(answers, f"POST {ORDER}")
    assert (said["side"], said["positionSide"]) == ("BUY", "SHORT")
    assert "reduceOnly" not in said


def test_an_order_at_any_price_sends_none(answers: Answers, exchange: Exchange) -> None:
    answers.says(f"POST {ORDER}", {**PLACED, "type": "MARKET", "price": "0"})
    exchange.create(MAIN, new(price=None))
    said = said_of(answers, f"POST {ORDER}")
    assert said["type"] == "MARKET"
    assert not {"price", "timeInForce"} & set(said)


def test_amounts_and_prices_are_sent_without_an_exponent(answers: Answers, exchange: Exchange) -> None:
    answers.says(f"POST {ORDER}", PLACED)
    exchange.create(MAIN, new(amount=Decimal("1E-7"), price=Decimal("6E+4")))
    said = said_of(answers, f"POST {ORDER}")
    assert (said["quantity"], said["price"]) == ("0.0000001", "60000")


def test_every_signed_request_carries_its_window_and_our_signature(answers: Answers, exchange: Exchange) -> None:
    answers.says(f"POST {ORDER}", PLACED)
    exchange.create(MAIN, new())
    (asked,) = answers.to(f"POST {ORDER}")
    signed = {name: value for name, value in asked.fields.items() if name != "signature"}
    expected = hmac.new(KEY["secret"].encode(), urlencode(signed).encode(), hashlib.sha256).hexdigest()
    assert asked.fields["signature"] == expected
    assert asked.fields["recvWindow"] == "4000"
    assert asked.headers["X-MBX-APIKEY"] == KEY["apiKey"]


def test_a_trailing_stop_comes_back_with_everything_that_it_had(answers: Answers, exchange: Exchange) -> None:
    answers.says("GET /fapi/v1/openOrders", [])
    answers.says("GET /fapi/v1/openAlgoOrders", [TRAILING])
    answers.says(f"POST {ALGO}", {**TRAILING, "algoId": 3359, "clientAlgoId": "stop2"})
    (stood,) = exchange.orders(MAIN, BTC)
    assert stood.protects(LONG)
    again = exchange.place_again(MAIN, stood, "stop2")
    assert (again.order_id, again.client_order_id) == ("3359", "stop2")
    assert said_of(answers, f"POST {ALGO}") == {
        "algoType": "CONDITIONAL",
        "symbol": "BTCUSDT",
        "side": "SELL",
        "type": "TRAILING_STOP_MARKET",
        "quantity": "0.05",
        "reduceOnly": "true",
        "timeInForce": "GTC",
        "workingType": "MARK_PRICE",
        "priceProtect": "true",
        "selfTradePreventionMode": "EXPIRE_MAKER",
        "activatePrice": "61000.0",
        "callbackRate": "1.5",
        "clientAlgoId": "stop2",
    }


def test_a_stop_of_the_whole_position_names_no_amount(answers: Answers, exchange: Exchange) -> None:
    whole = {"closePosition": True, "quantity": "0", "reduceOnly": False, "orderType": "STOP_MARKET"}
    stop = {**TRAILING, **whole, "triggerPrice": "55000.0", "activatePrice": "", "callbackRate": None}
    answers.says("GET /fapi/v1/openOrders", [])
    answers.says("GET /fapi/v1/openAlgoOrders", [{**stop, "positionSide": "LONG"}])
    answers.says(f"POST {ALGO}", {**stop, "positionSide": "LONG", "clientAlgoId": "stop2"})
    (stood,) = exchange.orders(MAIN, None)
    assert (stood.protects(LONG), stood.protects(SHORT)) == (True, False)
    exchange.place_again(MAIN, stood, "stop2")
    said = said_of(answers, f"POST {ALGO}")
    assert (said["closePosition"], said["triggerPrice"], said["positionSide"]) == ("true", "55000", "LONG")
    assert not {"quantity", "reduceOnly", "activatePrice", "callbackRate"} & set(said)


def test_a_resting_order_comes_back_as_it_was_less_what_is_filled(answers: Answers, exchange: Exchange) -> None:
    resting = {**PLACED, "status": "PARTIALLY_FILLED", "timeInForce": "GTX", "clientOrderId": "exit1"}
    answers.says("GET /fapi/v1/openOrders", [resting])
    answers.says("GET /fapi/v1/openAlgoOrders", [])
    answers.says(f"POST {ORDER}", {**resting, "clientOrderId": "exit2"})
    (stood,) = exchange.orders(MAIN, BTC)
    assert not stood.trigger
    exchange.place_again(MAIN, stood, "exit2")
    said = said_of(answers, f"POST {ORDER}")
    assert (said["quantity"], said["timeInForce"], said["type"]) == ("0.03", "GTX", "LIMIT")
    assert (said["newClientOrderId"], said["reduceOnly"], said["price"]) == ("exit2", "true", "59700")


def test_each_kind_of_order_is_cancelled_where_it_lives(answers: Answers, exchange: Exchange) -> None:
    answers.says("GET /fapi/v1/openOrders", [PLACED])
    answers.says("GET /fapi/v1/openAlgoOrders", [TRAILING])
    answers.says(f"DELETE {ORDER}", {**PLACED, "status": "CANCELED"})
    answers.says(f"DELETE {ALGO}", {"algoId": 3358, "clientAlgoId": "stop1", "code": "200", "msg": "success"})
    plain, waiting = exchange.orders(MAIN, BTC)
    assert exchange.cancel(MAIN, plain)
    assert exchange.cancel(MAIN, waiting)
    assert said_of(answers, f"DELETE {ORDER}") == {"symbol": "BTCUSDT", "orderId": "12"}
    assert said_of(answers, f"DELETE {ALGO}") == {"algoId": "3358"}


def test_a_stop_that_was_triggered_is_told_with_what_it_filled(answers: Answers, exchange: Exchange) -> None:
    missing = Answer({"code": -2013, "msg": "Order does not exist."}, 400)
    filled = {**PLACED, "orderId": 99, "status": "FILLED", "executedQty": "0.050", "clientOrderId": "theirs"}
    answers.says(f"GET {ORDER}", missing, filled)
    answers.says(f"GET {ALGO}", {**TRAILING, "algoStatus": "FINISHED", "actualOrderId": "99"})
    found = exchange.order(MAIN, BTC, "stop1")
    assert found is not None
    assert (found.order_id, found.client_order_id) == ("3358", "stop1")
    assert (found.status, found.filled) == (OrderStatus.FILLED, Decimal("0.05"))
    by_id = answers.to(f"GET {ORDER}")
    assert by_id[0].fields["origClientOrderId"] == "stop1"
    assert by_id[1].fields["orderId"] == "99"


def test_a_stop_that_is_over_without_an_order_is_not_taken_for_working(
    answers: Answers, exchange: Exchange
) -> None:
    answers.says(f"GET {ORDER}", Answer({"code": -2013, "msg": "Order does not exist."}, 400))
    answers.says(f"GET {ALGO}", {**TRAILING, "algoStatus": "FINISHED", "actualOrderId": ""})
    found = exchange.order(MAIN, BTC, "stop1")
    assert found is not None
    assert found.status is OrderStatus.UNKNOWN


UNDOCUMENTED = Answer({"code": -1130, "msg": "Data sent for parameter 'clientAlgoId' is not valid."}, 400)
MISSING = Answer({"code": -2013, "msg": "Order does not exist."}, 400)


def test_an_id_that_the_algo_endpoint_refuses_in_its_own_way_is_looked_for_in_the_lists(
    answers: Answers, exchange: Exchange
) -> None:
    """Else an attempt that was never accepted could not be settled until the turns are over."""
    answers.says(f"GET {ORDER}", MISSING)
    answers.says(f"GET {ALGO}", UNDOCUMENTED)
    answers.says("GET /fapi/v1/openAlgoOrders", [{**TRAILING, "clientAlgoId": "another"}])
    assert exchange.order(MAIN, BTC, "ours1") is None
    spans = sorted((int(one.fields["startTime"]), int(one.fields["endTime"])) for one in answers.to(ALGOS))
    assert all(0 < end - start < 7 * 86_400_000 for start, end in spans)
    assert spans[-1][1] - spans[0][0] >= 90 * 86_400_000
    assert all(after[0] == before[1] + 1 for before, after in pairwise(spans))


@pytest.mark.parametrize("working", [True, False])
def test_a_stop_that_the_algo_endpoint_does_not_find_is_told_from_the_lists(
    answers: Answers, exchange: Exchange, working: bool
) -> None:
    answers.says(f"GET {ORDER}", MISSING)
    answers.says(f"GET {ALGO}", UNDOCUMENTED)
    over = {**TRAILING, "algoStatus": "CANCELED"}
    answers.says("GET /fapi/v1/openAlgoOrders", [TRAILING] if working else [])
    answers.says(ALGOS, [over], [])
    found = exchange.order(MAIN, BTC, "stop1")
    assert found is not None
    assert found.status is (OrderStatus.OPEN if working else OrderStatus.CANCELED)


@pytest.mark.parametrize(
    "later",
    [
        Answer({"code": -1003, "msg": "Too many requests."}, 429),
        Answer({"code": -1016, "msg": "This service is no longer available."}, 503),
        Answer({"code": -2015, "msg": "Invalid API-key, IP, or permissions for action."}, 401),
        Answer("<html>", 502),
    ],
)
def test_a_look_up_that_failed_finds_nothing_out(answers: Answers, exchange: Exchange, later: Answer) -> None:
    answers.says(f"GET {ORDER}", MISSING)
    answers.says(f"GET {ALGO}", later)
    with pytest.raises((Transient, Refused)):
        exchange.order(MAIN, BTC, "ours1")
    assert answers.to(ALGOS) == []


def test_lists_that_fail_find_nothing_out(answers: Answers, exchange: Exchange) -> None:
    answers.says(f"GET {ORDER}", MISSING)
    answers.says(f"GET {ALGO}", UNDOCUMENTED)
    answers.says("GET /fapi/v1/openAlgoOrders", [])
    answers.says(ALGOS, {"not": "a list"})
    with pytest.raises(Transient, match="allAlgoOrders"):
        exchange.order(MAIN, BTC, "ours1")


def trade(number: int, at: datetime) -> dict[str, Any]:
    said = {"symbol": "BTCUSDT", "id": number, "orderId": 12, "side": "SELL", "positionSide": "BOTH"}
    paid = {"qty": "0.001", "price": "59800.10", "commission": "0.0000299", "commissionAsset": "BNB"}
    return {**said, **paid, "time": millis(at)}


def test_fills_are_read_over_all_windows_and_pages(answers: Answers, exchange: Exchange) -> None:
    """At most 7 days between two times, at most 1000 a page, and never both ways of asking at once."""
    since = datetime.now(UTC) - timedelta(days=16)
    begun = datetime.now(UTC) - timedelta(days=5)
    pages = [[trade(n, begun + timedelta(seconds=n)) for n in range(start, start + 1_000)] for start in (1, 1_001)]
    answers.says(TRADES, [], [], pages[0], pages[1], [trade(2_001, begun + timedelta(days=1))], [])
    found = exchange.fills(MAIN, BTC, since)
    assert [int(fill.fill_id) for fill in found] == list(range(1, 2_002))
    assert (found[0].amount, found[0].price) == (Decimal("0.001"), Decimal("59800.10"))
    assert (found[0].fee, found[0].fee_asset) == (Decimal("0.0000299"), "BNB")
    asked = [one.fields for one in answers.to(TRADES)]
    spans = [(int(one["startTime"]), int(one["endTime"])) for one in asked[:3]]
    assert spans[0][0] == millis(since)
    assert all(0 < end - start < 7 * 86_400_000 for start, end in spans)
    assert all(after[0] == before[1] + 1 for before, after in pairwise(spans))
    assert [one.get("fromId") for one in asked] == [None, None, None, "1001", "2001", "2002"]
    assert not any("startTime" in one for one in asked[3:])


def test_no_fills_are_no_fills(answers: Answers, exchange: Exchange) -> None:
    answers.says(TRADES, [])
    assert exchange.fills(MAIN, BTC, datetime.now(UTC) - timedelta(hours=1)) == []
    assert len(answers.to(TRADES)) == 1


def test_funding_is_read_over_all_pages_and_each_payment_once(answers: Answers, exchange: Exchange) -> None:
    now = datetime.now(UTC)
    paid = [
        {"symbol": "BTCUSDT", "incomeType": "FUNDING_FEE", "income": "-0.375", "asset": "USDT", "tranId": n}
        | {"time": millis(now) - 1_000 * n}
        for n in range(1_001)
    ]
    answers.says(INCOME, paid[:1_000], paid[999:])
    found = exchange.funding(MAIN, BTC, now - timedelta(days=2))
    assert len(found) == 1_001
    assert (found[0].amount, found[0].asset) == (Decimal("-0.375"), "USDT")
    assert [one.fields["page"] for one in answers.to(INCOME)] == ["1", "2"]
    assert answers.to(INCOME)[0].fields["incomeType"] == "FUNDING_FEE"


def test_a_rate_is_the_close_of_its_own_minute(answers: Answers, exchange: Exchange) -> None:
    at = datetime(2026, 1, 31, 2, 59, 42, tzinfo=UTC)
    minute = millis(at.replace(second=0))
    answers.says("GET /fapi/v1/klines", [[minute, "600", "602", "599", "601.25", "1", minute + 59_999]])
    assert exchange.rate(MAIN, "BNB", "USDT", at) == Decimal("601.25")
    assert said_of(answers, "GET /fapi/v1/klines") == {
        "symbol": "BNBUSDT",
        "interval": "1m",
        "startTime": str(minute),
        "endTime": str(minute + 59_999),
        "limit": "1",
    }


@pytest.mark.parametrize("candles", [[], [[1_769_828_000_000, "1", "1", "1", "1"]]])
def test_a_rate_of_another_minute_is_not_known(answers: Answers, exchange: Exchange, candles: list[Any]) -> None:
    answers.says("GET /fapi/v1/klines", candles)
    assert exchange.rate(MAIN, "BNB", "USDT", NOW - timedelta(minutes=1)) is None


HEALTHY = {
    "GET /sapi/v1/account/apiRestrictions": {
        "ipRestrict": True,
        "enableWithdrawals": False,
        "enableFutures": True,
    },
    "GET /sapi/v1/account/status": {"data": "Normal"},
    "GET /sapi/v1/account/apiTradingStatus": {"data": {"isLocked": False}},
    "GET /fapi/v1/accountConfig": {"canTrade": True},
    "GET /fapi/v3/account": {
        "totalMarginBalance": "1000.5",
        "totalMaintMargin": "100.05",
        "availableBalance": "800.25",
    },
    "GET /fapi/v1/time": {"serverTime": 1},
}


@pytest.mark.parametrize(
    ("what", "answer", "fields"),
    [
        (None, None, {"can_trade": True, "can_withdraw": False, "ip_restricted": True, "frozen": False}),
        (
            "sapi/v1/account/apiRestrictions",
            {"ipRestrict": False, "enableWithdrawals": True, "enableFutures": False},
            {"can_trade": False, "can_withdraw": True, "ip_restricted": False},
        ),
        (
            "sapi/v1/account/status",
            {"data": "Locked"},
            {"frozen": True, "frozen_why": "account status: Locked"},
        ),
        (
            "sapi/v1/account/apiTradingStatus",
            {"data": {"isLocked": True}},
            {"frozen": True, "frozen_why": "trading by API is locked"},
        ),
        ("fapi/v1/accountConfig", {"canTrade": False}, {"can_trade": False, "frozen": False}),
        ("fapi/v1/positionSide/dual", {"dualSidePosition": True}, {"hedged": True}),
    ],
)
def test_what_the_account_says_of_itself(
    answers: Answers, exchange: Exchange, what: str | None, answer: Any, fields: dict[str, Any]
) -> None:
    for path, healthy in HEALTHY.items():
        answers.says(path, healthy)
    if what:
        answers.says(f"GET /{what}", answer)
    account = exchange.account(MAIN)
    assert {name: getattr(account, name) for name in fields} == fields
    assert account.unread == ()
    assert (account.equity, account.available) == (Decimal("1000.5"), Decimal("800.25"))
    assert account.margin_ratio == Decimal("0.1")


@pytest.mark.parametrize(
    ("path", "fields"),
    [
        ("GET /sapi/v1/account/apiRestrictions", ("can_withdraw", "ip_restricted")),
        ("GET /sapi/v1/account/status", ("frozen", "frozen_why")),
        ("GET /sapi/v1/account/apiTradingStatus", ("frozen", "frozen_why")),
        ("GET /fapi/v1/accountConfig", ("can_trade",)),
        ("GET /fapi/v1/positionSide/dual", ("hedged",)),
        ("GET /fapi/v3/account", ("equity", "available", "margin_ratio")),
        ("GET /fapi/v1/time", ("clock_skew",)),
    ],
)
@pytest.mark.parametrize("broken", [Answer(b"", 503), Answer(b"<html>"), Answer({"data": {}})])
def test_a_part_of_the_account_that_cannot_be_read_is_unknown(
    answers: Answers, exchange: Exchange, path: str, fields: tuple[str, ...], broken: Answer
) -> None:
    for one, healthy in HEALTHY.items():
        answers.says(one, healthy)
    answers.says(path, broken)
    account = exchange.account(MAIN)
    assert [getattr(account, name) for name in fields] == [None] * len(fields)
    assert len(account.unread) == 1


def test_how_far_our_clock_is_ahead_is_measured(answers: Answers, exchange: Exchange) -> None:
    for path, healthy in HEALTHY.items():
        answers.says(path, healthy)
    answers.says("GET /fapi/v1/time", {"serverTime": millis(datetime.now(UTC)) - 30_000})
    skew = exchange.account(MAIN).clock_skew
    assert skew is not None
    assert 29 < skew < 32


def test_markets_are_loaded_once_and_again_only_where_one_is_asked_for(answers: Answers) -> None:
    with venue() as (fresh, url):
        exchange = exchange_at(url)
        fresh.says("GET /fapi/v3/positionRisk", [])
        for _ in range(3):
            exchange.position(LONG)
        assert len(fresh.to("GET /fapi/v1/exchangeInfo")) == 1
        exchange.market(MAIN, BTC)
        assert len(fresh.to("GET /fapi/v1/exchangeInfo")) == 2


def test_a_symbol_that_was_listed_meanwhile_is_found() -> None:
    with venue() as (fresh, url):
        exchange = exchange_at(url)
        fresh.says("GET /fapi/v3/positionRisk", [])
        exchange.position(LONG)
        listed = {**MARKET, "symbol": "NEWUSDT", "pair": "NEWUSDT", "baseAsset": "NEW"}
        fresh.says("GET /fapi/v1/exchangeInfo", {"symbols": [MARKET, listed]})
        row = {"symbol": "NEWUSDT", "positionSide": "BOTH", "positionAmt": "-7", "entryPrice": "2"}
        fresh.says("GET /fapi/v3/positionRisk", [row])
        found = exchange.position(replace(SHORT, symbol="NEW/USDT:USDT"))
        assert found.amount == 7
        other = exchange_at(url)
        fresh.says("GET /fapi/v1/exchangeInfo", {"symbols": [MARKET]}, {"symbols": [MARKET, listed]})
        assert [one.unit.symbol for one in other.positions(MAIN)] == ["NEW/USDT:USDT"]


def test_a_status_needs_no_key(answers: Answers) -> None:
    with venue() as (fresh, url):
        secrets = Secrets()
        fresh.says("GET /fapi/v1/ping", {})
        fresh.says("GET /fapi/v1/time", {"serverTime": 1_769_828_400_000})
        exchange_at(url, secrets).status("binanceusdm")
        assert secrets.asked == []


def test_the_position_mode_that_changes_between_two_readings_is_no_position(
    answers: Answers, exchange: Exchange
) -> None:
    row = {"symbol": "BTCUSDT", "positionSide": "LONG", "positionAmt": "0.05", "entryPrice": "60000"}
    answers.says("GET /fapi/v3/positionRisk", [row])
    with pytest.raises(Exception, match="position mode was changed"):
        exchange.position(LONG)


def test_ccxt_is_imported_only_when_a_venue_is_spoken_to() -> None:
    program = (
        "import sys\n"
        "from functions.adapters.exchange import exchanges\n"
        "from functions.adapters.exchange.venues import binanceusdm\n"
        "exchanges(None, None, None, environment={})\n"
        "sys.exit('ccxt' in sys.modules)\n"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


def test_an_answer_about_another_order_cancels_none(answers: Answers, exchange: Exchange) -> None:
    answers.says("GET /fapi/v1/openOrders", [PLACED])
    answers.says("GET /fapi/v1/openAlgoOrders", [])
    answers.says(f"DELETE {ORDER}", {**PLACED, "orderId": 13})
    (order,) = exchange.orders(MAIN, BTC)
    with pytest.raises(Transient, match="about 13"):
        exchange.cancel(MAIN, order)


def test_a_stop_with_a_limit_price_keeps_both(answers: Answers, exchange: Exchange) -> None:
    stop = {**TRAILING, "orderType": "STOP", "triggerPrice": "55000.0", "price": "54900.0", "activatePrice": ""}
    answers.says("GET /fapi/v1/openOrders", [])
    answers.says("GET /fapi/v1/openAlgoOrders", [stop])
    answers.says(f"POST {ALGO}", {**stop, "clientAlgoId": "stop2"})
    (stood,) = exchange.orders(MAIN, BTC)
    exchange.place_again(MAIN, stood, "stop2")
    said = said_of(answers, f"POST {ALGO}")
    assert (said["type"], said["triggerPrice"], said["price"]) == ("STOP", "55000", "54900")


def test_an_order_of_a_market_that_is_listed_no_more_is_not_left_out(answers: Answers, exchange: Exchange) -> None:
    answers.says("GET /fapi/v1/openOrders", [{**PLACED, "symbol": "ODDUSDT"}])
    answers.says("GET /fapi/v1/openAlgoOrders", [])
    assert [one.symbol for one in exchange.orders(MAIN, None)] == ["ODD/USDT:USDT"]


def test_pages_that_never_end_are_no_answer(answers: Answers, exchange: Exchange) -> None:
    now = datetime.now(UTC)
    answers.says(TRADES, [trade(1, now)])
    with pytest.raises(Transient, match="more than 100 pages"):
        exchange.fills(MAIN, BTC, now - timedelta(hours=1))
    payment = {"income": "-0.375", "asset": "USDT", "tranId": 1, "time": millis(now)}
    answers.says(INCOME, [payment] * 1_000)
    with pytest.raises(Transient, match="more than 100 pages"):
        exchange.funding(MAIN, BTC, now - timedelta(hours=1))


def test_candles_that_are_no_list_are_no_rate(answers: Answers, exchange: Exchange) -> None:
    answers.says("GET /fapi/v1/klines", {})
    with pytest.raises(Transient, match="no list"):
        exchange.rate(MAIN, "BNB", "USDT", NOW)
    assert exchange.rate(MAIN, "USDT", "USDT", NOW) == 1
    assert exchange.rate(MAIN, "NOBODY", "USDT", NOW) is None


def test_a_trailing_stop_whose_rate_is_not_told_is_not_placed_as_another(
    answers: Answers, exchange: Exchange
) -> None:
    answers.says("GET /fapi/v1/openOrders", [])
    answers.says("GET /fapi/v1/openAlgoOrders", [{**TRAILING, "callbackRate": None}])
    (stood,) = exchange.orders(MAIN, BTC)
    with pytest.raises(Refused, match="callback rate"):
        exchange.place_again(MAIN, stood, "stop2")
    assert not answers.to(f"POST {ALGO}")


def test_an_order_whose_price_the_venue_matches_names_none(answers: Answers, exchange: Exchange) -> None:
    resting = {**PLACED, "status": "NEW", "timeInForce": "GTC", "priceMatch": "QUEUE"}
    answers.says("GET /fapi/v1/openOrders", [resting])
    answers.says("GET /fapi/v1/openAlgoOrders", [])
    answers.says(f"POST {ORDER}", {**resting, "clientOrderId": "exit2"})
    (stood,) = exchange.orders(MAIN, BTC)
    exchange.place_again(MAIN, stood, "exit2")
    said = said_of(answers, f"POST {ORDER}")
    assert said["priceMatch"] == "QUEUE"
    assert "price" not in said
