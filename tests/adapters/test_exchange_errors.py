"""The table of errors, line by line: the real ccxt, told each answer over HTTP by a venue that we play."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from importlib import import_module
from typing import Any

import pytest
from botocore.exceptions import ClientError

from functions.adapters.exchange import exchanges
from functions.adapters.exchange.adapter import CcxtExchange
from functions.adapters.exchange.ccxt_client import Ccxt
from functions.adapters.exchange.client import Clients
from functions.adapters.exchange.venues.base import Alive
from functions.adapters.exchange.venues.binanceusdm import API, Binanceusdm
from functions.errors import Broken, Refused, RunbookError, Transient, Uncertain
from functions.facts import Reading
from functions.ports import Exchange
from functions.position_settings import ExchangeSettings
from functions.venue import NewOrder, Row, VenueOrder
from tests.adapters.rigs import SETTINGS, SetClock
from tests.adapters.venue_answers import BTC, KEY, LONG, MAIN, NOW, Answer, Answers, Secrets, exchange_at, venue

ORDER = NewOrder("ours1", LONG, Decimal("0.05"), Decimal("59700.0"), hedged=False)
IMPATIENT = SETTINGS.model_copy(update={"exchanges": {"binanceusdm": ExchangeSettings(http_timeout=1)}})
POST, GET = "POST /fapi/v1/order", "GET /fapi/v1/order"
RISK = "GET /fapi/v3/positionRisk"


@pytest.fixture(scope="module")
def playing() -> Iterator[tuple[Answers, Exchange]]:
    with venue() as (answers, url):
        yield answers, exchange_at(url, settings=IMPATIENT)


@pytest.fixture
def answers(playing: tuple[Answers, Exchange]) -> Answers:
    playing[0].reset()
    return playing[0]


@pytest.fixture
def exchange(playing: tuple[Answers, Exchange]) -> Exchange:
    return playing[1]


def said(code: int, text: str, status: int = 400, **headers: str) -> Answer:
    return Answer({"code": code, "msg": text}, status, headers)


# EXCHANGE.md, "Errors", with the class under which ccxt raises it.
REFUSALS = [
    (said(-2019, "Margin is insufficient."), Row.INSUFFICIENT_BALANCE, "InsufficientFunds"),
    (said(-2018, "Balance is insufficient"), Row.INSUFFICIENT_BALANCE, "InsufficientFunds"),
    (said(-2010, "Account has insufficient balance."), Row.INSUFFICIENT_BALANCE, "InvalidOrder"),
    (said(-1013, "Filter failure: PRICE_FILTER"), Row.INVALID_PRICE, "InvalidOrder"),
    (said(-1013, "Filter failure: LOT_SIZE"), Row.INVALID_PRICE, "InvalidOrder"),
    (said(-1013, "Filter failure: PERCENT_PRICE"), Row.INVALID_PRICE, "BadRequest"),
    (said(-1111, "Precision is over the maximum."), Row.INVALID_PRICE, "BadRequest"),
    (said(-4014, "Price not increased by tick size."), Row.INVALID_PRICE, "BadRequest"),
    (said(-4016, "Price is higher than mark price multiplier cap."), Row.INVALID_PRICE, "BadRequest"),
    (said(-4024, "Price is lower than mark price multiplier floor."), Row.INVALID_PRICE, "BadRequest"),
    (said(-4005, "Quantity greater than max quantity."), Row.INVALID_PRICE, "BadRequest"),
    (said(-4131, "PERCENT_PRICE of the counterparty"), Row.INVALID_PRICE, "OperationRejected"),
    (said(-4164, "Order's notional must be no smaller than 100"), Row.INVALID_PRICE, "InvalidOrder"),
    (said(-1121, "Invalid symbol."), Row.INVALID_SYMBOL, "BadSymbol"),
    (said(-4144, "Invalid pair"), Row.INVALID_SYMBOL, "BadSymbol"),
    (said(-4141, "Symbol is closed"), Row.INVALID_SYMBOL, "OperationRejected"),
    (said(-4140, "Invalid symbol status for opening position"), Row.INVALID_SYMBOL, "BadRequest"),
    (said(-2014, "API-key format invalid.", 401), Row.KEY, "AuthenticationError"),
    (said(-2015, "Invalid API-key, IP, or permissions for action.", 401), Row.KEY, "AuthenticationError"),
    (said(-1022, "Signature for this request is not valid."), Row.KEY, "AuthenticationError"),
    (said(-1002, "You are not authorized.", 401), Row.KEY, "AuthenticationError"),
    (said(-2022, "ReduceOnly Order is rejected."), Row.NOTHING_TO_REDUCE, "InvalidOrder"),
    (said(-4118, "ReduceOnly Order Failed."), Row.NOTHING_TO_REDUCE, "OperationRejected"),
    # ccxt's Python build misses the text and says InvalidOrder.
    (said(-2010, "This action is disabled on this account."), Row.FROZEN, None),
    (said(-4088, "User can not place order currently"), Row.FROZEN, "PermissionDenied"),
    (said(-2021, "Order would immediately trigger."), Row.OTHER, "OrderImmediatelyFillable"),
    (said(-4061, "Order's position side does not match user's setting."), Row.OTHER, None),
    (said(-1102, "Mandatory parameter was not sent."), Row.OTHER, "BadRequest"),
]
LATER = [
    (said(-1003, "Too many requests; IP banned.", 429), Row.RATE_LIMITED, "DDoSProtection"),
    (said(-1003, "Way too many requests; IP banned.", 418), Row.RATE_LIMITED, "DDoSProtection"),
    (Answer(b"<html>teapot</html>", 418), Row.RATE_LIMITED, "DDoSProtection"),
    (said(-1015, "Too many new orders."), Row.RATE_LIMITED, "RateLimitExceeded"),
    (said(-1021, "Timestamp for this request is outside of the recvWindow."), Row.CLOCK, "InvalidNonce"),
    (said(-5028, "Timestamp is outside of the ME recvWindow."), Row.CLOCK, None),
    (said(-1016, "This service is no longer available."), Row.MAINTENANCE, "BadRequest"),
]
# After any of these the order may stand at the venue.
AMBIGUOUS = [
    (said(-1007, "Timeout waiting for response from backend server.", 503), Row.UNREACHABLE, "RequestTimeout"),
    (said(-1007, "Timeout waiting for response from backend server.", 408), Row.UNREACHABLE, "RequestTimeout"),
    (said(-1006, "An unexpected response was received."), Row.OTHER, None),
    (said(-1001, "Internal error; unable to process your request."), Row.OTHER, None),
    (said(-1000, "An unknown error occurred."), Row.OTHER, None),
    (said(-1008, "Server is currently overloaded.", 503), Row.OTHER, None),
    (said(-987654, "Nobody has ever heard of this."), Row.OTHER, "ExchangeError"),
    (said(-4116, "ClientOrderId is duplicated."), Row.DUPLICATE_ID, "InvalidOrder"),
    # A known code proves nothing under a 5xx: what stands before the venue may have written it.
    (said(-2019, "Margin is insufficient.", 503), Row.INSUFFICIENT_BALANCE, "InsufficientFunds"),
    (Answer(b"Service Unavailable", 503), Row.MAINTENANCE, "ExchangeNotAvailable"),
    (Answer(b"", 502), Row.MAINTENANCE, "ExchangeNotAvailable"),
    (Answer(b"", 504), Row.UNREACHABLE, "RequestTimeout"),
    (Answer(b"<html>403 Forbidden</html>", 403), Row.OTHER, "ExchangeNotAvailable"),
    (Answer(b"", 400), Row.OTHER, "ExchangeNotAvailable"),
    (Answer(b"<html>moved</html>", 302, {"Location": "http://127.0.0.1:1/elsewhere"}), Row.OTHER, None),
    (Answer({"orderId": 12, "clientOrderId": "ours1"}, delay=1.5), Row.UNREACHABLE, "RequestTimeout"),
    (Answer(None, drop=True), Row.UNREACHABLE, "NetworkError"),
    # Where ccxt raises nothing at all.
    (Answer(b""), Row.OTHER, None),
    (Answer(b"<html>all is well</html>"), Row.OTHER, None),
    (Answer(b'{"orderId": 12, "clientOr'), Row.OTHER, None),
    (Answer({"orderId": 12, "clientOrderId": "ours1"}, cut=15), Row.UNREACHABLE, None),
    (Answer({}), Row.OTHER, None),
    (Answer([]), Row.OTHER, None),
    (Answer({"clientOrderId": "ours1", "status": "NEW"}), Row.OTHER, None),
]


PLACED = {
    "orderId": 12,
    "clientOrderId": "ours1",
    "symbol": "BTCUSDT",
    "side": "SELL",
    "type": "LIMIT",
    "status": "FILLED",
    "origQty": "0.050",
    "executedQty": "0.050",
    "avgPrice": "59800.0",
    "price": "59700.0",
    "stopPrice": "0.00",
    "reduceOnly": True,
    "closePosition": False,
    "positionSide": "BOTH",
    "timeInForce": "IOC",
    "updateTime": 1769828400000,
}


def raised(call: Any) -> RunbookError:
    with pytest.raises(RunbookError) as caught:
        call()
    assert caught.value.trouble is not None
    return caught.value


def sent(answers: Answers, exchange: Exchange, answer: Answer) -> RunbookError:
    answers.says(POST, answer)
    return raised(lambda: exchange.create(MAIN, ORDER))


def code_in(answer: Answer) -> str | None:
    return str(answer.body["code"]) if isinstance(answer.body, dict) and "code" in answer.body else None


@pytest.mark.parametrize(("answer", "row", "kind"), REFUSALS)
def test_a_known_refusal_of_an_order_is_final(
    answers: Answers, exchange: Exchange, answer: Answer, row: Row, kind: str | None
) -> None:
    error = sent(answers, exchange, answer)
    assert type(error) is Refused
    assert error.trouble
    assert (error.trouble.row, error.trouble.code) == (row, code_in(answer))
    assert kind in (None, error.trouble.kind)


@pytest.mark.parametrize(("answer", "row", "kind"), LATER)
def test_an_order_that_was_turned_away_was_not_accepted(
    answers: Answers, exchange: Exchange, answer: Answer, row: Row, kind: str | None
) -> None:
    error = sent(answers, exchange, answer)
    assert type(error) is Transient
    assert error.trouble
    assert (error.trouble.row, error.trouble.code) == (row, code_in(answer))
    assert kind in (None, error.trouble.kind)


@pytest.mark.parametrize(("answer", "row", "kind"), AMBIGUOUS)
def test_everything_else_may_have_been_accepted(
    answers: Answers, exchange: Exchange, answer: Answer, row: Row, kind: str | None
) -> None:
    error = sent(answers, exchange, answer)
    assert type(error) is Uncertain
    assert error.trouble
    assert (error.trouble.row, error.trouble.code) == (row, code_in(answer))
    assert kind in (None, error.trouble.kind)
    assert len(answers.to(POST)) == 1, "sent once, whatever came back"


def test_an_answer_about_another_order_is_not_ours(answers: Answers, exchange: Exchange) -> None:
    error = sent(answers, exchange, Answer({**PLACED, "clientOrderId": "somebody-elses"}))
    assert type(error) is Uncertain
    assert "somebody-elses" in str(error)


def test_nothing_is_sent_where_the_market_cannot_be_read(answers: Answers) -> None:
    with venue() as (fresh, url):
        fresh.says("GET /fapi/v1/exchangeInfo", Answer(b"Service Unavailable", 503))
        error = raised(lambda: exchange_at(url).create(MAIN, ORDER))
        assert type(error) is Transient
        assert not fresh.to(POST)


def test_an_order_of_an_unknown_symbol_is_refused_unsent(answers: Answers, exchange: Exchange) -> None:
    unknown = NewOrder("ours1", replace(LONG, symbol="NO/USDT:USDT"), Decimal(1), None, hedged=False)
    error = raised(lambda: exchange.create(MAIN, unknown))
    assert (type(error), error.trouble and error.trouble.row) == (Refused, Row.INVALID_SYMBOL)
    assert not answers.to(POST)


@pytest.mark.parametrize(
    ("answer", "word"),
    [
        (said(-1003, "Too many requests", 429), Transient),
        (said(-1021, "Timestamp is outside of the recvWindow."), Transient),
        (said(-1007, "Timeout", 408), Transient),
        (said(-1001, "Internal error"), Transient),
        (said(-2015, "Invalid API-key", 401), Refused),
        (said(-1121, "Invalid symbol."), Refused),
        (said(-987654, "Nobody has ever heard of this."), Refused),
        (said(-2019, "Margin is insufficient.", 503), Transient),
        (Answer(b"Service Unavailable", 503), Transient),
        (Answer(b"<html></html>", 403), Transient),
        (Answer(b""), Transient),
        (Answer(b"<html>all is well</html>"), Transient),
        (Answer([{"symbol": "BTCUSDT"}]), Transient),
        (Answer([{"symbol": "BTCUSDT", "positionSide": "BOTH", "positionAmt": "NaN"}]), Transient),
        (Answer(None, drop=True), Transient),
    ],
)
def test_a_reading_that_fails_never_says_flat(
    answers: Answers, exchange: Exchange, answer: Answer, word: type[RunbookError]
) -> None:
    answers.says(RISK, answer)
    assert type(raised(lambda: exchange.position(LONG))) is word


@pytest.mark.parametrize(
    ("answer", "word"),
    [
        (said(-2011, "Unknown order sent."), None),
        (said(-2013, "Order does not exist."), None),
        (said(-1121, "Invalid symbol."), Refused),
        (said(-2013, "Order does not exist.", 503), Transient),
        (Answer(b"", 404), Transient),
        (Answer(b""), Transient),
        (said(-1007, "Timeout", 408), Transient),
    ],
)
def test_only_the_documented_codes_say_that_there_is_no_such_order(
    answers: Answers, exchange: Exchange, answer: Answer, word: type[RunbookError] | None
) -> None:
    answers.says(GET, answer)
    answers.says("GET /fapi/v1/algoOrder", answer)
    if word is None:
        assert exchange.order(MAIN, BTC, "ours1") is None
    else:
        assert type(raised(lambda: exchange.order(MAIN, BTC, "ours1"))) is word


def test_an_earlier_answers_code_is_not_held_against_a_later_silence(answers: Answers, exchange: Exchange) -> None:
    answers.says(GET, said(-2013, "Order does not exist."))
    answers.says("GET /fapi/v1/algoOrder", Answer(None, drop=True))
    error = raised(lambda: exchange.order(MAIN, BTC, "ours1"))
    assert error.trouble
    assert (type(error), error.trouble.code) == (Transient, None)


def test_how_long_to_wait_is_handed_on(answers: Answers, exchange: Exchange) -> None:
    error = sent(answers, exchange, said(-1003, "Too many requests", 429, **{"Retry-After": "17"}))
    assert error.trouble
    assert error.trouble.retry_after == 17
    later = sent(answers, exchange, said(-2019, "Margin is insufficient."))
    assert later.trouble
    assert later.trouble.retry_after is None


def test_a_key_that_worked_and_is_refused_now_is_a_key_still(answers: Answers, exchange: Exchange) -> None:
    """ccxt takes -2015 for a ban once a call of the spot API went well."""
    answers.says("GET /fapi/v3/positionRisk", [])
    exchange.position(LONG)
    client = exchange._clients.of(exchange._api_of("binanceusdm"), MAIN)  # type: ignore[attr-defined] # of the adapter
    client.options["hasAlreadyAuthenticatedSuccessfully"] = True
    error = sent(answers, exchange, said(-2015, "Invalid API-key, IP, or permissions for action.", 401))
    assert error.trouble
    assert (type(error), error.trouble.kind) == (Refused, "DDoSProtection")
    assert error.trouble.row is Row.KEY


def test_no_key_and_no_signature_is_told(
    answers: Answers, exchange: Exchange, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    page = f"<html>{KEY['apiKey']} {KEY['secret']} signature={'ab' * 32} {'x' * 5000}</html>".encode()
    told = [
        sent(answers, exchange, Answer(page, 403)),
        sent(answers, exchange, Answer(None, drop=True)),
        sent(answers, exchange, said(-987654, f"apiKey={KEY['apiKey']} is bad")),
    ]
    answers.says(RISK, Answer(None, drop=True), Answer(page, 403))
    told += [raised(lambda: exchange.position(LONG)) for _ in range(2)]
    signatures = {asked.fields["signature"] for asked in answers.asked if "signature" in asked.fields}
    assert len(signatures) > 3
    for text in [*map(str, told), caplog.text]:
        assert not [hidden for hidden in (*KEY.values(), *signatures, "ab" * 32) if hidden in text]
    for error in told:
        assert len(str(error)) < 500
        assert error.__cause__ is None
        assert error.__suppress_context__


def test_the_futures_table_of_errors_is_the_same_at_another_address() -> None:
    """ccxt finds it by the address alone, so a stand-in would otherwise be read by the spot market's."""
    there, here = (import_module("ccxt").binanceusdm() for _ in range(2))
    API.redirect(here, "http://127.0.0.1:1/venue")
    codes = {*there.exceptions["exact"], *there.exceptions["linear"]["exact"]}
    assert len(codes) > 200
    for code in codes:
        assert sorted_as(here, "http://127.0.0.1:1/venue", code) == sorted_as(
            there, "https://fapi.binance.com", code
        )


