"""How the venue fails, and as what the unmodified ccxt tells it (EXCHANGE: errors by class and code)."""

from __future__ import annotations

import time
from decimal import Decimal
from typing import Any

import ccxt
import pytest

from local.platform.exchange.faults import FAULTS, KINDS, UnknownFault
from local.platform.exchange.server import Keys, Served
from tests.exchange.conftest import SYMBOL, amount, client, order

D = Decimal


def buys(usdm: Any, **params: Any) -> Any:
    return usdm.create_order(SYMBOL, "market", "buy", 0.05, None, params)


@pytest.mark.parametrize(
    ("fault", "options", "error", "code"),
    [
        ("insufficient-balance", {}, ccxt.InsufficientFunds, "-2019"),
        ("insufficient-balance", {"code": -2018}, ccxt.InsufficientFunds, "-2018"),
        ("invalid-price", {}, ccxt.BadRequest, "-4014"),
        ("invalid-price", {"code": -4016}, ccxt.BadRequest, "-4016"),
        ("invalid-price", {"code": -4024}, ccxt.BadRequest, "-4024"),
        ("invalid-price", {"code": -1111}, ccxt.BadRequest, "-1111"),
        ("invalid-price", {"code": -1013}, ccxt.BadRequest, "-1013"),
        ("invalid-price", {"code": -4131}, ccxt.OperationRejected, "-4131"),
        ("invalid-price", {"code": -4164}, ccxt.InvalidOrder, "-4164"),
        ("invalid-symbol", {}, ccxt.BadSymbol, "-1121"),
        ("invalid-symbol", {"code": -4144}, ccxt.BadSymbol, "-4144"),
        ("invalid-symbol", {"code": -4141}, ccxt.OperationRejected, "-4141"),
        ("invalid-symbol", {"code": -4140}, ccxt.BadRequest, "-4140"),
        ("reduce-only-refused", {}, ccxt.InvalidOrder, "-2022"),
        ("reduce-only-refused", {"code": -4118}, ccxt.OperationRejected, "-4118"),
        ("rate-limited", {}, ccxt.DDoSProtection, "-1003"),
        ("banned", {}, ccxt.DDoSProtection, "-1003"),
        ("too-many-orders", {}, ccxt.DDoSProtection, "-1015"),
        ("maintenance", {}, ccxt.BadRequest, "-1016"),
        ("maintenance", {"plain": True}, ccxt.ExchangeNotAvailable, "503"),
        ("overloaded", {}, ccxt.OperationFailed, "-1008"),
        ("disconnected", {}, ccxt.OperationFailed, "-1001"),
        ("internal-timeout", {}, ccxt.RequestTimeout, "-1007"),
        ("no-permission", {}, ccxt.AuthenticationError, "-2015"),
        ("refused", {"code": -5000, "text": "no", "status": 500}, ccxt.ExchangeError, "-5000"),
        ("unavailable", {}, ccxt.ExchangeNotAvailable, "503"),
        ("connection-drop", {}, ccxt.NetworkError, "order"),
    ],
)
def test_a_refusal_comes_as_its_class_with_its_code_and_nothing_is_done(
    served: Served, usdm: Any, fault: str, options: dict[str, Any], error: type[Exception], code: str
) -> None:
    usdm.load_markets()
    served.venue.break_with(fault, 1, **options)
    with pytest.raises(error, match=code):
        buys(usdm)
    assert served.exchange.accounts["main"].orders == []
    assert buys(usdm)["status"] == "closed"


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        ("connection-drop-after-accept", ccxt.NetworkError),
        ("unavailable-after-accept", ccxt.ExchangeError),
        ("internal-timeout-after-accept", ccxt.RequestTimeout),
    ],
)
def test_an_error_may_hide_an_order_that_was_accepted(
    served: Served, usdm: Any, fault: str, error: type[Exception]
) -> None:
    usdm.load_markets()
    served.venue.break_with(fault)
    with pytest.raises((error, ccxt.ExchangeNotAvailable)):
        buys(usdm, clientOrderId="mine")
    assert amount(served.exchange) == D("0.05")
    assert usdm.fetch_order(None, SYMBOL, {"origClientOrderId": "mine"})["status"] == "closed"


@pytest.mark.parametrize(("fault", "bought"), [("timeout-before-accept", "0"), ("timeout-after-accept", "0.05")])
def test_silence_says_nothing_about_the_order(served: Served, usdm: Any, fault: str, bought: str) -> None:
    usdm.load_markets()
    usdm.timeout = 150
    served.venue.break_with(fault, seconds=0.4)
    with pytest.raises(ccxt.RequestTimeout):
        buys(usdm, clientOrderId="mine")
    assert amount(served.exchange) == D(bought)


@pytest.mark.parametrize("fault", ["empty-answer", "cut-answer", "html-answer", "answer-without-id"])
def test_an_unreadable_answer_is_an_order_without_an_id(served: Served, usdm: Any, fault: str) -> None:
    usdm.load_markets()
    served.venue.break_with(fault)
    try:
        answered = buys(usdm, clientOrderId="mine")
    except ccxt.BaseError as error:
        answered = {"id": None, "error": error}
    assert answered["id"] is None
    assert amount(served.exchange) == D("0.05")


