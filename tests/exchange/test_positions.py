"""What orders do to positions: reducing, hedging, fees, funding, liquidation."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from local.platform.exchange.account import Position
from local.platform.exchange.errors import Refused
from local.platform.exchange.exchange import Exchange
from local.platform.exchange.margin import liquidation_price
from local.platform.exchange.opening import open_position
from tests.exchange.conftest import Clock, amount, order
from tests.exchange.test_orders import code

D = Decimal
NONE = D(0)
CLOSE = {"reduceOnly": "true"}


def test_selling_more_than_is_held_turns_the_position_round(exchange: Exchange) -> None:
    exchange.place("main", order("BUY", "0.05"))
    exchange.place("main", order("SELL", "0.08"))
    position = exchange.accounts["main"].position("BTCUSDT", "BOTH")
    assert (position.amount, position.entry) == (D("-0.03"), D(60000))


def test_a_second_send_without_reduce_only_makes_a_short_of_the_same_size(exchange: Exchange) -> None:
    exchange.place("main", order("BUY", "0.05"))
    for _ in range(2):
        exchange.place("main", order("SELL", "0.05", newClientOrderId="close"))
    assert amount(exchange) == D("-0.05")


def test_a_reducing_order_has_nothing_to_do_where_nothing_is_held(exchange: Exchange) -> None:
    with pytest.raises(Refused) as error:
        exchange.place("main", order("SELL", "0.05", **CLOSE))
    assert code(error) == -2022
    exchange.place("main", order("SELL", "0.05"))
    with pytest.raises(Refused) as error:
        exchange.place("main", order("SELL", "0.05", **CLOSE))
    assert code(error) == -2022


def test_a_reducing_order_never_takes_more_than_the_position(exchange: Exchange) -> None:
    exchange.place("main", order("BUY", "0.05"))
    done = exchange.place("main", order("SELL", "0.08", **CLOSE))
    assert (done.status, done.filled, amount(exchange)) == ("EXPIRED", D("0.05"), NONE)


def test_resting_reducing_orders_hold_the_quantity(exchange: Exchange) -> None:
    exchange.place("main", order("BUY", "0.05"))
    resting = exchange.place("main", order("SELL", "0.03", "62000", **CLOSE))
    with pytest.raises(Refused) as error:
        exchange.place("main", order("SELL", "0.05", **CLOSE))
    assert code(error) == -4118
    exchange.place("main", order("SELL", "0.02", "62000", **CLOSE))
    with pytest.raises(Refused) as error:
        exchange.place("main", order("SELL", "0.05", **CLOSE))
    assert code(error) == -2022
    exchange.set_covered(-4118)
    with pytest.raises(Refused) as error:
        exchange.place("main", order("SELL", "0.05", **CLOSE))
    assert code(error) == -4118
    exchange.cancel_all("main", "BTCUSDT")
    assert resting.status == "CANCELED"
    assert exchange.place("main", order("SELL", "0.05", **CLOSE)).status == "FILLED"


def test_a_resting_reducing_order_never_opens_the_other_way(exchange: Exchange) -> None:
    exchange.place("main", order("BUY", "0.05"))
    resting = exchange.place("main", order("SELL", "0.05", "62000", **CLOSE))
    exchange.place("main", order("SELL", "0.03"))
    exchange.set_price("BTCUSDT", D(62100))
    assert (resting.status, resting.filled, amount(exchange)) == ("PARTIALLY_FILLED", D("0.02"), NONE)


def test_one_way_mode_knows_no_position_side_and_hedge_mode_no_reduce_only(exchange: Exchange) -> None:
    exchange.set_hedged("main", True)
    for asked, expected in (
        (order("BUY", "0.05"), -4061),
        (order("SELL", "0.05", positionSide="LONG", **CLOSE), -1106),
        (order("SELL", "0.05", positionSide="LONG"), -2022),
    ):
        with pytest.raises(Refused) as error:
            exchange.place("main", asked)
        assert code(error) == expected


def test_hedge_mode_holds_both_directions_apart(exchange: Exchange) -> None:
    exchange.set_hedged("main", True)
    exchange.place("main", order("BUY", "0.05", positionSide="LONG"))
    exchange.place("main", order("SELL", "0.02", positionSide="SHORT"))
    assert (amount(exchange, "LONG"), amount(exchange, "SHORT")) == (D("0.05"), D("-0.02"))
    exchange.place("main", order("SELL", "0.05", positionSide="LONG"))
    assert (amount(exchange, "LONG"), amount(exchange, "SHORT")) == (NONE, D("-0.02"))
    with pytest.raises(Refused) as error:
        exchange.place("main", order("BUY", "0.03", positionSide="SHORT"))
    assert code(error) == -2022


def test_the_mode_changes_only_when_nothing_is_held_or_open(exchange: Exchange) -> None:
    resting = exchange.place("main", order("BUY", "0.05", "59000"))
    for prepare, expected in (
        (lambda: None, -4067),
        (lambda: exchange.fill_resting("main", resting.order_id, D(1)), -4068),
    ):
        prepare()
        with pytest.raises(Refused) as error:
            exchange.set_hedged("main", True, asked=True)
        assert code(error) == expected
    exchange.place("main", order("SELL", "0.05"))
    exchange.set_hedged("main", True, asked=True)
    with pytest.raises(Refused) as error:
        exchange.set_hedged("main", True, asked=True)
    assert code(error) == -4059


def test_profit_and_fees_go_into_the_wallet(exchange: Exchange) -> None:
    exchange.set_book("BTCUSDT", [(D(60000), D(1))], [(D(60000), D(1))])
    exchange.place("main", order("BUY", "0.05"))
    exchange.set_book("BTCUSDT", [(D(61000), D(1))], [(D(61001), D(1))])
    exchange.place("main", order("SELL", "0.05"))
    main = exchange.accounts["main"]
    # 0.05 x 1000 profit, 5 bps of 3000 and of 3050.
    assert main.wallet == D(100_000) + 50 - D("1.5") - D("1.525")
    assert [one.kind for one in main.incomes] == ["COMMISSION", "COMMISSION", "REALIZED_PNL"]


def test_fees_are_paid_in_bnb_where_the_account_says_so_and_has_some(exchange: Exchange) -> None:
    main = exchange.accounts["main"]
    main.rights.fees_in_bnb, main.bnb = True, D("0.003")
    exchange.set_book("BTCUSDT", [], [(D(60000), D(1))])
    exchange.place("main", order("BUY", "0.05"))
    exchange.place("main", order("BUY", "0.05"))
    # 1.5 USDT, a tenth less, at 600 USDT a BNB; the second time there is not enough left.
    assert [(fill.fee, fill.fee_asset) for fill in main.fills] == [(D("0.00225"), "BNB"), (D("1.5"), "USDT")]
    assert main.bnb == D("0.00075")


def test_funding_is_paid_by_the_long_side_where_the_rate_is_above_zero(exchange: Exchange) -> None:
    exchange.place("main", order("BUY", "0.05"))
    exchange.place("second", order("SELL", "0.05"))
    exchange.funding("BTCUSDT", D("0.0001"))
    paid, got = (exchange.accounts[name].incomes[-1] for name in ("main", "second"))
    assert (paid.kind, paid.amount, got.amount) == ("FUNDING_FEE", D("-0.3"), D("0.3"))


def test_a_liquidation_closes_all_under_an_id_of_the_venue_s_own(exchange: Exchange) -> None:
    exchange.place("main", order("BUY", "0.05"))
    done = exchange.liquidate("main", "BTCUSDT")
    assert (done.status, amount(exchange)) == ("FILLED", NONE)
    assert done.client_id.startswith("autoclose-")


def test_the_liquidation_price_is_where_the_balance_meets_the_maintenance_margin(exchange: Exchange) -> None:
    exchange.add_account("main", "key", "secret", wallet=D(1000))
    exchange.set_book("BTCUSDT", [], [(D(60000), D(1))])
    exchange.place("main", order("BUY", "0.1"))
    main = exchange.accounts["main"]
    position = main.position("BTCUSDT", "BOTH")
    price = liquidation_price(main, position, exchange.prices)
    assert D(50_000) < price < D(51_000)
    # There the balance is the maintenance margin of the bracket, 0.4 %.
    assert abs(main.wallet + position.profit(price) - D("0.1") * price * D("0.004")) < D("0.01")


def test_a_position_may_have_been_opened_in_the_past(exchange: Exchange, clock: Clock) -> None:
    opened, fills = open_position(
        exchange, "main", "BTCUSDT", "short", D("0.05"), client_id="entry", at=clock() - 3_600_000
    )
    assert (opened.client_id, opened.average) == ("entry", D(60000))
    assert [fill.at for fill in fills] == [clock() - 3_600_000]
    assert amount(exchange) == D("-0.05")


def test_reset_leaves_the_keys_and_nothing_else(exchange: Exchange) -> None:
    exchange.set_price("BTCUSDT", D(61000))
    exchange.place("main", order("BUY", "0.05"))
    exchange.set_status("BTCUSDT", "CLOSE")
    exchange.reset()
    main = exchange.by_key("key")
    assert main is not None
    assert (main.wallet, main.orders, main.fills, amount(exchange)) == (D(100_000), [], [], NONE)
    assert (exchange.prices.last("BTCUSDT"), exchange.statuses["BTCUSDT"]) == (D(60000), "TRADING")


TRADES = st.lists(
    st.tuples(
        st.integers(-50, 50).filter(bool).map(lambda lots: D(lots) / 1000),
        st.integers(10_000, 90_000).map(D),
    ),
    min_size=1,
    max_size=20,
)


@given(TRADES)
@settings(max_examples=200, deadline=None)
def test_profit_taken_and_profit_standing_are_together_what_the_trades_earned(
    trades: list[tuple[Decimal, Decimal]],
) -> None:
    position, mark = Position("BTCUSDT", "BOTH"), D(50_000)
    realised = sum(position.add(lots, price, 0) for lots, price in trades)
    earned = sum(lots * (mark - price) for lots, price in trades)
    assert position.amount == sum(lots for lots, _ in trades)
    assert abs(realised + position.profit(mark) - earned) < D("0.0000001")
