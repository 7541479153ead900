"""Raw answers are read exactly or not at all, and what a library says is told without what must not be."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from functions.adapters.exchange import reading, translate
from functions.adapters.exchange.account_parts import merged
from functions.adapters.exchange.redacting import redacted
from functions.venue import Book

NOW = datetime(2026, 1, 31, 3, tzinfo=UTC)


@pytest.mark.parametrize("value", [None, True, "", "many", "NaN", "Infinity", [], float("nan")])
def test_what_is_no_number_is_never_taken_for_one(value: Any) -> None:
    with pytest.raises(ValueError, match="no number"):
        reading.number({"amount": value}, "amount")


@pytest.mark.parametrize(
    ("value", "exact"), [("0.1", "0.1"), (0.1, "0.1"), (7, "7"), ("1E-8", "0.00000001"), (Decimal("2.50"), "2.5")]
)
def test_a_number_is_exact(value: Any, exact: str) -> None:
    assert reading.number({"amount": value}, "amount") == Decimal(exact)


def test_a_price_of_zero_is_none_and_an_amount_of_zero_is_zero() -> None:
    assert reading.some({"price": "0.00"}, "price") is None
    assert reading.maybe({"amount": "0.00"}, "amount") == 0
    assert reading.maybe({}, "amount") is None


@pytest.mark.parametrize(("value", "said"), [(True, True), ("TRUE", True), ("false", False), (False, False)])
def test_true_and_false_are_read_as_json_or_text(value: Any, said: bool) -> None:
    assert reading.yes({"canTrade": value}, "canTrade") is said


@pytest.mark.parametrize("value", [None, 1, "yes", ""])
def test_what_is_neither_true_nor_false_is_no_answer(value: Any) -> None:
    with pytest.raises(ValueError, match="canTrade"):
        reading.yes({"canTrade": value}, "canTrade")


@pytest.mark.parametrize("answer", [None, "", "<html>", [], 7])
def test_an_answer_that_is_no_object_is_none(answer: Any) -> None:
    with pytest.raises(ValueError, match="order"):
        reading.mapping(answer, "order")


@pytest.mark.parametrize("answer", [None, "", "<html>", {}, [None], ["text"]])
def test_an_answer_that_is_no_list_of_objects_is_none(answer: Any) -> None:
    with pytest.raises(ValueError, match="orders"):
        reading.rows(answer, "orders")


@pytest.mark.parametrize("value", [None, "", True, {}, ["12"]])
def test_an_id_that_is_not_there_is_missed(value: Any) -> None:
    with pytest.raises(ValueError, match="orderId"):
        reading.text({"orderId": value}, "orderId")


@pytest.mark.parametrize(
    ("value", "text"),
    [("0.0500", "0.05"), ("60000", "60000"), ("6E+4", "60000"), ("1E-7", "0.0000001"), ("0.0", "0")],
)
def test_a_number_is_sent_plainly(value: str, text: str) -> None:
    assert reading.plain(Decimal(value)) == text


def test_a_time_survives_both_ways() -> None:
    at = NOW.replace(microsecond=123_000)
    assert reading.moment(reading.millis(at)) == at
    assert reading.maybe_when({"updateTime": 0}, "updateTime") is None


def test_a_book_is_sorted_and_has_no_empty_level() -> None:
    bids = [["1.0", "2"], ["3.0", "1", "more"], ["2.0", "0"]]
    assert translate.book_of("X", bids, [[5.5, 1], [4, 0.5]], NOW, Decimal("0.1")) == Book(
        "X",
        ((Decimal(3), Decimal("0.1")), (Decimal(1), Decimal("0.2"))),
        ((Decimal(4), Decimal("0.05")), (Decimal("5.5"), Decimal("0.1"))),
        NOW,
    )


@pytest.mark.parametrize("levels", [None, "text", {}])
def test_a_book_without_levels_is_none(levels: Any) -> None:
    with pytest.raises(ValueError, match="no levels"):
        translate.book_of("X", levels, [], NOW)


def test_a_side_is_buy_or_sell() -> None:
    assert [translate.side_of(one) for one in ("BUY", "sell")] == ["buy", "sell"]
    with pytest.raises(ValueError, match="neither buy nor sell"):
        translate.side_of(None)


def test_of_two_parts_of_an_account_the_worse_stands() -> None:
    frozen = {"can_trade": False, "frozen": True, "frozen_why": "locked"}
    healthy = {"can_trade": True, "frozen": False, "frozen_why": None, "hedged": True}
    for first, second in ((frozen, healthy), (healthy, frozen)):
        assert merged(first, second) == {**frozen, "hedged": True}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("GET https://x.y/fapi/v1/order?symbol=B&signature=ab12 failed", "GET https://x.y/fapi/v1/order failed"),
        ('{"apiKey": "k-1", "msg": "no"}', '{"apiKey": "***", "msg": "no"}'),
        ("signature=abc&side=SELL", "signature=***&side=SELL"),
        ("X-MBX-APIKEY: abc", "X-MBX-APIKEY: ***"),
        (f"is {'a1' * 32} ok", "is [redacted] ok"),
        ("the-secret stands here", "*** stands here"),
        ("several\n lines\tof it", "several lines of it"),
        ('{"code":-2019,"msg":"Margin is insufficient."}', '{"code":-2019,"msg":"Margin is insufficient."}'),
        (
            "https://fapi.binance.com/fapi/v1/positionSide/dual",
            "https://fapi.binance.com/fapi/v1/positionSide/dual",
        ),
    ],
)
def test_what_must_not_be_told_is_not(text: str, told: str) -> None:
    assert redacted(text, ["the-secret"]) == told


def test_a_page_of_html_is_cut() -> None:
    assert len(redacted("<b>word</b> " * 1_000)) == 300
