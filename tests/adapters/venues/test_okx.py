"""OKX: what the unmodified ccxt really sends for every method of the port, and what the answers come to."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from functions.errors import Broken, Refused, Transient, Uncertain
from functions.facts import Reading
from functions.ports import Exchange
from functions.venue import Market, NewOrder, OrderStatus, Row, Unit, Where
from tests.adapters.venues import okx_payloads as said
from tests.adapters.venues.recorder import KEY, Recorder, exchange_at, slowly

MAIN = Where("okx", "main")
BTC = "BTC/USDT:USDT"
LONG, SHORT = Unit("okx", "main", BTC, "long"), Unit("okx", "main", BTC, "short")
CLOSE = NewOrder("ours1", LONG, Decimal("0.05"), Decimal("60700.0"), hedged=False)
POSITIONS, CONFIG, TIME = "GET /api/v5/account/positions", "GET /api/v5/account/config", "GET /api/v5/public/time"
CREATE, CANCEL = "POST /api/v5/trade/order", "POST /api/v5/trade/cancel-order"
ALGO, CANCEL_ALGO = "POST /api/v5/trade/order-algo", "POST /api/v5/trade/cancel-algos"
ORDER, ORDER_ALGO = "GET /api/v5/trade/order", "GET /api/v5/trade/order-algo"
HISTORY, OLD_HISTORY = "GET /api/v5/trade/orders-history", "GET /api/v5/trade/orders-history-archive"
PENDING, WAITING = "GET /api/v5/trade/orders-pending", "GET /api/v5/trade/orders-algo-pending"
FILLS, OLD_FILLS = "GET /api/v5/trade/fills", "GET /api/v5/trade/fills-history"
BILLS, OLD_BILLS = "GET /api/v5/account/bills", "GET /api/v5/account/bills-archive"
STATUS, CANDLES = "GET /api/v5/system/status", "GET /api/v5/market/history-candles"


@pytest.fixture
def okx(recorder: Recorder) -> Exchange:
    recorder.lay("GET /api/v5/public/instruments", said.INSTRUMENTS)
    recorder.lay(TIME, said.ok({"ts": str(said.NOW)}))
    recorder.lay(CONFIG, said.config())
    recorder.lay(POSITIONS, said.ok(said.held("5")))
    recorder.lay(PENDING, said.ok())
    recorder.lay(WAITING, said.ok())
    return exchange_at(recorder, "okx")


def taken(order_id: str = "o-9", client_id: str = "ours1") -> dict[str, object]:
    return said.ok({"ordId": order_id, "clOrdId": client_id, "tag": "", "sCode": "0", "sMsg": ""})


def test_a_close_is_one_reduce_only_immediate_or_cancel_order_in_contracts(
    recorder: Recorder, okx: Exchange
) -> None:
    recorder.lay(CREATE, taken())
    made = okx.create(MAIN, CLOSE)
    assert recorder.only(CREATE).body == {
        "instId": "BTC-USDT-SWAP",
        "tdMode": "cross",
        "side": "sell",
        "ordType": "ioc",
        "sz": "5",
        "px": "60700",
        "reduceOnly": True,
        "clOrdId": "ours1",
    }
    assert recorder.acts() == [CREATE]
    assert (made.order_id, made.client_order_id, made.amount, made.status) == (
        "o-9",
        "ours1",
        Decimal("0.05"),
        OrderStatus.UNKNOWN,
    )


def test_an_order_dies_four_seconds_after_the_venues_own_time(recorder: Recorder, okx: Exchange) -> None:
    """Without the header a request that was held up is taken for thirty seconds."""
    recorder.lay(CREATE, taken())
    okx.create(MAIN, CLOSE)
    headers = {key.lower(): value for key, value in recorder.only(CREATE).headers.items()}
    assert headers["exptime"] == str(said.NOW + 4_000)
    okx.position(LONG)
    assert "exptime" not in {key.lower() for key in recorder.sent(POSITIONS)[-1].headers}


def test_requests_are_signed(recorder: Recorder, okx: Exchange) -> None:
    recorder.lay(CREATE, taken())
    okx.create(MAIN, CLOSE)
    headers = {key.lower(): value for key, value in recorder.only(CREATE).headers.items()}
    assert headers["ok-access-key"] == KEY["apiKey"]
    assert headers["ok-access-passphrase"] == KEY["password"]
    assert headers["ok-access-sign"]
    assert KEY["secret"] not in str(recorder.requests)


def test_the_margin_mode_is_the_one_that_the_position_stands_in(recorder: Recorder, okx: Exchange) -> None:
    recorder.lay(POSITIONS, said.ok(said.held("-3", margin="cross"), said.held("5", margin="isolated")))
    recorder.lay(CREATE, taken())
    okx.create(MAIN, CLOSE)
    assert recorder.only(CREATE).body["tdMode"] == "isolated"


def test_a_position_in_two_margin_modes_is_not_closed_by_a_guess(recorder: Recorder, okx: Exchange) -> None:
    recorder.lay(POSITIONS, said.ok(said.held("5"), said.held("5", margin="isolated")))
    with pytest.raises(Refused, match="not known which is meant"):
        okx.create(MAIN, CLOSE)
    assert recorder.acts() == []


def test_without_a_position_nothing_is_sent(recorder: Recorder, okx: Exchange) -> None:
    recorder.lay(POSITIONS, said.ok(said.held("0")))
    with pytest.raises(Refused) as refused:
        okx.create(MAIN, CLOSE)
    assert refused.value.trouble is not None
    assert refused.value.trouble.row is Row.NOTHING_TO_REDUCE
    assert recorder.acts() == []


@pytest.mark.parametrize(("unit", "side"), [(LONG, "sell"), (SHORT, "buy")])
def test_in_hedge_mode_the_order_names_the_side_of_the_position(
    recorder: Recorder, okx: Exchange, unit: Unit, side: str
) -> None:
    recorder.lay(POSITIONS, said.ok(said.held("5", "long"), said.held("5", "short")))
    recorder.lay(CREATE, taken())
    okx.create(MAIN, replace(CLOSE, unit=unit, hedged=True))
    body = recorder.only(CREATE).body
    assert (body["side"], body["posSide"]) == (side, unit.side)
    assert "reduceOnly" not in body


def test_a_market_order_has_no_price(recorder: Recorder, okx: Exchange) -> None:
    recorder.lay(CREATE, taken())
    okx.create(MAIN, replace(CLOSE, price=None))
    body = recorder.only(CREATE).body
    assert body["ordType"] == "market"
    assert "px" not in body


def test_an_amount_that_is_no_whole_number_of_lots_is_not_sent(recorder: Recorder, okx: Exchange) -> None:
    with pytest.raises(Broken, match="no whole number of lots"):
        okx.create(MAIN, replace(CLOSE, amount=Decimal("0.00005")))
    assert recorder.acts() == []


def test_a_client_id_with_other_letters_is_not_sent(recorder: Recorder, okx: Exchange) -> None:
    with pytest.raises(Broken, match="not a client order id"):
        okx.create(MAIN, replace(CLOSE, client_order_id="ours-1"))
    assert recorder.acts() == []


@pytest.mark.parametrize("outer", ["0", "1", "2"])
def test_the_orders_own_code_counts_whatever_stands_around_it(
    recorder: Recorder, okx: Exchange, outer: str
) -> None:
    """ccxt takes a `code` of 0 or 2 for a success and makes an order of it."""
    recorder.lay(CREATE, said.refused("51008", outer))
    with pytest.raises(Refused) as refused:
        okx.create(MAIN, CLOSE)
    assert refused.value.trouble is not None
    assert (refused.value.trouble.row, refused.value.trouble.code) == (Row.INSUFFICIENT_BALANCE, "51008")


@pytest.mark.parametrize(
    ("code", "row"),
    [
        ("51119", Row.INSUFFICIENT_BALANCE),
        ("51131", Row.INSUFFICIENT_BALANCE),
        ("51006", Row.INVALID_PRICE),
        ("51121", Row.INVALID_PRICE),
        ("51136", Row.INVALID_PRICE),
        ("51169", Row.NOTHING_TO_REDUCE),
        ("51023", Row.NOTHING_TO_REDUCE),
        ("51112", Row.NOTHING_TO_REDUCE),
        ("51001", Row.INVALID_SYMBOL),
        ("51022", Row.INVALID_SYMBOL),
        ("51009", Row.FROZEN),
    ],
)
def test_a_refused_order_has_its_row(recorder: Recorder, okx: Exchange, code: str, row: Row) -> None:
    recorder.lay(CREATE, said.refused(code))
    with pytest.raises(Refused) as refused:
        okx.create(MAIN, CLOSE)
    assert refused.value.trouble is not None
    assert (refused.value.trouble.row, refused.value.trouble.code) == (row, code)


@pytest.mark.parametrize(
    ("code", "row"),
    [("50111", Row.KEY), ("50113", Row.KEY), ("50110", Row.KEY), ("50007", Row.FROZEN), ("50027", Row.FROZEN)],
)
def test_a_refused_request_has_its_row(recorder: Recorder, okx: Exchange, code: str, row: Row) -> None:
    recorder.lay(CREATE, (401, said.error(code)))
    with pytest.raises(Refused) as refused:
        okx.create(MAIN, CLOSE)
    assert refused.value.trouble is not None
    assert refused.value.trouble.row is row


@pytest.mark.parametrize(
    ("code", "row"),
    [("50011", Row.RATE_LIMITED), ("50061", Row.RATE_LIMITED), ("50102", Row.CLOCK), ("50001", Row.MAINTENANCE)],
)
def test_what_was_not_looked_at_may_be_sent_later(recorder: Recorder, okx: Exchange, code: str, row: Row) -> None:
    recorder.lay(CREATE, said.error(code))
    with pytest.raises(Transient) as later:
        okx.create(MAIN, CLOSE)
    assert later.value.trouble is not None
    assert later.value.trouble.row is row


@pytest.mark.parametrize("code", ["50004", "51149", "50013", "50026", "51016", "59999"])
def test_an_order_that_may_stand_is_uncertain(recorder: Recorder, okx: Exchange, code: str) -> None:
    recorder.lay(CREATE, said.refused(code))
    with pytest.raises(Uncertain):
        okx.create(MAIN, CLOSE)


@pytest.mark.parametrize("answer", [said.ok(), taken(""), taken(client_id="another"), "", "<html>", None])
def test_an_answer_that_does_not_name_our_order_is_uncertain(
    recorder: Recorder, okx: Exchange, answer: object
) -> None:
    recorder.lay(CREATE, answer)
    with pytest.raises(Uncertain):
        okx.create(MAIN, CLOSE)
    assert recorder.acts() == [CREATE]


def test_an_order_is_looked_up_by_the_client_id(recorder: Recorder, okx: Exchange) -> None:
    recorder.lay(ORDER, said.ok(said.ORDER))
    found = okx.order(MAIN, BTC, "ours1")
    assert recorder.only(ORDER).query == {"instId": "BTC-USDT-SWAP", "clOrdId": "ours1"}
    assert found is not None
    assert (found.status, found.amount, found.filled, found.average) == (
        OrderStatus.CANCELED,
        Decimal("0.05"),
        Decimal("0.02"),
        Decimal("60750.5"),
    )
    assert (found.reduce_only, found.position_side, found.time_in_force) == (True, None, "IOC")


def test_an_order_that_waits_has_an_id_of_its_own_kind(recorder: Recorder, okx: Exchange) -> None:
    recorder.lay(ORDER, said.error("51603"))
    recorder.lay(ORDER_ALGO, said.ok(said.STOP))
    found = okx.order(MAIN, BTC, "stop1")
    assert recorder.only(ORDER_ALGO).query == {"algoClOrdId": "stop1"}
    assert found is not None
    assert (found.order_id, found.trigger, found.status) == ("a-1", True, OrderStatus.OPEN)


def test_an_order_that_nothing_knows_is_none(recorder: Recorder, okx: Exchange) -> None:
    recorder.lay(ORDER, said.error("51603"))
    recorder.lay(ORDER_ALGO, said.error("51603"))
    assert okx.order(MAIN, BTC, "ours1") is None


@pytest.mark.parametrize("answer", [None, (503, ""), said.error("50026")])
def test_a_second_look_that_fails_is_no_proof_of_absence(recorder: Recorder, okx: Exchange, answer: object) -> None:
    recorder.lay(ORDER, said.error("51603"))
    recorder.lay(ORDER_ALGO, answer)
    with pytest.raises(Transient):
        okx.order(MAIN, BTC, "ours1")


def test_working_orders_and_every_kind_that_waits_are_listed(recorder: Recorder, okx: Exchange) -> None:
    recorder.lay(PENDING, said.ok(said.ORDER | {"state": "live", "ordType": "limit"}))
    recorder.lay(WAITING, said.ok(said.STOP, said.WHOLE), said.ok(), said.ok(said.TRAILING), said.ok())
    plain, stop, whole, trailing = okx.orders(MAIN, BTC)
    assert [one.query["ordType"] for one in recorder.sent(WAITING)] == [
        "conditional,oco",
        "trigger",
        "move_order_stop",
        "chase",
        "iceberg",
        "twap",
    ]
    assert all(one.query["instId"] == "BTC-USDT-SWAP" for one in recorder.sent(WAITING))
    assert (plain.trigger, plain.status, plain.amount) == (False, OrderStatus.OPEN, Decimal("0.05"))
    assert (stop.trigger_price, stop.amount) == (Decimal(55_000), Decimal("0.05"))
    assert (whole.close_position, trailing.trigger_price) == (True, Decimal(62_000))
    assert all(one.protects(LONG) for one in (stop, whole, trailing))


def test_a_full_page_of_orders_is_followed_by_the_next(recorder: Recorder, okx: Exchange) -> None:
    page = [said.ORDER | {"ordId": f"o-{n}", "state": "live"} for n in range(100)]
    recorder.lay(PENDING, said.ok(*page), said.ok(said.ORDER | {"ordId": "o-last", "state": "live"}))
    assert len(okx.orders(MAIN, None)) == 101
    assert [one.query.get("after") for one in recorder.sent(PENDING)] == [None, "o-99"]
    assert all("instId" not in one.query for one in recorder.sent(PENDING))


def test_amounts_of_a_contract_that_is_not_linear_are_not_guessed(recorder: Recorder, okx: Exchange) -> None:
    recorder.lay(PENDING, said.ok(said.ORDER | {"instId": "BTC-USD-SWAP"}))
    with pytest.raises(Broken, match="BTC-USD-SWAP"):
        okx.orders(MAIN, None)


def test_orders_are_cancelled_one_by_one_each_kind_at_its_own_endpoint(recorder: Recorder, okx: Exchange) -> None:
    """There is no cancel-all."""
    recorder.lay(PENDING, said.ok(said.ORDER | {"state": "live"}))
    recorder.lay(WAITING, said.ok(said.STOP), said.ok(), said.ok())
    recorder.lay(CANCEL, taken("o-1"))
    recorder.lay(CANCEL_ALGO, said.ok({"algoId": "a-1", "sCode": "0", "sMsg": ""}))
    plain, stop = okx.orders(MAIN, BTC)
    assert okx.cancel(MAIN, plain)
    assert okx.cancel(MAIN, stop)
    assert recorder.only(CANCEL).body == {"instId": "BTC-USDT-SWAP", "ordId": "o-1"}
    assert recorder.only(CANCEL_ALGO).body == [{"instId": "BTC-USDT-SWAP", "algoId": "a-1"}]


@pytest.mark.parametrize("code", ["51400", "51401", "51402"])
@pytest.mark.parametrize("outer", ["0", "1", "2"])
def test_a_cancel_of_an_order_that_is_over_says_so(
    recorder: Recorder, okx: Exchange, code: str, outer: str
) -> None:
    recorder.lay(PENDING, said.ok(said.ORDER | {"state": "live"}))
    recorder.lay(CANCEL, said.refused(code, outer))
    (plain,) = okx.orders(MAIN, BTC)
    assert not okx.cancel(MAIN, plain)


def test_protection_is_placed_again_with_all_that_it_had(recorder: Recorder, okx: Exchange) -> None:
    """ccxt puts an id and a tag of its own into an algo order that has no `clOrdId`."""
    recorder.lay(WAITING, said.ok(said.STOP), said.ok(), said.ok())
    recorder.lay(ALGO, said.ok({"algoId": "a-9", "algoClOrdId": "again1", "sCode": "0", "sMsg": ""}))
    (stop,) = okx.orders(MAIN, BTC)
    made = okx.place_again(MAIN, stop, "again1")
    assert recorder.only(ALGO).body == {
        "instId": "BTC-USDT-SWAP",
        "tdMode": "isolated",
        "side": "sell",
        "ordType": "conditional",
        "sz": "5",
        "slTriggerPx": "55000",
        "slTriggerPxType": "mark",
        "slOrdPx": "-1",
        "reduceOnly": True,
        "algoClOrdId": "again1",
        "clOrdId": "again1",
    }
    assert (made.order_id, made.client_order_id, made.trigger) == ("a-9", "again1", True)


def test_protection_of_the_whole_position_is_placed_again_as_such(recorder: Recorder, okx: Exchange) -> None:
    recorder.lay(WAITING, said.ok(said.WHOLE | {"posSide": "long"}), said.ok(), said.ok())
    recorder.lay(ALGO, said.ok({"algoId": "a-9", "algoClOrdId": "again1", "sCode": "0", "sMsg": ""}))
    (stop,) = okx.orders(MAIN, BTC)
    okx.place_again(MAIN, stop, "again1")
    body = recorder.only(ALGO).body
    assert (body["closeFraction"], body["cxlOnClosePos"], body["posSide"]) == ("1", True, "long")
    assert "sz" not in body


def test_a_trailing_stop_keeps_how_far_it_trails(recorder: Recorder, okx: Exchange) -> None:
    recorder.lay(WAITING, said.ok(), said.ok(), said.ok(said.TRAILING), said.ok())
    recorder.lay(ALGO, said.ok({"algoId": "a-9", "algoClOrdId": "again1", "sCode": "0", "sMsg": ""}))
    (trailing,) = okx.orders(MAIN, BTC)
    okx.place_again(MAIN, trailing, "again1")
    body = recorder.only(ALGO).body
    assert (body["ordType"], body["callbackRatio"], body["activePx"]) == ("move_order_stop", "0.01", "62000")


@pytest.mark.parametrize(("pos", "unit"), [("5", LONG), ("-5", SHORT)])
def test_a_net_position_is_signed_and_in_contracts(recorder: Recorder, okx: Exchange, pos: str, unit: Unit) -> None:
    recorder.lay(POSITIONS, said.ok(said.held(pos)))
    held = okx.position(unit)
    assert recorder.only(POSITIONS).query == {"instType": "SWAP", "instId": "BTC-USDT-SWAP"}
    assert (held.amount, held.opposite, held.hedged) == (Decimal("0.05"), Decimal(0), False)
    assert (held.entry_price, held.mark_price, held.liquidation_price, held.unrealized) == (
        Decimal("60000.5"),
        Decimal("61000.1"),
        Decimal(55_000),
        Decimal("49.98"),
    )
    assert held.margin == Decimal("305.5")


def test_an_isolated_position_tells_its_margin_by_another_name(recorder: Recorder, okx: Exchange) -> None:
    recorder.lay(POSITIONS, said.ok(said.held("5", margin="isolated")))
    assert okx.position(LONG).margin == 306


def test_in_hedge_mode_both_sides_are_positive(recorder: Recorder, okx: Exchange) -> None:
    recorder.lay(CONFIG, said.config("long_short_mode"))
    recorder.lay(POSITIONS, said.ok(said.held("5", "long"), said.held("2", "short")))
    held = okx.position(SHORT)
    assert (held.amount, held.opposite, held.hedged) == (Decimal("0.02"), Decimal("0.05"), True)


def test_cross_and_isolated_margin_are_summed(recorder: Recorder, okx: Exchange) -> None:
    recorder.lay(POSITIONS, said.ok(said.held("5"), said.held("2", margin="isolated")))
    held = okx.position(LONG)
    assert (held.amount, held.entry_price) == (Decimal("0.07"), None)


def test_no_row_is_flat_and_the_mode_is_known_all_the_same(recorder: Recorder, okx: Exchange) -> None:
    recorder.lay(CONFIG, said.config("long_short_mode"))
    recorder.lay(POSITIONS, said.ok())
    held = okx.position(LONG)
    assert (held.amount, held.hedged) == (Decimal(0), True)


def test_an_answer_without_its_list_is_not_flat(recorder: Recorder, okx: Exchange) -> None:
    recorder.lay(POSITIONS, {"code": "0", "msg": ""})
    with pytest.raises(Transient):
        okx.position(LONG)


def test_the_positions_of_an_account_are_those_that_are_not_flat(recorder: Recorder, okx: Exchange) -> None:
    recorder.lay(CONFIG, said.config("long_short_mode"))
    recorder.lay(POSITIONS, said.ok(said.held("5", "long"), said.held("2", "short"), said.held("0", "short")))
    assert [(one.unit, one.amount, one.opposite) for one in okx.positions(MAIN)] == [
        (LONG, Decimal("0.05"), Decimal("0.02")),
        (SHORT, Decimal("0.02"), Decimal("0.05")),
    ]


def test_fills_are_in_base_units_and_a_fee_that_was_paid_is_above_zero(recorder: Recorder, okx: Exchange) -> None:
    now = str(int(datetime.now(UTC).timestamp() * 1_000))
    rebate = said.FILL | {"tradeId": "t-2", "billId": "b-2", "fee": "0.1", "fillTime": now}
    recorder.lay(FILLS, said.ok(rebate, said.FILL | {"fillTime": now}))
    since = datetime.now(UTC) - timedelta(hours=1)
    found = {one.fill_id: one for one in okx.fills(MAIN, BTC, since)}
    assert recorder.only(FILLS).query["begin"] == str(int(since.timestamp() * 1_000))
    assert recorder.sent(OLD_FILLS) == []
    assert (found["t-1"].amount, found["t-1"].fee, found["t-1"].fee_asset) == (
        Decimal("0.02"),
        Decimal("0.6075"),
        "USDT",
    )
    assert found["t-2"].fee == Decimal("-0.1")


def test_older_fills_come_from_both_lists_and_each_once(recorder: Recorder, okx: Exchange) -> None:
    now = str(int(datetime.now(UTC).timestamp() * 1_000))
    old = str(int((datetime.now(UTC) - timedelta(days=5)).timestamp() * 1_000))
    one, two = said.FILL | {"fillTime": now}, said.FILL | {"tradeId": "t-2", "billId": "b-2", "fillTime": old}
    recorder.lay(FILLS, said.ok(one))
    recorder.lay(OLD_FILLS, said.ok(one, two))
    found = okx.fills(MAIN, BTC, datetime.now(UTC) - timedelta(days=6))
    assert [fill.fill_id for fill in found] == ["t-2", "t-1"]


def fired(**also: str) -> dict[str, str]:
    return said.ORDER | {"clOrdId": "", "algoId": "a-1", "algoClOrdId": "stop1", "category": "normal", **also}


@pytest.mark.parametrize("where", [HISTORY, PENDING])
def test_the_fill_of_a_stop_that_fired_is_known_by_the_ids_of_the_stop(
    recorder: Recorder, okx: Exchange, where: str
) -> None:
    """It has no client id, and its order is one that the trigger made: only that order's row leads to the stop."""
    now = str(int(datetime.now(UTC).timestamp() * 1_000))
    recorder.lay(FILLS, said.ok(said.FILL | {"clOrdId": "", "fillTime": now}))
    for asked in (HISTORY, PENDING):
        recorder.lay(asked, said.ok(*([fired()] if asked == where else [])))
    (fill,) = okx.fills(MAIN, BTC, datetime.now(UTC) - timedelta(hours=1))
    assert (fill.order_id, fill.client_order_id, fill.trigger_id) == ("o-1", "stop1", "a-1")
    assert fill.forced is False
    assert recorder.sent(OLD_HISTORY) == []