def sorted_as(client: Any, base: str, code: str) -> str:
    body = {"code": code, "msg": "said"}
    try:
        client.handle_errors(400, "", f"{base}/fapi/v1/order", "POST", {}, str(body), body, {}, "")
    except Exception as error:
        return type(error).__name__
    return "nothing"


def test_a_venue_that_is_down_is_a_status_and_no_error(answers: Answers, exchange: Exchange) -> None:
    answers.says("GET /fapi/v1/ping", Answer(b"Service Unavailable", 503, {"Retry-After": "60"}))
    status = exchange.status("binanceusdm")
    assert status.trouble
    assert (status.reading, status.trouble.row) == (Reading.FAILED, Row.MAINTENANCE)
    assert status.trouble.retry_after == 60
    answers.says("GET /fapi/v1/ping", {})
    answers.says("GET /fapi/v1/time", {"serverTime": 1769828400000})
    assert exchange.status("binanceusdm").reading is Reading.OK


def test_a_venue_that_nobody_configured_is_unknown(exchange: Exchange) -> None:
    assert exchange.status("nowhere").reading is Reading.UNKNOWN
    assert type(raised(lambda: exchange.position(replace(LONG, venue="nowhere")))) is Refused


def test_the_key_is_read_once_and_again_after_it_was_refused(answers: Answers) -> None:
    with venue() as (fresh, url):
        secrets = Secrets()
        exchange = exchange_at(url, secrets)
        fresh.says(RISK, [])
        exchange.position(LONG)
        exchange.position(LONG)
        assert secrets.asked == ["tradai-local-exchange-binanceusdm-main"]
        fresh.says(RISK, said(-2015, "Invalid API-key", 401), Answer([]))
        raised(lambda: exchange.position(LONG))
        exchange.position(LONG)
        assert len(secrets.asked) == 2


