"""How the venue takes orders and fills them."""

from __future__ import annotations

from decimal import Decimal

import pytest

from local.platform.exchange.errors import Refused
from local.platform.exchange.exchange import Exchange
from tests.exchange.conftest import Clock, amount, order

D = Decimal
NONE = D(0)


def code(error: pytest.ExceptionInfo[Refused]) -> int:
    return error.value.no.code


def test_a_market_order_takes_level_by_level_and_its_average_tells(exchange: Exchange) -> None:
    exchange.set_book("BTCUSDT", [(D(59999), D(1))], [(D(60000), D("0.02")), (D(60100), D("0.05"))])
    done = exchange.place("main", order("BUY", "0.04"))
    assert (done.status, done.filled, done.average) == ("FILLED", D("0.04"), D("60050"))
    assert [fill.price for fill in exchange.accounts["main"].fills] == [D(60000), D(60100)]
    assert exchange.books["BTCUSDT"].offers("BUY") == [(D(60100), D("0.03"))]


def test_a_market_order_that_finds_too_little_expires_with_what_it_got(exchange: Exchange) -> None:
    exchange.set_book("BTCUSDT", [], [(D(60000), D("0.02"))])
    done = exchange.place("main", order("BUY", "0.04"))
    assert (done.status, done.filled) == ("EXPIRED", D("0.02"))
    assert amount(exchange) == D("0.02")


def test_an_immediate_order_takes_only_inside_its_price(exchange: Exchange) -> None:
    exchange.set_book("BTCUSDT", [(D(59990), D("0.02")), (D(59900), D(1))], [(D(60000), D(1))])
    exchange.place("main", order("BUY", "0.05"))
    done = exchange.place("main", order("SELL", "0.05", "59950", timeInForce="IOC", reduceOnly="true"))
    assert (done.status, done.filled, done.average) == ("EXPIRED", D("0.02"), D(59990))
    assert amount(exchange) == D("0.03")


def test_an_immediate_order_beyond_the_book_expires_with_nothing(exchange: Exchange) -> None:
    done = exchange.place("main", order("BUY", "0.05", "59000", timeInForce="IOC"))
    assert (done.status, done.filled) == ("EXPIRED", NONE)
    assert amount(exchange) == 0


def test_a_limit_order_rests_until_the_price_comes_to_it_and_fills_at_its_own(exchange: Exchange) -> None:
    resting = exchange.place("main", order("BUY", "0.05", "59000"))
    assert resting.status == "NEW"
    exchange.set_price("BTCUSDT", D(58900))
    assert (resting.status, resting.average) == ("FILLED", D(59000))
    assert exchange.accounts["main"].fills[0].maker


def test_a_resting_order_fills_by_as_much_as_comes(exchange: Exchange) -> None:
    resting = exchange.place("main", order("SELL", "0.05", "61000"))
    exchange.set_book("BTCUSDT", [(D(61000), D("0.02"))], [(D(61001), D(1))])
    assert (resting.status, resting.filled) == ("PARTIALLY_FILLED", D("0.02"))
    assert exchange.books["BTCUSDT"].offers("SELL") == []
    exchange.fill_resting("main", resting.order_id, D(1))
    assert (resting.status, amount(exchange)) == ("FILLED", D("-0.05"))


def test_a_post_only_order_that_would_take_is_refused(exchange: Exchange) -> None:
    with pytest.raises(Refused) as error:
        exchange.place("main", order("BUY", "0.05", "60100", timeInForce="GTX"))
    assert code(error) == -5022
    assert exchange.place("main", order("BUY", "0.05", "59000", timeInForce="GTX")).status == "NEW"


def test_an_all_or_nothing_order_is_refused_where_the_book_is_too_thin(exchange: Exchange) -> None:
    exchange.set_book("BTCUSDT", [], [(D(60000), D("0.02"))])
    with pytest.raises(Refused) as error:
        exchange.place("main", order("BUY", "0.05", "60100", timeInForce="FOK"))
    assert code(error) == -5021
    assert exchange.place("main", order("BUY", "0.02", "60100", timeInForce="FOK")).status == "FILLED"


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        (order("BUY", "0"), -4003),
        (order("BUY", "0.0005"), -1111),
        (order("BUY", "121"), -4005),
        (order("BUY", "1001", "60000"), -4005),
        (order("BUY", "0.001"), -4164),
        (order("BUY", "0.05", "60000.05"), -4014),
        (order("BUY", "0.05", "60000.001"), -1111),
        (order("BUY", "0.05", "-1"), -4001),
        (order("BUY", "0.05", "63000.1"), -4016),
        (order("SELL", "0.05", "56999.9"), -4024),
        (order("BUY", "0.05") | {"symbol": "DOGEUSDT"}, -1121),
        (order("HOLD", "0.05"), -1117),
        (order("BUY", "0.05", type="STOP_LOSS"), -1116),
        (order("BUY", "0.05", "60000", timeInForce="GTD"), -1115),
        (order("BUY", "0.05", positionSide="LONG"), -4061),
        (order("BUY", "0.05", newClientOrderId="a b"), -1100),
        (order("BUY", "0.05", newClientOrderId="a" * 37), -4015),
        (order("BUY", "much"), -1102),
        ({"symbol": "BTCUSDT", "side": "BUY", "type": "MARKET"}, -1102),
        ({"symbol": "BTCUSDT", "side": "BUY", "type": "LIMIT", "quantity": "1", "timeInForce": "GTC"}, -1102),
        (order("BUY", "0.05", "60000", type="STOP"), -4120),
        (order("BUY", "50"), -2019),
    ],
)
def test_what_the_venue_does_not_take_is_refused_with_its_code(
    exchange: Exchange, asked: dict[str, str], expected: int
) -> None:
    with pytest.raises(Refused) as error:
        exchange.place("main", asked)
    assert code(error) == expected
    assert exchange.accounts["main"].orders == []


