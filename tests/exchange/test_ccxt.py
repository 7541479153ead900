"""The unmodified ccxt against the venue: markets, positions, the life of an order, trigger orders, fills."""

from __future__ import annotations

import time
from decimal import Decimal
from typing import Any

import pytest

from local.platform.exchange.book import Depth
from local.platform.exchange.opening import open_position
from local.platform.exchange.server import Served
from tests.exchange.conftest import SYMBOL, client, order, stop

D = Decimal
IMMEDIATE = {"timeInForce": "IOC", "reduceOnly": True}


def test_the_markets_come_with_their_steps_and_limits(usdm: Any) -> None:
    market = usdm.load_markets()[SYMBOL]
    assert (market["active"], market["linear"], market["quote"]) == (True, True, "USDT")
    assert (market["precision"]["price"], market["precision"]["amount"]) == (0.1, 0.001)
    assert market["limits"]["cost"]["min"] == 100
    assert (market["limits"]["amount"]["max"], market["limits"]["market"]["max"]) == (1000, 120)


def test_a_delisted_market_is_inactive(served: Served, usdm: Any) -> None:
    served.venue.break_with("symbol-delisted", symbol="BTCUSDT")
    markets = usdm.load_markets()
    assert (markets[SYMBOL]["active"], markets["ETH/USDT:USDT"]["active"]) == (False, True)


def test_a_position_is_read_as_it_is_and_flat_is_no_position(served: Served, usdm: Any) -> None:
    assert usdm.fetch_positions([SYMBOL]) == []
    served.exchange.set_book("BTCUSDT", [(D(59990), D(1))], [(D(60000), D(1))])
    usdm.create_order(SYMBOL, "market", "sell", 0.05)
    (position,) = usdm.fetch_positions([SYMBOL])
    assert (position["side"], position["contracts"], position["entryPrice"]) == ("short", 0.05, 59990)
    assert (position["markPrice"], position["unrealizedPnl"], position["hedged"]) == (60000, -0.5, False)
    usdm.create_order(SYMBOL, "market", "buy", 0.05, None, {"reduceOnly": True})
    assert usdm.fetch_positions([SYMBOL]) == []


def test_the_liquidation_price_and_margin_are_told(served: Served) -> None:
    served.exchange.add_account("small", "small-key", "small-secret", wallet=D(1000))
    try:
        usdm = client(served, type(served.keys["main"])("small-key", "small-secret"))
        usdm.create_order(SYMBOL, "market", "buy", 0.1)
        (position,) = usdm.fetch_positions([SYMBOL])
        assert 50_000 < position["liquidationPrice"] < 51_000
        assert position["initialMargin"] == pytest.approx(600)
        assert position["maintenanceMargin"] == pytest.approx(24)
    finally:
        served.exchange.remove_account("small")


def test_an_order_lives_from_open_to_cancelled(usdm: Any) -> None:
    made = usdm.create_order(SYMBOL, "limit", "buy", 0.05, 59000, {"clientOrderId": "mine"})
    assert (made["status"], made["clientOrderId"], made["filled"]) == ("open", "mine", 0)
    assert [one["id"] for one in usdm.fetch_open_orders(SYMBOL)] == [made["id"]]
    found = usdm.fetch_order(None, SYMBOL, {"origClientOrderId": "mine"})
    assert (found["id"], found["status"], found["price"]) == (made["id"], "open", 59000)
    assert usdm.cancel_order(made["id"], SYMBOL)["status"] == "canceled"
    assert usdm.fetch_open_orders() == []
    assert usdm.fetch_order(made["id"], SYMBOL)["status"] == "canceled"


def test_a_look_up_by_client_id_finds_the_newest_of_that_id(usdm: Any) -> None:
    first = usdm.create_order(SYMBOL, "market", "buy", 0.05, None, {"clientOrderId": "twice"})
    second = usdm.create_order(SYMBOL, "market", "buy", 0.05, None, {"clientOrderId": "twice"})
    assert first["id"] != second["id"]
    assert usdm.fetch_order(None, SYMBOL, {"origClientOrderId": "twice"})["id"] == second["id"]


