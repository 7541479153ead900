"""The validated and the post-only order on the wire: Binance's, and that nobody else is asked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from functions.errors import Refused
from functions.ports import Exchange
from functions.venue import OrderStatus, ProbeOrder, Row, Validation, Where
from tests.adapters.venue_answers import MAIN, Answers, exchange_at, venue
from tests.adapters.venues import bybit_payloads, krakenfutures_payloads, okx_payloads
from tests.adapters.venues.recorder import Recorder
from tests.adapters.venues.recorder import exchange_at as recorded

TEST, ORDER = "POST /fapi/v1/order/test", "POST /fapi/v1/order"
BTC = "BTC/USDT:USDT"
PROBE = ProbeOrder("rbt1", BTC, "buy", Decimal("0.002"), Decimal("58200.0"), hedged=False)
SHAPE = {
    "symbol": "BTCUSDT",
    "side": "BUY",
    "type": "LIMIT",
    "timeInForce": "GTX",
    "quantity": "0.002",
    "price": "58200",
    "newClientOrderId": "rbt1",
}
PLACED: dict[str, Any] = {
    "orderId": 12,
    "clientOrderId": "rbt1",
    "symbol": "BTCUSDT",
    "side": "BUY",
    "type": "LIMIT",
    "origType": "LIMIT",
    "status": "NEW",
    "origQty": "0.002",
    "executedQty": "0",
    "avgPrice": "0.00",
    "price": "58200.0",
    "stopPrice": "0.00",
    "reduceOnly": False,
    "closePosition": False,
    "positionSide": "BOTH",
    "timeInForce": "GTX",
    "updateTime": 1769828400123,
}


@pytest.fixture
def binance() -> Iterator[tuple[Answers, Exchange]]:
    with venue() as (answers, url):
        yield answers, exchange_at(url)


def said(answers: Answers, what: str) -> dict[str, str]:
    (asked,) = answers.to(what)
    assert asked.fields.pop("signature")
    return {name: text for name, text in asked.fields.items() if name not in ("timestamp", "recvWindow")}


def test_binance_is_asked_to_test_a_signed_post_only_limit(binance: tuple[Answers, Exchange]) -> None:
    answers, exchange = binance
    answers.says(TEST, {})
    assert exchange.validate(MAIN, PROBE) is Validation.ACCEPTED
    assert said(answers, TEST) == SHAPE
    assert not answers.to(ORDER)


def test_in_hedge_mode_the_side_of_the_position_is_said(binance: tuple[Answers, Exchange]) -> None:
    answers, exchange = binance
    answers.says(TEST, {})
    exchange.validate(MAIN, replace(PROBE, side="sell", hedged=True))
    assert said(answers, TEST) == {**SHAPE, "side": "SELL", "positionSide": "SHORT"}


def test_a_post_only_order_is_one_call_that_does_not_reduce(binance: tuple[Answers, Exchange]) -> None:
    answers, exchange = binance
    answers.says(ORDER, PLACED)
    made = exchange.probe(MAIN, PROBE)
    assert said(answers, ORDER) == {**SHAPE, "newOrderRespType": "RESULT"}
    assert (made.order_id, made.status, made.reduce_only) == ("12", OrderStatus.OPEN, False)
    assert not answers.to(TEST)


INSTRUMENTS = {
    "bybit": ("GET /v5/market/instruments-info", bybit_payloads.INSTRUMENTS),
    "okx": ("GET /api/v5/public/instruments", okx_payloads.INSTRUMENTS),
    "krakenfutures": ("GET /derivatives/api/v3/instruments", krakenfutures_payloads.INSTRUMENTS),
}


@pytest.mark.parametrize("name", INSTRUMENTS)
def test_a_venue_that_promises_no_validation_is_not_asked_for_one(recorder: Recorder, name: str) -> None:
    at, what = Where(name, "main"), replace(PROBE, symbol="BTC/USD:USD" if name == "krakenfutures" else BTC)
    recorder.lay(INSTRUMENTS[name][0], INSTRUMENTS[name][1])
    exchange = recorded(recorder, name)
    assert exchange.validate(at, what) is Validation.NOT_OFFERED
    with pytest.raises(Refused) as refusal:
        exchange.probe(at, what)
    assert refusal.value.trouble is not None
    assert refusal.value.trouble.row is Row.OTHER
    assert {request.method for request in recorder.requests} == {"GET"}
