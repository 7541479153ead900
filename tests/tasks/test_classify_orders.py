"""The classifier over facts as they are really gathered: each row, pairs of rows, and what is no cause."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from functions.adapters.memory.venue import BTC, a_market
from functions.errors import Refused, Transient
from functions.rules.orders.causes import CALMS, Cause, Remedy
from functions.rules.orders.plan import OrderGroup, OrderPlan, Verdict
from functions.venue import Market, OrderStatus, Row, Trouble, VenueOrder
from tests.tasks.orders_rig import ETH, MARGIN, PRICE, WHERE, OrdersRig

LIMIT = '429 {"code":-1015,"msg":"Too many new orders; current limit is 10 orders per MINUTE."} Retry-After: 120'
DELISTED = '{"code":-4141,"msg":"Symbol is closed."}'
DOWN = '503 {"code":-1016,"msg":"This service is no longer available."}'
FROZEN = '{"code":-2010,"msg":"This action is disabled on this account."}'
NO_RIGHT = '{"code":-2015,"msg":"Invalid API-key, IP, or permissions for action"}'
SKEW = '{"code":-1021,"msg":"Timestamp for this request is outside of the recvWindow."}'
NOTIONAL = '{"code":-4164,"msg":"Order\'s notional must be no smaller than 100."}'


@pytest.fixture
def orders() -> OrdersRig:
    return OrdersRig()


def groups(plan: OrderPlan) -> list[OrderGroup]:
    return [*plan.left, *(one for venue in plan.venues for one in (*venue.calm, *venue.change))]


def causes(plan: OrderPlan) -> set[Cause]:
    return {one.cause for one in groups(plan)}


def the_one(plan: OrderPlan) -> OrderGroup:
    (group,) = groups(plan)
    return group


def poor(orders: OrdersRig) -> None:
    orders.account(available=Decimal(400))
    orders.fails(MARGIN)


def fast(orders: OrdersRig) -> None:
    orders.fails(PRICE)


def limited(orders: OrdersRig) -> None:
    orders.fails(LIMIT)


def away(orders: OrdersRig) -> None:
    orders.status(Row.MAINTENANCE, "503, back soon", orders.now + timedelta(minutes=30))
    orders.fails(DOWN)


def delisted(orders: OrdersRig) -> None:
    orders.config("beta", symbols=[BTC, ETH])
    orders.venue.markets[ETH] = closed(ETH)
    orders.fails(DELISTED, strategy="beta", symbol=ETH)


def closed(symbol: str) -> Market:
    return replace(a_market(symbol), active=False, status="SETTLING")


ROWS = {
    Cause.INSUFFICIENT_BALANCE: (poor, Remedy.FREE_MARGIN),
    Cause.INVALID_PRICE: (fast, Remedy.WIDEN_OFFSET),
    Cause.RATE_LIMITED: (limited, Remedy.SLOW_DOWN),
    Cause.MAINTENANCE: (away, Remedy.WAIT_MAINTENANCE),
    Cause.INVALID_SYMBOL: (delisted, Remedy.UPDATE_SYMBOL),
}
PAIRS = [(one, other) for one in ROWS for other in ROWS if list(ROWS).index(one) < list(ROWS).index(other)]


@pytest.mark.parametrize("cause", list(ROWS))
def test_each_row_is_told_by_the_log_and_by_the_venue(orders: OrdersRig, cause: Cause) -> None:
    make, remedy = ROWS[cause]
    make(orders)
    plan = orders.classified()
    group = the_one(plan)
    assert (plan.verdict, group.cause, group.remedy, group.confirmed) == (Verdict.ACT, cause, remedy, True)
    assert group.count == 5
    assert (group.venue, group.fix != "") == ("binanceusdm", True)
    assert group.evidence[0].what == f"confirms {cause.value}"
    (venue,) = plan.venues
    assert bool(venue.calm) is (remedy in CALMS)


@pytest.mark.parametrize(("one", "other"), PAIRS)
def test_each_pair_of_rows_is_two_causes(orders: OrdersRig, one: Cause, other: Cause) -> None:
    ROWS[one][0](orders)
    ROWS[other][0](orders)
    plan = orders.classified()
    assert causes(plan) == {one, other}
    assert plan.verdict is Verdict.ACT


def test_all_five_at_once_are_five(orders: OrdersRig) -> None:
    for make, _ in ROWS.values():
        make(orders)
    assert causes(orders.classified()) == set(ROWS)


def test_nothing_is_confirmed_at_a_venue_in_maintenance_but_the_maintenance(orders: OrdersRig) -> None:
    fast(orders)
    away(orders)
    sure = {one.cause: one.confirmed for one in groups(orders.classified())}
    assert sure == {Cause.MAINTENANCE: True, Cause.INVALID_PRICE: False}


def test_what_calms_a_venue_comes_before_what_changes_a_config(orders: OrdersRig) -> None:
    limited(orders)
    fast(orders)
    (venue,) = orders.classified().venues
    assert [one.cause for one in venue.calm] == [Cause.RATE_LIMITED]
    assert [one.cause for one in venue.change] == [Cause.INVALID_PRICE]


# --- beyond the seed


@pytest.mark.parametrize(
    ("answer", "account", "cause", "fix"),
    [
        (
            FROZEN,
            {"frozen": True, "frozen_why": "account status: Locked", "can_trade": False},
            "account_frozen",
            "support",
        ),
        (NO_RIGHT, {"can_trade": False}, "permission", "enable Futures"),
        (SKEW, {"clock_skew": Decimal(-30)}, "clock_skew", "30.000 s behind"),
    ],
)
def test_what_only_a_person_can_mend_is_escalated_with_the_exact_fix(
    orders: OrdersRig, answer: str, account: dict[str, Any], cause: str, fix: str
) -> None:
    orders.account(**account)
    orders.fails(answer)
    plan = orders.classified()
    group = the_one(plan)
    assert (plan.verdict, group.cause.value, group.remedy) == (Verdict.ESCALATE, cause, Remedy.ESCALATE)
    assert (group.confirmed, fix in group.fix) == (True, True)
    assert plan.venues == ()


def test_a_key_that_the_venue_does_not_take_is_seen_in_what_could_not_be_read(orders: OrdersRig) -> None:
    orders.account(can_trade=None, unread=("balance: key (AuthenticationError -2015): Invalid API-key",))
    orders.fails(NO_RIGHT)
    group = the_one(orders.classified())
    assert (group.cause, group.confirmed) == (Cause.PERMISSION, True)


def test_a_frozen_account_is_a_cause_by_itself_where_orders_fail_at_all(orders: OrdersRig) -> None:
    orders.account(frozen=True, frozen_why="trading by API is locked")
    orders.fails('{"code":-9999,"msg":"?"}')
    assert causes(orders.classified()) == {Cause.ACCOUNT_FROZEN, Cause.UNKNOWN}


def test_a_frozen_account_where_no_order_fails_is_no_trouble_of_orders(orders: OrdersRig) -> None:
    orders.account(frozen=True, frozen_why="trading by API is locked")
    assert orders.classified().verdict is Verdict.NOTHING_TO_DO


# --- the log says it, the venue does not


def test_plenty_of_margin_contradicts_what_the_log_says_of_it(orders: OrdersRig) -> None:
    orders.fails(MARGIN)
    group = the_one(orders.classified())
    assert (group.confirmed, group.remedy) == (False, Remedy.FREE_MARGIN)
    assert "contradicts" in group.evidence[0].what
    assert "90000 USDT available" in group.evidence[0].value


def test_orders_without_a_price_contradict_a_refused_price(orders: OrdersRig) -> None:
    orders.config("alpha", order_type="market")
    fast(orders)
    group = the_one(orders.classified())
    assert (group.confirmed, "contradicts" in group.evidence[0].what) == (False, True)


def test_a_config_without_the_offset_confirms_nothing(orders: OrdersRig) -> None:
    orders.config("alpha", limit_offset_bps=None)
    fast(orders)
    assert the_one(orders.classified()).confirmed is False


def test_a_market_that_is_closed_contradicts_a_refused_price(orders: OrdersRig) -> None:
    orders.venue.markets[BTC] = closed(BTC)
    fast(orders)
    sure = {one.cause: one.confirmed for one in groups(orders.classified())}
    assert sure == {Cause.INVALID_PRICE: False, Cause.INVALID_SYMBOL: True}


def test_a_market_that_trades_contradicts_a_delisted_symbol(orders: OrdersRig) -> None:
    orders.fails(DELISTED)
    group = the_one(orders.classified())
    assert (group.cause, group.confirmed) == (Cause.INVALID_SYMBOL, False)


def test_a_venue_that_answers_contradicts_its_maintenance(orders: OrdersRig) -> None:
    orders.fails(DOWN)
    group = the_one(orders.classified())
    assert (group.remedy, group.confirmed) == (Remedy.WAIT_MAINTENANCE, False)


def test_what_the_account_does_not_say_confirms_nothing_and_denies_nothing(orders: OrdersRig) -> None:
    orders.world.trouble["exchange.account"] = Transient("timeout")
    orders.fails(MARGIN)
    group = the_one(orders.classified())
    assert (group.confirmed, "does not tell" in group.evidence[0].what) == (False, True)


# --- enough, and new enough


def test_a_few_failures_are_no_cause_by_themselves(orders: OrdersRig) -> None:
    orders.fails(MARGIN, times=2)
    plan = orders.classified()
    assert plan.verdict is Verdict.NOTHING_TO_DO
    assert "fewer than 3" in plan.reason


def test_a_few_failures_count_where_the_venue_says_the_same(orders: OrdersRig) -> None:
    orders.account(available=Decimal(400))
    orders.fails(MARGIN, times=2)
    assert the_one(orders.classified()).cause is Cause.INSUFFICIENT_BALANCE


def test_failures_that_have_stopped_are_no_trouble_any_more(orders: OrdersRig) -> None:
    orders.fails(MARGIN, ago=700, times=50)
    plan = orders.classified()
    assert plan.verdict is Verdict.NOTHING_TO_DO
    assert "no order fails any more" in plan.reason


def test_a_cause_counts_its_failures_of_all_strategies_at_one_account(orders: OrdersRig) -> None:
    orders.fails(MARGIN, times=2)
    orders.fails(MARGIN, strategy="beta", times=2)
    group = the_one(orders.classified())
    assert (group.count, group.strategy_ids) == (4, ("alpha", "beta"))


# --- who is concerned


def test_only_those_whom_the_lines_name_are_concerned(orders: OrdersRig) -> None:
    fast(orders)
    assert the_one(orders.classified()).strategy_ids == ("alpha",)


def test_a_limit_of_the_address_concerns_everybody_there(orders: OrdersRig) -> None:
    limited(orders)
    group = the_one(orders.classified())
    assert (group.strategy_ids, group.account) == (("alpha", "beta"), None)
    assert (group.retry_after_seconds, group.counts_orders) == (120, True)


def test_lines_that_name_nobody_concern_everybody_at_the_venue(orders: OrdersRig) -> None:
    orders.log(f"ERROR order failed: binanceusdm {PRICE}", times=3)
    group = the_one(orders.classified())
    assert (group.strategy_ids, group.account) == (("alpha", "beta"), "main")
    assert not group.confirmed, "whose prices they are nobody says, so nobody's limit is widened unasked"
    assert "no line names a strategy" in [one.what for one in group.evidence]


def test_whoever_trades_alone_at_an_account_is_meant_by_lines_that_name_nobody(orders: OrdersRig) -> None:
    orders.config("beta", account="other")
    orders.config("beta", exchange="bybit")
    orders.log(f"ERROR order failed: binanceusdm {PRICE}", times=3)
    group = the_one(orders.classified())
    assert (group.strategy_ids, group.confirmed) == (("alpha",), True)


def test_a_traceback_beside_a_line_that_names_a_strategy_is_nobody_elses(orders: OrdersRig) -> None:
    orders.fails(PRICE)
    orders.log(f"ccxt.base.errors.InvalidOrder: binanceusdm {PRICE}", times=9, ago=29)
    group = the_one(orders.classified())
    assert (group.strategy_ids, group.confirmed, group.count) == (("alpha",), True, 14)


def test_a_traceback_of_one_account_is_no_failure_of_the_others(orders: OrdersRig) -> None:
    orders.strategy("gamma", age=10)
    orders.config("gamma", account="second")
    orders.fails(PRICE)
    orders.log(f"ccxt.base.errors.InvalidOrder: binanceusdm {PRICE}", times=5, ago=29)
    group = the_one(orders.classified())
    assert (group.strategy_ids, group.account, group.count) == (("alpha",), "main", 10)


def test_lines_that_name_nobody_long_after_the_last_that_did_may_be_anybodys(orders: OrdersRig) -> None:
    orders.fails(PRICE, ago=400)
    orders.log(f"ERROR order failed: binanceusdm {PRICE}", times=3)
    group = the_one(orders.classified())
    assert (group.strategy_ids, group.confirmed) == (("alpha", "beta"), False)


def test_who_has_not_failed_for_long_is_not_treated_with_one_who_fails_now(orders: OrdersRig) -> None:
    orders.fails(PRICE)
    orders.fails(PRICE, strategy="beta", ago=1_500)
    assert the_one(orders.classified()).strategy_ids == ("alpha",)


def test_strategies_of_two_venues_are_two_groups(orders: OrdersRig) -> None:
    orders.config("beta", exchange="okx", account="second")
    fast(orders)
    orders.log('ERROR beta order failed okx {"code":"1","data":[{"sCode":"51137","sMsg":"price"}]}', times=4)
    plan = orders.classified()
    assert [(one.venue, one.account, one.strategy_ids) for one in groups(plan)] == [
        ("binanceusdm", "main", ("alpha",)),
        ("okx", "second", ("beta",)),
    ]
    assert [one.venue for one in plan.venues] == ["binanceusdm", "okx"]


def test_a_line_without_a_venue_where_there_are_two_is_a_persons(orders: OrdersRig) -> None:
    orders.config("beta", exchange="okx", account="second")
    orders.log("ERROR order failed: margin is insufficient", times=4)
    plan = orders.classified()
    assert (plan.verdict, the_one(plan).remedy) == (Verdict.ESCALATE, Remedy.ESCALATE)


def test_a_symbol_that_is_not_named_is_the_one_that_is_not_traded(orders: OrdersRig) -> None:
    orders.config("beta", symbols=[BTC, ETH])
    orders.venue.markets[ETH] = closed(ETH)
    orders.log(f"ERROR beta order failed: {DELISTED}", times=4)
    assert the_one(orders.classified()).symbols == (ETH,)


def test_a_symbol_that_nobody_can_name_is_a_persons(orders: OrdersRig) -> None:
    orders.log(f"ERROR beta order failed: {DELISTED}", times=4)
    plan = orders.classified()
    assert (the_one(plan).symbols, plan.verdict) == ((), Verdict.ESCALATE)


def test_a_run_about_one_strategy_leaves_the_others_alone(orders: OrdersRig) -> None:
    fast(orders)
    orders.fails(MARGIN, strategy="beta")
    orders.account(available=Decimal(400))
    orders.the_run = orders.the_run.model_copy(update={"strategy_id": "beta"})
    plan = orders.classified(orders.gather(strategy_id="beta"))
    assert causes(plan) == {Cause.INSUFFICIENT_BALANCE}
    assert plan.strategy_ids == ("beta",)


# --- what nobody knows


def test_a_failure_that_no_row_knows_is_a_persons_with_samples(orders: OrdersRig) -> None:
    orders.fails(NOTIONAL)
    plan = orders.classified()
    group = the_one(plan)
    assert (plan.verdict, group.cause, group.codes) == (Verdict.ESCALATE, Cause.UNKNOWN, ("-4164",))
    assert "-4164" in group.fix
    assert "notional" in group.evidence[1].value


def test_a_companion_of_a_known_failure_is_no_trouble_of_its_own(orders: OrdersRig) -> None:
    poor(orders)
    orders.log("ERROR alpha could not place its order, gave up", times=5)
    assert causes(orders.classified()) == {Cause.INSUFFICIENT_BALANCE}


def test_more_failures_without_a_code_than_known_ones_are_told(orders: OrdersRig) -> None:
    poor(orders)
    orders.log("ERROR alpha could not place its order, gave up", times=9)
    assert causes(orders.classified()) == {Cause.INSUFFICIENT_BALANCE, Cause.UNKNOWN}


def test_an_unknown_code_beside_a_known_cause_is_told(orders: OrdersRig) -> None:
    poor(orders)
    orders.fails(NOTIONAL, times=3)
    plan = orders.classified()
    assert causes(plan) == {Cause.INSUFFICIENT_BALANCE, Cause.UNKNOWN}
    assert (plan.verdict, [one.cause for one in plan.left]) == (Verdict.ACT, [Cause.UNKNOWN])


# --- stuck orders


def test_stuck_orders_of_a_live_account_are_to_be_settled(orders: OrdersRig) -> None:
    orders.position()
    orders.order("o1", age=600)
    orders.venue.rest(
        WHERE,
        VenueOrder("", "c-o1", BTC, "buy", "limit", OrderStatus.FILLED, Decimal("0.5"), Decimal("0.5")),
    )
    plan = orders.classified()
    group = the_one(plan)
    assert (plan.verdict, group.remedy, group.confirmed) == (Verdict.ACT, Remedy.RESOLVE_STUCK, True)
    assert group.orders == (("pos-1", "o1"),)
    assert plan.venues[0].change == (group,)


def test_stuck_orders_of_paper_are_a_persons(orders: OrdersRig) -> None:
    orders.position(mode="paper")
    orders.order("o1", age=600)
    plan = orders.classified()
    assert (plan.verdict, the_one(plan).remedy) == (Verdict.ESCALATE, Remedy.ESCALATE)
    assert "mode paper" in the_one(plan).fix


# --- unknown parts


@pytest.mark.parametrize(
    ("method", "part"),
    [
        ("log_queries.start", "the service's log"),
        ("positions.each_open", "stuck orders"),
        ("orders.working", "stuck orders"),
        ("trading_state.all", "the service's log"),
    ],
)
def test_what_cannot_be_read_never_reads_as_healthy(orders: OrdersRig, method: str, part: str) -> None:
    orders.position()
    orders.world.trouble[method] = Refused(f"{method}: not today")
    plan = orders.classified()
    assert plan.verdict is Verdict.ESCALATE
    assert "cannot tell" in plan.reason
    assert any(one.startswith(part) for one in plan.unknown)


def test_a_venue_that_says_nothing_and_a_quiet_log_cannot_be_told(orders: OrdersRig) -> None:
    orders.venue.down = Trouble(Row.UNREACHABLE, "RequestTimeout", None, "no answer")
    plan = orders.classified()
    assert (plan.verdict, "cannot tell" in plan.reason) == (Verdict.ESCALATE, True)


def test_an_unreadable_part_beside_a_known_cause_is_named_and_stops_nothing(orders: OrdersRig) -> None:
    poor(orders)
    orders.world.trouble["positions.each_open"] = Refused("not today")
    plan = orders.classified()
    assert (plan.verdict, causes(plan)) == (Verdict.ACT, {Cause.INSUFFICIENT_BALANCE})
    assert any(one.startswith("stuck orders") for one in plan.unknown)


def test_a_healthy_desk_has_nothing_to_do(orders: OrdersRig) -> None:
    orders.log("INFO alpha order_placed BTC/USDT:USDT", times=20)
    plan = orders.classified()
    assert (plan.verdict, plan.reason) == (Verdict.NOTHING_TO_DO, "no order fails, and none works for too long")
    assert plan.unknown == ()


def test_paper_trades_are_named_and_no_account_is_looked_at_for_them(orders: OrdersRig) -> None:
    orders.config("alpha", mode="paper")
    plan = orders.classified()
    assert any("traded on paper" in one and "alpha" in one for one in plan.unknown)


def test_a_config_of_paper_may_be_changed_but_only_after_asking(orders: OrdersRig) -> None:
    orders.config("alpha", mode="paper", account="sandbox")
    fast(orders)
    group = the_one(orders.classified())
    assert (group.remedy, group.account, group.confirmed) == (Remedy.WIDEN_OFFSET, "sandbox", False)


# --- the kill switch


def test_an_engaged_kill_switch_leaves_nothing_to_do(orders: OrdersRig) -> None:
    orders.engage()
    fast(orders)
    plan = orders.classified()
    assert plan.verdict is Verdict.NOTHING_TO_DO
    assert "kill switch is engaged" in plan.reason


def test_a_kill_switch_for_one_spares_the_others(orders: OrdersRig) -> None:
    orders.engage(strategy_ids={"alpha"})
    limited(orders)
    assert the_one(orders.classified()).strategy_ids == ("beta",)


def test_a_kill_switch_that_cannot_be_read_leaves_everything_to_a_person(orders: OrdersRig) -> None:
    fast(orders)
    facts = orders.gather()
    orders.world.trouble["guards.kill_switch"] = Refused("no")
    plan = orders.classified(facts)
    assert (plan.verdict, plan.venues, the_one(plan).remedy) == (Verdict.ESCALATE, (), Remedy.ESCALATE)


# --- what the incident keeps


def test_the_incident_keeps_counts_verdict_and_both_kinds_of_evidence(orders: OrdersRig) -> None:
    poor(orders)
    orders.classified()
    noted = dict(orders.evidence())
    assert "5 insufficient_balance; 0 went well" in noted["order failures in the log"]
    assert noted["verdict"].startswith("orders fail: insufficient_balance at binanceusdm/main (5 failures)")
    assert "the largest stake is 1000" in noted["confirms insufficient_balance"]
    assert "Margin is insufficient" in noted["failures: insufficient_balance"]
    assert orders.item()["strategy_ids"] == ["alpha"]


@pytest.mark.parametrize(
    ("fails", "counted"), [("alpha", ("main",)), ("gamma", ("other",)), ("nobody-knows-it", ())]
)
def test_orders_are_counted_by_account_and_requests_by_address(
    orders: OrdersRig, fails: str, counted: tuple[str, ...]
) -> None:
    orders.strategy("gamma", age=10)
    orders.config("gamma", account="other")
    orders.log(f"ERROR strategy_id={fails}: order failed: ExchangeError: binanceusdm {LIMIT}", times=5)
    (group,) = groups(orders.classified())
    assert (group.cause, group.counts_orders, group.counted) == (Cause.RATE_LIMITED, True, counted)
    assert {"alpha", "beta", "gamma"} <= set(group.strategy_ids)
