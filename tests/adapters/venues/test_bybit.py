"""Bybit: what the unmodified ccxt really sends for every method of the port, and what the answers come to."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from functions.errors import Refused, Transient, Uncertain
from functions.facts import Reading
from functions.ports import Exchange
from functions.venue import Market, NewOrder, OrderStatus, Row, Unit, Where
from tests.adapters.venues import bybit_payloads as said
from tests.adapters.venues.recorder import KEY, Recorder, exchange_at

MAIN = Where("bybit", "main")
BTC = "BTC/USDT:USDT"
LONG, SHORT = Unit("bybit", "main", BTC, "long"), Unit("bybit", "main", BTC, "short")
CLOSE = NewOrder("ours1", LONG, Decimal("0.050"), Decimal("60700.00"), hedged=False)
TIME, STATUS = "GET /v5/market/time", "GET /v5/system/status"
POSITIONS, REALTIME, HISTORY = "GET /v5/position/list", "GET /v5/order/realtime", "GET /v5/order/history"
CREATE, CANCEL = "POST /v5/order/create", "POST /v5/order/cancel"
EXECUTIONS, LOG, KLINE = "GET /v5/execution/list", "GET /v5/account/transaction-log", "GET /v5/market/kline"


@pytest.fixture
def bybit(recorder: Recorder) -> Exchange:
    recorder.lay("GET /v5/market/instruments-info", said.INSTRUMENTS)
    return exchange_at(recorder, "bybit")


def taken(order_id: str = "o-9", link: str = "ours1") -> dict[str, object]:
    return said.ok({"orderId": order_id, "orderLinkId": link})


def test_a_close_is_one_reduce_only_immediate_or_cancel_limit(recorder: Recorder, bybit: Exchange) -> None:
    recorder.lay(CREATE, taken())
    made = bybit.create(MAIN, CLOSE)
    assert recorder.only(CREATE).body == {
        "category": "linear",
        "symbol": "BTCUSDT",
        "side": "Sell",
        "orderType": "Limit",
        "qty": "0.05",
        "price": "60700",
        "timeInForce": "IOC",
        "reduceOnly": True,
        "positionIdx": 0,
        "orderLinkId": "ours1",
    }
    assert (made.order_id, made.client_order_id, made.status, made.filled) == (
        "o-9",
        "ours1",
        OrderStatus.UNKNOWN,
        Decimal(0),
    )


def test_nothing_but_the_markets_is_asked_for_an_order(recorder: Recorder, bybit: Exchange) -> None:
    """ccxt's own create_order asks two private endpoints about the kind of account first."""
    recorder.lay(CREATE, taken())
    bybit.create(MAIN, CLOSE)
    assert {one.path for one in recorder.requests} == {"/v5/market/instruments-info", "/v5/order/create"}


def test_requests_are_signed_and_die_after_four_seconds(recorder: Recorder, bybit: Exchange) -> None:
    recorder.lay(CREATE, taken())
    bybit.create(MAIN, CLOSE)
    headers = {key.lower(): value for key, value in recorder.only(CREATE).headers.items()}
    assert headers["x-bapi-recv-window"] == "4000"
    assert headers["x-bapi-api-key"] == KEY["apiKey"]
    assert len(headers["x-bapi-sign"]) == 64
    assert KEY["secret"] not in str(recorder.requests)


@pytest.mark.parametrize(("unit", "side", "index"), [(LONG, "Sell", 1), (SHORT, "Buy", 2)])
def test_in_hedge_mode_the_order_names_the_side_of_the_position(
    recorder: Recorder, bybit: Exchange, unit: Unit, side: str, index: int
) -> None:
    recorder.lay(CREATE, taken())
    bybit.create(MAIN, replace(CLOSE, unit=unit, hedged=True))
    body = recorder.only(CREATE).body
    assert (body["side"], body["positionIdx"], body["reduceOnly"]) == (side, index, True)


def test_a_market_order_has_no_price(recorder: Recorder, bybit: Exchange) -> None:
    recorder.lay(CREATE, taken())
    bybit.create(MAIN, replace(CLOSE, price=None))
    body = recorder.only(CREATE).body
    assert body["orderType"] == "Market"
    assert "price" not in body


