"""gather-order-facts over the twins: what it reads, what it leaves alone, and what it does not know."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from threading import Event
from typing import Any

import pytest
from pydantic import TypeAdapter

from functions.adapters.memory.venue import BTC
from functions.errors import Refused, Transient
from functions.facts import Reading
from functions.orders import gather_stuck
from functions.orders.gathering import MOST_LOOKS
from functions.rules.orders.causes import Cause
from functions.rules.orders.facts import OrderFacts
from functions.rules.orders.nets import NETS
from functions.rules.orders.plan import Verdict
from functions.venue import OrderStatus, Row, Trouble, VenueOrder
from tests.tasks.orders_rig import ETH, MARGIN, PRICE, WHERE, OrdersRig
from tests.tasks.rig import SETTINGS


@pytest.fixture
def orders() -> OrdersRig:
    return OrdersRig()


def resting(client_order_id: str, status: OrderStatus = OrderStatus.OPEN, filled: str = "0") -> VenueOrder:
    return VenueOrder(
        order_id="",
        client_order_id=client_order_id,
        symbol=BTC,
        side="buy",
        type="limit",
        status=status,
        amount=Decimal("0.5"),
        filled=Decimal(filled),
    )


def later(orders: OrdersRig, seconds: float) -> Callable[[], None]:
    def pass_time() -> None:
        orders.world.advance(seconds=seconds)

    return pass_time


# --- the log


def test_there_is_one_bounded_query_for_each_net(orders: OrdersRig) -> None:
    orders.gather()
    queries = list(orders.world.queries.values())
    assert len(queries) == len(NETS)
    assert {query.limit for query in queries} == {SETTINGS.orders.rows_read}
    assert {query.start for query in queries} == {queries[0].end - timedelta(hours=1)}


def test_the_looks_at_the_log_end(orders: OrdersRig) -> None:
    orders.world.queries_run_for = 10_000
    facts = orders.gather()
    assert orders.called("log_queries.fetch") == ["log_queries.fetch"] * MOST_LOOKS
    assert facts.logs is not None
    assert {name for name, _ in facts.logs.unread} == {net.name for net in NETS}
    assert "still ran after 60 s" in facts.logs.unread[0][1]


def test_the_definition_looks_as_often_as_the_settings_say() -> None:
    assert SETTINGS.orders.query_looks == MOST_LOOKS


def test_queries_that_run_are_waited_for(orders: OrdersRig) -> None:
    orders.world.queries_run_for = 3
    orders.fails(MARGIN)
    facts = orders.gather()
    assert facts.logs is not None
    assert facts.logs.matched["insufficient_balance"] == 5


def test_one_query_that_fails_hides_no_other(orders: OrdersRig) -> None:
    orders.fails(MARGIN)
    orders.world.queries_fail = {"query-1"}
    facts = orders.gather()
    assert facts.logs is not None
    assert facts.logs.unread == ((NETS[1].name, "the query ended as Failed"),)
    assert facts.logs.matched["insufficient_balance"] == 5


@pytest.mark.parametrize("method", ["log_queries.start", "log_queries.fetch", "trading_state.all"])
def test_a_log_that_cannot_be_read_is_unknown(orders: OrdersRig, method: str) -> None:
    orders.world.trouble[method] = Transient(f"{method}: throttled")
    facts = orders.gather()
    assert facts.logs is None
    assert "throttled" in (facts.logs_unread or "")


def test_failures_are_counted_by_cause_and_laid_at_their_strategy(orders: OrdersRig) -> None:
    orders.fails(MARGIN, times=7)
    orders.fails(PRICE, strategy="beta", times=4, ago=10)
    orders.log("INFO beta order_placed BTC/USDT:USDT filled", ago=100)
    facts = orders.gather()
    assert facts.logs is not None
    assert {name: count for name, count in facts.logs.matched.items() if count} == {
        "insufficient_balance": 7,
        "invalid_price": 4,
    }
    signs = {sign.cause: sign for sign in facts.logs.signs}
    margin = signs[Cause.INSUFFICIENT_BALANCE]
    assert (margin.strategy_id, margin.code, margin.venue, margin.symbol) == ("alpha", "-2019", "binanceusdm", BTC)
    assert (margin.count, signs[Cause.INVALID_PRICE].strategy_id) == (7, "beta")
    assert facts.logs.placed == {"beta": 1}


def test_a_line_of_two_causes_counts_for_both(orders: OrdersRig) -> None:
    orders.log(f"ERROR alpha order failed: {MARGIN}, before it {PRICE}", times=3)
    facts = orders.gather()
    assert facts.logs is not None
    assert (facts.logs.matched["insufficient_balance"], facts.logs.matched["invalid_price"]) == (3, 3)


def test_what_was_before_the_remedy_is_not_counted(orders: OrdersRig) -> None:
    orders.fails(MARGIN, ago=120)
    facts = orders.gather(since=orders.now - timedelta(seconds=60))
    assert facts.logs is not None
    assert facts.logs.signs == ()


def test_of_a_million_lines_the_newest_are_read_and_all_are_counted(orders: OrdersRig) -> None:
    orders.fails(MARGIN, times=1_000, ago=1)
    facts = orders.gather()
    assert facts.logs is not None
    assert facts.logs.matched["insufficient_balance"] == 1_000
    assert sum(sign.count for sign in facts.logs.signs) == SETTINGS.orders.rows_read


def test_many_lines_that_only_look_like_a_failure_are_not_taken_for_one(orders: OrdersRig) -> None:
    orders.log("INFO alpha recovered from RateLimitExceeded, no order is waiting", times=500, ago=1)
    facts = orders.gather()
    assert facts.logs is not None
    assert facts.logs.matched["rate_limited"] == 0
    assert [name for name, _ in facts.logs.unread] == ["rate_limited"]


def test_a_strategy_that_is_asked_about_gets_no_lines_of_another(orders: OrdersRig) -> None:
    orders.fails(MARGIN, strategy="beta")
    orders.log(f"ERROR order failed: binanceusdm {PRICE}", times=3)
    facts = orders.gather(strategy_id="alpha")
    assert facts.logs is not None
    assert [(sign.cause, sign.strategy_id) for sign in facts.logs.signs] == [(Cause.INVALID_PRICE, None)]
    assert [one.strategy_id for one in facts.traders] == ["alpha"]


def test_a_strategy_that_no_table_knows_is_nobody_else(orders: OrdersRig) -> None:
    orders.log(f'{{"level":"ERROR","strategy_id":"gone-1","event":"order_failed","error":{MARGIN!r}}}', times=4)
    facts = orders.gather()
    assert facts.logs is not None
    assert [(sign.strategy_id, sign.count) for sign in facts.logs.signs] == [("gone-1", 4)]
    plan = orders.classified(facts)
    assert [one.strategy_ids for one in plan.left] == [("gone-1",)]
    assert (plan.verdict, plan.venues) == (Verdict.ESCALATE, ())


def test_text_in_escapes_is_counted_although_its_net_does_not_catch_it(orders: OrdersRig) -> None:
    orders.log(
        '{"level":"ERROR","event":"order_failed","strategy_id":"alpha","error":"\\u4f59\\u989d\\u4e0d\\u8db3"}',
        times=3,
    )
    facts = orders.gather()
    assert facts.logs is not None
    assert facts.logs.matched["insufficient_balance"] == 3


def test_no_secret_of_a_line_is_carried_on(orders: OrdersRig) -> None:
    orders.log(f"ERROR alpha order failed apiKey=abc123 signature=def456 {MARGIN}", times=3)
    facts = orders.gather()
    assert facts.logs is not None
    assert "abc123" not in facts.logs.signs[0].sample
    assert "def456" not in facts.logs.signs[0].sample


# --- who trades


def test_a_config_without_the_field_or_with_no_number_says_so(orders: OrdersRig) -> None:
    orders.config("alpha", limit_offset_bps=None, stake_amount="plenty", symbols="BTC", mode=7)
    (alpha, _) = orders.gather().traders
    assert (alpha.limit_offset_bps, alpha.stake_amount, alpha.symbols, alpha.mode) == (None, None, (), None)
    assert alpha.odd == ("stake_amount", "mode", "symbols")


def test_a_strategy_without_a_config_is_there_with_nothing_known(orders: OrdersRig) -> None:
    orders.strategy("gamma", age=10)
    gamma = orders.gather().traders[-1]
    assert (gamma.strategy_id, gamma.account, gamma.stake_amount) == ("gamma", None, None)


def test_who_manages_nothing_orders_nothing_and_an_unknown_status_may(orders: OrdersRig) -> None:
    orders.strategy("alpha", age=10, status="stopped")
    orders.strategy("beta", age=10, status="wibble")
    (beta,) = orders.gather().traders
    assert (beta.strategy_id, beta.odd) == ("beta", ("status",))


def test_changes_of_an_incident_are_told(orders: OrdersRig) -> None:
    record = {"incident_id": "inc-1", "old": 1, "value": 2}
    orders.config("alpha", override_limit_offset_bps=record, change_stake_amount=record, override_switch="on")
    assert orders.gather().traders[0].overrides == ("limit_offset_bps", "stake_amount")


def test_of_more_strategies_than_are_read_those_that_fail_come_first(orders: OrdersRig) -> None:
    for n in range(120):
        orders.strategy(f"a-{n:03}", age=10)
    orders.fails(MARGIN, strategy="beta")
    facts = orders.gather()
    assert (len(facts.traders), facts.traders_total) == (100, 122)
    assert facts.traders[0].strategy_id == "beta"
    assert facts.traders_unread is None, "nothing of those that were looked for is unread"
    assert "22 more strategies than were looked at one by one" in orders.classified(facts).unknown


def test_one_config_that_cannot_be_read_hides_no_other(orders: OrdersRig) -> None:
    orders.world.item_trouble["strategy_config.get", "alpha"] = Transient("throttled")
    facts = orders.gather()
    assert [one.strategy_id for one in facts.traders] == ["beta"]
    assert "config of alpha" in (facts.traders_unread or "")


# --- stuck orders


def test_an_order_that_stays_pending_is_found_with_what_its_venue_has(orders: OrdersRig) -> None:
    orders.position()
    orders.order("o1", age=600)
    orders.order("o2", age=60)
    orders.venue.rest(WHERE, resting("c-o1", OrderStatus.FILLED, "0.5"))
    (stuck,) = orders.gather().stuck
    assert (stuck.order.order_id, stuck.known, stuck.is_exit, stuck.age_seconds) == ("o1", True, False, 602)
    assert stuck.at_venue is not None
    assert stuck.at_venue.status is OrderStatus.FILLED


def test_an_order_that_its_venue_does_not_know_is_found_so(orders: OrdersRig) -> None:
    orders.position()
    orders.order("o1", age=600)
    (stuck,) = orders.gather().stuck
    assert (stuck.known, stuck.at_venue) == (True, None)


def test_an_exit_that_does_not_fill_is_found_and_a_protective_order_may_rest(orders: OrdersRig) -> None:
    orders.position()
    orders.order("exit", age=900, status="open", side="sell")
    orders.order("entry", age=900, status="open")
    orders.order("stop", age=90_000, status="open", side="sell", type="stop_market", reduce_only=True)
    found = orders.gather().stuck
    assert [(one.order.order_id, one.is_exit) for one in found] == [("exit", True)]


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ({"mode": "paper"}, "its mode is paper"),
        ({"mode": "wibble"}, "its mode is wibble"),
    ],
)
def test_no_venue_is_asked_about_what_is_not_proven_live(orders: OrdersRig, more: dict[str, Any], why: str) -> None:
    orders.position(**more)
    orders.order("o1", age=600)
    (stuck,) = orders.gather().stuck
    assert (stuck.known, why in stuck.why) == (False, True)
    assert orders.called("exchange.order") == []


def test_an_order_without_a_client_id_is_named_and_not_looked_up(orders: OrdersRig) -> None:
    orders.position()
    orders.order("o1", age=600, client_order_id=None)
    (stuck,) = orders.gather().stuck
    assert (stuck.known, "no client id" in stuck.why) == (False, True)


def test_a_venue_that_says_nothing_leaves_the_order_unknown(orders: OrdersRig) -> None:
    orders.position()
    orders.order("o1", age=600)
    orders.venue.down = Trouble(Row.UNREACHABLE, "RequestTimeout", None, "no answer")
    (stuck,) = orders.gather().stuck
    assert (stuck.known, "did not say" in stuck.why) == (False, True)


def test_the_orders_of_one_position_that_cannot_be_read_hide_no_other(orders: OrdersRig) -> None:
    orders.position()
    orders.order("o1", age=600)
    before = dict(orders.world.tables["orders"])
    orders.world.trouble["orders.working"] = Transient("throttled")
    facts = orders.gather()
    assert (facts.stuck, "orders of pos-1" in (facts.stuck_unread or "")) == ((), True)
    assert orders.world.tables["orders"] == before


def test_the_orders_table_is_never_scanned(orders: OrdersRig) -> None:
    orders.position()
    orders.order("o1", age=600)
    orders.gather()
    assert orders.called("orders.every_working") == []
    assert orders.called("orders.working") == ["orders.working"]


def test_only_so_many_stuck_orders_are_looked_at_and_all_are_counted(orders: OrdersRig) -> None:
    for n in range(80):
        orders.position(f"pos-{n}")
        orders.order(f"o{n}", age=600 + n, position_id=f"pos-{n}")
    facts = orders.gather()
    assert (len(facts.stuck), facts.stuck_total) == (60, 80)
    assert facts.stuck[0].order.order_id == "o79"


def test_positions_for_which_no_time_is_left_are_named(orders: OrdersRig) -> None:
    for n in range(3):
        orders.position(f"pos-{n}")
    orders.world.meanwhile["orders.working"] = later(orders, 30)
    facts = orders.gather()
    assert "2 of 3 positions: no time was left" in (facts.stuck_unread or "")


def test_a_venue_that_hangs_leaves_its_orders_unknown(orders: OrdersRig, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits for it for long."""
    orders.position()
    orders.order("o1", age=600)
    hangs = Event()

    def hang() -> None:
        hangs.wait(5)

    orders.world.meanwhile["exchange.order"] = hang
    monkeypatch.setattr(gather_stuck, "VENUES_WITHIN", 0.05)
    (stuck,) = orders.gather().stuck
    hangs.set()
    assert (stuck.known, "no answer within" in stuck.why) == (False, True)


