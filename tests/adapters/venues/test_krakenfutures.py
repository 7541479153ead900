"""Kraken Futures: what the unmodified ccxt really sends for every method of the port, and what the answers are."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from functions.errors import Broken, Refused, Transient, Uncertain
from functions.facts import Reading
from functions.ports import Exchange
from functions.venue import Market, NewOrder, OrderStatus, Row, Unit, Where
from tests.adapters.venues import krakenfutures_payloads as said
from tests.adapters.venues.recorder import KEY, Recorder, exchange_at, slowly

MAIN = Where("krakenfutures", "main")
BTC = "BTC/USD:USD"
LONG, SHORT = Unit("krakenfutures", "main", BTC, "long"), Unit("krakenfutures", "main", BTC, "short")
CLOSE = NewOrder("ours1", LONG, Decimal("0.050"), Decimal("60700.0"), hedged=False)
API = "/derivatives/api/v3"
INSTRUMENTS, STATUS = f"GET {API}/instruments", f"GET {API}/instruments/status"
CREATE, CANCEL, LOOK = f"POST {API}/sendorder", f"POST {API}/cancelorder", f"POST {API}/orders/status"
POSITIONS, OPEN, FILLS = f"GET {API}/openpositions", f"GET {API}/openorders", f"GET {API}/fills"
TICKER = f"GET {API}/tickers/PF_XBTUSD"
ORDERS, LOG = "GET /api/history/v2/orders", "GET /api/history/v3/account-log"
CANDLES = "GET /api/charts/v1/spot/PF_XBTUSD/1m"


@pytest.fixture
def kraken(recorder: Recorder) -> Exchange:
    recorder.lay(INSTRUMENTS, said.INSTRUMENTS)
    recorder.lay(STATUS, said.STATUS)
    recorder.lay(TICKER, said.ok(ticker={"symbol": "PF_XBTUSD", "markPrice": 61000.25}))
    recorder.lay(LOOK, said.ok(orders=[]))
    recorder.lay(OPEN, said.ok(openOrders=[]))
    recorder.lay(FILLS, said.ok(fills=[]))
    recorder.lay(ORDERS, {"elements": [], "len": 0})
    recorder.lay(LOG, {"accountUid": "account", "logs": []})
    return exchange_at(recorder, "krakenfutures")


def iso(at: datetime) -> str:
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def test_a_close_is_one_reduce_only_immediate_or_cancel_limit(recorder: Recorder, kraken: Exchange) -> None:
    """ccxt calls such an order a market order. `processBefore` is four seconds after the venue's own time."""
    recorder.lay(CREATE, said.send("placed", said.executed(0.03, 60750.5), said.executed(0.02, 60740.5, "e-2")))
    made = kraken.create(MAIN, CLOSE)
    assert recorder.only(CREATE).query == {
        "orderType": "ioc",
        "symbol": "PF_XBTUSD",
        "side": "sell",
        "size": "0.05",
        "limitPrice": "60700",
        "reduceOnly": "true",
        "cliOrdId": "ours1",
        "processBefore": "2023-11-14T22:13:24.000Z",
    }
    assert recorder.acts() == [CREATE]
    assert (made.order_id, made.client_order_id, made.status) == ("o-9", "ours1", OrderStatus.FILLED)
    assert (made.filled, made.average) == (Decimal("0.05"), Decimal("60746.5"))


def test_requests_are_signed(recorder: Recorder, kraken: Exchange) -> None:
    recorder.lay(CREATE, said.send("placed", said.executed(0.05, 60750.5)))
    kraken.create(MAIN, CLOSE)
    headers = {key.lower(): value for key, value in recorder.only(CREATE).headers.items()}
    assert headers["apikey"] == KEY["apiKey"]
    assert headers["authent"]
    assert KEY["secret"] not in str(recorder.requests)


def test_what_was_filled_in_part_is_not_final_before_it_is_looked_up(recorder: Recorder, kraken: Exchange) -> None:
    recorder.lay(CREATE, said.send("placed", said.executed(0.03, 60750.5)))
    made = kraken.create(MAIN, CLOSE)
    assert (made.status, made.filled, made.final) == (OrderStatus.UNKNOWN, Decimal("0.03"), False)


def test_a_market_order_has_no_price(recorder: Recorder, kraken: Exchange) -> None:
    recorder.lay(CREATE, said.send("placed", said.executed(0.05, 60750.5)))
    kraken.create(MAIN, replace(CLOSE, price=None))
    query = recorder.only(CREATE).query
    assert query["orderType"] == "mkt"
    assert "limitPrice" not in query


