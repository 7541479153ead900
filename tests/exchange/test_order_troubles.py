"""What lasts and makes orders fail, as the unmodified ccxt meets it: the limit, the narrow band, another name."""

from __future__ import annotations

import time
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import ccxt
import pytest

from local.platform.exchange.market import TRADING, UNLISTED
from local.platform.exchange.order_limit import OrderLimit
from local.platform.exchange.server import Served
from local.platform.pace import Pace
from tests.exchange.conftest import SYMBOL


@pytest.fixture
def limited(served: Served) -> Iterator[Served]:
    """The bots sent two orders more than the venue takes in a minute."""
    limit = OrderLimit(1, Pace(), time.monotonic)
    for _ in range(3):
        limit.sent(time.monotonic())
    served.venue.order_limit = limit
    yield served
    served.venue.order_limit = None


def limit_order(usdm: Any, price: float, **params: Any) -> Any:
    return usdm.create_order(SYMBOL, "limit", "buy", 0.01, price, params)


def test_an_order_is_429_with_when_to_come_back_while_reads_are_answered(limited: Served, usdm: Any) -> None:
    usdm.load_markets()
    with pytest.raises(ccxt.DDoSProtection, match="-1015"):
        limit_order(usdm, 60_030)
    assert 50 <= int(usdm.last_response_headers["Retry-After"]) <= 60
    assert usdm.fetch_open_orders(SYMBOL) == []
    limited.venue.reset()
    assert limit_order(usdm, 60_030)["status"] == "closed"


def test_a_limit_that_does_not_reach_the_moved_price_is_refused_unless_it_closes_or_rests(
    served: Served, usdm: Any
) -> None:
    served.exchange.desk.moved["BTCUSDT"] = Decimal(10)
    with pytest.raises(ccxt.BadRequest, match="-4024"):
        limit_order(usdm, 60_059)
    assert limit_order(usdm, 60_060)["status"] == "closed"
    assert limit_order(usdm, 50_000, postOnly=True)["status"] == "open"
    assert usdm.create_order(SYMBOL, "limit", "sell", 0.01, 60_100, {"reduceOnly": True})["status"] == "open"
    with pytest.raises(ccxt.BadRequest, match="-4016"):
        usdm.create_order(SYMBOL, "limit", "sell", 0.01, 59_941)
    served.venue.reset()
    assert limit_order(usdm, 60_059)["status"] == "closed"


def test_a_renamed_symbol_is_another_market_and_what_is_held_under_the_old_name_is_still_seen(
    served: Served, usdm: Any
) -> None:
    usdm.create_order("SOL/USDT:USDT", "market", "buy", 2)
    served.exchange.set_status("SOLUSDT", UNLISTED)
    served.exchange.set_status("SOL2USDT", TRADING)
    markets = usdm.load_markets(True)
    assert "SOL/USDT:USDT" not in markets
    assert markets["SOL2/USDT:USDT"]["active"]
    assert usdm.create_order("SOL2/USDT:USDT", "market", "buy", 1)["filled"] == 1
    held = {one["symbol"]: one["positionAmt"] for one in usdm.fapiPrivateV3GetPositionRisk()}
    assert held == {"SOLUSDT": "2.00", "SOL2USDT": "1.00"}
    with pytest.raises(ccxt.BadSymbol, match="-1121"):
        usdm.fapiPrivatePostOrder({"symbol": "SOLUSDT", "side": "BUY", "type": "MARKET", "quantity": "1"})


def test_a_transfer_is_money_in_the_wallet_and_in_the_income(served: Served, usdm: Any) -> None:
    before = usdm.fetch_balance()["USDT"]["free"]
    served.exchange.transfer("main", Decimal(-500))
    assert usdm.fetch_balance()["USDT"]["free"] == before - 500
    (told,) = usdm.fapiPrivateGetIncome({"incomeType": "TRANSFER"})
    assert (told["income"], told["asset"]) == ("-500.00000000", "USDT")