def test_an_order_of_nobody_is_named(orders: OrdersRig) -> None:
    orders.world.trouble["strategy_config.traded"] = Transient("throttled")
    orders.position(account=None, exchange=None, mode=None)
    orders.order("o1", age=600)
    facts = orders.gather()
    assert "strategy configs" in (facts.stuck_unread or "")
    assert "nobody says at which venue" in facts.stuck[0].why


def test_a_symbol_whose_book_cannot_be_read_is_known_all_the_same(orders: OrdersRig) -> None:
    orders.world.trouble["exchange.book"] = Transient("timeout")
    (venue,) = orders.gather().venues
    assert (venue.symbols[0].known, venue.symbols[0].book, venue.symbols[0].why) == (True, None, "book: timeout")


def test_symbols_for_which_no_time_is_left_are_unread(orders: OrdersRig) -> None:
    orders.config("beta", symbols=[BTC, ETH])
    orders.world.meanwhile["exchange.market"] = later(orders, 40)
    (venue,) = orders.gather().venues
    assert sorted(one.why for one in venue.symbols) == ["", "no time was left to look at it"]


def test_of_many_symbols_those_that_fail_are_looked_at_first(orders: OrdersRig) -> None:
    many = [f"C{n}/USDT:USDT" for n in range(45)]
    orders.config("alpha", symbols=many)
    orders.fails(MARGIN, symbol=many[30])
    facts = orders.gather()
    assert facts.venues[0].symbols[0].symbol == many[30]
    assert len(facts.venues[0].symbols) == 12
    assert facts.traders[0].odd == ("symbols",)