@pytest.mark.parametrize("code", ["ResourceNotFoundException", "AccessDeniedException"])
def test_an_account_without_a_key_is_refused_by_name(code: str) -> None:
    class NoSecret(Secrets):
        def get_secret_value(self, *, SecretId: str) -> dict[str, str]:
            raise ClientError({"Error": {"Code": code}}, "GetSecretValue")

    error = raised(lambda: exchange_at("http://127.0.0.1:1", NoSecret()).position(LONG))
    assert error.trouble
    assert (type(error), error.trouble.row) == (Refused, Row.KEY)
    assert "binanceusdm/main" in str(error)


def test_a_secret_that_is_no_key_is_our_fault_and_not_told() -> None:
    class NoKey(Secrets):
        def get_secret_value(self, *, SecretId: str) -> dict[str, str]:
            return {"SecretString": '{"apiKey": "hidden-thing"}'}

    with pytest.raises(Broken, match="holds no key") as caught:
        exchange_at("http://127.0.0.1:1", NoKey()).position(LONG)
    assert "hidden-thing" not in str(caught.value)


def test_addresses_that_cannot_be_read_are_our_fault() -> None:
    aws: Any = Secrets()
    for said_so in ("[]", "{", '{"binanceusdm": 1}'):
        with pytest.raises(Broken, match="EXCHANGE_API_URLS"):
            exchanges(aws, SETTINGS, SetClock(NOW), environment={"EXCHANGE_API_URLS": said_so})