def test_an_order_that_would_not_execute_is_over_and_unfilled(recorder: Recorder, kraken: Exchange) -> None:
    recorder.lay(CREATE, said.send("iocWouldNotExecute", said.event("REJECT", reason="IOC_WOULD_NOT_EXECUTE")))
    made = kraken.create(MAIN, CLOSE)
    assert (made.status, made.filled, made.final) == (OrderStatus.EXPIRED, Decimal(0), True)


@pytest.mark.parametrize(
    ("status", "row"),
    [
        ("insufficientAvailableFunds", Row.INSUFFICIENT_BALANCE),
        ("wouldCauseLiquidation", Row.INSUFFICIENT_BALANCE),
        ("invalidPrice", Row.INVALID_PRICE),
        ("invalidSize", Row.INVALID_PRICE),
        ("outsidePriceCollar", Row.INVALID_PRICE),
        ("wouldIncreasePriceDislocation", Row.INVALID_PRICE),
        ("tooManyOrders", Row.OTHER),
        ("marketInactive", Row.INVALID_SYMBOL),
        ("wouldNotReducePosition", Row.NOTHING_TO_REDUCE),
        ("selfFill", Row.OTHER),
    ],
)
def test_a_refusal_inside_a_success_is_refused_with_its_row(
    recorder: Recorder, kraken: Exchange, status: str, row: Row
) -> None:
    """HTTP 200, `result` "success", and even an order id."""
    recorder.lay(CREATE, said.send(status, said.event("REJECT")))
    with pytest.raises(Refused) as refused:
        kraken.create(MAIN, CLOSE)
    assert refused.value.trouble is not None
    assert (refused.value.trouble.row, refused.value.trouble.code) == (row, status)


@pytest.mark.parametrize(
    ("answer", "row"),
    [
        (said.send("wouldProcessAfterSpecifiedTime"), Row.CLOCK),
        (said.send("marketSuspended"), Row.MAINTENANCE),
        (said.send("marketIsPostOnly"), Row.MAINTENANCE),
        (said.error("apiLimitExceeded"), Row.RATE_LIMITED),
        ((429, said.error("apiLimitExceeded")), Row.RATE_LIMITED),
        (said.error("nonceBelowThreshold"), Row.CLOCK),
    ],
)
def test_what_was_not_looked_at_may_be_sent_later(
    recorder: Recorder, kraken: Exchange, answer: object, row: Row
) -> None:
    recorder.lay(CREATE, answer)
    with pytest.raises(Transient) as later:
        kraken.create(MAIN, CLOSE)
    assert later.value.trouble is not None
    assert later.value.trouble.row is row


@pytest.mark.parametrize(
    ("word", "row"),
    [("authenticationError", Row.KEY), ("invalidArgument: size", Row.OTHER), ("accountInactive", Row.FROZEN)],
)
def test_a_refused_request_has_its_row(recorder: Recorder, kraken: Exchange, word: str, row: Row) -> None:
    recorder.lay(CREATE, said.error(word))
    with pytest.raises(Refused) as refused:
        kraken.create(MAIN, CLOSE)
    assert refused.value.trouble is not None
    assert refused.value.trouble.row is row


@pytest.mark.parametrize(
    "answer",
    [
        said.send("attempted"),
        said.send("clientOrderIdAlreadyExist"),
        said.send("somethingNew"),
        said.error("unavailable"),
        said.error("Server Error"),
        said.ok(),
        said.send("placed"),
        said.send("placed", order_id=None),
        said.send("placed", cliOrdId="another"),
        (500, "<html>"),
        "",
        None,
    ],
)
def test_an_order_that_may_stand_is_uncertain(recorder: Recorder, kraken: Exchange, answer: object) -> None:
    recorder.lay(CREATE, answer)
    with pytest.raises(Uncertain):
        kraken.create(MAIN, CLOSE)
    assert recorder.acts() == [CREATE]


def test_there_is_no_hedge_mode(recorder: Recorder, kraken: Exchange) -> None:
    with pytest.raises(Refused, match="no hedge mode"):
        kraken.create(MAIN, replace(CLOSE, hedged=True))
    assert recorder.acts() == []


