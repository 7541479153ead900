"""Whose a trade at Binance USD-M is: the list of trades names neither a client id nor the stop behind it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest

from functions.adapters.exchange.reading import millis
from functions.errors import Transient
from functions.ports import Exchange
from functions.rules.units.fills import STOP, closing_fills
from functions.venue import Fill
from tests.adapters.venue_answers import BTC, LONG, MAIN, Answers, exchange_at, venue

TRADES, ORDERS = "GET /fapi/v1/userTrades", "GET /fapi/v1/allOrders"
FORCED, ALGOS = "GET /fapi/v1/forceOrders", "GET /fapi/v1/allAlgoOrders"


@pytest.fixture(scope="module")
def playing() -> Iterator[tuple[Answers, Exchange]]:
    with venue() as (answers, url):
        yield answers, exchange_at(url)


@pytest.fixture
def answers(playing: tuple[Answers, Exchange]) -> Answers:
    playing[0].reset()
    return playing[0]


@pytest.fixture
def exchange(playing: tuple[Answers, Exchange]) -> Exchange:
    return playing[1]


def ago(**span: float) -> datetime:
    return datetime.now(UTC) - timedelta(**span)


def trade(order: int, at: datetime, number: int = 1) -> dict[str, Any]:
    said = {"symbol": "BTCUSDT", "id": number, "orderId": order, "side": "SELL", "positionSide": "BOTH"}
    return {
        **said,
        "qty": "0.050",
        "price": "57000",
        "commission": "1",
        "commissionAsset": "USDT",
        "time": millis(at),
    }


def plain(order: int, name: str) -> dict[str, Any]:
    return {"orderId": order, "clientOrderId": name}


def stop(name: str, made: str) -> dict[str, Any]:
    return {"algoId": 3358, "clientAlgoId": name, "actualOrderId": made}


def names(found: Any) -> list[str | None]:
    return [fill.client_order_id for fill in found]


def by(fill: Fill) -> str:
    return closing_fills(LONG, [fill], ago(days=90), fill.amount, fill.amount / 2, {"stop1": STOP}).by


@pytest.mark.parametrize("made", ["a-name-of-the-venue", "stop1", None])
def test_the_trades_of_a_stop_are_its_own_whatever_the_venue_calls_the_order_that_it_made(
    answers: Answers, exchange: Exchange, made: str | None
) -> None:
    answers.says(TRADES, [trade(99, ago(minutes=5))], [])
    answers.says(ORDERS, [plain(99, made)] if made else [])
    answers.says(ALGOS, [stop("tp1", ""), stop("tp2", "0"), stop("stop1", "99")])
    [fill] = exchange.fills(MAIN, BTC, ago(hours=1))
    assert (fill.order_id, fill.client_order_id, fill.trigger_id) == ("99", "stop1", "3358")
    assert by(fill) == "stop"


def test_a_stop_is_looked_for_from_before_the_trades_and_over_windows_that_the_venue_takes(
    answers: Answers, exchange: Exchange
) -> None:
    since = ago(days=16)
    answers.says(TRADES, [], [], [trade(99, ago(minutes=5))], [])
    exchange.fills(MAIN, BTC, since)
    spans = [(int(one.fields["startTime"]), int(one.fields["endTime"])) for one in answers.to(ALGOS)]
    assert spans[0][0] <= millis(since - timedelta(days=6))
    assert spans[-1][1] >= millis(ago(seconds=5))
    assert all(end - start < 7 * 86_400_000 for start, end in spans)
    assert all(after[0] == before[1] + 1 for before, after in pairwise(spans))


def test_a_span_with_more_stops_than_a_page_is_asked_for_in_halves(answers: Answers, exchange: Exchange) -> None:
    answers.says(TRADES, [trade(99, ago(minutes=5))], [])
    full = [stop(f"other{n}", "") for n in range(1_000)]
    answers.says(ALGOS, full, [stop("stop1", "99")], [])
    assert names(exchange.fills(MAIN, BTC, ago(hours=1))) == ["stop1"]
    (first, *halves) = [one.fields for one in answers.to(ALGOS)][:3]
    assert halves[0]["startTime"] == first["startTime"]
    assert int(halves[1]["startTime"]) == int(halves[0]["endTime"]) + 1
    assert halves[1]["endTime"] == first["endTime"]


def test_a_span_that_never_gets_smaller_than_a_page_is_no_answer(answers: Answers, exchange: Exchange) -> None:
    answers.says(TRADES, [trade(99, ago(minutes=5))], [])
    answers.says(ALGOS, [stop(f"other{n}", "") for n in range(1_000)])
    with pytest.raises(Transient, match="more than a page in one millisecond"):
        exchange.fills(MAIN, BTC, ago(hours=1))


def test_the_orders_of_the_trades_are_listed_from_the_first_to_the_last(
    answers: Answers, exchange: Exchange
) -> None:
    answers.says(TRADES, [trade(5, ago(minutes=5)), trade(2_000, ago(minutes=4), 2)], [])
    answers.says(ORDERS, [plain(n, f"c{n}") for n in range(5, 1_005)], [plain(2_000, "last")])
    assert names(exchange.fills(MAIN, BTC, ago(hours=1))) == ["c5", "last"]
    assert [one.fields["orderId"] for one in answers.to(ORDERS)] == ["5", "1005"]
    assert answers.to(FORCED) == []


@pytest.mark.parametrize("name", ["autoclose-1769828400", "adl_autoclose"])
@pytest.mark.parametrize("where", [ORDERS, FORCED])
def test_a_liquidation_is_named_wherever_the_venue_tells_of_it(
    answers: Answers, exchange: Exchange, name: str, where: str
) -> None:
    answers.says(TRADES, [trade(99, ago(minutes=5))], [])
    answers.says(where, [plain(99, name)])
    [fill] = exchange.fills(MAIN, BTC, ago(hours=1))
    assert (fill.client_order_id, by(fill)) == (name, "liquidation")


def test_a_trade_that_the_venue_names_nowhere_is_nobodys(answers: Answers, exchange: Exchange) -> None:
    answers.says(TRADES, [trade(99, ago(minutes=5))], [])
    [fill] = exchange.fills(MAIN, BTC, ago(hours=1))
    assert (fill.client_order_id, by(fill)) == (None, "unknown")


def test_without_the_names_there_are_no_trades_to_be_taken_for_somebody_elses(
    answers: Answers, exchange: Exchange
) -> None:
    answers.says(TRADES, [trade(99, ago(minutes=5))], [])
    answers.says(ALGOS, {"not": "a list"})
    with pytest.raises(Transient, match="allAlgoOrders"):
        exchange.fills(MAIN, BTC, ago(hours=1))