@pytest.mark.parametrize("category", ["full_liquidation", "partial_liquidation", "adl"])
def test_what_the_venue_closed_by_force_is_told(recorder: Recorder, okx: Exchange, category: str) -> None:
    old = str(int((datetime.now(UTC) - timedelta(days=8)).timestamp() * 1_000))
    recorder.lay(FILLS, said.ok())
    recorder.lay(OLD_FILLS, said.ok(said.FILL | {"clOrdId": "", "fillTime": old}))
    recorder.lay(OLD_HISTORY, said.ok(fired(algoId="", algoClOrdId="", category=category)))
    for asked in (HISTORY, PENDING):
        recorder.lay(asked, said.ok())
    (fill,) = okx.fills(MAIN, BTC, datetime.now(UTC) - timedelta(days=9))
    assert (fill.client_order_id, fill.trigger_id, fill.forced) == (None, None, True)


def test_fills_that_are_named_cost_no_further_call(recorder: Recorder, okx: Exchange) -> None:
    now = str(int(datetime.now(UTC).timestamp() * 1_000))
    recorder.lay(FILLS, said.ok(said.FILL | {"fillTime": now}))
    (fill,) = okx.fills(MAIN, BTC, datetime.now(UTC) - timedelta(hours=1))
    assert (fill.client_order_id, recorder.sent(HISTORY), recorder.sent(PENDING)) == ("ours1", [], [])