def test_an_immediate_order_tells_what_it_got_and_expires(served: Served, usdm: Any) -> None:
    usdm.create_order(SYMBOL, "market", "buy", 0.05)
    served.exchange.set_book("BTCUSDT", [(D(59990), D("0.02")), (D(59900), D(1))], [(D(60000), D(1))])
    made = usdm.create_order(SYMBOL, "limit", "sell", 0.05, 59950, {**IMMEDIATE, "clientOrderId": "close"})
    assert (made["status"], made["filled"], made["average"]) == ("expired", 0.02, 59990)
    assert made["reduceOnly"]
    assert usdm.fetch_order(None, SYMBOL, {"origClientOrderId": "close"})["filled"] == 0.02
    assert usdm.fetch_positions([SYMBOL])[0]["contracts"] == 0.03


def test_the_book_is_told_best_first(served: Served, usdm: Any) -> None:
    served.exchange.set_depth("BTCUSDT", Depth(levels=3, amount=D("0.5"), apart=D(10)))
    book = usdm.fetch_order_book(SYMBOL)
    assert book["bids"] == [[60000, 0.5], [59940, 0.5], [59880, 0.5]]
    assert book["asks"] == [[60000.1, 0.5], [60060.1, 0.5], [60120.1, 0.5]]
    best = usdm.fetch_bids_asks([SYMBOL])[SYMBOL]
    assert (best["bid"], best["ask"]) == (60000, 60000.1)


def test_hedge_mode_is_read_and_a_closing_order_of_ccxt_s_fits_it(served: Served, usdm: Any) -> None:
    usdm.load_markets()
    assert usdm.fetch_position_mode(SYMBOL)["hedged"] is False
    served.exchange.set_hedged("main", True)
    assert usdm.fetch_position_mode(SYMBOL)["hedged"] is True
    usdm.create_order(SYMBOL, "market", "buy", 0.05, None, {"hedged": True})
    (position,) = usdm.fetch_positions([SYMBOL])
    assert (position["side"], position["hedged"]) == ("long", True)
    usdm.create_order(SYMBOL, "market", "sell", 0.05, None, {"hedged": True, "reduceOnly": True})
    assert usdm.fetch_positions([SYMBOL]) == []


def test_a_stop_is_listed_apart_looked_up_and_cancelled_by_its_client_id(usdm: Any) -> None:
    usdm.create_order(SYMBOL, "market", "buy", 0.05)
    params = {"stopLossPrice": 58000, "closePosition": True, "clientOrderId": "stop"}
    made = usdm.create_order(SYMBOL, "market", "sell", 0.05, None, params)
    assert (made["status"], made["triggerPrice"], made["clientOrderId"]) == ("open", 58000, "stop")
    assert made["info"]["orderType"] == "STOP_MARKET"
    assert usdm.fetch_open_orders(SYMBOL) == []
    (listed,) = usdm.fetch_open_orders(SYMBOL, params={"trigger": True})
    assert (listed["id"], listed["info"]["closePosition"]) == (made["id"], True)
    found = usdm.fetch_order(None, SYMBOL, {"clientAlgoId": "stop", "trigger": True})
    assert (found["id"], found["status"]) == (made["id"], "open")
    usdm.cancel_order(None, SYMBOL, {"clientAlgoId": "stop", "trigger": True})
    assert usdm.fetch_open_orders(params={"trigger": True}) == []
    assert usdm.fetch_order(made["id"], SYMBOL, {"trigger": True})["status"] == "canceled"