def test_an_order_is_looked_up_by_the_client_id_with_post(recorder: Recorder, kraken: Exchange) -> None:
    """ccxt says GET, and knows only `orderIds`."""
    recorder.lay(LOOK, said.ok(orders=[said.looked_up("CANCELLED", 0.05, 0.02)]))
    found = kraken.order(MAIN, BTC, "ours1")
    assert recorder.only(LOOK).query == {"cliOrdIds": "ours1"}
    assert found is not None
    assert (found.order_id, found.status, found.amount, found.filled) == (
        "o-1",
        OrderStatus.CANCELED,
        Decimal("0.05"),
        Decimal("0.02"),
    )


@pytest.mark.parametrize(
    ("event", "status", "amount", "filled"),
    [
        (said.past("OrderPlaced", "0", "0.05"), OrderStatus.FILLED, "0.05", "0.05"),
        (said.past("OrderPlaced", "0.03", "0.02"), OrderStatus.EXPIRED, "0.05", "0.02"),
        (said.past("OrderUpdated", "0", "0.05", reason="full_fill"), OrderStatus.FILLED, "0.05", "0.05"),
        (said.past("OrderCancelled", "0.05", "0"), OrderStatus.CANCELED, "0.05", "0"),
        (said.past("OrderRejected", "0.05", "0"), OrderStatus.REJECTED, "0.05", "0"),
    ],
)
def test_after_five_seconds_the_history_knows_an_order(
    recorder: Recorder, kraken: Exchange, event: object, status: OrderStatus, amount: str, filled: str
) -> None:
    recorder.lay(ORDERS, {"elements": [], "continuationToken": "p2"}, {"elements": [event]})
    found = kraken.order(MAIN, BTC, "ours1")
    first, second = (one.query for one in recorder.sent(ORDERS))
    assert (first["tradeable"], first["sort"], second["continuation_token"]) == ("PF_XBTUSD", "desc", "p2")
    assert found is not None
    assert (found.status, found.amount, found.filled) == (status, Decimal(amount), Decimal(filled))


def test_the_newest_event_of_an_order_counts(recorder: Recorder, kraken: Exchange) -> None:
    recorder.lay(
        ORDERS, {"elements": [said.past("OrderCancelled", "0.03", "0.02"), said.past("OrderPlaced", "0.05", "0")]}
    )
    found = kraken.order(MAIN, BTC, "ours1")
    assert found is not None
    assert found.status is OrderStatus.CANCELED


def test_fills_prove_an_order_that_no_history_shows_yet(recorder: Recorder, kraken: Exchange) -> None:
    now = iso(datetime.now(UTC))
    recorder.lay(
        FILLS,
        said.ok(
            fills=[said.FILL | {"fillTime": now}, said.FILL | {"fill_id": "e-2", "size": 0.01, "fillTime": now}]
        ),
    )
    found = kraken.order(MAIN, BTC, "ours1")
    assert found is not None
    assert (found.order_id, found.filled, found.final) == ("o-1", Decimal("0.03"), False)


def test_an_order_that_nothing_knows_is_none(kraken: Exchange) -> None:
    assert kraken.order(MAIN, BTC, "ours1") is None


@pytest.mark.parametrize("what", [LOOK, OPEN, ORDERS, FILLS])
def test_a_look_that_fails_is_no_proof_of_absence(recorder: Recorder, kraken: Exchange, what: str) -> None:
    recorder.lay(what, (503, ""))
    with pytest.raises(Transient):
        kraken.order(MAIN, BTC, "ours1")


def test_working_orders_are_listed_with_those_that_wait(recorder: Recorder, kraken: Exchange) -> None:
    other = said.LIMIT | {"order_id": "x", "symbol": "PF_ETHUSD"}
    recorder.lay(OPEN, said.ok(openOrders=[said.LIMIT, said.STOP, other]))
    limit, stop = kraken.orders(MAIN, BTC)
    assert (limit.amount, limit.filled, limit.price, limit.trigger) == (
        Decimal("0.05"),
        Decimal("0.02"),
        Decimal(62_000),
        False,
    )
    assert (stop.trigger, stop.trigger_price, stop.type) == (True, Decimal(55_000), "stop")
    assert stop.protects(LONG)
    assert not limit.protects(LONG)


def test_a_working_order_is_found_by_its_client_id(recorder: Recorder, kraken: Exchange) -> None:
    recorder.lay(OPEN, said.ok(openOrders=[said.STOP]))
    found = kraken.order(MAIN, BTC, "stop1")
    assert found is not None
    assert (found.order_id, found.status, found.trigger) == ("s-1", OrderStatus.OPEN, True)


