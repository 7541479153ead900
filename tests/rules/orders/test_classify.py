"""The classifier as a rule: what is over, what is never done, and what no facts can make it say."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from functions.adapters.memory.venue import BTC, a_market
from functions.facts import KillSwitchFact, OrderFact, PositionFact, Reading
from functions.order_settings import OrderSettings
from functions.rules.orders.calm import refusing
from functions.rules.orders.causes import CALMS, REMEDIES, Cause, Remedy
from functions.rules.orders.classify import classify
from functions.rules.orders.facts import OrderFacts, OrderVenueFact, Sign, StuckOrder, SymbolFact, TraderFact
from functions.rules.orders.log_evidence import shown
from functions.rules.orders.overdue import Limits, overdue
from functions.rules.orders.plan import OrderGroup, OrderPlan, Verdict
from functions.rules.orders.unknown_parts import blind
from functions.venue import AccountFact, Book, Row, Trouble, VenueStatus, Where
from tests.rules.facts import NOW
from tests.rules.orders.made import facts, log, sign

SETTINGS = OrderSettings()
RELEASED = KillSwitchFact(engaged=False)
VENUE, ACCOUNT = "binanceusdm", "main"


def trader(name: str = "s1", **more: Any) -> TraderFact:
    given_ = {
        "strategy_id": name,
        "status": "running",
        "venue": VENUE,
        "account": ACCOUNT,
        "mode": "live",
        "stake_amount": Decimal(500),
        "order_type": "limit",
        "limit_offset_bps": Decimal(5),
        "order_cooldown_seconds": Decimal(15),
        "symbols": (BTC,),
    }
    return TraderFact(**{**given_, **more})


def account(**more: Any) -> AccountFact:
    healthy = {"can_trade": True, "frozen": False, "available": Decimal(10_000), "clock_skew": Decimal("0.01")}
    return AccountFact(Where(VENUE, ACCOUNT), NOW, **{**healthy, "quote": "USDT", **more})


def venue(row: Row | None = None, *, symbol: SymbolFact | None = None, **more: Any) -> OrderVenueFact:
    """`row`: the venue is away for that reason."""
    price = ((Decimal(60_000), Decimal(1)),)
    btc = symbol or SymbolFact(BTC, True, a_market(BTC), Book(BTC, price, price, NOW), "", NOW)
    status = VenueStatus(VENUE, Reading.OK, "it answers", NOW)
    if row is not None:
        status = VenueStatus(VENUE, Reading.FAILED, row.value, NOW, Trouble(row, "status", None, row.value))
    return OrderVenueFact(VENUE, ACCOUNT, status, account(**more), None, (btc,), NOW)


def world(*signs: Sign, at: OrderVenueFact | None = None, **more: Any) -> OrderFacts:
    given_ = {"venues": (at or venue(),), "traders": (trader(),), "traders_total": 1, **more}
    return facts(log(*signs), **given_)


def plan(found: OrderFacts, switch: KillSwitchFact | None = RELEASED) -> OrderPlan:
    return classify(found, settings=SETTINGS, now=NOW, kill_switch=switch)


def groups(made: OrderPlan) -> list[OrderGroup]:
    return [*made.left, *(one for each in made.venues for one in (*each.calm, *each.change))]


def causes(made: OrderPlan) -> set[Cause]:
    return {one.cause for one in groups(made)}


# --- what is over

DENIED = [
    (Cause.INSUFFICIENT_BALANCE, "-2019"),
    (Cause.MAINTENANCE, "-1016"),
    (Cause.INVALID_SYMBOL, "-4141"),
    (Cause.ACCOUNT_FROZEN, "-4087"),
    (Cause.PERMISSION, "-2015"),
    (Cause.CLOCK_SKEW, "-1021"),
]


@pytest.mark.parametrize(("cause", "code"), DENIED)
def test_what_the_venue_denies_and_the_log_does_not_repeat_is_over(cause: Cause, code: str) -> None:
    fresh, old = (world(sign(cause, ago=ago, code=code, symbol=BTC)) for ago in (60, 200))
    assert causes(plan(fresh)) == {cause}
    assert plan(old).verdict is Verdict.NOTHING_TO_DO
    assert "denied by the venue" in plan(old).reason


@pytest.mark.parametrize(("cause", "code"), DENIED)
def test_what_the_venue_denies_is_over_once_an_order_went_well(cause: Cause, code: str) -> None:
    said = log(sign(cause, ago=60, code=code, symbol=BTC), placed={"s1": 20})
    assert plan(replace(world(), logs=said)).verdict is Verdict.NOTHING_TO_DO


def test_an_order_of_another_strategy_that_went_well_proves_nothing_for_this_one() -> None:
    said = log(sign(Cause.CLOCK_SKEW, ago=60, code="-1021"), placed={"s2": 20})
    assert causes(plan(replace(world(), logs=said))) == {Cause.CLOCK_SKEW}


def test_an_order_that_went_well_ends_no_cause_that_the_venue_confirms() -> None:
    said = log(sign(Cause.INSUFFICIENT_BALANCE, ago=60, code="-2019"), placed={"s1": 20})
    assert causes(plan(replace(world(at=venue(available=Decimal(10))), logs=said))) == {Cause.INSUFFICIENT_BALANCE}


def test_an_unread_account_denies_nothing() -> None:
    unread = replace(venue(), account=None, account_unread="timeout")
    made = plan(world(sign(Cause.CLOCK_SKEW, ago=400, code="-1021"), at=unread))
    assert causes(made) == {Cause.CLOCK_SKEW}


# --- by facts alone


@pytest.mark.parametrize(
    ("at", "cause"),
    [
        (venue(frozen=True, can_trade=False), Cause.ACCOUNT_FROZEN),
        (venue(can_trade=False), Cause.PERMISSION),
        (venue(clock_skew=Decimal(-5)), Cause.CLOCK_SKEW),
        (venue(Row.MAINTENANCE), Cause.MAINTENANCE),
        (venue(symbol=SymbolFact(BTC, False, None, None, "unknown", NOW)), Cause.INVALID_SYMBOL),
    ],
)
def test_the_venue_alone_is_believed_where_orders_fail_or_nobody_knows(at: OrderVenueFact, cause: Cause) -> None:
    assert cause in causes(plan(world(sign(Cause.UNKNOWN, ago=30, count=1), at=at)))
    assert causes(plan(replace(world(at=at), logs=None, logs_unread="throttled"))) == {cause}
    assert causes(plan(world(at=at))) == set()


def test_a_strategy_without_the_symbol_that_is_gone_is_not_concerned() -> None:
    gone = venue(symbol=SymbolFact(BTC, False, None, None, "unknown", NOW))
    traders = (trader("s1"), trader("s2", symbols=("ETH/USDT:USDT",)))
    made = plan(world(sign(Cause.UNKNOWN, ago=30, count=1), at=gone, traders=traders))
    (group,) = [one for one in groups(made) if one.cause is Cause.INVALID_SYMBOL]
    assert group.strategy_ids == ("s1",)


def test_a_key_that_may_not_trade_where_frozen_is_not_told_is_a_frozen_account_by_its_lines() -> None:
    made = plan(world(sign(Cause.ACCOUNT_FROZEN, ago=30, code="-4087"), at=venue(frozen=None, can_trade=False)))
    assert {one.cause: one.confirmed for one in groups(made)}[Cause.ACCOUNT_FROZEN] is True


# --- prices and balances


@pytest.mark.parametrize(
    ("more", "sure"),
    [
        ({}, False),
        ({"stake_amount": None}, False),
        ({"stake_amount": Decimal(20_000)}, True),
    ],
)
def test_a_balance_is_short_by_the_largest_stake_that_a_config_names(more: dict[str, Any], sure: bool) -> None:
    made = plan(world(sign(Cause.INSUFFICIENT_BALANCE, ago=30, code="-2019"), traders=(trader(**more),)))
    (group,) = groups(made)
    assert group.confirmed is sure


def test_nothing_available_is_short_whatever_the_configs_say() -> None:
    poor = world(
        sign(Cause.INSUFFICIENT_BALANCE, ago=30),
        at=venue(available=Decimal(0)),
        traders=(trader(stake_amount=None),),
    )
    assert groups(plan(poor))[0].confirmed is True


def test_a_price_without_a_book_is_not_confirmed() -> None:
    bare = SymbolFact(BTC, True, a_market(BTC), None, "book: timeout", NOW)
    (group,) = groups(plan(world(sign(Cause.INVALID_PRICE, ago=30, code="-4016"), at=venue(symbol=bare))))
    assert (group.confirmed, group.evidence[0].value) == (False, "book: timeout")


def test_paper_beside_live_is_not_concerned_unless_a_line_names_it() -> None:
    traders = (trader("s1"), trader("s2", mode="paper"))
    (group,) = groups(plan(world(sign(Cause.INSUFFICIENT_BALANCE, ago=30, strategy_id=None), traders=traders)))
    assert group.strategy_ids == ("s1",)
    (group,) = groups(plan(world(sign(Cause.INVALID_PRICE, ago=30, strategy_id="s2"), traders=traders)))
    assert group.strategy_ids == ("s2",)


def test_what_was_not_read_of_many_stuck_orders_is_told() -> None:
    found = replace(world(), stuck_total=80)
    assert any("80 more stuck orders" in one for one in plan(found).unknown)


# --- what no facts can make it say


def stuck(mode: str | None) -> StuckOrder:
    order = OrderFact("p1", "o1", "s1", "buy", "limit", "pending", False, created_at=None)
    return StuckOrder(order, "s1", BTC, VENUE, ACCOUNT, mode, 0, False, True, None, "pending")


SIGNS = st.builds(
    sign,
    st.sampled_from(list(Cause)),
    ago=st.integers(0, 1_200),
    count=st.integers(1, 50),
    code=st.sampled_from([None, "-2019", "-4016", "-1015", "-9999"]),
    venue=st.sampled_from([None, VENUE, "okx"]),
    strategy_id=st.sampled_from([None, "s1", "s2", "stranger"]),
    symbol=st.sampled_from([None, BTC]),
)
TRADERS = st.lists(
    st.builds(
        trader,
        st.sampled_from(["s1", "s2"]),
        mode=st.sampled_from(["live", "paper", None]),
        venue=st.sampled_from([VENUE, "okx", None]),
        account=st.sampled_from([ACCOUNT, None]),
        stake_amount=st.sampled_from([None, Decimal(500)]),
        symbols=st.sampled_from([(), (BTC,)]),
    ),
    max_size=2,
    unique_by=lambda one: one.strategy_id,
)
VENUES = st.lists(
    st.builds(
        venue,
        st.sampled_from([None, Row.MAINTENANCE, Row.RATE_LIMITED, Row.UNREACHABLE]),
        frozen=st.sampled_from([True, False, None]),
        can_trade=st.sampled_from([True, False, None]),
        available=st.sampled_from([None, Decimal(0), Decimal(10_000)]),
        clock_skew=st.sampled_from([None, Decimal(0), Decimal(30)]),
    ),
    max_size=1,
)
FACTS = st.builds(
    lambda signs, traders, venues, stuck_, unread: facts(
        None if unread else log(*signs),
        traders=tuple(traders),
        traders_total=len(traders),
        venues=tuple(venues),
        stuck=tuple(stuck_),
        stuck_total=len(stuck_),
    ),
    st.lists(SIGNS, max_size=4),
    TRADERS,
    VENUES,
    st.lists(st.builds(stuck, st.sampled_from(["live", "paper", None])), max_size=1),
    st.booleans(),
)
SWITCHES = st.sampled_from(
    [None, RELEASED, KillSwitchFact(engaged=True), KillSwitchFact(engaged=True, strategy_ids=("s1",))]
)


@settings(max_examples=300, suppress_health_check=[HealthCheck.too_slow])
@given(FACTS, SWITCHES)
def test_no_facts_lead_to_a_remedy_that_is_not_the_causes_own(
    found: OrderFacts, switch: KillSwitchFact | None
) -> None:
    made = plan(found, switch)
    for each in made.venues:
        assert all(one.venue == each.venue and one.remedy in CALMS for one in each.calm)
        assert all(one.venue == each.venue and one.remedy not in CALMS for one in each.change)
        for one in (*each.calm, *each.change):
            assert one.remedy in (REMEDIES[one.cause], Remedy.RESOLVE_STUCK)
            assert one.remedy is not Remedy.ESCALATE
            assert one.strategy_ids or one.remedy is Remedy.RESOLVE_STUCK
            assert one.fix
    assert all(one.remedy is Remedy.ESCALATE for one in made.left)


@settings(max_examples=300, suppress_health_check=[HealthCheck.too_slow])
@given(FACTS, SWITCHES)
def test_the_kill_switch_is_never_passed_by(found: OrderFacts, switch: KillSwitchFact | None) -> None:
    made = plan(found, switch)
    if switch is None:
        assert (made.verdict, made.venues) == (Verdict.ESCALATE, ())
    elif switch.engaged and not switch.strategy_ids:
        assert not any(one.strategy_ids for one in groups(made))
    elif switch.engaged:
        assert "s1" not in made.strategy_ids


@settings(max_examples=300, suppress_health_check=[HealthCheck.too_slow])
@given(FACTS)
def test_what_is_not_known_never_reads_as_nothing_to_do(found: OrderFacts) -> None:
    made = plan(found)
    if made.verdict is Verdict.NOTHING_TO_DO:
        assert blind(found) == ()


@settings(max_examples=300, suppress_health_check=[HealthCheck.too_slow])
@given(FACTS)
def test_a_cause_is_confirmed_only_where_an_account_was_looked_at_or_the_venue_answered(found: OrderFacts) -> None:
    for one in groups(plan(found)):
        if one.confirmed and one.remedy is not Remedy.RESOLVE_STUCK:
            assert found.venues or one.cause is Cause.RATE_LIMITED


# --- orders that work for too long

LONG = PositionFact("p1", "s1", BTC, "long", Decimal(1), "open")
SHORT = replace(LONG, side="short")
LIMITS = Limits(pending=120, exit=300)


def working(status: str, age: float | None, **more: Any) -> OrderFact:
    at = None if age is None else NOW - timedelta(seconds=age)
    given_ = {"side": "sell", "type": "limit", "protective": False, **more}
    return OrderFact("p1", "o1", "s1", status=status, created_at=at, **given_)


@pytest.mark.parametrize(
    ("order", "position", "expected"),
    [
        (working("pending", 120), LONG, None),
        (working("pending", 121), LONG, (False, 121)),
        (working("Pending ", 121), LONG, (False, 121)),
        (working("pending", None), LONG, (False, 0)),
        (working("pending", 121, protective=True), LONG, (False, 121)),
        (working("open", 300), LONG, None),
        (working("open", 301), LONG, (True, 301)),
        (working("open", 301), SHORT, None),
        (working("open", 301, side="buy"), SHORT, (True, 301)),
        (working("open", 301, reducing=False), LONG, None),
        (working("open", 301, side="buy", reducing=True), LONG, (True, 301)),
        (working("open", 90_000, protective=True), LONG, None),
        (working("open", None), LONG, (True, 0)),
        (working("filled", 9_000), LONG, None),
        (working("wibble", 9_000), LONG, None),
    ],
)
def test_an_order_works_for_too_long_by_what_it_is(
    order: OrderFact, position: PositionFact, expected: tuple[bool, int] | None
) -> None:
    kind = overdue(order, position, LIMITS, NOW)
    assert (None if kind is None else (kind.is_exit, kind.age_seconds)) == expected


# --- a venue that counts


@pytest.mark.parametrize(
    ("ago", "retry_after", "asked"),
    [(30, None, False), (61, None, True), (61, 120, False), (121, 120, True)],
)
def test_a_venue_has_its_pause_before_it_is_asked_again(ago: int, retry_after: int | None, asked: bool) -> None:
    said = sign(Cause.RATE_LIMITED, ago=ago, retry_after_seconds=retry_after)
    assert (refusing(log(said), NOW) == {}) is asked


def test_a_limit_without_a_venue_may_be_any_venues() -> None:
    found = refusing(log(sign(Cause.RATE_LIMITED, ago=10, venue=None), sign(Cause.UNKNOWN, ago=1)), NOW)
    assert list(found) == [None]
    assert refusing(None, NOW) == {}


# --- samples


def test_of_a_long_line_the_part_is_shown_that_tells_it() -> None:
    line = '{"a": "' + "x" * 300 + '", "error": "code -2019", "b": "' + "y" * 300 + '"}'
    assert "-2019" in shown(line, "-2019")
    assert "error" in shown(line, None)
    assert len(shown(line, "-2019")) <= 201
    assert shown("short", None) == "short"
    assert "z9" not in shown("token=z9 " + line, "-2019")


def test_while_some_are_halted_and_a_part_is_unread_nobody_says_that_nothing_fails() -> None:
    unread = world(sign(Cause.INVALID_PRICE, ago=30, count=9), stuck_unread="throttled")
    for_one = KillSwitchFact(engaged=True, strategy_ids=("s1",))
    for_all = KillSwitchFact(engaged=True)
    all_but_one = KillSwitchFact(engaged=True, released_ids=("s2",))
    verdicts = [plan(unread, switch).verdict for switch in (for_one, for_all, all_but_one)]
    assert verdicts == [Verdict.ESCALATE, Verdict.NOTHING_TO_DO, Verdict.ESCALATE]
    assert plan(world(sign(Cause.INVALID_PRICE, ago=30, count=9)), for_one).verdict is Verdict.NOTHING_TO_DO


def test_more_strategies_than_are_read_one_by_one_hide_nothing() -> None:
    made = plan(world(traders_total=10_000))
    assert made.verdict is Verdict.NOTHING_TO_DO
    assert "9999 more strategies than were looked at one by one" in made.unknown