def test_a_market_order_does_not_meet_a_counterparty_far_from_the_mark(exchange: Exchange) -> None:
    exchange.set_price("BTCUSDT", D(64000), mark=D(60000))
    with pytest.raises(Refused) as error:
        exchange.place("main", order("BUY", "0.05"))
    assert code(error) == -4131


def test_a_client_id_is_unique_among_open_orders_only(exchange: Exchange) -> None:
    exchange.place("main", order("BUY", "0.05", "59000", newClientOrderId="mine"))
    with pytest.raises(Refused) as error:
        exchange.place("main", order("BUY", "0.05", "58000", newClientOrderId="mine"))
    assert code(error) == -4116
    exchange.cancel_all("main", "BTCUSDT")
    assert exchange.place("main", order("BUY", "0.05", newClientOrderId="mine")).status == "FILLED"
    assert exchange.place("main", order("BUY", "0.05", newClientOrderId="mine")).status == "FILLED"
    assert amount(exchange) == D("0.10")


def test_a_cancelled_order_cannot_be_cancelled_again(exchange: Exchange) -> None:
    resting = exchange.place("main", order("BUY", "0.05", "59000"))
    assert exchange.cancel("main", resting.order_id).status == "CANCELED"
    with pytest.raises(Refused) as error:
        exchange.cancel("main", resting.order_id)
    assert code(error) == -2011


def test_a_closed_symbol_takes_nothing_and_one_about_to_close_only_what_closes(exchange: Exchange) -> None:
    exchange.place("main", order("BUY", "0.05"))
    exchange.set_status("BTCUSDT", "PRE_SETTLE")
    with pytest.raises(Refused) as error:
        exchange.place("main", order("BUY", "0.05"))
    assert code(error) == -4140
    assert exchange.place("main", order("SELL", "0.02", reduceOnly="true")).status == "FILLED"
    exchange.set_status("BTCUSDT", "CLOSE")
    with pytest.raises(Refused) as error:
        exchange.place("main", order("SELL", "0.02", reduceOnly="true"))
    assert code(error) == -4141


def test_a_frozen_account_may_not_order(exchange: Exchange) -> None:
    exchange.accounts["main"].rights.frozen = True
    with pytest.raises(Refused) as error:
        exchange.place("main", order("BUY", "0.05"))
    assert code(error) == -2010
    assert exchange.place("second", order("BUY", "0.05")).status == "FILLED"


def test_accounts_hold_apart(exchange: Exchange) -> None:
    exchange.place("main", order("BUY", "0.05"))
    assert (amount(exchange), amount(exchange, account="second")) == (D("0.05"), NONE)


def test_a_test_order_is_checked_and_leaves_nothing(exchange: Exchange) -> None:
    exchange.test("main", order("BUY", "0.05"))
    assert (exchange.accounts["main"].orders, amount(exchange)) == ([], NONE)
    with pytest.raises(Refused):
        exchange.test("main", order("BUY", "0.0005"))


def test_a_countdown_cancels_the_symbol_s_orders_when_nobody_calls_again(exchange: Exchange, clock: Clock) -> None:
    resting = exchange.place("main", order("BUY", "0.05", "59000"))
    exchange.accounts["main"].countdowns["BTCUSDT"] = clock() + 5000
    clock.go(4)
    exchange.tick()
    assert resting.status == "NEW"
    clock.go(2)
    exchange.tick()
    assert resting.status == "CANCELED"


def test_a_walking_price_is_the_same_for_the_same_seed_and_still_until_told(clock: Clock) -> None:
    first, second, other = (
        Exchange(seed=1, clock=clock),
        Exchange(seed=1, clock=clock),
        Exchange(seed=2, clock=clock),
    )
    clock.go(60)
    first.tick()
    assert first.prices.last("BTCUSDT") == D(60000)
    for one in (first, second, other):
        one.walk("BTCUSDT", D(5))
    clock.go(60)
    for one in (first, second, other):
        one.tick()
    assert first.prices.last("BTCUSDT") == second.prices.last("BTCUSDT") != D(60000)
    assert first.prices.last("BTCUSDT") != other.prices.last("BTCUSDT")
    assert abs(first.prices.last("BTCUSDT") / 60000 - 1) < D("0.03")
    assert first.prices.last("BTCUSDT") % D("0.1") == 0