class Otherwise(Binanceusdm):
    """Binance, whose file fails before or after the order was sent."""

    def __init__(self, error: Exception, *, after: bool) -> None:
        self._error, self._after = error, after

    def create(self, client: Ccxt, order: NewOrder) -> VenueOrder:
        if self._after:
            super().create(client, order)
        raise self._error


@pytest.mark.parametrize(
    ("error", "after", "word"),
    [
        (Refused("not of this kind"), False, Refused),
        (KeyError("nothing was sent yet"), False, Transient),
        (Broken("cannot be read"), True, Uncertain),
        (Refused("not of this kind"), True, Uncertain),
        (KeyError("what should be there"), True, Uncertain),
    ],
)
def test_what_fails_before_anything_was_sent_was_not_sent(
    answers: Answers, error: Exception, after: bool, word: type[RunbookError]
) -> None:
    with venue() as (fresh, url):
        fresh.says(POST, PLACED)
        aws: Any = Secrets()
        clients = Clients(aws, SETTINGS, {"binanceusdm": url})
        api = Otherwise(error, after=after)
        with pytest.raises(RunbookError) as caught:
            CcxtExchange(clients, lambda _: api, SetClock(NOW)).create(MAIN, ORDER)
        assert type(caught.value) is word
        assert len(fresh.to(POST)) == after


