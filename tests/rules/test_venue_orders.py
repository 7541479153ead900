"""What an order at a venue can do. Whatever is not sure to open stays."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.rules.venue_orders import Kind, covered, kind_of, told
from functions.venue import CLOSES, Direction, OrderStatus, Unit, VenueOrder, VenuePosition
from tests.rules.facts import NOW

UNIT = Unit("binanceusdm", "main", "BTC/USDT:USDT", "long")
ONE = Decimal(1)


def order(**changes: Any) -> VenueOrder:
    made = VenueOrder(
        "7", "c1", UNIT.symbol, "buy", "limit", OrderStatus.OPEN, ONE, Decimal(0), price=Decimal(60000)
    )
    return replace(made, **changes)


def stop(**changes: Any) -> VenueOrder:
    resting = {"side": "sell", "type": "stop_market", "trigger": True, "reduce_only": True, "price": None}
    return order(**{**resting, "trigger_price": Decimal(59000), **changes})


def held(side: Direction = "long", amount: Decimal = ONE, symbol: str = UNIT.symbol) -> VenuePosition:
    unit = replace(UNIT, side=side, symbol=symbol)
    return VenuePosition(unit, amount, Decimal(0), hedged=False, at=NOW)


@pytest.mark.parametrize(
    ("given", "positions", "kind"),
    [
        (order(), [], Kind.ENTRY),
        (order(side="sell"), [], Kind.ENTRY),
        (order(), [held("long")], Kind.ENTRY),
        (order(side="sell"), [held("short")], Kind.ENTRY),
        (order(side="sell"), [held("long")], Kind.UNCLEAR),
        (order(), [held("short")], Kind.UNCLEAR),
        (order(side="sell"), [held("long", symbol="ETH/USDT:USDT")], Kind.ENTRY),
        (order(side="sell", reduce_only=False), [held("long")], Kind.UNCLEAR),
        (order(), None, Kind.UNCLEAR),
        (order(side="sell", reduce_only=True), None, Kind.REDUCES),
        (stop(), [], Kind.REDUCES),
        (stop(reduce_only=None, close_position=True), [held("long")], Kind.REDUCES),
        (stop(reduce_only=None), [held("long")], Kind.UNCLEAR),
        (stop(reduce_only=False, side="buy"), [held("long")], Kind.ENTRY),
        (order(position_side="long"), None, Kind.ENTRY),
        (order(position_side="short", side="sell"), [held("long")], Kind.ENTRY),
        (order(position_side="long", side="sell"), None, Kind.REDUCES),
        (order(position_side="short"), [], Kind.REDUCES),
        (order(), [replace(held("long"), hedged=True)], Kind.UNCLEAR),
    ],
)
def test_tells_what_opens_from_what_reduces(given: VenueOrder, positions: Any, kind: Kind) -> None:
    assert kind_of(given, positions) is kind


ANY_ORDER = st.builds(
    order,
    side=st.sampled_from(["buy", "sell"]),
    reduce_only=st.sampled_from([None, False, True]),
    close_position=st.booleans(),
    position_side=st.sampled_from([None, "long", "short"]),
    trigger=st.booleans(),
)
HELD = st.lists(st.builds(held, st.sampled_from(["long", "short"])), max_size=1)


@given(ANY_ORDER, HELD)
def test_nothing_that_may_protect_what_is_open_is_ever_called_an_entry(one: VenueOrder, positions: Any) -> None:
    if kind_of(one, positions) is Kind.ENTRY:
        for position in positions:
            one_way = one.position_side is None
            assert one.side != CLOSES[position.unit.side] or not one_way
            assert one.reduces(position.unit) is not True


@pytest.mark.parametrize(
    ("orders", "amount"),
    [
        ([], "0"),
        ([stop()], "1"),
        ([stop(amount=Decimal("0.4"))], "0.4"),
        ([stop(amount=Decimal("0.4")), stop(order_id="8", amount=Decimal("0.9"))], "1"),
        ([stop(amount=Decimal(0), reduce_only=None, close_position=True)], "1"),
        ([stop(status=OrderStatus.CANCELED)], "0"),
        ([stop(symbol="ETH/USDT:USDT")], "0"),
        ([stop(reduce_only=None)], "0"),
        ([order(side="sell", reduce_only=True)], "0"),
        ([stop(side="buy")], "0"),
        ([stop(filled=Decimal("0.7"))], "0.3"),
    ],
)
def test_counts_how_much_protective_orders_take_care_of(orders: list[VenueOrder], amount: str) -> None:
    assert covered(UNIT, ONE, orders) == Decimal(amount)


def test_an_order_is_told_in_one_line() -> None:
    assert told(order()) == "7 (c1): buy 1 BTC/USDT:USDT limit at 60000"
    assert told(stop(client_order_id=None)) == "7: sell 1 BTC/USDT:USDT stop_market at 59000"
