"""Orders that wait for a price."""

from __future__ import annotations

from decimal import Decimal

import pytest

from local.platform.exchange.errors import Refused
from local.platform.exchange.exchange import Exchange
from tests.exchange.conftest import amount, order, stop
from tests.exchange.test_orders import code

D = Decimal
NONE = D(0)


def test_a_stop_that_closes_the_position_fires_at_its_price_and_closes_all(exchange: Exchange) -> None:
    exchange.place("main", order("BUY", "0.05"))
    waiting = exchange.place_trigger("main", stop("SELL", "58000", clientAlgoId="stop"))
    exchange.set_price("BTCUSDT", D("58000.1"))
    assert waiting.status == "NEW"
    exchange.set_price("BTCUSDT", D(58000))
    assert (waiting.status, amount(exchange)) == ("FINISHED", NONE)
    sent = exchange.accounts["main"].orders[-1]
    assert (sent.order_id, sent.orig_type) == (waiting.order_id, "STOP_MARKET")
    assert sent.client_id != "stop"


def test_a_stop_finds_nothing_to_close_and_expires(exchange: Exchange) -> None:
    waiting = exchange.place_trigger("main", stop("SELL", "58000"))
    exchange.set_price("BTCUSDT", D(57000))
    assert (waiting.status, waiting.order_id) == ("EXPIRED", None)


def test_what_waits_for_a_price_stays_when_the_position_is_gone(exchange: Exchange) -> None:
    exchange.place("main", order("BUY", "0.05"))
    waiting = exchange.place_trigger("main", stop("SELL", "58000"))
    exchange.place("main", order("SELL", "0.05", reduceOnly="true"))
    assert waiting.status == "NEW"


def test_what_stands_only_while_there_is_a_position_goes_with_it(exchange: Exchange) -> None:
    with pytest.raises(Refused) as error:
        exchange.place_trigger("main", stop("SELL", "58000", timeInForce="GTE_GTC"))
    assert code(error) == -4509
    exchange.place("main", order("BUY", "0.05"))
    waiting = exchange.place_trigger("main", stop("SELL", "58000", timeInForce="GTE_GTC"))
    exchange.place("main", order("SELL", "0.03", reduceOnly="true"))
    exchange.tick()
    assert waiting.status == "NEW"
    exchange.place("main", order("SELL", "0.02", reduceOnly="true"))
    exchange.tick()
    assert waiting.status == "EXPIRED"


def test_what_waits_for_a_price_holds_nothing_of_the_position(exchange: Exchange) -> None:
    exchange.place("main", order("BUY", "0.05"))
    exchange.place_trigger("main", stop("SELL", "58000", quantity="0.05", reduceOnly="true"))
    assert exchange.place("main", order("SELL", "0.05", reduceOnly="true")).status == "FILLED"


@pytest.mark.parametrize(
    ("side", "kind", "trigger", "price"),
    [
        ("SELL", "STOP_MARKET", "58000", 57999),
        ("BUY", "STOP_MARKET", "62000", 62001),
        ("SELL", "TAKE_PROFIT_MARKET", "62000", 62001),
        ("BUY", "TAKE_PROFIT_MARKET", "58000", 57999),
    ],
)
def test_stops_wait_for_the_worse_side_and_take_profits_for_the_better(
    exchange: Exchange, side: str, kind: str, trigger: str, price: int
) -> None:
    asked = stop(side, trigger, type=kind, quantity="0.05")
    waiting = exchange.place_trigger("main", asked)
    exchange.set_price("BTCUSDT", D(60100))
    assert waiting.status == "NEW"
    exchange.set_price("BTCUSDT", D(price))
    assert waiting.status == "FINISHED"
    assert amount(exchange) == (D("0.05") if side == "BUY" else D("-0.05"))


def test_a_stop_limit_leaves_its_limit_order_in_the_book(exchange: Exchange) -> None:
    exchange.place("main", order("BUY", "0.05"))
    asked = stop("SELL", "58000", type="STOP", quantity="0.05", timeInForce="GTE_GTC", reduceOnly="true")
    waiting = exchange.place_trigger("main", asked | {"price": "58500"})
    exchange.set_price("BTCUSDT", D(57900))
    assert waiting.status == "TRIGGERED"
    resting = exchange.accounts["main"].orders[-1]
    assert (resting.status, resting.price, resting.reduce_only) == ("NEW", D(58500), True)
    assert resting.time_in_force == "GTC"
    exchange.tick()
    assert waiting.status == "TRIGGERED"
    exchange.cancel("main", resting.order_id)
    exchange.tick()
    assert waiting.status == "FINISHED"