# --- the venues


def test_each_live_account_is_looked_at_with_the_symbols_of_its_configs(orders: OrdersRig) -> None:
    orders.config("beta", symbols=[BTC, ETH])
    (venue,) = orders.gather().venues
    assert (venue.venue, venue.account_name, venue.status.reading) == ("binanceusdm", "main", Reading.OK)
    assert {one.symbol: one.known for one in venue.symbols} == {BTC: True, ETH: True}
    assert venue.account is not None
    book = venue.symbols[0].book
    assert book is not None
    assert (len(book.bids), len(book.asks)) == (1, 1)


def test_accounts_of_paper_and_of_nobody_are_not_looked_at(orders: OrdersRig) -> None:
    orders.config("alpha", mode="paper")
    orders.config("beta", mode=None)
    facts = orders.gather()
    assert facts.venues == ()
    assert orders.called("exchange.account", "exchange.status") == []


def test_a_symbol_that_the_venue_does_not_know_is_told_from_one_that_could_not_be_read(orders: OrdersRig) -> None:
    orders.config("alpha", symbols=["LUNA/USDT:USDT"])
    (venue,) = orders.gather().venues
    assert {one.symbol: one.known for one in venue.symbols} == {BTC: True, "LUNA/USDT:USDT": False}
    orders.world.trouble["exchange.market"] = Transient("timeout")
    (venue,) = orders.gather().venues
    assert {one.symbol: one.known for one in venue.symbols} == {BTC: None, "LUNA/USDT:USDT": None}