@pytest.mark.parametrize(("status", "took"), [("cancelled", True), ("notFound", False), ("filled", False)])
def test_an_order_is_cancelled_by_its_id(recorder: Recorder, kraken: Exchange, status: str, took: bool) -> None:
    recorder.lay(OPEN, said.ok(openOrders=[said.STOP]))
    recorder.lay(CANCEL, said.ok(cancelStatus={"status": status}))
    (stop,) = kraken.orders(MAIN, BTC)
    assert kraken.cancel(MAIN, stop) is took
    assert recorder.only(CANCEL).query == {"order_id": "s-1"}


def test_a_cancel_that_says_something_else_did_not_happen(recorder: Recorder, kraken: Exchange) -> None:
    recorder.lay(OPEN, said.ok(openOrders=[said.STOP]))
    recorder.lay(CANCEL, said.ok(cancelStatus={"status": "somethingNew"}))
    (stop,) = kraken.orders(MAIN, BTC)
    with pytest.raises((Refused, Transient)):
        kraken.cancel(MAIN, stop)


def test_protection_is_placed_again_with_all_that_it_had(recorder: Recorder, kraken: Exchange) -> None:
    recorder.lay(OPEN, said.ok(openOrders=[said.STOP]))
    recorder.lay(CREATE, said.send("placed", said.PLACED_TRIGGER))
    (stop,) = kraken.orders(MAIN, BTC)
    made = kraken.place_again(MAIN, stop, "again1")
    query = dict(recorder.only(CREATE).query)
    assert query.pop("processBefore")
    assert query == {
        "orderType": "stp",
        "symbol": "PF_XBTUSD",
        "side": "sell",
        "size": "0.05",
        "stopPrice": "55000",
        "triggerSignal": "mark",
        "reduceOnly": "true",
        "cliOrdId": "again1",
    }
    assert (made.order_id, made.client_order_id, made.trigger) == ("o-9", "again1", True)


def test_a_trailing_stop_whose_distance_is_not_told_is_not_placed_again(
    recorder: Recorder, kraken: Exchange
) -> None:
    recorder.lay(OPEN, said.ok(openOrders=[said.TRAILING]))
    (trailing,) = kraken.orders(MAIN, BTC)
    with pytest.raises(Refused, match="cannot be placed again"):
        kraken.place_again(MAIN, trailing, "again1")
    assert recorder.acts() == []


@pytest.mark.parametrize(("side", "unit", "other"), [("long", LONG, SHORT), ("short", SHORT, LONG)])
def test_a_position_is_net_and_in_base_units(
    recorder: Recorder, kraken: Exchange, side: str, unit: Unit, other: Unit
) -> None:
    recorder.lay(
        POSITIONS, said.ok(openPositions=[said.held(side, 0.05, "pf_xbtusd"), said.held("long", 9, "PF_ETHUSD")])
    )
    held, turned = kraken.position(unit), kraken.position(other)
    assert (held.amount, held.opposite, held.hedged) == (Decimal("0.05"), Decimal(0), False)
    assert (held.entry_price, held.mark_price, held.unrealized) == (
        Decimal("60000.5"),
        Decimal("61000.25"),
        Decimal("49.98"),
    )
    assert (turned.amount, turned.opposite) == (Decimal(0), Decimal("0.05"))


def test_no_row_is_flat_and_no_list_is_not(recorder: Recorder, kraken: Exchange) -> None:
    recorder.lay(POSITIONS, said.ok(openPositions=[]), said.ok())
    assert kraken.position(LONG).amount == 0
    with pytest.raises(Transient):
        kraken.position(LONG)


def test_the_positions_of_an_account_are_told_in_base_units_or_not_at_all(
    recorder: Recorder, kraken: Exchange
) -> None:
    recorder.lay(
        POSITIONS,
        said.ok(openPositions=[said.held("short", 0.05)]),
        said.ok(openPositions=[said.held("long", 500, "PI_XBTUSD")]),
    )
    (held,) = kraken.positions(MAIN)
    assert (held.unit, held.amount) == (SHORT, Decimal("0.05"))
    with pytest.raises(Broken, match="PI_XBTUSD"):
        kraken.positions(MAIN)


