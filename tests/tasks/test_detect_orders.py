"""The detector of failing orders: what it counts, when it starts the runbook again, and when it stops doing so."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from functions.errors import Broken, RunbookError, Transient
from functions.facts import AlarmFact, Outcome
from functions.ids import orders_guard
from functions.orders.cured import mark_cured
from functions.orders.resting import rest
from functions.rules.pieces import Ending
from functions.settings import RunbookMode, Settings
from functions.tasks import detect_orders
from tests.tasks.orders_rig import MARGIN, OrdersRig
from tests.tasks.rig import EXECUTION, SERVICE, SETTINGS

ALARM = SETTINGS.order_failures_alarm
OTHER_RUN = f"{EXECUTION}7"


@pytest.fixture
def orders() -> OrdersRig:
    return OrdersRig()


@pytest.fixture
def failing(orders: OrdersRig) -> OrdersRig:
    """Orders fail, the alarm is up, and nobody is at work on them."""
    orders.fails(MARGIN, times=5)
    raised(orders)
    return orders


def raised(rig: OrdersRig, seconds: float = 300) -> None:
    rig.world.alarms[ALARM] = AlarmFact(ALARM, "ALARM", since=rig.now - timedelta(seconds=seconds))


def look(rig: OrdersRig) -> detect_orders.Response:
    answer: detect_orders.Response = rig.work(detect_orders)
    return answer


def runs(rig: OrdersRig) -> list[dict[str, Any]]:
    return [
        dict(one.payload)
        for one in rig.world.executions.values()
        if one.runbook == "order-failures" and one.payload
    ]


def published(rig: OrdersRig) -> list[float]:
    assert {name for name, _, _ in rig.world.measures} == {"OrdersFailing"}
    return [value for _, value, _ in rig.world.measures]


# --- what it counts


def test_where_all_is_well_it_says_nought_so_that_the_alarm_lives(orders: OrdersRig) -> None:
    orders.position()
    orders.order("young", age=60)
    seen = look(orders)
    assert (seen.failing, seen.unknown, seen.action) == (0, 0, "none")
    assert published(orders) == [0]


@pytest.mark.parametrize(
    ("given", "counts"),
    [
        ({"age": 121}, 1),
        ({"age": 119}, 0),
        ({"age": 121, "status": "open", "side": "buy"}, 0),
        ({"age": 301, "status": "open", "side": "sell", "reduce_only": True}, 1),
        ({"age": 299, "status": "open", "side": "sell", "reduce_only": True}, 0),
        ({"age": 9_000, "status": "open", "side": "sell", "reduce_only": True, "type": "stop_market"}, 0),
        ({"age": 9_000, "status": "filled"}, 0),
    ],
    ids=["pending", "young", "open entry", "open exit", "young exit", "protection", "filled"],
)
def test_an_order_is_stuck_when_it_works_for_longer_than_its_kind_may(
    orders: OrdersRig, given: dict[str, Any], counts: int
) -> None:
    orders.position()
    orders.order("o-1", **given)
    assert look(orders).failing == counts


def test_orders_are_read_position_by_position_and_never_by_a_scan(orders: OrdersRig) -> None:
    orders.position("pos-1")
    orders.position("pos-2")
    orders.position("pos-3", status="closed")
    for one in ("pos-1", "pos-2", "pos-3"):
        orders.order("o-1", age=500, position_id=one)
    assert look(orders).failing == 2
    assert orders.called("orders.every_working", "orders.of") == ["orders.of", "orders.of"]


@pytest.mark.parametrize(("times", "counts"), [(2, 0), (3, 3), (40, 40)])
def test_failures_of_the_last_hour_count_from_as_many_on_as_make_a_trouble(
    orders: OrdersRig, times: int, counts: int
) -> None:
    orders.fails(MARGIN, times=times)
    orders.fails(MARGIN, ago=3_601, times=50)
    assert look(orders).failing == counts


def test_lines_that_speak_of_no_failed_order_are_none(orders: OrdersRig) -> None:
    orders.log("INFO alpha order_placed BTC/USDT:USDT", times=20)
    orders.log("INFO alpha heartbeat", times=20)
    assert look(orders).failing == 0


def test_what_a_run_has_cured_counts_no_more_and_what_comes_after_does(orders: OrdersRig) -> None:
    orders.fails(MARGIN, ago=60, times=9)
    mark_cured(orders.ports(), SETTINGS, orders.the_run)
    assert look(orders).failing == 0
    orders.world.advance(seconds=120)
    orders.fails(MARGIN, ago=10, times=4)
    assert look(orders).failing == 4


@pytest.mark.parametrize("port", ["positions.each_open", "orders.of", "logs.read", "guards.held"])
def test_what_cannot_be_read_counts_as_failing_and_hides_nothing_else(orders: OrdersRig, port: str) -> None:
    orders.position()
    orders.order("o-1", age=500)
    orders.fails(MARGIN, times=5)
    orders.world.trouble[port] = Transient("throttled")
    if port == "guards.held":
        # Nor can it be told whether a run is at work: the schedule's next look is the retry.
        with pytest.raises(RunbookError):
            look(orders)
        assert published(orders) == [7], "stuck, failed, and since when is not known"
        return
    seen = look(orders)
    assert seen.unknown == 1
    assert seen.failing == {"positions.each_open": 6, "orders.of": 6, "logs.read": 2}[port]


def test_an_item_that_cannot_be_read_counts_by_itself(orders: OrdersRig) -> None:
    orders.world.put("positions", {"position_id": "odd", "amount": "much", "status": "open"})
    orders.position()
    orders.order("o-1", age=500)
    assert (look(orders).failing, look(orders).unknown) == (2, 1)


# --- when it starts the runbook again


def test_it_starts_the_runbook_while_the_alarm_is_up_and_nobody_is_at_work(failing: OrdersRig) -> None:
    seen = look(failing)
    assert (seen.action, seen.failing) == ("start", 5)
    [given] = runs(failing)
    assert given["alarm_name"] == ALARM
    assert given["requested_by"] == "order-detector, sweep 1"


@pytest.mark.parametrize("state", ["OK", "INSUFFICIENT_DATA", None])
def test_without_the_alarm_it_only_publishes(failing: OrdersRig, state: str | None) -> None:
    failing.world.alarms[ALARM] = AlarmFact(ALARM, state)
    assert look(failing).action == "none"
    assert published(failing) == [5]
    assert runs(failing) == []


def test_the_transitions_own_event_comes_first(failing: OrdersRig) -> None:
    raised(failing, seconds=40)
    assert look(failing).action == "none"
    raised(failing, seconds=46)
    assert look(failing).action == "start"


def test_a_run_that_is_at_work_is_left_alone(failing: OrdersRig) -> None:
    lock = orders_guard(SERVICE)
    failing.execution(OTHER_RUN)
    failing.ports().guards.take(lock, owner=OTHER_RUN, incident_id="inc-7", now=failing.now)
    assert look(failing).reason == "a run is at work on them"
    failing.execution(OTHER_RUN, "TIMED_OUT")
    assert look(failing).action == "start"


@pytest.mark.parametrize(
    ("switch", "action"), [({}, "none"), ({"strategy_ids": ["alpha"]}, "start")], ids=["all", "one"]
)
def test_nobody_is_started_while_nobody_is_to_trade(
    failing: OrdersRig, switch: dict[str, Any], action: str
) -> None:
    failing.engage(**switch)
    assert look(failing).action == action


def test_a_runbook_that_is_off_is_not_started(failing: OrdersRig) -> None:
    failing.settings = SETTINGS.model_copy(update={"modes": {**SETTINGS.modes, "order-failures": RunbookMode.OFF}})
    assert look(failing).reason == "the runbook is switched off"


@pytest.mark.parametrize("outcome", [Outcome.DECLINED, Outcome.LEFT_OPEN])
def test_after_a_no_it_rests_for_as_long_as_that_counts(failing: OrdersRig, outcome: Outcome) -> None:
    until = failing.now + timedelta(hours=2)
    ending = Ending(outcome, "left", "medium", until=until if outcome is Outcome.LEFT_OPEN else None)
    rest(failing.ports(), SETTINGS, failing.the_run, ending, ("alpha",))
    assert "a person leaves them" in look(failing).reason
    hours = 2 if outcome is Outcome.LEFT_OPEN else SETTINGS.limits.declined_rests / 3_600
    failing.world.advance(hours=hours, seconds=1)
    failing.fails(MARGIN, times=5)
    assert look(failing).action == "start"


def test_three_runs_of_one_alarm_and_then_one_page(failing: OrdersRig) -> None:
    for _ in range(6):
        look(failing)
        failing.world.advance(minutes=5)
        failing.fails(MARGIN, times=5)
    assert [one["requested_by"][-1] for one in runs(failing)] == ["1", "2", "3"]
    assert len({one.name for one in failing.world.executions.values() if one.payload}) == 3
    [(subject, text)] = failing.world.sent
    assert "PAGE" in subject
    assert ALARM in subject
    assert "failures in the log" in text
    # Another transition counts anew.
    raised(failing, seconds=60)
    assert look(failing).action == "start"


def test_a_page_that_does_not_go_out_is_tried_again(failing: OrdersRig) -> None:
    for _ in range(3):
        look(failing)
        failing.world.advance(minutes=5)
    failing.world.trouble["notifier.publish"] = Broken("no topic")
    with pytest.raises(Broken):
        look(failing)
    failing.world.trouble.clear()
    failing.world.advance(minutes=5)
    look(failing)
    assert len(failing.world.sent) == 1


def test_two_looks_in_the_same_minute_start_one_run(failing: OrdersRig) -> None:
    look(failing)
    look(failing)
    assert len(runs(failing)) == 1


def test_positions_that_no_time_is_left_for_are_unknown_by_number(orders: OrdersRig) -> None:
    for number in range(5):
        orders.position(f"pos-{number}")
        orders.order("o-1", age=500, position_id=f"pos-{number}", amount=Decimal(1))
    slow = {"left": 2}

    def late() -> None:
        slow["left"] -= 1
        if slow["left"]:
            orders.world.meanwhile["orders.of"] = late
        else:
            orders.world.advance(seconds=16)

    orders.world.meanwhile["orders.of"] = late
    seen = look(orders)
    assert (seen.failing, seen.unknown) == (3, 1)


def test_the_hour_and_the_limits_are_the_settings(orders: OrdersRig) -> None:
    given = SETTINGS.model_dump()
    changed = {**given["orders"], "pending_overdue_after": 600, "failures_least": 1, "log_window": 60}
    orders.settings = Settings.model_validate({**given, "orders": changed})
    orders.position()
    orders.order("o-1", age=500)
    orders.fails(MARGIN, ago=30, times=1)
    orders.fails(MARGIN, ago=90, times=5)
    assert look(orders).failing == 1


# --- what others fail by while a person leaves some


def leaves(rig: OrdersRig, *strategy_ids: str) -> None:
    ending = Ending(Outcome.LEFT_OPEN, "left", "medium", until=rig.now + timedelta(hours=20))
    rest(rig.ports(), SETTINGS, rig.the_run, ending, strategy_ids)


def test_what_a_person_leaves_keeps_no_other_strategys_failures_from_being_looked_at(failing: OrdersRig) -> None:
    leaves(failing, "alpha")
    assert look(failing).action == "none"
    failing.fails(MARGIN, strategy="beta", times=2)
    assert look(failing).action == "none", "two are no trouble"
    failing.fails(MARGIN, strategy="beta", ago=90, times=1)
    seen = look(failing)
    assert (seen.action, len(runs(failing))) == ("start", 1)


def test_a_stuck_order_of_another_strategy_does_not_rest_either(failing: OrdersRig) -> None:
    leaves(failing, "alpha")
    failing.position("pos-1", "alpha")
    failing.order("o-1", age=500)
    assert look(failing).action == "none"
    failing.position("pos-2", "beta")
    failing.order("o-2", age=500, position_id="pos-2")
    assert look(failing).action == "start"


def test_lines_that_name_nobody_rest_with_those_that_are_left(failing: OrdersRig) -> None:
    leaves(failing, "alpha")
    failing.log(f"ERROR order failed: binanceusdm {MARGIN}", times=9)
    assert look(failing).action == "none"


def test_others_have_sweeps_and_a_page_of_their_own(failing: OrdersRig) -> None:
    most = SETTINGS.limits.sweeps_an_alarm
    for beta in (False, True):
        for _ in range(most + 2):
            look(failing)
            failing.world.advance(minutes=5)
            failing.fails(MARGIN, times=5)
            if beta:
                failing.fails(MARGIN, strategy="beta", times=5)
        assert len(runs(failing)) == (2 * most if beta else most)
        assert len(failing.world.sent) == (2 if beta else 1)
        leaves(failing, "alpha")
        failing.fails(MARGIN, strategy="beta", times=5)
    assert "of strategies that nobody has left as they are" in failing.world.sent[-1][1]


def test_where_nobody_can_tell_whose_were_left_all_of_them_rest(failing: OrdersRig) -> None:
    leaves(failing)
    failing.fails(MARGIN, strategy="beta", times=9)
    assert look(failing).action == "none"