@pytest.mark.parametrize(
    "answer",
    [said.ok({}), said.ok({"orderId": "", "orderLinkId": "ours1"}), taken(link="another"), "", "<html>", "{"],
)
def test_an_answer_that_does_not_name_our_order_is_uncertain(
    recorder: Recorder, bybit: Exchange, answer: object
) -> None:
    recorder.lay(CREATE, answer)
    with pytest.raises(Uncertain):
        bybit.create(MAIN, CLOSE)
    assert recorder.acts() == [CREATE]


def test_a_dropped_connection_after_the_send_is_uncertain(recorder: Recorder, bybit: Exchange) -> None:
    recorder.lay(CREATE, None)
    with pytest.raises(Uncertain):
        bybit.create(MAIN, CLOSE)
    assert recorder.acts() == [CREATE]


@pytest.mark.parametrize(
    ("code", "row"),
    [
        (110007, Row.INSUFFICIENT_BALANCE),
        (110012, Row.INSUFFICIENT_BALANCE),
        (110003, Row.INVALID_PRICE),
        (110094, Row.INVALID_PRICE),
        (110017, Row.NOTHING_TO_REDUCE),
        (110034, Row.NOTHING_TO_REDUCE),
        (10003, Row.KEY),
        (10005, Row.KEY),
        (10010, Row.KEY),
        (10008, Row.FROZEN),
        (10027, Row.FROZEN),
        (10001, Row.OTHER),
    ],
)
def test_a_refused_order_is_refused_with_its_row(recorder: Recorder, bybit: Exchange, code: int, row: Row) -> None:
    recorder.lay(CREATE, said.error(code))
    with pytest.raises(Refused) as refused:
        bybit.create(MAIN, CLOSE)
    assert refused.value.trouble is not None
    assert (refused.value.trouble.row, refused.value.trouble.code) == (row, str(code))


@pytest.mark.parametrize(
    ("code", "row"), [(10002, Row.CLOCK), (10006, Row.RATE_LIMITED), (10018, Row.RATE_LIMITED)]
)
def test_what_was_not_looked_at_may_be_sent_later(recorder: Recorder, bybit: Exchange, code: int, row: Row) -> None:
    recorder.lay(CREATE, said.error(code))
    with pytest.raises(Transient) as later:
        bybit.create(MAIN, CLOSE)
    assert later.value.trouble is not None
    assert later.value.trouble.row is row


@pytest.mark.parametrize("code", [10000, 10014, 10016, 5004, 110072, 110001, 999_999])
def test_an_order_that_may_stand_is_uncertain(recorder: Recorder, bybit: Exchange, code: int) -> None:
    recorder.lay(CREATE, said.error(code))
    with pytest.raises(Uncertain):
        bybit.create(MAIN, CLOSE)


def test_an_order_is_looked_up_by_the_link_id_among_working_recent_and_past_ones(
    recorder: Recorder, bybit: Exchange
) -> None:
    """ccxt's look-up by a client id sends the field of the venue's own id."""
    recorder.lay(REALTIME, said.listed())
    recorder.lay(HISTORY, said.listed(said.ORDER))
    found = bybit.order(MAIN, BTC, "ours1")
    asked = [one.query for one in recorder.sent(REALTIME)] + [recorder.only(HISTORY).query]
    assert [one["orderLinkId"] for one in asked] == ["ours1"] * 3
    assert [one.get("openOnly") for one in asked] == ["0", "1", None]
    assert all("orderId" not in one and one["symbol"] == "BTCUSDT" for one in asked)
    assert found is not None
    assert (found.status, found.amount, found.filled, found.average) == (
        OrderStatus.CANCELED,
        Decimal("0.050"),
        Decimal("0.020"),
        Decimal("60750.5"),
    )
    assert (found.reduce_only, found.time_in_force, found.final, found.trigger) == (True, "IOC", True, False)


def test_an_order_that_nothing_knows_is_none(recorder: Recorder, bybit: Exchange) -> None:
    recorder.lay(REALTIME, said.listed())
    recorder.lay(HISTORY, said.listed())
    assert bybit.order(MAIN, BTC, "ours1") is None


def test_a_row_of_another_order_is_not_ours(recorder: Recorder, bybit: Exchange) -> None:
    recorder.lay(REALTIME, said.listed(said.ORDER | {"orderLinkId": "another"}))
    recorder.lay(HISTORY, said.listed())
    assert bybit.order(MAIN, BTC, "ours1") is None