@pytest.mark.parametrize(
    ("kind", "price", "params", "expected"),
    [
        ("market", None, {"takeProfitPrice": 62000, "reduceOnly": True}, "TAKE_PROFIT_MARKET"),
        ("limit", 57900, {"stopLossPrice": 58000, "reduceOnly": True}, "STOP"),
        ("market", None, {"trailingPercent": 1, "trailingTriggerPrice": 61000}, "TRAILING_STOP_MARKET"),
    ],
)
def test_every_kind_of_waiting_order_is_taken(
    usdm: Any, kind: str, price: float | None, params: dict[str, Any], expected: str
) -> None:
    usdm.create_order(SYMBOL, "market", "buy", 0.05)
    made = usdm.create_order(SYMBOL, kind, "sell", 0.05, price, params)
    assert (made["status"], made["info"]["orderType"]) == ("open", expected)
    (listed,) = usdm.fetch_open_orders(SYMBOL, params={"trigger": True})
    assert (listed["id"], listed["amount"], listed["side"]) == (made["id"], 0.05, "sell")


def test_cancelling_all_takes_two_calls(usdm: Any) -> None:
    usdm.create_order(SYMBOL, "limit", "buy", 0.05, 59000)
    usdm.create_order(SYMBOL, "market", "buy", 0.05, None, {"stopLossPrice": 62000})
    usdm.cancel_all_orders(SYMBOL)
    assert usdm.fetch_open_orders(SYMBOL) == []
    assert len(usdm.fetch_open_orders(SYMBOL, params={"trigger": True})) == 1
    usdm.cancel_all_orders(SYMBOL, {"trigger": True})
    assert usdm.fetch_open_orders(SYMBOL, params={"trigger": True}) == []


def test_fills_come_with_their_fees_in_the_asset_that_was_paid(served: Served, usdm: Any) -> None:
    served.exchange.set_book("BTCUSDT", [], [(D(60000), D("0.02")), (D(60010), D(1))])
    usdm.create_order(SYMBOL, "market", "buy", 0.05)
    served.exchange.accounts["main"].rights.fees_in_bnb = True
    served.exchange.set_book("BTCUSDT", [(D(60000), D(1))], [])
    usdm.create_order(SYMBOL, "market", "sell", 0.05)
    fills = usdm.fetch_my_trades(SYMBOL)
    assert [(one["side"], one["amount"], one["price"]) for one in fills] == [
        ("buy", 0.02, 60000),
        ("buy", 0.03, 60010),
        ("sell", 0.05, 60000),
    ]
    assert [(one["fee"]["currency"], one["fee"]["cost"]) for one in fills] == [
        ("USDT", 0.6),
        ("USDT", 0.90015),
        ("BNB", 0.00225),
    ]
    assert all(one["takerOrMaker"] == "taker" for one in fills)


def test_fills_come_in_pages_by_id_and_by_time(served: Served, usdm: Any) -> None:
    for number in range(1003):
        side = "BUY" if number % 2 == 0 else "SELL"
        served.exchange.place("main", order(side, "0.002"))
    newest = usdm.fetch_my_trades(SYMBOL, limit=1000)
    assert (len(newest), newest[-1]["id"]) == (1000, str(served.exchange.accounts["main"].fills[-1].fill_id))
    first = served.exchange.accounts["main"].fills[0].fill_id
    page = usdm.fetch_my_trades(SYMBOL, limit=1000, params={"fromId": first})
    assert (len(page), page[0]["id"]) == (1000, str(first))
    rest = usdm.fetch_my_trades(SYMBOL, limit=1000, params={"fromId": int(page[-1]["id"]) + 1})
    assert len(rest) == 3
    assert usdm.fetch_my_trades(SYMBOL, since=served.exchange.clock() + 60_000) == []


def test_fills_of_more_than_a_week_ago_need_their_own_start(served: Served, usdm: Any) -> None:
    day = 86_400_000
    open_position(served.exchange, "main", "BTCUSDT", "long", D("0.05"), at=served.exchange.clock() - 9 * day)
    assert usdm.fetch_my_trades(SYMBOL) == []
    assert len(usdm.fetch_my_trades(SYMBOL, since=served.exchange.clock() - 10 * day)) == 1