@pytest.mark.parametrize(("days", "asked"), [(1, BILLS), (10, OLD_BILLS)])
def test_funding_is_what_the_balance_got(recorder: Recorder, okx: Exchange, days: int, asked: str) -> None:
    now = str(int(datetime.now(UTC).timestamp() * 1_000))
    row = {"instId": "BTC-USDT-SWAP", "balChg": "-0.0321", "ccy": "USDT", "ts": now, "type": "8", "billId": "b-1"}
    recorder.lay(asked, said.ok(row, row | {"instId": "ETH-USDT-SWAP"}))
    (paid,) = okx.funding(MAIN, BTC, datetime.now(UTC) - timedelta(days=days))
    assert recorder.only(asked).query["type"] == "8"
    assert (paid.amount, paid.asset) == (Decimal("-0.0321"), "USDT")


def test_a_rate_is_the_close_of_its_minute_and_never_of_another(recorder: Recorder, okx: Exchange) -> None:
    at = datetime(2026, 1, 2, 3, 4, 56, tzinfo=UTC)
    start = int(at.replace(second=0).timestamp() * 1_000)
    candle = [str(start), "1", "3", "0.5", "2.5", "9", "9", "9", "1"]
    recorder.lay(CANDLES, said.ok(candle), said.ok([str(start - 60_000), *candle[1:]]), said.error("51001"))
    assert okx.rate(MAIN, "OKB", "USDT", at) == Decimal("2.5")
    query = recorder.sent(CANDLES)[0].query
    assert query["instId"] == "OKB-USDT"
    assert int(query["before"]) < start < int(query["after"]) <= start + 60_000
    assert okx.rate(MAIN, "OKB", "USDT", at) is None
    assert okx.rate(MAIN, "NOTHING", "USDT", at) is None


