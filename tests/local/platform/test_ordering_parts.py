"""The parts of the order flow that need no engine."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import ccxt
import pytest

from local.platform.exchange.market import RENAMED, exchange_info
from local.platform.exchange.order_limit import OrderLimit
from local.platform.exchange.venue import Venue
from local.platform.ordering.before import before_trouble
from local.platform.ordering.config import OrderConfig
from local.platform.ordering.door import REASONS, Said
from local.platform.ordering.timetable import Timetable
from local.platform.ordering.trip import Trip, travel
from local.platform.ordering.words import CLASSES, exception
from local.platform.pace import Pace, now


class Clock:
    now = 1_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def venue() -> Venue:
    made = Venue(Pace())
    made.exchange.add_account("main", "key", "secret")
    return made


def config(**more: Any) -> OrderConfig:
    return OrderConfig.of({"strategy_id": "s", "symbols": ["BTC/USDT:USDT"], **more})


def tried(venue: Venue, turn: int = 0, too_many: bool = False, **more: Any) -> Trip:
    wish = config(**more)
    trip = Trip("s", wish.symbols[0], f"flow-{turn}", "market" if wish.market else "limit", now())
    travel(venue, trip, wish, turn=turn, too_many=too_many)
    return trip


# What a bot's log says is what the real client would have raised.


@pytest.mark.parametrize("code", CLASSES)
def test_a_bots_log_names_the_exception_that_ccxt_raises_for_the_code(code: int) -> None:
    status = {-1015: 429, -1003: 418, -1016: 503, -2015: 401}.get(code, 400)
    body = json.dumps({"code": code, "msg": "No."}, separators=(",", ":"))
    client, url = ccxt.binanceusdm({"apiKey": "key"}), "https://fapi.binance.com/fapi/v1/order"
    reason = REASONS.get(status, "Service Unavailable")
    with pytest.raises(ccxt.BaseError) as raised:
        client.handle_errors(status, reason, url, "POST", {}, body, json.loads(body), {}, None)
    assert exception(Said(status, code, "No.")) == f"{type(raised.value).__name__}: {raised.value}"


# When bots order.


def test_a_bot_orders_at_once_and_then_every_15_platform_seconds() -> None:
    table = Timetable(Pace(0.01))
    assert table.due("s", 0, 100.0).sent == [100.0]
    assert table.due("s", 0, 100.14).sent == []
    assert table.due("s", 0, 100.15).sent == pytest.approx([100.15])
    assert table.due("other", 0, 100.2).sent == [100.2]


def test_a_cooldown_is_kept_from_the_last_order_on() -> None:
    table = Timetable(Pace(0.01))
    table.due("s", 0, 100.0)
    assert table.due("s", 60, 100.5).sent == []
    assert table.due("s", 60, 100.6).sent == pytest.approx([100.6])


def test_a_look_that_comes_late_makes_up_for_what_it_missed() -> None:
    table = Timetable(Pace())
    table.due("s", 0, 100.0)
    late = table.due("s", 0, 170.0)
    assert (late.counted, late.sent) == ([], [115.0, 130.0, 145.0, 160.0])
    later = table.due("s", 0, 1_000.0)
    assert (len(later.counted), len(later.sent)) == (4, 8)
    assert later.sent[-1] - later.sent[0] == 7 * 15
    assert 985 < later.sent[-1] <= 1_000


# The limit.


def test_the_limit_takes_so_many_a_minute_and_no_more() -> None:
    clock = Clock()
    limit = OrderLimit(2, Pace(), clock)
    assert [limit.sent(clock.now + second) for second in (0, 10, 20)] == [False, False, True]
    clock.now += 20
    assert (limit.over, limit.retry_after) == (True, 40)


def test_one_order_a_minute_of_each_is_never_too_many() -> None:
    clock = Clock()
    limit = OrderLimit(3, Pace(0.01), clock)
    sent = [limit.sent(clock.now + minute * 0.6 + phase) for minute in range(200) for phase in (0.0, 0.1, 0.5)]
    assert not any(sent)


def test_what_is_refused_counts_so_that_nobody_gets_through_by_insisting() -> None:
    clock = Clock()
    limit = OrderLimit(1, Pace(), clock)
    assert [limit.sent(clock.now + 30 * number) for number in range(20)] == [False, *[True] * 19]
    assert limit.offences == 19


def test_an_order_counts_when_it_was_due_however_late_it_comes() -> None:
    clock = Clock()
    limit = OrderLimit(1, Pace(0.01), clock)
    clock.now += 2
    assert [limit.sent(1_000.0 + 0.6 * number) for number in range(4)] == [False] * 4
    assert [limit.sent(1_002.4 + 0.3 * number) for number in range(4)] == [False, True, True, True]


def test_nobody_is_over_the_limit_for_ever() -> None:
    clock = Clock()
    limit = OrderLimit(1, Pace(), clock)
    limit.sent(clock.now)
    assert not limit.over
    limit.sent(clock.now)
    clock.now += 59
    assert limit.over
    clock.now += 5
    assert not limit.over


# One order.


def test_of_several_objections_an_order_is_told_one_in_turn(venue: Venue) -> None:
    venue.exchange.accounts["main"].rights.frozen = True
    venue.exchange.desk.moved["BTCUSDT"] = Decimal(8)
    venue.order_limit = OrderLimit(1, Pace(), Clock())
    said = [tried(venue, turn, too_many=True).said for turn in range(6)]
    assert [one.code for one in said if one] == [-1015, -2010, -4024] * 2


def test_whatever_else_the_venue_refuses_is_told_as_it_is(venue: Venue) -> None:
    trip = tried(venue, stake_amount=Decimal(90))
    assert (trip.status, trip.said and trip.said.code) == ("rejected", -4164)
    trip = tried(venue, stake_amount=Decimal(10))
    assert (trip.status, trip.said and trip.said.code) == ("rejected", -4003)
    assert tried(venue, account="nobody").error == "-2015 Invalid API-key, IP, or permissions for action."
    assert tried(venue, symbols=["DOGE/USDT:USDT"]).error == "-1121 Invalid symbol."


def test_a_limit_that_nobody_meets_is_cancelled_and_said_so(venue: Venue) -> None:
    venue.exchange.set_book("BTCUSDT", [], [(Decimal(60_500), Decimal(1))])
    trip = tried(venue)
    assert (trip.status, trip.filled) == ("canceled", Decimal(0))
    assert trip.said is None
    assert venue.exchange.accounts["main"].open_orders() == []


def test_a_book_that_takes_the_entry_and_not_the_exit_leaves_no_position(venue: Venue) -> None:
    venue.exchange.set_book("BTCUSDT", [], [(Decimal(60_000), Decimal(1))])
    assert tried(venue).status == "filled"
    assert all(one.amount == 0 for one in venue.exchange.accounts["main"].positions.values())


def test_a_venue_that_is_away_refuses_its_bots_too(venue: Venue) -> None:
    venue.down = True
    assert tried(venue).error == "-1016 This service is no longer available."
    venue.down = False
    venue.ban(418, 60)
    assert (tried(venue).said or Said(0, 0, "")).retry_after == 60


def test_a_short_fault_of_the_venue_is_not_used_up_by_a_bot(venue: Venue) -> None:
    venue.break_with("insufficient-balance")
    assert tried(venue).status == "filled"
    assert [one.name for one in venue.faults.active] == ["insufficient-balance"]


# The venue before its trouble.


def test_what_was_opened_before_the_trouble_costs_no_margin_of_now(venue: Venue) -> None:
    exchange = venue.exchange
    account = exchange.accounts["main"]
    exchange.transfer("main", Decimal(-99_970))
    exchange.statuses["BTCUSDT"], account.rights.frozen = "SETTLING", True
    order = {"symbol": "BTCUSDT", "side": "BUY", "type": "MARKET", "quantity": "0.1"}
    with before_trouble(exchange, "main", "BTCUSDT"):
        exchange.place("main", order)
    assert (exchange.statuses["BTCUSDT"], account.rights.frozen) == ("SETTLING", True)
    held = account.position("BTCUSDT", "BOTH").amount
    free = account.wallet + account.position("BTCUSDT", "BOTH").profit(Decimal(60_000)) - held * 60_000 / 10
    assert (held, free) == (Decimal("0.1"), Decimal(30))


def test_a_name_that_is_to_come_is_not_listed() -> None:
    names = {one["symbol"] for one in exchange_info(0)["symbols"]}
    assert len(names) == 5
    assert not names & set(RENAMED.values())
    assert "SOL2USDT" in {one["symbol"] for one in exchange_info(0, {"SOL2USDT": "TRADING"})["symbols"]}