def test_fills_are_read_page_by_page_and_their_fees_from_the_log(recorder: Recorder, kraken: Exchange) -> None:
    """The fills themselves tell no fee; ccxt invents one of the fee schedule."""
    now = datetime.now(UTC).replace(microsecond=0)
    early = now - timedelta(minutes=5)
    one = said.FILL | {"fillTime": iso(now)}
    two = said.FILL | {"fill_id": "e-2", "fillTime": iso(early)}
    other = one | {"fill_id": "x", "symbol": "PF_ETHUSD"}
    recorder.lay(FILLS, said.ok(fills=[one, other]), said.ok(fills=[one, other, two]), said.ok(fills=[two]))
    contract_leg = said.LOGGED | {"id": 10, "asset": "pf_xbtusd", "fee": 99}
    recorder.lay(LOG, {"logs": [said.LOGGED | {"date": iso(now)}, contract_leg | {"date": iso(now)}]})
    since = now - timedelta(hours=1)
    fills = kraken.fills(MAIN, BTC, since)
    assert [one.query.get("lastFillTime") for one in recorder.sent(FILLS)] == [
        None,
        iso(now + timedelta(milliseconds=1)),
        iso(early + timedelta(milliseconds=1)),
    ]
    query = recorder.only(LOG).query
    assert (query["info"], query["since"]) == ("futures trade", str(int(since.timestamp() * 1_000)))
    assert [one.fill_id for one in fills] == ["e-2", "e-1"]
    assert (fills[1].amount, fills[1].price, fills[1].fee, fills[1].fee_asset, fills[1].client_order_id) == (
        Decimal("0.02"),
        Decimal("60750.5"),
        Decimal("0.6075"),
        "USD",
        "ours1",
    )
    assert fills[0].fee is None


@pytest.mark.parametrize(
    ("kind", "forced"), [("liquidation", True), ("unwindBankrupt", True), ("taker", False), ("maker", False)]
)
def test_what_the_venue_closed_by_force_is_told(
    recorder: Recorder, kraken: Exchange, kind: str, forced: bool
) -> None:
    now = iso(datetime.now(UTC))
    recorder.lay(FILLS, said.ok(fills=[said.FILL | {"fillTime": now, "fillType": kind}]))
    recorder.lay(LOG, {"logs": []})
    (fill,) = kraken.fills(MAIN, BTC, datetime.now(UTC) - timedelta(hours=1))
    assert fill.forced is forced


def test_funding_received_is_above_zero(recorder: Recorder, kraken: Exchange) -> None:
    now = iso(datetime.now(UTC))
    recorder.lay(LOG, {"logs": [said.FUNDED | {"date": now}, said.FUNDED | {"date": now, "contract": "pf_ethusd"}]})
    (paid,) = kraken.funding(MAIN, BTC, datetime.now(UTC) - timedelta(hours=1))
    assert recorder.only(LOG).query["info"] == "funding rate change"
    assert (paid.amount, paid.asset) == (Decimal("-0.0321"), "USD")


def test_a_rate_is_the_close_of_its_minute_and_never_of_another(recorder: Recorder, kraken: Exchange) -> None:
    at = datetime(2026, 1, 2, 3, 4, 56, tzinfo=UTC)
    start = int(at.replace(second=0).timestamp())
    candle = {"time": start * 1_000, "open": "1", "high": "3", "low": "0.5", "close": "61000.5", "volume": "0"}
    recorder.lay(CANDLES, {"candles": [candle]}, {"candles": [candle | {"time": start * 1_000 + 60_000}]})
    assert kraken.rate(MAIN, "BTC", "USD", at) == Decimal("61000.5")
    assert recorder.sent(CANDLES)[0].query == {"from": str(start), "to": str(start + 59)}
    assert kraken.rate(MAIN, "BTC", "USD", at) is None
    assert kraken.rate(MAIN, "BNB", "USD", at) is None


def test_the_symbols_that_are_traded(kraken: Exchange) -> None:
    assert BTC in kraken.symbols(MAIN)


def test_the_market_has_its_steps(kraken: Exchange) -> None:
    assert kraken.market(MAIN, BTC) == Market(
        symbol=BTC,
        active=True,
        quote="USD",
        price_tick=Decimal("0.5"),
        amount_step=Decimal("0.0001"),
        amount_least=Decimal("0.0001"),
        status="tradeable",
    )


def test_a_market_that_takes_no_immediate_orders_is_not_active(recorder: Recorder, kraken: Exchange) -> None:
    recorder.lay(INSTRUMENTS, said.ok(instruments=[said.PERPETUAL | {"postOnly": True}]))
    market = kraken.market(MAIN, BTC)
    assert (market.active, market.status) == (False, "post only")