def test_a_trailing_stop_follows_the_best_price_once_it_is_active(exchange: Exchange) -> None:
    exchange.place("main", order("BUY", "0.05"))
    asked = {
        "symbol": "BTCUSDT",
        "side": "SELL",
        "type": "TRAILING_STOP_MARKET",
        "quantity": "0.05",
        "callbackRate": "1",
        "activatePrice": "61000",
        "reduceOnly": "true",
    }
    waiting = exchange.place_trigger("main", asked)
    exchange.set_price("BTCUSDT", D(59000))
    assert waiting.status == "NEW"
    exchange.set_price("BTCUSDT", D(61000))
    exchange.set_price("BTCUSDT", D(62000))
    exchange.set_price("BTCUSDT", D("61380.1"))
    assert waiting.status == "NEW"
    exchange.set_price("BTCUSDT", D(61380))
    assert (waiting.status, amount(exchange)) == ("FINISHED", NONE)


def test_a_stop_may_watch_the_mark_instead_of_the_last_price(exchange: Exchange) -> None:
    exchange.place("main", order("BUY", "0.05"))
    waiting = exchange.place_trigger("main", stop("SELL", "58000", workingType="MARK_PRICE"))
    exchange.set_price("BTCUSDT", D(57900), mark=D(58100))
    assert waiting.status == "NEW"
    exchange.set_price("BTCUSDT", D(58100), mark=D(58000))
    assert waiting.status == "FINISHED"


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        (stop("SELL", "60500"), -2021),
        (stop("SELL", "58000", quantity="0.05", closePosition="true"), -4137),
        (stop("SELL", "58000", reduceOnly="true"), -1106),
        (stop("SELL", "58000.05"), -4014),
        (stop("SELL", "58000", type="MARKET"), -1116),
        (stop("SELL", "0"), -1102),
        (stop("SELL", "58000", type="TRAILING_STOP_MARKET", callbackRate="20"), -1102),
        (stop("SELL", "58000", positionSide="LONG"), -4061),
    ],
)
def test_a_waiting_order_that_makes_no_sense_is_refused(
    exchange: Exchange, asked: dict[str, str], expected: int
) -> None:
    with pytest.raises(Refused) as error:
        exchange.place_trigger("main", asked)
    assert code(error) == expected


def test_only_one_stop_may_close_a_direction_and_client_ids_are_unique_while_open(exchange: Exchange) -> None:
    exchange.place_trigger("main", stop("SELL", "58000", clientAlgoId="stop"))
    with pytest.raises(Refused) as error:
        exchange.place_trigger("main", stop("SELL", "57000"))
    assert code(error) == -4130
    with pytest.raises(Refused) as error:
        exchange.place_trigger("main", stop("BUY", "62000", clientAlgoId="stop"))
    assert code(error) == -4116
    exchange.cancel_all_triggers("main", "BTCUSDT")
    assert exchange.place_trigger("main", stop("SELL", "57000", clientAlgoId="stop")).status == "NEW"


def test_cancelling_all_plain_orders_leaves_those_that_wait(exchange: Exchange) -> None:
    waiting = exchange.place_trigger("main", stop("SELL", "58000"))
    exchange.cancel_all("main", "BTCUSDT")
    assert waiting.status == "NEW"
    assert exchange.cancel_trigger("main", waiting.algo_id).status == "CANCELED"
    with pytest.raises(Refused) as error:
        exchange.cancel_trigger("main", waiting.algo_id)
    assert code(error) == -2011


def test_in_hedge_mode_a_stop_closes_its_own_side_only(exchange: Exchange) -> None:
    exchange.set_hedged("main", True)
    exchange.place("main", order("BUY", "0.05", positionSide="LONG"))
    exchange.place("main", order("SELL", "0.05", positionSide="SHORT"))
    exchange.place_trigger("main", stop("SELL", "58000", positionSide="LONG"))
    exchange.set_price("BTCUSDT", D(57000))
    assert (amount(exchange, "LONG"), amount(exchange, "SHORT")) == (NONE, D("-0.05"))