def test_a_venue_that_counts_our_requests_is_asked_nothing_more(orders: OrdersRig) -> None:
    orders.position()
    orders.order("o1", age=600)
    orders.fails('429 {"code":-1015,"msg":"Too many new orders."} Retry-After: 120', ago=30)
    facts = orders.gather()
    (venue,), (stuck,) = facts.venues, facts.stuck
    assert (venue.account, venue.status.reading, stuck.known) == (None, Reading.UNKNOWN, False)
    assert "so it is asked nothing before" in (venue.account_unread or "")
    assert [call for call in orders.world.calls if call.startswith("exchange.")] == []


def test_it_is_asked_again_when_its_pause_is_over(orders: OrdersRig) -> None:
    orders.fails('429 {"code":-1015,"msg":"Too many new orders."} Retry-After: 120', ago=125)
    (venue,) = orders.gather().venues
    assert venue.account is not None


@pytest.mark.parametrize("row", [Row.MAINTENANCE, Row.RATE_LIMITED, Row.UNREACHABLE])
def test_a_venue_that_is_away_is_asked_for_its_status_alone(orders: OrdersRig, row: Row) -> None:
    orders.status(row)
    (venue,) = orders.gather().venues
    assert (venue.account, venue.status.reading) == (None, Reading.FAILED)
    assert [call for call in orders.world.calls if call.startswith("exchange.")] == ["exchange.status"]