def test_a_history_that_does_not_answer_is_no_proof_of_absence(recorder: Recorder, bybit: Exchange) -> None:
    recorder.lay(REALTIME, said.listed())
    recorder.lay(HISTORY, (503, ""))
    with pytest.raises(Transient):
        bybit.order(MAIN, BTC, "ours1")


def test_working_orders_are_listed_over_all_pages_with_those_that_wait(recorder: Recorder, bybit: Exchange) -> None:
    recorder.lay(
        REALTIME,
        said.listed(said.ORDER | {"orderStatus": "New"}, said.STOP, cursor="page2"),
        said.listed(said.ATTACHED),
    )
    plain, stop, attached = bybit.orders(MAIN, BTC)
    assert [one.query.get("cursor") for one in recorder.sent(REALTIME)] == [None, "page2"]
    assert (plain.trigger, plain.status) == (False, OrderStatus.OPEN)
    assert (stop.trigger, stop.type, stop.trigger_price) == (True, "stop_market", Decimal(55_000))
    assert stop.protects(LONG)
    assert (attached.close_position, attached.client_order_id) == (True, None)
    assert attached.protects(LONG)


def test_the_orders_of_an_account_are_asked_for_by_settlement_coin(recorder: Recorder, bybit: Exchange) -> None:
    recorder.lay(REALTIME, said.listed(said.STOP), said.listed())
    assert [one.symbol for one in bybit.orders(MAIN, None)] == [BTC]
    assert [one.query["settleCoin"] for one in recorder.sent(REALTIME)] == ["USDT", "USDC"]


def test_an_order_is_cancelled_by_its_id_whatever_kind_it_is(recorder: Recorder, bybit: Exchange) -> None:
    recorder.lay(REALTIME, said.listed(said.STOP))
    recorder.lay(CANCEL, said.ok({"orderId": "o-2"}))
    (stop,) = bybit.orders(MAIN, BTC)
    assert bybit.cancel(MAIN, stop)
    assert recorder.only(CANCEL).body == {"category": "linear", "symbol": "BTCUSDT", "orderId": "o-2"}


@pytest.mark.parametrize("code", [110001, 110008, 110010])
def test_a_cancel_of_an_order_that_is_over_says_so(recorder: Recorder, bybit: Exchange, code: int) -> None:
    recorder.lay(REALTIME, said.listed(said.STOP))
    recorder.lay(CANCEL, said.error(code))
    (stop,) = bybit.orders(MAIN, BTC)
    assert not bybit.cancel(MAIN, stop)


def test_protection_is_placed_again_with_all_that_it_had(recorder: Recorder, bybit: Exchange) -> None:
    recorder.lay(REALTIME, said.listed(said.STOP | {"positionIdx": 1}))
    recorder.lay(CREATE, taken("o-10", "again1"))
    (stop,) = bybit.orders(MAIN, BTC)
    made = bybit.place_again(MAIN, stop, "again1")
    assert recorder.only(CREATE).body == {
        "category": "linear",
        "symbol": "BTCUSDT",
        "side": "Sell",
        "orderType": "Market",
        "qty": "0.05",
        "timeInForce": "IOC",
        "triggerPrice": "55000",
        "triggerDirection": 2,
        "triggerBy": "MarkPrice",
        "closeOnTrigger": True,
        "reduceOnly": True,
        "positionIdx": 1,
        "orderLinkId": "again1",
    }
    assert (made.order_id, made.client_order_id, made.trigger) == ("o-10", "again1", True)


def test_a_stop_that_belongs_to_its_position_is_never_touched(recorder: Recorder, bybit: Exchange) -> None:
    """It has no client id and cannot be placed again; the venue takes it away with the position."""
    recorder.lay(REALTIME, said.listed(said.ATTACHED))
    (attached,) = bybit.orders(MAIN, BTC)
    with pytest.raises(Refused, match="belongs to its position"):
        bybit.cancel(MAIN, attached)
    with pytest.raises(Refused, match="belongs to its position"):
        bybit.place_again(MAIN, attached, "again1")
    assert recorder.acts() == []


