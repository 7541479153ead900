"""Why an order failed, out of one line or one answer. The corpus (tests/corpus) measures; these hold the rules."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.rules.orders.causes import Cause
from functions.rules.orders.nets import BY_CAUSE, FOREIGN, NETS, PLACED, Net
from functions.rules.orders.phrases import OTHER_MEDICINE, PHRASES
from functions.rules.orders.reading import (
    code_told,
    codes_in,
    counts_orders_of,
    level_of,
    statuses_in,
    strategy_told,
    symbol_told,
    unescaped,
    venue_told,
)
from functions.rules.orders.signs import MOST_READ, causes_of_answer, causes_of_line, went_well

FAILED: list[tuple[Cause, str | None, str]] = [
    (
        Cause.INSUFFICIENT_BALANCE,
        None,
        "2026-01-31 03:00:00,123 - freqtrade.exchange - WARNING - create_order() returned exception: "
        '"InsufficientFunds: Insufficient funds to create limit buy order on market BTC/USDT:USDT. '
        'Tried to buy amount 0.1 at rate 60000. Message: binanceusdm {"code":-2019,"msg":"Margin is '
        'insufficient."}"',
    ),
    (
        Cause.INSUFFICIENT_BALANCE,
        None,
        'ccxt.base.errors.InsufficientFunds: bybit {"retCode":110007,"retMsg":"ab not enough for new '
        'order","result":{},"retExtInfo":{},"time":1668838414793}',
    ),
    (Cause.INSUFFICIENT_BALANCE, "binanceusdm", "APIError(code=-2019): Margin is insufficient."),
    (
        Cause.INSUFFICIENT_BALANCE,
        None,
        "pybit.exceptions.InvalidRequestError: CheckMarginRatio fail! InsufficientAB (ErrCode: 110012) "
        "(ErrTime: 10:12:01).",
    ),
    (Cause.INSUFFICIENT_BALANCE, "binanceusdm", "ERROR [s1] Order abgelehnt: Guthaben reicht nicht aus"),
    (Cause.INSUFFICIENT_BALANCE, "okx", "ERROR s1 下单失败：保证金不足"),
    (Cause.INSUFFICIENT_BALANCE, "bybit", "ERROR s1 注文が拒否されました: 証拠金が不足しています"),
    (Cause.INSUFFICIENT_BALANCE, "binanceusdm", "ERROR s1 orden rechazada: saldo insuficiente"),
    (Cause.INSUFFICIENT_BALANCE, "binanceusdm", "ERROR s1 ордер отклонён: недостаточно средств"),
    (Cause.INSUFFICIENT_BALANCE, "krakenfutures", "ERROR s1 order rejected status=insufficientAvailableFunds"),
    (
        Cause.INVALID_PRICE,
        "binanceusdm",
        "s1 BinanceAPIException: APIError(code=-4016): Limit price can't be higher than 61200.5.",
    ),
    (
        Cause.INVALID_PRICE,
        "binanceusdm",
        "ccxt.base.errors.InvalidOrder: binanceusdm order price is invalid, i.e. exceeds allowed price "
        'precision, exceeds min price or max price limits PRICE_FILTER {"code":-1013,"msg":"Filter failure: '
        'PRICE_FILTER"}',
    ),
    (
        Cause.INVALID_PRICE,
        "okx",
        'okx {"code":"1","data":[{"clOrdId":"a","ordId":"","sCode":"51137","sMsg":"Your opening price has '
        'triggered the limit price, and the max buy price is 61000"}],"msg":""}',
    ),
    (Cause.INVALID_PRICE, "bybit", 'bybit {"retCode":110003,"retMsg":"Order price is out of permissible range"}'),
    (Cause.RATE_LIMITED, "okx", 'okx {"msg":"Too Many Requests","code":"50011"}'),
    (Cause.RATE_LIMITED, "bybit", 'bybit {"retCode":10006,"retMsg":"Too many visits!","result":null}'),
    (Cause.RATE_LIMITED, "binanceusdm", "WARN got HTTP 418 from fapi.binance.com, Retry-After: 120"),
    (
        Cause.RATE_LIMITED,
        "krakenfutures",
        'krakenfutures {"result":"error","error":"apiLimitExceeded","serverTime":"2026"}',
    ),
    (Cause.MAINTENANCE, "binanceusdm", "ERROR binanceusdm 503 Service Unavailable while placing order"),
    (
        Cause.MAINTENANCE,
        "okx",
        'okx {"code":"50001","msg":"Service temporarily unavailable, please try again later"}',
    ),
    (Cause.MAINTENANCE, "binanceusdm", "ERROR order failed: 系统维护中"),
    (
        Cause.INVALID_SYMBOL,
        "binanceusdm",
        "ccxt.base.errors.BadSymbol: binanceusdm does not have market symbol LUNA/USDT:USDT",
    ),
    (
        Cause.INVALID_SYMBOL,
        "binanceusdm",
        '{"level":"error","msg":"order rejected","err":{"code":-4141,"msg":"Symbol is closed."}}',
    ),
    (Cause.INVALID_SYMBOL, "okx", "okx sCode 51001: Instrument ID does not exist"),
    (Cause.ACCOUNT_FROZEN, "binanceusdm", "ERROR s1 order rejected: account has been frozen"),
    (Cause.ACCOUNT_FROZEN, "bybit", 'bybit {"retCode":10024,"retMsg":"Compliance rules triggered"}'),
    (
        Cause.PERMISSION,
        "binanceusdm",
        'ccxt.base.errors.AuthenticationError: binanceusdm {"code":-2015,"msg":"Invalid API-key, IP, or '
        'permissions for action"}',
    ),
    (
        Cause.PERMISSION,
        "okx",
        'okx {"msg":"Your IP 1.2.3.4 is not included in your API key\'s IP whitelist.","code":"50110"}',
    ),
    (Cause.PERMISSION, "bybit", "Permission denied, please check your API key permissions. (ErrCode: 10005)"),
    (
        Cause.CLOCK_SKEW,
        "binanceusdm",
        'InvalidNonce: binanceusdm {"code":-1021,"msg":"Timestamp for this request is outside of the recvWindow."}',
    ),
    (Cause.CLOCK_SKEW, "okx", 'okx {"msg":"Timestamp request expired","code":"50102"}'),
    (
        Cause.UNKNOWN,
        "binanceusdm",
        'ccxt.base.errors.InvalidOrder: binanceusdm {"code":-4164,"msg":"Order\'s notional must be no '
        'smaller than 100 (unless you choose reduce only)."}',
    ),
    (
        Cause.UNKNOWN,
        "binanceusdm",
        'binanceusdm order amount should be evenly divisible by lot size {"code":-1013,"msg":"Filter '
        'failure: LOT_SIZE"}',
    ),
    (Cause.UNKNOWN, "binanceusdm", 'binanceusdm {"code":-2022,"msg":"ReduceOnly Order is rejected."}'),
    (
        Cause.UNKNOWN,
        "binanceusdm",
        "ccxt.base.errors.RequestTimeout: binanceusdm POST https://fapi.binance.com/fapi/v1/order",
    ),
    (Cause.UNKNOWN, "binanceusdm", "ERROR s1 order failed: connection reset by peer"),
    (Cause.UNKNOWN, "bybit", 'bybit {"retCode":10016,"retMsg":"Internal System Error."}'),
    (Cause.UNKNOWN, "binanceusdm", 'ERROR order 123 rejected, client order id is duplicated {"code":-4116}'),
    (Cause.UNKNOWN, "okx", "okx order failed code 10006"),
]
HEALTHY = [
    "INFO s1 order filled BTC/USDT:USDT 0.1 at 60429.5, balance ok",
    "INFO maintenance margin ratio 0.41, margin balance 1029 USDT",
    "INFO used weight 429/2400, order count 10/300",
    "INFO health: errors=0 rejected=0 rate_limited=0",
    "INFO Loaded error map: -2019 -> InsufficientFunds, -1021 -> InvalidNonce",
    "INFO exchange maintenance announced for 2026-02-01 02:00 UTC",
    "INFO Recovered from RateLimitExceeded after 3 retries",
    "DEBUG enableRateLimit=True rateLimit=50",
    "INFO order placed; retry after fill disabled",
    "INFO balance is sufficient: 1000 USDT",
    '{"level":"INFO","event":"order_placed","error":null,"price":"2019.5","code":0}',
    "INFO clock skew 0.012 s, within limits",
    "INFO account status: not frozen, can trade",
    "INFO API key permissions checked: trade ok, withdraw off",
    '{"level":"info","msg":"pnl","value":-2019}',
    "INFO position closed, pnl -1021 USDT",
    "INFO symbol BTC/USDT:USDT is trading",
    "INFO price 429 limit 418 amount 503",
    "INFO no insufficient balance events in the last hour",
    "INFO not rate limited, not frozen, no maintenance planned",
    "INFO keine Ratenbegrenzung aktiv, keine Wartung",
    "WARN rate limit lifted, orders pass again",
    "INFO order cycle done: 14 placed, 0 rejected, 0 errors",
    "",
    "   ",
]
# What a bot writes when the order went well.
WENT_WELL = [
    '{"level":"INFO","event":"order_placed","strategy_id":"s1","symbol":"BTC/USDT:USDT","status":"filled"}',
    "2026-01-31 03:00:00,123 - tradai.orders - INFO - s1: limit buy of 0.1 BTC/USDT:USDT placed and filled (c1)",
    "INFO order abc was accepted by binanceusdm",
    "INFO filled buy order 17",
    "INFO exit filled",
]


@pytest.mark.parametrize(("cause", "venue", "line"), FAILED)
def test_a_failure_has_the_cause_that_its_line_tells(cause: Cause, venue: str | None, line: str) -> None:
    assert causes_of_line(line, venue) == (cause,)


@pytest.mark.parametrize(("cause", "venue", "line"), FAILED)
def test_the_log_service_brings_every_line_of_a_cause(cause: Cause, venue: str | None, line: str) -> None:
    assert BY_CAUSE[cause].catches(line) or FOREIGN.catches(line)


@pytest.mark.parametrize("line", HEALTHY)
def test_a_tempting_word_is_no_failure(line: str) -> None:
    assert causes_of_line(line, "binanceusdm") == ()


@pytest.mark.parametrize("line", WENT_WELL)
def test_an_order_that_went_well_is_seen_and_is_no_failure(line: str) -> None:
    assert PLACED.catches(line)
    assert went_well(line, "binanceusdm")


@pytest.mark.parametrize(
    "line",
    ["ERROR order not placed", "INFO reorder", "order book updated", "WARNING order_unfilled: it was not filled"],
)
def test_not_everything_about_orders_went_well(line: str) -> None:
    assert not (PLACED.catches(line) and went_well(line, None))


@pytest.mark.parametrize("net", NETS, ids=lambda net: net.name)
def test_each_net_is_valid_in_python_and_in_logs_insights(net: Net) -> None:
    for regex in net.filters:
        re.compile(regex)
        assert "/" not in regex
        for forbidden in ("(?=", "(?!", "(?<", "\\1", "(?:"):
            assert forbidden not in regex
    # A query holds 10,000 characters, of which the ids of strategies may take 6,000.
    assert sum(map(len, net.filters)) < 3_900


def test_there_is_one_net_for_each_cause_one_for_other_letters_and_one_for_what_went_well() -> None:
    assert [net.name for net in NETS] == [*(cause.value for cause in Cause), "other_languages", "placed"]


@pytest.mark.parametrize("regex", [*(one for many in PHRASES.values() for one in many), *OTHER_MEDICINE])
def test_no_phrase_matches_everything(regex: str) -> None:
    assert re.search(f"(?i){regex}", "INFO s1 beats") is None


def test_two_causes_in_one_line_are_both_told() -> None:
    line = (
        'ERROR s1 tried twice: {"code":-2019,"msg":"Margin is insufficient."} then {"code":-1021,"msg":"Timestamp"}'
    )
    assert causes_of_line(line, None) == (Cause.INSUFFICIENT_BALANCE, Cause.CLOCK_SKEW)


def test_a_code_goes_before_words_and_class() -> None:
    line = 'ERROR InsufficientFunds: binanceusdm {"code":-4164,"msg":"notional, balance insufficient"}'
    assert causes_of_line(line, None) == (Cause.UNKNOWN,)


def test_a_code_of_another_venue_says_nothing() -> None:
    assert causes_of_line('ERROR okx order failed {"code":"10006"}', None) == (Cause.UNKNOWN,)
    assert causes_of_line('ERROR bybit order failed {"retCode":10006}', None) == (Cause.RATE_LIMITED,)


def test_the_line_says_whose_the_code_is_before_the_config_does() -> None:
    assert causes_of_line('ERROR bybit order failed {"retCode":10006}', "okx") == (Cause.RATE_LIMITED,)


@pytest.mark.parametrize(
    ("line", "cause"),
    [
        ('{"code":-1013,"msg":"Filter failure: PRICE_FILTER"}', Cause.INVALID_PRICE),
        ('{"code":-1013,"msg":"Filter failure: LOT_SIZE"}', Cause.UNKNOWN),
        ('{"code":-1013,"msg":"Filter failure: MIN_NOTIONAL"}', Cause.UNKNOWN),
        (
            '{"code":-2010,"msg":"Account has insufficient balance for requested action."}',
            Cause.INSUFFICIENT_BALANCE,
        ),
        ('{"code":-2010,"msg":"This action is disabled on this account."}', Cause.ACCOUNT_FROZEN),
        ('{"code":-2010,"msg":"Duplicate order sent."}', Cause.UNKNOWN),
        ('{"code":-2010,"msg":"Order would immediately trigger."}', Cause.UNKNOWN),
        ('bybit {"retCode":10001,"retMsg":"params error: symbol invalid"}', Cause.INVALID_SYMBOL),
        ('bybit {"retCode":10001,"retMsg":"params error"}', Cause.UNKNOWN),
    ],
)
def test_a_code_that_means_many_things_is_read_with_its_text(line: str, cause: Cause) -> None:
    assert causes_of_line(f"ERROR order rejected {line}", None) == (cause,)


@pytest.mark.parametrize("status", [400, 403, 404, 451])
def test_a_venue_that_did_not_take_a_request_is_not_away(status: int) -> None:
    line = f"ERROR ccxt.base.errors.ExchangeNotAvailable: okx POST https://okx.com {status} Not Found"
    assert causes_of_line(line, None) == (Cause.UNKNOWN,)


@pytest.mark.parametrize(
    ("kind", "code", "text", "causes"),
    [
        ("InsufficientFunds", "-2019", "Margin is insufficient.", (Cause.INSUFFICIENT_BALANCE,)),
        ("InvalidOrder", "-4164", "notional", (Cause.UNKNOWN,)),
        ("DDoSProtection", None, "binanceusdm 429 Too Many Requests", (Cause.RATE_LIMITED,)),
        ("ExchangeError", None, "", (Cause.UNKNOWN,)),
        ("RequestTimeout", None, "binanceusdm POST", (Cause.UNKNOWN,)),
        ("BadRequest", "-1016", "This service is no longer available.", (Cause.MAINTENANCE,)),
        ("OperationRejected", "-4141", "Symbol is closed.", (Cause.INVALID_SYMBOL,)),
        ("PermissionDenied", None, "This account may not place or cancel orders.", (Cause.ACCOUNT_FROZEN,)),
        ("PermissionDenied", None, "no", (Cause.PERMISSION,)),
        ("ExchangeError", "503", "Service Unavailable", (Cause.MAINTENANCE,)),
    ],
)
def test_an_answer_is_a_failure_whatever_it_says(
    kind: str, code: str | None, text: str, causes: tuple[Cause, ...]
) -> None:
    assert causes_of_answer(kind, code, text, "binanceusdm") == causes


@given(st.text(max_size=300))
def test_no_text_breaks_the_reading_of_it(text: str) -> None:
    assert set(causes_of_line(text, None)) <= set(Cause)
    assert causes_of_answer("ExchangeError", None, text, "okx")


@given(st.integers(-9_999, 99_999_999))
def test_a_number_alone_is_no_failure(number: int) -> None:
    assert causes_of_line(f"INFO s1 pnl {number} USDT, amount {number}", "binanceusdm") == ()


def test_only_the_beginning_of_a_long_line_is_read() -> None:
    assert causes_of_line("x" * MOST_READ + ' ERROR {"code":-2019}', None) == ()


# --- what else a line says


@pytest.mark.parametrize(
    ("line", "venue"),
    [
        ("ccxt binanceusdm {}", "binanceusdm"),
        ("POST https://fapi.binance.com/fapi/v1/order", "binanceusdm"),
        ('{"retCode":1}', "bybit"),
        ('{"sCode":"1"}', "okx"),
        ("krakenfutures: createOrder", "krakenfutures"),
        ("binance and okx", None),
        ("s1 order failed", None),
    ],
)
def test_a_line_names_its_venue_or_nobody_knows_it(line: str, venue: str | None) -> None:
    assert venue_told(line) == venue


def test_json_inside_json_is_read_as_deep_as_it_stands() -> None:
    assert unescaped(r"{\"a\": \"\\\"code\\\":-2019\"}") == '{"a": ""code":-2019"}'
    assert unescaped(r"\u4f59\u989d") == "余额"


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ('{"code":-2019}', ("-2019",)),
        ('{"code": "51008"}', ("51008",)),
        ("(ErrCode: 110007)", ("110007",)),
        ("order rejected with -2019", ("-2019",)),
        ("rejected 10006 contracts", ()),
        ("failed: pnl -2019 USDT", ()),
        ("code=0 code=1", ()),
        ("code -2019.5", ()),
        ('"error":"unavailable"', ("unavailable",)),
        ("the book is unavailable", ()),
    ],
)
def test_a_code_is_a_number_where_a_code_stands(text: str, codes: tuple[str, ...]) -> None:
    assert codes_in(text) == codes


@pytest.mark.parametrize(
    ("text", "statuses"),
    [
        ("HTTP 429", (429,)),
        ("503 Service Unavailable", (503,)),
        ("price 503", ()),
        ("status=429.5", ()),
        ("got 418 I'm a teapot", (418,)),
    ],
)
def test_a_status_is_a_number_that_words_say_is_one(text: str, statuses: tuple[int, ...]) -> None:
    assert statuses_in(text) == statuses


@pytest.mark.parametrize(
    ("line", "level"),
    [
        ('{"level":"ERROR"}', "error"),
        ("severity=warning x", "warning"),
        ("2026-01-31 INFO x", "info"),
        ("x", None),
        ("x" * 120 + " ERROR", None),
    ],
)
def test_a_line_says_how_bad_it_is(line: str, level: str | None) -> None:
    assert level_of(line) == level


def test_a_symbol_is_told_where_there_is_one() -> None:
    assert symbol_told("buy BTC/USDT:USDT failed") == "BTC/USDT:USDT"
    assert symbol_told("BTC/USDT:USDT and ETH/USDT:USDT") is None
    assert symbol_told("GET https://x/y") is None


@pytest.mark.parametrize(
    ("line", "strategy_id"),
    [
        ('{"strategy_id": "gone-1"}', "gone-1"),
        ("strategyId=desk/a.b#1", "desk/a.b#1"),
        (r"{\"strategy_id\":\"s1\"}", "s1"),
        ("strategy=MomentumV2", None),
        ("s1 order failed", None),
    ],
)
def test_an_id_is_told_where_it_stands_under_its_key(line: str, strategy_id: str | None) -> None:
    assert strategy_told(line) == strategy_id


def test_the_code_of_the_cause_is_told() -> None:
    line = 'ERROR {"code":-2019} {"code":-1021}'
    assert code_told(line, None, Cause.CLOCK_SKEW) == "-1021"
    assert code_told(line, None, Cause.RATE_LIMITED) is None
    assert code_told('ERROR {"code":-9999}', None, Cause.UNKNOWN) == "-9999"


@pytest.mark.parametrize(
    ("line", "counts"),
    [
        ('429 {"code":-1015,"msg":"Too many new orders; current limit is 10 orders per MINUTE."}', True),
        ('429 {"code":-1003,"msg":"Too many requests; current limit is 2400 requests per minute"}', False),
        ("HTTP 418", None),
    ],
)
def test_it_is_told_what_a_venue_counts(line: str, counts: bool | None) -> None:
    assert counts_orders_of(line) is counts


@pytest.mark.parametrize(
    "line",
    [
        "INFO s1: no order was rejected in the last hour",
        "INFO s1: 0 of 15 orders were rejected for insufficient margin",
        "0 of 15 orders were rejected for insufficient margin",
        "INFO s1: order failures: none",
        "ERROR s1: telegram 429 Too Many Requests while sending order notification",
        "WARNING s1: slack webhook returned 503 for order_filled",
    ],
)
def test_what_is_denied_and_what_carriers_of_messages_refuse_is_no_order_that_failed(line: str) -> None:
    assert causes_of_line(line, "binanceusdm") == ()


@pytest.mark.parametrize(
    ("line", "cause"),
    [
        ("10 of 15 orders were rejected for insufficient margin", Cause.INSUFFICIENT_BALANCE),
        ("0 orders rejected for insufficient margin, 1 order failed: binanceusdm -4016", Cause.INVALID_PRICE),
        ("ERROR s1: order rejected for insufficient margin, e-mail sent", Cause.INSUFFICIENT_BALANCE),
        ("ERROR s1: order failed: binanceusdm 429 Too Many Requests, telegram told", Cause.RATE_LIMITED),
        ("ERROR s1: RateLimitExceeded: order failed; slack was told", Cause.RATE_LIMITED),
        ("ERROR s1: order failures: 3", Cause.UNKNOWN),
    ],
)
def test_a_failure_beside_a_denial_or_a_message_is_one_all_the_same(line: str, cause: Cause) -> None:
    assert causes_of_line(line, "binanceusdm") == (cause,)
