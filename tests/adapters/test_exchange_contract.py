"""One contract for the twin and for the real ccxt, which talks over HTTP to the stand-in venue."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from functions.errors import Refused, RunbookError, Transient, Uncertain
from functions.facts import Reading
from functions.ports import Exchange
from functions.rules.units.fills import STOP, closing_fills
from functions.venue import NewOrder, OrderStatus, Row, Unit, VenueOrder
from local.platform.exchange.server import Served
from tests.adapters.exchange_rigs import (
    BTC,
    LONG,
    MAIN,
    SECOND,
    SHORT,
    VENUE,
    HttpVenueRig,
    MemoryVenueRig,
    VenueRig,
    stand_in,
)

ZERO = Decimal(0)
LONG_AGO = datetime.now(UTC) - timedelta(minutes=5)


@pytest.fixture(scope="module")
def served() -> Iterator[Served]:
    with stand_in() as one:
        yield one


@pytest.fixture(params=["memory", "ccxt"])
def rig(request: pytest.FixtureRequest) -> Iterator[VenueRig]:
    if request.param == "memory":
        yield MemoryVenueRig()
        return
    served: Served = request.getfixturevalue("served")
    yield HttpVenueRig(served)
    served.venue.down = False
    served.venue.reset()


def close(
    unit: Unit, amount: str, price: str | None, client_id: str = "ours1", *, hedged: bool = False
) -> NewOrder:
    return NewOrder(client_id, unit, Decimal(amount), Decimal(price) if price else None, hedged)


def row_of(error: RunbookError) -> Row:
    assert error.trouble
    return error.trouble.row


def test_flat_is_an_answer(rig: VenueRig) -> None:
    found = rig.exchange.position(LONG)
    assert (found.amount, found.opposite, found.hedged, found.entry_price) == (ZERO, ZERO, False, None)
    assert rig.exchange.positions(MAIN) == []


@pytest.mark.parametrize("unit", [LONG, SHORT])
def test_a_position_is_told_by_its_direction(rig: VenueRig, unit: Unit) -> None:
    rig.hold(unit, "0.050")
    found = rig.exchange.position(unit)
    assert (found.amount, found.opposite) == (Decimal("0.05"), ZERO)
    assert found.entry_price
    assert abs(found.entry_price - 60_000) < 100
    assert found.mark_price == 60_000
    assert found.unrealized is not None
    assert found.margin == 300
    other = rig.exchange.position(SHORT if unit == LONG else LONG)
    assert (other.amount, other.opposite, other.entry_price) == (ZERO, Decimal("0.05"), None)
    assert [(one.unit, one.amount) for one in rig.exchange.positions(MAIN)] == [(unit, Decimal("0.05"))]


def test_accounts_are_apart(rig: VenueRig) -> None:
    rig.hold(replace(LONG, account="second"), "0.050")
    assert rig.exchange.position(LONG).amount == 0
    assert [one.unit.account for one in rig.exchange.positions(SECOND)] == ["second"]


def test_in_hedge_mode_both_directions_stand_side_by_side(rig: VenueRig) -> None:
    rig.hedge()
    rig.hold(LONG, "0.050")
    rig.hold(SHORT, "0.020")
    found = rig.exchange.position(LONG)
    assert (found.amount, found.opposite, found.hedged) == (Decimal("0.05"), Decimal("0.02"), True)
    assert {one.unit: one.amount for one in rig.exchange.positions(MAIN)} == {
        LONG: Decimal("0.05"),
        SHORT: Decimal("0.02"),
    }
    made = rig.exchange.create(MAIN, close(SHORT, "0.020", "60600", hedged=True))
    assert (made.side, made.status, made.position_side) == ("buy", OrderStatus.FILLED, "short")
    assert rig.exchange.position(LONG).amount == Decimal("0.05")
    assert rig.exchange.position(SHORT).amount == 0


@pytest.mark.parametrize(("unit", "worst"), [(LONG, "59700"), (SHORT, "60300")])
def test_an_order_closes_the_position_and_is_found_by_our_own_id(rig: VenueRig, unit: Unit, worst: str) -> None:
    rig.hold(unit, "0.050")
    made = rig.exchange.create(MAIN, close(unit, "0.050", worst))
    assert (made.status, made.filled, made.final) == (OrderStatus.FILLED, Decimal("0.05"), True)
    assert (made.client_order_id, made.time_in_force, made.reduce_only) == ("ours1", "IOC", True)
    assert (made.type, made.price) == ("limit", Decimal(worst))
    found = rig.exchange.order(MAIN, BTC, "ours1")
    assert found is not None
    assert (found.order_id, found.filled, found.average) == (made.order_id, made.filled, made.average)
    assert rig.exchange.position(unit).amount == 0


def test_an_order_at_any_price_has_none(rig: VenueRig) -> None:
    rig.hold(LONG, "0.050")
    made = rig.exchange.create(MAIN, close(LONG, "0.050", None))
    assert (made.type, made.price, made.status) == ("market", None, OrderStatus.FILLED)


def test_what_does_not_fill_inside_the_bound_is_not_filled(rig: VenueRig) -> None:
    rig.hold(LONG, "0.050")
    rig.pin(bids=[("59990", "0.02"), ("59000", "5")], asks=[("60010", "5")])
    made = rig.exchange.create(MAIN, close(LONG, "0.050", "59700"))
    assert (made.status, made.filled, made.average) == (OrderStatus.EXPIRED, Decimal("0.02"), Decimal(59_990))
    assert made.final
    assert made.left == Decimal("0.03")
    assert rig.exchange.position(LONG).amount == Decimal("0.03")


def test_a_partial_fill_is_told_as_one(rig: VenueRig) -> None:
    rig.hold(LONG, "0.050")
    rig.fills_half()
    made = rig.exchange.create(MAIN, close(LONG, "0.050", "59700"))
    assert (made.status, made.filled) == (OrderStatus.EXPIRED, Decimal("0.025"))


def test_never_more_than_the_position_is_closed(rig: VenueRig) -> None:
    rig.hold(LONG, "0.050")
    made = rig.exchange.create(MAIN, close(LONG, "0.080", "59700"))
    assert made.filled == Decimal("0.05")
    found = rig.exchange.position(LONG)
    assert (found.amount, found.opposite) == (ZERO, ZERO)


def test_nothing_to_reduce_is_a_refusal_of_its_own_row(rig: VenueRig) -> None:
    with pytest.raises(Refused) as caught:
        rig.exchange.create(MAIN, close(LONG, "0.050", "59700"))
    assert row_of(caught.value) is Row.NOTHING_TO_REDUCE
    assert rig.exchange.order(MAIN, BTC, "ours1") is None


@pytest.mark.parametrize("covered", ["0.050", "0.030"])
def test_resting_exits_hold_the_quantity(rig: VenueRig, covered: str) -> None:
    rig.hold(LONG, "0.050")
    rig.rest_exit(LONG, "exit1", covered, "61000")
    with pytest.raises(Refused) as caught:
        rig.exchange.create(MAIN, close(LONG, "0.050", "59700"))
    assert row_of(caught.value) is Row.NOTHING_TO_REDUCE
    (resting,) = rig.exchange.orders(MAIN, BTC)
    assert (resting.client_order_id, resting.reduces(LONG), resting.protects(LONG)) == ("exit1", True, False)
    assert rig.exchange.cancel(MAIN, resting)
    assert rig.exchange.orders(MAIN, BTC) == []
    assert rig.exchange.create(MAIN, close(LONG, "0.050", "59700")).filled == Decimal("0.05")


def test_a_known_refusal_leaves_no_order(rig: VenueRig) -> None:
    rig.hold(LONG, "0.050")
    rig.refuses_the_price()
    with pytest.raises(Refused) as caught:
        rig.exchange.create(MAIN, close(LONG, "0.050", "59700"))
    assert row_of(caught.value) is Row.INVALID_PRICE
    assert rig.exchange.order(MAIN, BTC, "ours1") is None
    assert rig.exchange.position(LONG).amount == Decimal("0.05")


@pytest.mark.parametrize(
    ("amount", "price"),
    [("0.050", "59700.05"), ("0.0505", "59700"), ("0", "59700"), ("121", None), ("1001", "59700")],
)
def test_an_order_outside_the_filters_is_refused_by_its_row(rig: VenueRig, amount: str, price: str | None) -> None:
    rig.hold(LONG, "0.050")
    with pytest.raises(Refused) as caught:
        rig.exchange.create(MAIN, close(LONG, amount, price))
    assert row_of(caught.value) is Row.INVALID_PRICE


def test_an_order_may_be_executed_in_silence(rig: VenueRig) -> None:
    rig.hold(LONG, "0.050")
    rig.executes_in_silence()
    with pytest.raises(Uncertain):
        rig.exchange.create(MAIN, close(LONG, "0.050", "59700"))
    found = rig.exchange.order(MAIN, BTC, "ours1")
    assert found is not None
    assert found.status is OrderStatus.FILLED


def test_an_order_may_be_found_only_later(rig: VenueRig) -> None:
    rig.hold(LONG, "0.050")
    rig.is_slow_to_know()
    rig.exchange.create(MAIN, close(LONG, "0.050", "59700"))
    assert rig.exchange.order(MAIN, BTC, "ours1") is None
    time.sleep(0.6)
    assert rig.exchange.order(MAIN, BTC, "ours1") is not None


def test_the_newest_order_of_an_id_is_the_one(rig: VenueRig) -> None:
    """A client id is unique among open orders only."""
    rig.hold(LONG, "0.050")
    first = rig.exchange.create(MAIN, close(LONG, "0.020", "59700"))
    second = rig.exchange.create(MAIN, close(LONG, "0.020", "59700"))
    assert first.order_id != second.order_id
    found = rig.exchange.order(MAIN, BTC, "ours1")
    assert found is not None
    assert found.order_id == second.order_id


def test_an_id_that_nobody_used_is_none(rig: VenueRig) -> None:
    assert rig.exchange.order(MAIN, BTC, "nobody") is None


def the_stop(rig: VenueRig) -> VenueOrder:
    (stop,) = [order for order in rig.exchange.orders(MAIN, BTC) if order.trigger]
    return stop


@pytest.mark.parametrize("hedged", [False, True])
@pytest.mark.parametrize("also", [{}, {"quantity": "0.050"}])
def test_protection_is_placed_again_as_it_was(rig: VenueRig, hedged: bool, also: dict[str, str]) -> None:
    if hedged:
        rig.hedge()
    rig.hold(LONG, "0.050")
    rig.protect(LONG, "stop1", **also)
    stood = the_stop(rig)
    assert (stood.type, stood.trigger_price, stood.protects(LONG)) == ("stop_market", Decimal(55_000), True)
    assert (stood.close_position, stood.side) == (not also, "sell")
    assert {"workingType": "MARK_PRICE", "priceProtect": "true"}.items() <= dict(stood.parameters).items()
    assert rig.exchange.cancel(MAIN, stood)
    assert not rig.exchange.cancel(MAIN, stood), "it is gone"
    again = rig.exchange.place_again(MAIN, stood, "stop2")
    assert again.client_order_id == "stop2"
    stands = the_stop(rig)
    assert stands.order_id != stood.order_id
    same = replace(
        stands,
        order_id=stood.order_id,
        client_order_id="stop1",
        created_at=stood.created_at,
    )
    assert same == stood


def test_protection_is_found_by_its_id_too(rig: VenueRig) -> None:
    rig.hold(LONG, "0.050")
    rig.protect(LONG, "stop1")
    found = rig.exchange.order(MAIN, BTC, "stop1")
    assert found is not None
    assert (found.trigger, found.status, found.final) == (True, OrderStatus.OPEN, False)


def test_orders_of_the_whole_account_are_listed(rig: VenueRig) -> None:
    rig.hold(LONG, "0.050")
    rig.rest_exit(LONG, "exit1", "0.050", "61000")
    rig.protect(LONG, "stop1")
    found = {order.client_order_id: order.trigger for order in rig.exchange.orders(MAIN, None)}
    assert found == {"exit1": False, "stop1": True}
    assert rig.exchange.orders(SECOND, None) == []


def test_our_fills_tell_price_amount_and_fee(rig: VenueRig) -> None:
    rig.hold(LONG, "0.050")
    rig.pin(bids=[("59990", "0.02"), ("59980", "5")], asks=[("60010", "5")])
    made = rig.exchange.create(MAIN, close(LONG, "0.050", "59700"))
    opening, *closing = rig.exchange.fills(MAIN, BTC, LONG_AGO)
    assert opening.side == "buy"
    assert [(fill.side, fill.amount, fill.price) for fill in closing] == [
        ("sell", Decimal("0.02"), Decimal(59_990)),
        ("sell", Decimal("0.03"), Decimal(59_980)),
    ]
    assert {fill.order_id for fill in closing} == {made.order_id}
    for fill in closing:
        assert fill.fee is not None
        assert fill.fee > 0
        assert fill.fee_asset in ("USDT", "BNB")
    assert len({fill.fill_id for fill in closing}) == 2


def test_a_fill_names_the_order_that_it_is_of(rig: VenueRig) -> None:
    rig.hold(LONG, "0.050")
    rig.exchange.create(MAIN, close(LONG, "0.020", "59700"))
    *_, fill = rig.exchange.fills(MAIN, BTC, LONG_AGO)
    assert fill.client_order_id == "ours1"


@pytest.mark.parametrize("amount", [{}, {"quantity": "0.050"}])
def test_the_fill_of_a_stop_that_fired_is_known_by_the_id_of_the_stop(
    rig: VenueRig, amount: dict[str, str]
) -> None:
    """Its own order id is that of the order which the trigger made, and that stands in no record."""
    rig.hold(LONG, "0.050")
    rig.protect(LONG, "stop1", **amount)
    [waiting] = rig.exchange.orders(MAIN, BTC)
    rig.fires_the_stops()
    *_, fill = rig.exchange.fills(MAIN, BTC, LONG_AGO)
    assert (fill.side, fill.amount, fill.client_order_id) == ("sell", Decimal("0.05"), "stop1")
    assert (fill.order_id != waiting.order_id, fill.trigger_id) == (True, waiting.order_id)
    assert closing_fills(LONG, [fill], LONG_AGO, fill.amount, Decimal("0.001"), {"stop1": STOP}).by == "stop"
    fired = rig.exchange.order(MAIN, BTC, "stop1")
    assert fired is not None
    assert (fired.status, fired.filled) == (OrderStatus.FILLED, Decimal("0.05"))


def test_fills_before_the_time_are_left_out(rig: VenueRig) -> None:
    rig.hold(LONG, "0.050")
    assert rig.exchange.fills(MAIN, BTC, datetime.now(UTC) + timedelta(seconds=30)) == []


def test_funding_is_below_zero_where_it_was_paid(rig: VenueRig) -> None:
    rig.hold(LONG, "0.050")
    rig.pays_funding("0.0001")
    (paid,) = rig.exchange.funding(MAIN, BTC, LONG_AGO)
    assert (paid.amount, paid.asset) == (Decimal("-0.3"), "USDT")


def test_a_market_has_its_steps_and_limits(rig: VenueRig) -> None:
    market = rig.exchange.market(MAIN, BTC)
    assert (market.active, market.status, market.quote) == (True, "TRADING", "USDT")
    assert (market.price_tick, market.amount_step) == (Decimal("0.1"), Decimal("0.001"))
    assert market.amount_least == Decimal("0.001")
    assert (market.limit_most, market.market_most) == (Decimal(1_000), Decimal(120))


def test_whether_a_market_trades_is_looked_at_each_time(rig: VenueRig) -> None:
    assert rig.exchange.market(MAIN, BTC).active
    rig.closes_the_symbol()
    assert not rig.exchange.market(MAIN, BTC).active
    with pytest.raises(Refused) as caught:
        rig.exchange.create(MAIN, close(LONG, "0.050", "59700"))
    assert row_of(caught.value) is Row.INVALID_SYMBOL


def test_the_symbols_that_are_traded_are_looked_at_each_time(rig: VenueRig) -> None:
    assert BTC in rig.exchange.symbols(MAIN)
    rig.closes_the_symbol()
    assert BTC not in rig.exchange.symbols(MAIN)


def test_an_unknown_symbol_is_refused_by_its_row(rig: VenueRig) -> None:
    with pytest.raises(Refused) as caught:
        rig.exchange.market(MAIN, "NO/USDT:USDT")
    assert row_of(caught.value) is Row.INVALID_SYMBOL


ASKED: dict[str, Callable[[Exchange, str], object]] = {
    "market": lambda exchange, symbol: exchange.market(MAIN, symbol),
    "book": lambda exchange, symbol: exchange.book(MAIN, symbol),
    "position": lambda exchange, symbol: exchange.position(replace(LONG, symbol=symbol)),
    "orders": lambda exchange, symbol: exchange.orders(MAIN, symbol),
    "order": lambda exchange, symbol: exchange.order(MAIN, symbol, "ours1"),
    "fills": lambda exchange, symbol: exchange.fills(MAIN, symbol, LONG_AGO),
    "funding": lambda exchange, symbol: exchange.funding(MAIN, symbol, LONG_AGO),
    "create": lambda exchange, symbol: exchange.create(MAIN, close(replace(LONG, symbol=symbol), "0.050", "59700")),
}


@pytest.mark.parametrize("symbol", ["BTCUSDT", "BTC/USDT", "btc/usdt:usdt"])
@pytest.mark.parametrize("asked", sorted(ASKED))
def test_a_symbol_in_another_notation_is_refused_and_nothing_is_traded_by_it(
    rig: VenueRig, asked: str, symbol: str
) -> None:
    """Its orders come back under the unified name: nobody would know the stop of the position as its own."""
    rig.hold(LONG, "0.050")
    with pytest.raises(Refused) as caught:
        ASKED[asked](rig.exchange, symbol)
    assert row_of(caught.value) is Row.INVALID_SYMBOL
    assert rig.exchange.position(LONG).amount == Decimal("0.05")


def test_the_book_has_the_best_first(rig: VenueRig) -> None:
    rig.pin(bids=[("59990", "0.02"), ("59980", "5")], asks=[("60010", "3"), ("60020", "4")])
    book = rig.exchange.book(MAIN, BTC)
    assert book.bids == ((Decimal(59_990), Decimal("0.02")), (Decimal(59_980), Decimal(5)))
    assert book.asks == ((Decimal(60_010), Decimal(3)), (Decimal(60_020), Decimal(4)))


def test_an_account_that_may_trade(rig: VenueRig) -> None:
    account = rig.exchange.account(MAIN)
    assert account.unread == ()
    assert (account.can_trade, account.can_withdraw, account.frozen) == (True, False, False)
    assert (account.hedged, account.quote) == (False, "USDT")
    assert account.equity
    assert account.available
    assert account.clock_skew is not None
    assert abs(account.clock_skew) < 2


def test_a_frozen_account_is_told_with_its_reason(rig: VenueRig) -> None:
    rig.freezes()
    account = rig.exchange.account(MAIN)
    assert (account.frozen, account.can_trade) == (True, False)
    assert account.frozen_why


def test_a_venue_that_is_down_is_told_and_nothing_is_sent(rig: VenueRig) -> None:
    assert rig.exchange.status(VENUE).reading is Reading.OK
    rig.goes_down()
    status = rig.exchange.status(VENUE)
    assert status.reading is Reading.FAILED
    assert status.trouble
    assert status.trouble.row is Row.MAINTENANCE
    with pytest.raises(Transient):
        rig.exchange.position(LONG)
    with pytest.raises((Transient, Uncertain)):
        rig.exchange.create(MAIN, close(LONG, "0.050", "59700"))


def test_the_price_of_an_asset_in_itself_is_one(rig: VenueRig) -> None:
    assert rig.exchange.rate(MAIN, "USDT", "USDT", LONG_AGO) == 1
    assert rig.exchange.rate(MAIN, "NOBODY", "USDT", LONG_AGO) is None