def test_the_symbols_that_are_traded(okx: Exchange) -> None:
    assert BTC in okx.symbols(MAIN)


def test_the_market_is_in_base_units(okx: Exchange) -> None:
    assert okx.market(MAIN, BTC) == Market(
        symbol=BTC,
        active=True,
        quote="USDT",
        price_tick=Decimal("0.1"),
        amount_step=Decimal("0.0001"),
        amount_least=Decimal("0.0001"),
        limit_most=Decimal(1_000_000),
        market_most=Decimal(120),
        status="live",
    )


@pytest.mark.parametrize("symbol", ["NOTHING/USDT:USDT", "BTC/USD:BTC"])
def test_a_symbol_that_is_unknown_or_not_linear_is_refused(okx: Exchange, symbol: str) -> None:
    with pytest.raises(Refused) as refused:
        okx.market(MAIN, symbol)
    assert refused.value.trouble is not None
    assert refused.value.trouble.row is Row.INVALID_SYMBOL


def test_the_book_is_in_base_units_with_the_best_first(recorder: Recorder, okx: Exchange) -> None:
    levels = {
        "bids": [["61000", "200", "0", "1"]],
        "asks": [["61000.2", "5", "0", "1"], ["61000.1", "300", "0", "1"]],
    }
    recorder.lay("GET /api/v5/market/books", said.ok(levels))
    book = okx.book(MAIN, BTC)
    assert book.bids == ((Decimal(61_000), Decimal(2)),)
    assert book.asks == ((Decimal("61000.1"), Decimal(3)), (Decimal("61000.2"), Decimal("0.05")))