def test_an_account_that_does_not_answer_is_unknown_with_the_reason(orders: OrdersRig) -> None:
    orders.world.trouble["exchange.account"] = Refused("no key in the secret")
    (venue,) = orders.gather().venues
    assert (venue.account, venue.account_unread) == (None, "no key in the secret")
    assert venue.symbols[0].known is True


def test_a_venue_that_is_not_in_the_settings_is_named(orders: OrdersRig) -> None:
    orders.config("beta", exchange="ftx")
    assert "ftx is no venue of the settings" in (orders.gather().venues_unread or "")


def test_strategies_of_several_venues_are_looked_at_each(orders: OrdersRig) -> None:
    orders.config("beta", exchange="okx", account="second")
    assert [(one.venue, one.account_name) for one in orders.gather().venues] == [
        ("binanceusdm", "main"),
        ("okx", "second"),
    ]


def test_everything_at_once_fits_into_a_state(orders: OrdersRig) -> None:
    """The rig measures each answer; here everything stands together."""
    codes = (-2019, -4016, -1121, -2015, -1021, -1016, -4087, -9999)
    for n in range(110):
        name = f"desk-{n % 7}/momentum-btc-usdt-perpetual-{n:05}"
        orders.strategy(name, age=10)
        orders.config(name, symbols=[f"C{m}/USDT:USDT" for m in range(30)])
        orders.position(f"position-{n:05}")
        orders.order(f"order-{n:05}", age=600, position_id=f"position-{n:05}", error="x" * 500)
        answer = f'{{"code":{codes[n % 8]},"msg":"{"m" * 400}"}}'
        for m in range(3):
            orders.fails(answer, strategy=name, symbol=f"C{n + m}/USDT:USDT", times=1)
    facts = orders.gather()
    assert facts.logs is not None
    assert len(facts.logs.signs) > 80
    assert len(TypeAdapter(OrderFacts).dump_json(facts)) <= 190_000


def limited() -> Transient:
    return Transient("429").of(Trouble(Row.RATE_LIMITED, "DDoSProtection", "-1003", "slow down", retry_after=90))


@pytest.mark.parametrize(
    ("port", "symbols_asked"), [("exchange.account", 0), ("exchange.market", 1), ("exchange.book", 1)]
)
def test_a_venue_that_counts_our_requests_is_asked_after_no_further_symbol(
    orders: OrdersRig, port: str, symbols_asked: int
) -> None:
    orders.config("alpha", symbols=[BTC, ETH])
    orders.world.trouble[port] = limited()
    (venue,) = orders.gather().venues
    assert orders.world.calls.count("exchange.market") == symbols_asked
    assert venue.symbols[-1].known is None
    assert all("429" in one.why for one in venue.symbols)


def test_a_venue_that_counts_our_requests_is_asked_after_no_further_order(orders: OrdersRig) -> None:
    orders.position()
    for number in range(5):
        orders.order(f"o{number}", age=900 + number)
    orders.world.trouble["exchange.order"] = limited()
    stuck = orders.gather().stuck
    assert orders.world.calls.count("exchange.order") == 1
    assert [one.known for one in stuck] == [False] * 5
    assert "counts our requests" in stuck[-1].why
