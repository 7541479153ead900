"""Binance's own SDK against the venue: its models are strict about what the API says of each field."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from binance_common.errors import (
    BadRequestError,
    RateLimitBanError,
    ServerError,
    TooManyRequestsError,
    UnauthorizedError,
)

from local.platform.exchange.server import Served
from tests.exchange.conftest import amount, order, stop

D = Decimal
BTC = "BTCUSDT"


def buy(sdk: Any, **more: Any) -> Any:
    return sdk.new_order(BTC, "BUY", "MARKET", quantity=0.05, new_order_resp_type="RESULT", **more).data()


def test_the_market_is_described(sdk: Any) -> None:
    assert sdk.check_server_time().data().server_time > 1_700_000_000_000
    (btc,) = [one for one in sdk.exchange_information().data().symbols if one.symbol == BTC]
    assert (btc.status, btc.quantity_precision, btc.margin_asset) == ("TRADING", 3, "USDT")
    book = sdk.order_book(BTC, limit=5).data()
    assert (len(book.bids), book.bids[0][0], book.asks[0][0]) == (5, "60000.00", "60000.10")
    sdk.test_connectivity()


def test_an_order_is_placed_looked_up_and_cancelled(sdk: Any) -> None:
    made = sdk.new_order(
        BTC, "BUY", "LIMIT", quantity=0.05, price=59000, time_in_force="GTC", new_client_order_id="mine"
    ).data()
    assert (made.status, made.client_order_id, made.orig_qty) == ("NEW", "mine", "0.050")
    found = sdk.query_order(BTC, orig_client_order_id="mine").data()
    assert (found.order_id, found.status, found.price) == (made.order_id, "NEW", "59000.00")
    assert [one.order_id for one in sdk.current_all_open_orders(BTC).data()] == [made.order_id]
    assert sdk.query_current_open_order(BTC, order_id=made.order_id).data().client_order_id == "mine"
    assert sdk.cancel_order(BTC, order_id=made.order_id).data().status == "CANCELED"
    assert sdk.current_all_open_orders().data() == []
    assert [one.status for one in sdk.all_orders(BTC).data()] == ["CANCELED"]


def test_an_acknowledgement_says_only_that_the_order_came(served: Served, sdk: Any) -> None:
    made = sdk.new_order(BTC, "BUY", "MARKET", quantity=0.05).data()
    assert (made.status, made.executed_qty) == ("NEW", "0")
    assert sdk.query_order(BTC, order_id=made.order_id).data().status == "FILLED"


def test_a_position_is_read_and_closed(served: Served, sdk: Any) -> None:
    assert buy(sdk).status == "FILLED"
    (position,) = sdk.position_information_v3(BTC).data()
    assert (position.position_amt, position.position_side, position.entry_price) == (
        "0.050",
        "BOTH",
        "60000.10000000",
    )
    assert sdk.position_information_v2(BTC).data()[0].leverage == "10"
    closed = sdk.new_order(
        BTC,
        "SELL",
        "LIMIT",
        quantity=0.05,
        price=59900,
        time_in_force="IOC",
        reduce_only="true",
        new_order_resp_type="RESULT",
    ).data()
    assert (closed.status, closed.executed_qty, closed.reduce_only) == ("FILLED", "0.050", True)
    assert sdk.position_information_v3(BTC).data() == []
    assert amount(served.exchange) == 0


def test_a_waiting_order_is_placed_listed_and_cancelled(served: Served, sdk: Any) -> None:
    buy(sdk)
    made = sdk.new_algo_order(
        "CONDITIONAL", BTC, "SELL", "STOP_MARKET", trigger_price=58000, close_position="true", client_algo_id="stop"
    ).data()
    assert (made.algo_status, made.client_algo_id, made.close_position) == ("NEW", "stop", True)
    (listed,) = sdk.current_all_algo_open_orders(symbol=BTC).data()
    assert (listed.algo_id, listed.trigger_price) == (made.algo_id, "58000.00")
    assert sdk.query_algo_order(client_algo_id="stop").data().algo_status == "NEW"
    assert sdk.cancel_algo_order(algo_id=made.algo_id).data().msg == "success"
    assert sdk.current_all_algo_open_orders().data() == []
    served.exchange.place_trigger("main", stop("SELL", "57000"))
    assert sdk.cancel_all_algo_open_orders(BTC).data().code == 200
    assert [one.algo_status for one in sdk.query_all_algo_orders(BTC).data()] == ["CANCELED", "CANCELED"]


def test_a_fired_order_names_what_it_sent(served: Served, sdk: Any) -> None:
    buy(sdk)
    served.exchange.place_trigger("main", stop("SELL", "58000", clientAlgoId="stop"))
    served.exchange.set_price(BTC, D(57900))
    fired = sdk.query_algo_order(client_algo_id="stop").data()
    assert fired.algo_status == "FINISHED"
    sent = sdk.query_order(BTC, order_id=int(fired.actual_order_id)).data()
    assert (sent.status, sent.orig_type, sent.executed_qty) == ("FILLED", "STOP_MARKET", "0.050")


def test_a_liquidation_is_listed_among_the_forced_orders_and_nothing_else(served: Served, sdk: Any) -> None:
    buy(sdk)
    assert sdk.users_force_orders(symbol=BTC).data() == []
    order = served.venue.exchange.liquidate("main", BTC)
    (forced,) = sdk.users_force_orders(symbol=BTC).data()
    assert (forced.order_id, forced.client_order_id) == (order.order_id, order.client_id)
    assert sdk.users_force_orders(symbol=BTC, end_time=order.created - 1).data() == []


def test_waiting_orders_are_listed_by_when_they_were_placed_and_for_less_than_a_week(
    served: Served, sdk: Any
) -> None:
    made = served.venue.exchange.place_trigger("main", stop("SELL", "58000"))
    found = sdk.query_all_algo_orders(BTC, start_time=made.created, end_time=made.created).data()
    assert [one.algo_id for one in found] == [made.algo_id]
    assert sdk.query_all_algo_orders(BTC, start_time=made.created + 1).data() == []
    assert sdk.query_all_algo_orders(BTC, algo_id=made.algo_id + 1).data() == []
    with pytest.raises(BadRequestError, match="Lookup interval"):
        sdk.query_all_algo_orders(BTC, start_time=made.created - 7 * 86_400_000, end_time=made.created)


def test_the_account_its_fills_and_its_income_are_told(served: Served, sdk: Any) -> None:
    buy(sdk)
    served.exchange.funding(BTC, D("0.0001"))
    account = sdk.account_information_v3().data()
    assert account.total_wallet_balance == "99998.19999750"
    assert [one.asset for one in account.assets] == ["USDT", "BNB"]
    assert account.positions[0].position_amt == "0.050"
    assert sdk.account_information_v2().data().can_trade is True
    (fill,) = sdk.account_trade_list(BTC).data()
    assert (fill.qty, fill.price, fill.commission_asset, fill.buyer) == ("0.050", "60000.10", "USDT", True)
    assert [one.income_type for one in sdk.get_income_history().data()] == ["COMMISSION", "FUNDING_FEE"]
    (paid,) = sdk.get_income_history(symbol=BTC, income_type="FUNDING_FEE").data()
    assert paid.income == "-0.30000000"
    assert sdk.user_commission_rate(BTC).data().taker_commission_rate == "0.000500"
    assert sdk.futures_account_configuration().data().dual_side_position is False
    assert sdk.futures_account_balance_v3().data() is not None
    assert sdk.get_bnb_burn_status().data().fee_burn is False


def test_the_mode_is_read_and_switched(served: Served, sdk: Any) -> None:
    assert sdk.get_current_position_mode().data().dual_side_position is False
    assert sdk.change_position_mode("true").data().msg == "success"
    assert sdk.get_current_position_mode().data().dual_side_position is True
    with pytest.raises(BadRequestError):
        buy(sdk)
    assert buy(sdk, position_side="LONG").position_side == "LONG"
    assert amount(served.exchange, "LONG") == D("0.05")


def test_a_test_order_and_a_countdown_are_taken(served: Served, sdk: Any) -> None:
    sdk.test_order(BTC, "BUY", "MARKET", quantity=0.05)
    assert served.exchange.accounts["main"].orders == []
    served.exchange.place("main", order("BUY", "0.05", "59000"))
    answered = sdk.auto_cancel_all_open_orders(BTC, 60000).data()
    assert (answered.symbol, answered.countdown_time) == (BTC, "60000")
    assert sdk.cancel_all_open_orders(BTC).data().code == 200
    assert served.exchange.accounts["main"].open_orders() == []


def test_the_position_tiers_are_told(sdk: Any) -> None:
    tiers = sdk.notional_and_leverage_brackets().data()
    assert tiers is not None
    assert sdk.symbol_configuration(BTC).data()[0].leverage == 10


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        ("insufficient-balance", BadRequestError),
        ("rate-limited", TooManyRequestsError),
        ("banned", RateLimitBanError),
        ("unavailable", ServerError),
        ("no-permission", UnauthorizedError),
    ],
)
def test_errors_come_as_the_sdk_s_own(served: Served, sdk: Any, fault: str, error: type[Exception]) -> None:
    served.venue.break_with(fault)
    with pytest.raises(error):
        buy(sdk)
    assert amount(served.exchange) == 0