def test_funding_is_found_with_its_time(served: Served, usdm: Any) -> None:
    usdm.create_order(SYMBOL, "market", "buy", 0.05)
    served.exchange.funding("BTCUSDT", D("0.0001"))
    (paid,) = usdm.fetch_funding_history(SYMBOL)
    assert (paid["amount"], paid["code"]) == (-0.3, "USDT")
    assert abs(paid["timestamp"] / 1000 - time.time()) < 5


def test_the_price_of_bnb_in_a_minute_is_known(served: Served, usdm: Any) -> None:
    now = served.exchange.clock()
    hour_ago = (now - 3_600_000) // 60_000 * 60_000
    served.exchange.prices.put_past("BNBUSDT", D(500), hour_ago)
    served.exchange.prices.put_past("BNBUSDT", D(520), hour_ago + 30_000)
    served.exchange.prices.put_past("BNBUSDT", D(510), hour_ago + 40_000)
    (candle,) = usdm.fetch_ohlcv("BNB/USDT:USDT", "1m", since=hour_ago, limit=1)
    assert candle[:5] == [hour_ago, 500, 520, 500, 510]
    (before,) = usdm.fetch_ohlcv("BNB/USDT:USDT", "1m", since=hour_ago - 60_000, limit=1)
    assert before[1:5] == [600, 600, 600, 600]


def test_the_balance_and_the_account_s_rights_are_told(served: Served, usdm: Any) -> None:
    balance = usdm.fetch_balance()
    assert (balance["USDT"]["total"], balance["USDT"]["free"], balance["BNB"]["total"]) == (100_000, 100_000, 10)
    usdm.create_order(SYMBOL, "market", "buy", 1)
    assert usdm.fetch_balance()["USDT"]["free"] == pytest.approx(93_970, abs=2)
    assert usdm.fapiPrivateGetAccountConfig()["canTrade"] is True
    rights = usdm.sapiGetAccountApiRestrictions()
    assert (rights["enableFutures"], rights["enableWithdrawals"], rights["ipRestrict"]) == (True, False, True)
    assert usdm.sapiGetAccountStatus()["data"] == "Normal"
    assert usdm.sapiGetAccountApiTradingStatus()["data"]["isLocked"] is False
    assert usdm.fetch_status()["status"] == "ok"


def test_fees_brackets_and_prices_are_told(usdm: Any) -> None:
    fee = usdm.fetch_trading_fee(SYMBOL)
    assert (fee["maker"], fee["taker"]) == (0.0002, 0.0005)
    assert usdm.fetch_leverage_tiers([SYMBOL])[SYMBOL][0]["maintenanceMarginRate"] == 0.004
    assert usdm.fetch_funding_rate(SYMBOL)["markPrice"] == 60000
    assert abs(usdm.fetch_time() / 1000 - time.time()) < 5


def test_what_a_strategy_does_behind_is_what_a_client_sees(served: Served, usdm: Any) -> None:
    served.exchange.place("main", order("BUY", "0.05", newClientOrderId="entry"))
    served.exchange.place_trigger("main", stop("SELL", "58000", clientAlgoId="protects"))
    assert usdm.fetch_positions([SYMBOL])[0]["contracts"] == 0.05
    assert [one["clientOrderId"] for one in usdm.fetch_open_orders(SYMBOL, params={"trigger": True})] == [
        "protects"
    ]
    assert usdm.fetch_order(None, SYMBOL, {"origClientOrderId": "entry"})["status"] == "closed"


def test_a_call_is_fast(usdm: Any) -> None:
    usdm.load_markets()
    begun = time.monotonic()
    for _ in range(50):
        usdm.fetch_positions([SYMBOL])
    assert (time.monotonic() - begun) / 50 < 0.02