def test_the_account_tells_rights_balance_mode_and_clock(recorder: Recorder, okx: Exchange) -> None:
    balance = {"totalEq": "1000.5", "adjEq": "800", "availEq": "700", "mmr": "40", "mgnRatio": "20"}
    recorder.lay("GET /api/v5/account/balance", said.ok(balance))
    recorder.lay(CONFIG, said.config("long_short_mode"))
    fact = okx.account(MAIN)
    assert (fact.can_trade, fact.can_withdraw, fact.ip_restricted, fact.hedged) == (True, False, True, True)
    assert (fact.equity, fact.available, fact.margin_ratio) == (Decimal("1000.5"), Decimal(700), Decimal("0.05"))
    assert fact.clock_skew is not None
    assert fact.unread == ()


@pytest.mark.parametrize(
    ("also", "trades", "withdraws"),
    [
        ({"perm": "read_only"}, False, False),
        ({"perm": "read_only,withdraw,trade", "ip": ""}, True, True),
        ({"acctLv": "1"}, False, False),
    ],
)
def test_a_key_or_mode_that_cannot_trade_or_can_withdraw_is_seen(
    recorder: Recorder, okx: Exchange, also: dict[str, str], trades: bool, withdraws: bool
) -> None:
    recorder.lay(CONFIG, said.config(**also))
    fact = okx.account(MAIN)
    assert (fact.can_trade, fact.can_withdraw, fact.ip_restricted) == (trades, withdraws, also.get("ip") != "")
    assert fact.equity is None
    assert len(fact.unread) == 1


