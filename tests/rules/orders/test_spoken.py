"""The detector counts orders that failed, and leaves an exchange that is away to the heartbeats' runbook."""

from __future__ import annotations

import pytest

from functions.rules.orders.signs import causes_of_line
from functions.rules.orders.spoken import order_failed

LIMIT = '429 Too Many Requests {"code":-1003,"msg":"Too many requests; current limit is 2400 requests per minute."}'


@pytest.mark.parametrize(
    "line",
    [
        f'{{"level":"ERROR","event":"order_failed","error":"DDoSProtection: binanceusdm {LIMIT}"}}',
        '{"level":"ERROR","event":"order_failed","error":"RequestTimeout: binanceusdm POST /fapi/v1/order"}',
        'ERROR s1: limit buy BTC/USDT:USDT failed: binanceusdm {"code":-1021,"msg":"Timestamp ahead"}',
        'ERROR s1 binanceusdm {"code":-2019,"msg":"Margin is insufficient."}',
        "ERROR Could not create order: ExchangeNotAvailable binanceusdm 503 Service Unavailable",
    ],
)
def test_an_order_that_failed_counts_whatever_the_reason(line: str) -> None:
    assert order_failed(line)


@pytest.mark.parametrize(
    "line",
    [
        f'{{"level":"ERROR","event":"exchange_request_failed","error":"RateLimitExceeded: binanceusdm {LIMIT}"}}',
        "ccxt.base.errors.RequestTimeout: binanceusdm GET https://fapi.binance.com/fapi/v1/klines",
        "ERROR fetch_order_book failed: binanceusdm 503 Service Unavailable",
        "ERROR s1 exchange_request_failed: ReadTimeout: HTTPSConnectionPool(host='fapi.binance.com', port=443)",
    ],
)
def test_an_exchange_that_does_not_answer_is_no_order_that_failed(line: str) -> None:
    assert causes_of_line(line, None), "a run that has started judges it"
    assert not order_failed(line)


def test_an_order_that_went_well_is_none() -> None:
    assert not order_failed('{"level":"INFO","event":"order_placed","exchange":"binanceusdm","status":"filled"}')