def test_a_refused_order_is_told_even_when_the_answer_was_to_be_lost(served: Served, usdm: Any) -> None:
    served.venue.break_with("timeout-after-accept", seconds=5)
    with pytest.raises(ccxt.InvalidOrder, match="-2022"):
        usdm.create_order(SYMBOL, "market", "sell", 0.05, None, {"reduceOnly": True})


@pytest.mark.parametrize(("fault", "seconds"), [("rate-limited", 7), ("banned", 7)])
def test_a_ban_says_when_to_come_back(served: Served, usdm: Any, fault: str, seconds: int) -> None:
    served.venue.break_with(fault, retry_after=seconds)
    with pytest.raises(ccxt.DDoSProtection):
        usdm.fetch_time()
    assert usdm.last_response_headers["retry-after"] == str(seconds)
    assert usdm.fetch_time() > 0


def test_a_fault_lasts_as_many_calls_as_it_was_told(served: Served, usdm: Any) -> None:
    usdm.load_markets()
    served.venue.break_with("insufficient-balance", 2)
    for _ in range(2):
        with pytest.raises(ccxt.InsufficientFunds):
            buys(usdm)
    assert buys(usdm)["status"] == "closed"


def test_a_fault_concerns_only_its_path_and_account(served: Served, usdm: Any) -> None:
    served.venue.break_with("disconnected", None, path="/fapi/v3/positionRisk", account="second")
    usdm.load_markets()
    assert usdm.fetch_positions([SYMBOL]) == []
    second = client(served, served.keys["second"])
    with pytest.raises(ccxt.OperationFailed):
        second.fetch_positions([SYMBOL])
    assert second.fetch_open_orders(SYMBOL) == []


def test_a_partial_fill_leaves_the_rest_unfilled(served: Served, usdm: Any) -> None:
    buys(usdm)
    served.venue.break_with("partial-fill", share="0.4")
    params = {"timeInForce": "IOC", "reduceOnly": True}
    made = usdm.create_order(SYMBOL, "limit", "sell", 0.05, 59900, params)
    assert (made["status"], made["filled"]) == ("expired", 0.02)
    assert amount(served.exchange) == D("0.03")


def test_queries_lag_behind_what_was_done(served: Served, usdm: Any) -> None:
    usdm.load_markets()
    served.venue.break_with("query-lag", seconds=0.4)
    assert buys(usdm, clientOrderId="mine")["status"] == "closed"
    with pytest.raises(ccxt.OrderNotFound, match="-2013"):
        usdm.fetch_order(None, SYMBOL, {"origClientOrderId": "mine"})
    assert usdm.fetch_positions([SYMBOL]) == []
    assert usdm.fetch_my_trades(SYMBOL) == []
    time.sleep(0.5)
    assert usdm.fetch_order(None, SYMBOL, {"origClientOrderId": "mine"})["filled"] == 0.05
    assert usdm.fetch_positions([SYMBOL])[0]["contracts"] == 0.05
    assert len(usdm.fetch_my_trades(SYMBOL)) == 1


def test_a_frozen_account_says_so_in_its_status_and_refuses_orders(served: Served, usdm: Any) -> None:
    served.venue.break_with("account-frozen", account="main")
    with pytest.raises(ccxt.InvalidOrder, match="-2010"):
        buys(usdm)
    assert usdm.fapiPrivateGetAccountConfig()["canTrade"] is False
    assert usdm.sapiGetAccountStatus()["data"] == "Locked"
    assert usdm.sapiGetAccountApiTradingStatus()["data"]["isLocked"] is True
    assert not served.exchange.accounts["second"].rights.frozen
    served.venue.mend()
    assert buys(usdm)["status"] == "closed"


def test_a_key_loses_its_right_to_futures_but_may_still_read_the_wallet(served: Served, usdm: Any) -> None:
    usdm.load_markets()
    served.venue.break_with("key-without-permission")
    with pytest.raises(ccxt.AuthenticationError, match="-2015"):
        usdm.fetch_positions([SYMBOL])
    assert usdm.sapiGetAccountApiRestrictions()["enableFutures"] is False
    served.venue.mend()
    served.venue.break_with("key-revoked")
    with pytest.raises(ccxt.AuthenticationError, match="-2015"):
        usdm.sapiGetAccountApiRestrictions()


def test_a_standing_fault_ends_by_itself_after_its_calls(served: Served, usdm: Any) -> None:
    usdm.load_markets()
    served.venue.break_with("account-frozen", 1)
    with pytest.raises(ccxt.InvalidOrder):
        buys(usdm)
    assert buys(usdm)["status"] == "closed"
    assert served.venue.faults.active == []


def test_the_account_is_switched_to_hedge_mode_under_us(served: Served, usdm: Any) -> None:
    usdm.load_markets()
    served.venue.break_with("hedge-mode")
    with pytest.raises(ccxt.OperationRejected, match="-4061"):
        buys(usdm)
    assert usdm.fetch_position_mode(SYMBOL)["hedged"] is True
    served.venue.mend()
    assert usdm.fetch_position_mode(SYMBOL)["hedged"] is False