@pytest.mark.parametrize("symbol", ["NOTHING/USD:USD", "BTC/USD:BTC"])
def test_a_symbol_that_is_unknown_or_not_linear_is_refused(kraken: Exchange, symbol: str) -> None:
    with pytest.raises(Refused) as refused:
        kraken.market(MAIN, symbol)
    assert refused.value.trouble is not None
    assert refused.value.trouble.row is Row.INVALID_SYMBOL


def test_the_book_has_the_best_first(recorder: Recorder, kraken: Exchange) -> None:
    levels = {"bids": [[60999.5, 1.5], [61000, 2]], "asks": [[61001, 5], [61000.5, 3]]}
    recorder.lay(f"GET {API}/orderbook", said.ok(orderBook=levels))
    book = kraken.book(MAIN, BTC)
    assert recorder.only(f"GET {API}/orderbook").query == {"symbol": "PF_XBTUSD"}
    assert book.bids == ((Decimal(61_000), Decimal(2)), (Decimal("60999.5"), Decimal("1.5")))
    assert book.asks == ((Decimal("61000.5"), Decimal(3)), (Decimal(61_001), Decimal(5)))


def test_the_account_tells_its_balance_and_says_that_rights_are_unread(
    recorder: Recorder, kraken: Exchange
) -> None:
    wallet = {"marginEquity": 800, "availableMargin": 700, "maintenanceMargin": 40, "portfolioValue": 1000}
    recorder.lay(f"GET {API}/accounts", said.ok(accounts={"flex": wallet}))
    fact = kraken.account(MAIN)
    assert (fact.equity, fact.available, fact.margin_ratio, fact.quote) == (
        Decimal(800),
        Decimal(700),
        Decimal("0.05"),
        "USD",
    )
    assert (fact.can_trade, fact.can_withdraw, fact.ip_restricted, fact.hedged) == (None, None, None, False)
    (unread,) = fact.unread
    assert unread.startswith("rights")
    assert fact.clock_skew is not None


def test_the_venue_is_alive_when_its_instruments_have_a_status(recorder: Recorder, kraken: Exchange) -> None:
    assert kraken.status("krakenfutures").reading is Reading.OK
    recorder.lay(STATUS, said.error("unavailable"))
    down = kraken.status("krakenfutures")
    assert down.reading is Reading.FAILED
    assert down.trouble is not None
    assert down.trouble.row is Row.MAINTENANCE


def test_only_what_is_left_of_an_order_is_placed_again(recorder: Recorder, kraken: Exchange) -> None:
    recorder.lay(OPEN, said.ok(openOrders=[said.LIMIT]))
    recorder.lay(CREATE, said.send("placed", cliOrdId="again1"))
    (rest,) = kraken.orders(MAIN, BTC)
    made = kraken.place_again(MAIN, rest, "again1")
    query = recorder.only(CREATE).query
    assert (query["size"], query["limitPrice"], query["orderType"]) == ("0.03", "62000", "lmt")
    assert (made.amount, made.filled) == (Decimal("0.03"), Decimal(0))


def test_an_order_whose_readings_took_too_long_is_not_sent(recorder: Recorder, kraken: Exchange) -> None:
    """By then the time is running in which "not found" comes to mean not accepted."""
    recorder.lay(STATUS, slowly(said.STATUS))
    recorder.lay(CREATE, said.send("placed", said.executed(0.05, 60750.5)))
    with pytest.raises(Transient, match="not sent"):
        kraken.create(MAIN, CLOSE)
    assert recorder.acts() == []


def test_a_trailing_stop_follows_the_market_again_at_its_distance(recorder: Recorder, kraken: Exchange) -> None:
    distance = {"trailingStopMaxDeviation": 5, "trailingStopDeviationUnit": "PERCENT"}
    recorder.lay(OPEN, said.ok(openOrders=[said.TRAILING | distance]))
    recorder.lay(CREATE, said.send("placed", said.PLACED_TRIGGER))
    (trailing,) = kraken.orders(MAIN, BTC)
    kraken.place_again(MAIN, trailing, "again1")
    query = recorder.only(CREATE).query
    assert (query["orderType"], query["trailingStopMaxDeviation"], query["trailingStopDeviationUnit"]) == (
        "trailing_stop",
        "5",
        "PERCENT",
    )
    assert "stopPrice" not in query