def test_a_position_in_one_way_mode(recorder: Recorder, bybit: Exchange) -> None:
    recorder.lay(POSITIONS, said.listed(said.held("Buy", "0.050")))
    held = bybit.position(LONG)
    assert recorder.only(POSITIONS).query == {"category": "linear", "symbol": "BTCUSDT"}
    assert (held.amount, held.opposite, held.hedged) == (Decimal("0.050"), Decimal(0), False)
    assert (held.entry_price, held.mark_price, held.liquidation_price, held.unrealized) == (
        Decimal("60000.5"),
        Decimal("61000.1"),
        Decimal(55_000),
        Decimal("49.98"),
    )
    assert held.margin == Decimal("305.5")
    turned = bybit.position(SHORT)
    assert (turned.amount, turned.opposite) == (Decimal(0), Decimal("0.050"))


def test_a_position_in_hedge_mode_is_read_on_its_side(recorder: Recorder, bybit: Exchange) -> None:
    recorder.lay(POSITIONS, said.listed(said.held("Buy", "0.050", 1), said.held("Sell", "0.020", 2)))
    held = bybit.position(SHORT)
    assert (held.amount, held.opposite, held.hedged) == (Decimal("0.020"), Decimal("0.050"), True)


def test_flat_is_an_answer_and_an_empty_list_is_none(recorder: Recorder, bybit: Exchange) -> None:
    recorder.lay(POSITIONS, said.listed(said.held("", "0")), said.listed())
    assert bybit.position(LONG).amount == 0
    with pytest.raises(Transient):
        bybit.position(LONG)


def test_the_positions_of_an_account_are_asked_for_by_settlement_coin(recorder: Recorder, bybit: Exchange) -> None:
    recorder.lay(POSITIONS, said.listed(said.held("Sell", "0.050"), cursor="p2"), said.listed(), said.listed())
    (held,) = bybit.positions(MAIN)
    assert (held.unit, held.amount) == (SHORT, Decimal("0.050"))
    assert [one.query["settleCoin"] for one in recorder.sent(POSITIONS)] == ["USDT", "USDT", "USDC"]


def test_fills_are_trades_over_all_windows_and_pages_and_never_funding(recorder: Recorder, bybit: Exchange) -> None:
    """The venue answers for seven days at a time, and lists funding among the executions."""
    old = datetime.now(UTC) - timedelta(days=10)
    funding = said.TRADE | {"execId": "f-1", "execType": "Funding"}
    liquidated = said.TRADE | {"execId": "e-2", "execType": "BustTrade", "orderLinkId": ""}
    recent = {"execTime": str(int(datetime.now(UTC).timestamp() * 1_000))}
    recorder.lay(POSITIONS, said.listed(said.held("", "0")))
    recorder.lay(
        EXECUTIONS,
        said.listed(said.TRADE | recent, funding | recent, cursor="p2"),
        said.listed(liquidated | recent),
        said.listed(said.TRADE | recent),
    )
    fills = bybit.fills(MAIN, BTC, old)
    asked = [one.query for one in recorder.sent(EXECUTIONS)]
    assert [one.get("cursor") for one in asked] == [None, "p2", None]
    assert all(int(one["endTime"]) - int(one["startTime"]) <= 7 * 86_400_000 for one in asked)
    assert int(asked[0]["startTime"]) == int(old.timestamp() * 1_000)
    assert int(asked[2]["startTime"]) == int(asked[0]["endTime"]) + 1
    assert [one.fill_id for one in fills] == ["e-1", "e-2"]
    assert (fills[0].amount, fills[0].price, fills[0].fee, fills[0].fee_asset) == (
        Decimal("0.020"),
        Decimal("60750.5"),
        Decimal("0.66825"),
        "USDT",
    )
    assert (fills[0].client_order_id, fills[0].position_side) == ("ours1", None)
    assert fills[1].client_order_id is None
    assert [one.forced for one in fills] == [False, True]