def test_a_venue_that_says_that_it_is_in_maintenance_is_believed() -> None:
    class Closed(Binanceusdm):
        def alive(self, client: Ccxt) -> Alive:
            return Alive(None, "system upgrade", NOW)

    aws: Any = Secrets()
    clients = Clients(aws, SETTINGS, {})
    status = CcxtExchange(clients, lambda _: Closed(), SetClock(NOW)).status("binanceusdm")
    assert status.trouble
    assert (status.reading, status.trouble.row, status.until) == (Reading.FAILED, Row.MAINTENANCE, NOW)


def test_a_venue_in_the_settings_that_nobody_has_written_is_refused() -> None:
    settings = SETTINGS.model_copy(update={"exchanges": {"mtgox": ExchangeSettings()}})
    error = raised(
        lambda: exchange_at("http://127.0.0.1:1", settings=settings).position(replace(LONG, venue="mtgox"))
    )
    assert type(error) is Refused


def test_secrets_manager_that_is_down_is_no_missing_key() -> None:
    class Down(Secrets):
        def get_secret_value(self, *, SecretId: str) -> dict[str, str]:
            raise ClientError({"Error": {"Code": "ThrottlingException"}}, "GetSecretValue")

    with pytest.raises(Transient, match="ThrottlingException"):
        exchange_at("http://127.0.0.1:1", Down()).position(LONG)


def test_a_secret_that_is_no_json_is_our_fault() -> None:
    class Text(Secrets):
        def get_secret_value(self, *, SecretId: str) -> dict[str, str]:
            return {"SecretString": "hidden-thing"}

    with pytest.raises(Broken, match="holds no key"):
        exchange_at("http://127.0.0.1:1", Text()).position(LONG)


def test_a_call_that_ccxt_does_not_know_is_our_fault() -> None:
    class Strange(Binanceusdm):
        def orders(self, client: Ccxt, symbol: str | None) -> list[VenueOrder]:
            client.sign("nowhere", ["strange"])
            return []

    with venue() as (_, url):
        aws: Any = Secrets()
        clients = Clients(aws, SETTINGS, {"binanceusdm": url})
        with pytest.raises(Broken, match="NotSupported"):
            CcxtExchange(clients, lambda _: Strange(), SetClock(NOW)).orders(MAIN, BTC)