@pytest.mark.parametrize("seconds", [30, -30])
def test_a_clock_that_is_off_is_told_and_can_be_read(served: Served, usdm: Any, seconds: int) -> None:
    usdm.load_markets()
    served.venue.break_with("clock-skew", seconds=seconds)
    with pytest.raises(ccxt.InvalidNonce, match="-1021"):
        usdm.fetch_positions([SYMBOL])
    assert usdm.fetch_time() / 1000 - time.time() == pytest.approx(seconds, abs=2)


def test_maintenance_is_told_by_the_wallet_and_lasts_until_it_is_mended(served: Served, usdm: Any) -> None:
    served.venue.break_with("maintenance")
    for _ in range(3):
        with pytest.raises(ccxt.BadRequest, match="-1016"):
            usdm.fetch_time()
    assert usdm.fetch_status()["status"] == "maintenance"
    served.venue.mend()
    assert usdm.fetch_status()["status"] == "ok"


def test_a_venue_that_is_down_answers_nothing_but_the_wallet(served: Served, usdm: Any) -> None:
    served.venue.down = True
    try:
        with pytest.raises(ccxt.BadRequest, match="-1016"):
            usdm.fetch_time()
        assert usdm.fetch_status()["status"] == "ok"
    finally:
        served.venue.down = False


@pytest.mark.parametrize(
    ("keys", "options", "code"),
    [
        (Keys("unknown", "secret"), {}, "-2015"),
        (None, {"recvWindow": 60_001}, "-1131"),
    ],
)
def test_who_is_not_known_is_not_answered(
    served: Served, keys: Keys | None, options: dict[str, Any], code: str
) -> None:
    with pytest.raises(ccxt.BaseError, match=code):
        client(served, keys or served.keys["main"], **options).fapiPrivateGetAccountConfig()


def test_a_wrong_secret_is_a_wrong_signature(served: Served) -> None:
    keys = Keys(served.keys["main"].key, "wrong")
    with pytest.raises(ccxt.AuthenticationError, match="-1022"):
        client(served, keys).create_order(SYMBOL, "market", "buy", 0.05)
    assert served.exchange.accounts["main"].orders == []


def test_the_window_of_a_call_is_held(served: Served, usdm: Any) -> None:
    usdm.nonce = lambda: usdm.milliseconds() - 3000
    with pytest.raises(ccxt.InvalidNonce, match="-1021"):
        usdm.fapiPrivateGetAccountConfig({"recvWindow": 2000})
    assert usdm.fapiPrivateGetAccountConfig({"recvWindow": 4000})["canTrade"] is True


def test_every_call_is_remembered_with_what_it_met(served: Served, usdm: Any) -> None:
    usdm.load_markets()
    served.venue.calls.clear()
    served.venue.break_with("insufficient-balance")
    with pytest.raises(ccxt.InsufficientFunds):
        buys(usdm, clientOrderId="mine")
    buys(usdm, clientOrderId="mine")
    first, second = served.venue.calls
    assert (first.method, first.path, first.account) == ("POST", "/fapi/v1/order", "main")
    assert (first.client_id, first.status, first.fault) == ("mine", 400, "insufficient-balance")
    assert (second.client_id, second.status, second.fault) == ("mine", 200, None)
    assert "signature" not in second.params


def test_one_fault_can_be_mended_and_the_others_stay(served: Served, usdm: Any) -> None:
    usdm.load_markets()
    frozen = served.venue.break_with("account-frozen")
    served.venue.break_with("maintenance")
    served.venue.mend(frozen)
    assert not served.exchange.accounts["main"].rights.frozen
    with pytest.raises(ccxt.BadRequest, match="-1016"):
        usdm.fetch_time()


def test_every_fault_is_described_and_an_unknown_one_is_refused(served: Served) -> None:
    assert set(FAULTS) == set(KINDS)
    assert all(FAULTS.values())
    with pytest.raises(UnknownFault, match="no such fault"):
        served.venue.break_with("typhoon")
    with pytest.raises(UnknownFault, match="no option"):
        served.venue.break_with("partial-fill", half=True)


@pytest.mark.parametrize("fault", sorted(KINDS))
def test_no_fault_breaks_the_venue_itself(served: Served, usdm: Any, fault: str) -> None:
    """Whatever fails: no 5xx of our own making, and mended means as before."""
    usdm.load_markets()
    usdm.timeout = 100
    options: dict[str, Any] = {"seconds": 0.2} if fault.startswith("timeout") else {}
    served.venue.break_with(fault, **options)
    for call in (lambda: buys(usdm), lambda: usdm.fetch_positions([SYMBOL]), usdm.fetch_time):
        try:
            call()
        except ccxt.BaseError:
            continue
    served.venue.mend()
    usdm.timeout = 2000
    before = amount(served.exchange)
    served.exchange.place("main", order("BUY", "0.05"))
    assert amount(served.exchange) == before + D("0.05")
    assert usdm.fetch_positions([SYMBOL])