def test_maintenance_of_perpetuals_or_trading_is_told(recorder: Recorder, okx: Exchange) -> None:
    event = {"title": "upgrade", "state": "ongoing", "end": str(said.NOW), "serviceType": "5", "env": "1"}
    recorder.lay(
        STATUS,
        said.ok(event),
        said.ok(event | {"serviceType": "1"}),
        said.ok(event | {"env": "2"}),
        said.ok(event | {"state": "scheduled"}),
        said.ok(),
    )
    down = okx.status("okx")
    assert (down.reading, down.detail) == (Reading.FAILED, "upgrade")
    assert down.until == datetime(2023, 11, 14, 22, 13, 20, tzinfo=UTC)
    assert [okx.status("okx").reading for _ in range(4)] == [Reading.OK] * 4


def test_only_what_is_left_of_an_order_is_placed_again(recorder: Recorder, okx: Exchange) -> None:
    recorder.lay(PENDING, said.ok(said.ORDER | {"state": "partially_filled", "ordType": "limit"}))
    recorder.lay(CREATE, taken("o-10", "again1"))
    (rest,) = okx.orders(MAIN, BTC)
    made = okx.place_again(MAIN, rest, "again1")
    body = recorder.only(CREATE).body
    assert (body["sz"], body["px"], body["ordType"], body["tdMode"]) == ("3", "60700", "limit", "cross")
    assert (made.amount, made.filled) == (Decimal("0.03"), Decimal(0))