@pytest.mark.parametrize(
    ("also", "forced"),
    [
        ({"execType": "AdlTrade"}, True),
        ({"createType": "CreateByLiq"}, True),
        ({"createType": "CreateByTakeOver_PassThrough"}, True),
        ({"createType": "CreateByAdl_PassThrough"}, True),
        ({"createType": "CreateByUser"}, False),
        ({"createType": "CreateByStopLoss"}, False),
    ],
)
def test_what_the_venue_closed_by_force_is_told(
    recorder: Recorder, bybit: Exchange, also: dict[str, str], forced: bool
) -> None:
    now = {"execTime": str(int(datetime.now(UTC).timestamp() * 1_000))}
    recorder.lay(POSITIONS, said.listed(said.held("", "0")))
    recorder.lay(EXECUTIONS, said.listed(said.TRADE | now | also))
    (fill,) = bybit.fills(MAIN, BTC, datetime.now(UTC) - timedelta(hours=1))
    assert fill.forced is forced


def test_in_hedge_mode_a_fill_belongs_to_the_side_that_it_closed(recorder: Recorder, bybit: Exchange) -> None:
    now = {"execTime": str(int(datetime.now(UTC).timestamp() * 1_000))}
    opening = said.TRADE | {"execId": "e-2", "closedSize": "0"}
    recorder.lay(POSITIONS, said.listed(said.held("", "0", 1), said.held("", "0", 2)))
    recorder.lay(EXECUTIONS, said.listed(said.TRADE | now, opening | now))
    fills = bybit.fills(MAIN, BTC, datetime.now(UTC) - timedelta(hours=1))
    assert {one.fill_id: one.position_side for one in fills} == {"e-1": "long", "e-2": "short"}


def test_funding_received_is_above_zero(recorder: Recorder, bybit: Exchange) -> None:
    now = str(int(datetime.now(UTC).timestamp() * 1_000))
    row = {"symbol": "BTCUSDT", "currency": "USDT", "funding": "-0.0321", "transactionTime": now}
    recorder.lay(LOG, said.listed(row, row | {"symbol": "ETHUSDT"}))
    (paid,) = bybit.funding(MAIN, BTC, datetime.now(UTC) - timedelta(hours=1))
    query = recorder.only(LOG).query
    assert (query["accountType"], query["category"], query["type"]) == ("UNIFIED", "linear", "SETTLEMENT")
    assert (paid.amount, paid.asset) == (Decimal("-0.0321"), "USDT")


def test_a_rate_is_the_close_of_its_minute_and_never_of_another(recorder: Recorder, bybit: Exchange) -> None:
    at = datetime(2026, 1, 2, 3, 4, 56, tzinfo=UTC)
    start = int(at.replace(second=0).timestamp() * 1_000)
    candle = [str(start), "1", "3", "0.5", "2.5", "9", "9"]
    recorder.lay(KLINE, said.listed(candle), said.listed([str(start + 60_000), *candle[1:]]), said.error(10001))
    assert bybit.rate(MAIN, "BNB", "USDT", at) == Decimal("2.5")
    query = recorder.sent(KLINE)[0].query
    assert (query["category"], query["symbol"], query["interval"], query["start"]) == (
        "spot",
        "BNBUSDT",
        "1",
        str(start),
    )
    assert bybit.rate(MAIN, "BNB", "USDT", at) is None
    assert bybit.rate(MAIN, "NOTHING", "USDT", at) is None


def test_only_swaps_are_among_the_symbols_that_are_traded(bybit: Exchange) -> None:
    assert bybit.symbols(MAIN) == [BTC]


def test_the_market_has_its_steps_and_limits(bybit: Exchange) -> None:
    assert bybit.market(MAIN, BTC) == Market(
        symbol=BTC,
        active=True,
        quote="USDT",
        price_tick=Decimal("0.10"),
        amount_step=Decimal("0.001"),
        amount_least=Decimal("0.001"),
        notional_least=Decimal(5),
        limit_most=Decimal(1190),
        market_most=Decimal(500),
        status="Trading",
    )


@pytest.mark.parametrize("symbol", ["NOTHING/USDT:USDT", "BTC/USDT:USDT-261226"])
def test_a_symbol_that_is_unknown_or_no_perpetual_is_refused(bybit: Exchange, symbol: str) -> None:
    with pytest.raises(Refused) as refused:
        bybit.market(MAIN, symbol)
    assert refused.value.trouble is not None
    assert refused.value.trouble.row is Row.INVALID_SYMBOL


def test_the_book_has_the_best_first(recorder: Recorder, bybit: Exchange) -> None:
    levels = {"s": "BTCUSDT", "b": [["60999.9", "1.5"], ["61000", "2"]], "a": [["61000.1", "3"]], "ts": 1}
    recorder.lay("GET /v5/market/orderbook", said.ok(levels))
    book = bybit.book(MAIN, BTC)
    assert book.bids == ((Decimal(61_000), Decimal(2)), (Decimal("60999.9"), Decimal("1.5")))
    assert book.asks == ((Decimal("61000.1"), Decimal(3)),)


def test_the_account_tells_rights_balance_mode_and_clock(recorder: Recorder, bybit: Exchange) -> None:
    key = {"readOnly": 0, "ips": ["10.0.0.1"], "permissions": {"ContractTrade": ["Order"], "Wallet": []}}
    wallet = {"totalEquity": "1000.5", "totalAvailableBalance": "900", "accountMMRate": "0.05"}
    recorder.lay("GET /v5/user/query-api", said.ok(key))
    recorder.lay("GET /v5/account/wallet-balance", said.ok({"list": [wallet]}))
    recorder.lay(POSITIONS, said.listed(said.held("Buy", "0.050", 1)))
    recorder.lay(TIME, said.ok({}) | {"time": int(datetime.now(UTC).timestamp() * 1_000) - 2_000})
    fact = bybit.account(MAIN)
    assert (fact.can_trade, fact.can_withdraw, fact.ip_restricted, fact.hedged) == (True, False, True, True)
    assert (fact.equity, fact.available, fact.margin_ratio, fact.quote) == (
        Decimal("1000.5"),
        Decimal(900),
        Decimal("0.05"),
        "USD",
    )
    assert fact.clock_skew is not None
    assert Decimal("1.5") < fact.clock_skew < Decimal(4)
    assert fact.unread == ()


def test_a_key_that_only_reads_or_withdraws_is_seen(recorder: Recorder, bybit: Exchange) -> None:
    may = {"ContractTrade": ["Order"], "Wallet": ["AccountTransfer", "Withdraw"]}
    asked = "GET /v5/user/query-api"
    recorder.lay(
        asked,
        said.ok({"readOnly": 1, "ips": ["*"], "permissions": may}),
        said.ok({"readOnly": 0, "ips": ["*"], "permissions": may}),
    )
    reading, withdrawing = bybit.account(MAIN), bybit.account(MAIN)
    assert (reading.can_trade, reading.can_withdraw, reading.ip_restricted) == (False, False, False)
    assert (withdrawing.can_trade, withdrawing.can_withdraw) == (True, True)
    assert len(reading.unread) == 3


def test_maintenance_of_trading_in_linear_contracts_is_told(recorder: Recorder, bybit: Exchange) -> None:
    event = {"title": "upgrade", "state": "ongoing", "end": str(said.NOW), "serviceTypes": [1], "product": [1, 2]}
    recorder.lay(TIME, said.ok({}))
    recorder.lay(
        STATUS,
        said.ok({"list": [event]}),
        said.ok({"list": [event | {"product": [2]}]}),
        said.ok({"list": [event | {"serviceTypes": [4]}]}),
        said.ok({"list": [event | {"state": "scheduled"}]}),
    )
    down = bybit.status("bybit")
    assert (down.reading, down.detail) == (Reading.FAILED, "upgrade")
    assert down.until == datetime(2023, 11, 14, 22, 13, 20, tzinfo=UTC)
    assert [bybit.status("bybit").reading for _ in range(3)] == [Reading.OK] * 3


def test_a_venue_that_does_not_answer_is_told_as_failed(recorder: Recorder, bybit: Exchange) -> None:
    recorder.lay(TIME, (502, "<html>bad gateway</html>"))
    assert bybit.status("bybit").reading is Reading.FAILED


def test_only_what_is_left_of_an_order_is_placed_again(recorder: Recorder, bybit: Exchange) -> None:
    recorder.lay(REALTIME, said.listed(said.ORDER | {"orderStatus": "PartiallyFilled", "timeInForce": "GTC"}))
    recorder.lay(CREATE, taken("o-10", "again1"))
    (rest,) = bybit.orders(MAIN, BTC)
    made = bybit.place_again(MAIN, rest, "again1")
    body = recorder.only(CREATE).body
    assert (body["qty"], body["price"], body["timeInForce"]) == ("0.03", "60700", "GTC")
    assert (made.amount, made.filled) == (Decimal("0.030"), Decimal(0))