def test_an_order_whose_readings_took_too_long_is_not_sent(recorder: Recorder, okx: Exchange) -> None:
    """By then the time is running in which "not found" comes to mean not accepted."""
    recorder.lay(POSITIONS, slowly(said.ok(said.held("5"))))
    recorder.lay(CREATE, taken())
    with pytest.raises(Transient, match="not sent"):
        okx.create(MAIN, CLOSE)
    assert recorder.acts() == []


def test_funding_of_isolated_margin_is_what_the_position_got(recorder: Recorder, okx: Exchange) -> None:
    """ccxt told 0 of it until 4.5.43."""
    now = str(int(datetime.now(UTC).timestamp() * 1_000))
    row = {"instId": "BTC-USDT-SWAP", "balChg": "0.0000", "posBalChg": "-0.254", "ccy": "USDT", "ts": now}
    recorder.lay(BILLS, said.ok(row | {"type": "8", "billId": "b-1"}))
    (paid,) = okx.funding(MAIN, BTC, datetime.now(UTC) - timedelta(hours=1))
    assert paid.amount == Decimal("-0.254")


def test_an_order_sent_in_pieces_is_listed_and_cancelled_but_protects_nothing(
    recorder: Recorder, okx: Exchange
) -> None:
    pieces = said.STOP | {"algoId": "a-4", "ordType": "twap", "slTriggerPx": "", "slOrdPx": ""}
    recorder.lay(WAITING, *[said.ok()] * 5, said.ok(pieces))
    recorder.lay(CANCEL_ALGO, said.ok({"algoId": "a-4", "sCode": "0", "sMsg": ""}))
    (twap,) = okx.orders(MAIN, BTC)
    assert (twap.trigger, twap.protects(LONG), twap.reduces(LONG)) == (False, False, True)
    assert okx.cancel(MAIN, twap)
    assert recorder.only(CANCEL_ALGO).body == [{"instId": "BTC-USDT-SWAP", "algoId": "a-4"}]
    with pytest.raises(Refused, match="not placed again"):
        okx.place_again(MAIN, twap, "again1")
