"""The tasks of prove-recovery, and the account of positions: what was cured must beat, and stay well."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from functions.adapters.memory.venue import a_market
from functions.adapters.memory.world import Line
from functions.errors import Transient
from functions.facts import ExposureFact, Result
from functions.proving import Monitor, ProofPlan, Wanted
from functions.stages import MOST_UNITS, Effect, Found, GroupResult, Remedied
from functions.tasks import (
    account_for_positions,
    look_at_every_strategy,
    look_at_signals,
    look_for_heartbeats,
    plan_proof,
    probe_exposure,
)
from functions.venue import Row, Trouble
from tests.tasks.rig import Rig, group
from tests.tasks.venues import LONG, holds, protects, trades


def found(rig: Rig, *beating: str) -> Found:
    return Found(
        at=rig.now, again=False, looks_left=2, stale=(), stale_total=0, beating=beating, beating_total=len(beating),
        unknown_status=(), besides=(), alarm=None, kill_switch=None, details_key=None,
    )  # fmt: skip


def remedied(
    result: Result | None, at: datetime | None, *effects: Effect, ids: tuple[str, ...] = ("s1",)
) -> Remedied:
    outcome = GroupResult(group_id="g1", remedy="redeploy", result=result, at=at, why="", strategies=effects)
    return Remedied(group=group(*ids), outcome=outcome, error=None)


def plan(rig: Rig, *remedies: Remedied, **run: Any) -> ProofPlan:
    answer: ProofPlan = rig.work(plan_proof, job={"run": rig.opened(**run), "remedies": remedies})
    return answer


# --- plan


def test_everybody_of_a_group_must_beat_since_its_remedy_took_effect(rig: Rig) -> None:
    at = rig.now - timedelta(seconds=5)
    answer = plan(rig, remedied(Result.DONE, at, ids=("s1", "s2")))
    assert [(w.strategy_id, w.since) for w in answer.wanted] == [("s1", at), ("s2", at)]
    assert (answer.proceed, answer.beats.looks_left, answer.monitor.looks_left) == (True, 12, 10)
    assert answer.beats.missing == ("s1", "s2")


def test_each_restarted_strategy_must_beat_since_its_own_start(rig: Rig) -> None:
    first, second = rig.now - timedelta(seconds=40), rig.now
    effects = (
        Effect(strategy_id="s1", result=Result.DONE, at=first, why=""),
        Effect(strategy_id="s2", result=Result.DONE, at=second, why=""),
        Effect(strategy_id="s3", result=Result.NOT_DONE, at=None, why=""),
        Effect(strategy_id="s4", result=Result.UNKNOWN, at=None, why=""),
        Effect(strategy_id="s5", result=Result.DONE, at=None, why=""),
    )
    answer = plan(rig, remedied(None, None, *effects, ids=("s1", "s2", "s3", "s4", "s5")))
    assert [(w.strategy_id, w.since) for w in answer.wanted] == [("s1", first), ("s2", second)]


@pytest.mark.parametrize(
    ("result", "timed"), [(Result.NOT_DONE, True), (Result.UNKNOWN, True), (Result.DONE, False), (None, True)]
)
def test_nobody_is_waited_for_whose_remedy_took_no_effect(rig: Rig, result: Result | None, timed: bool) -> None:
    answer = plan(rig, remedied(result, rig.now if timed else None))
    assert (answer.wanted, answer.proceed) == ((), False)
    assert not rig.called("incidents.note")


def test_a_remedy_that_came_to_grief_proves_nothing(rig: Rig) -> None:
    assert not plan(rig, Remedied(group=group(), outcome=None, error="boom")).proceed


def test_a_dry_run_proves_nothing(rig: Rig) -> None:
    assert not plan(rig, remedied(Result.DONE, rig.now), dry_run=True).proceed


def test_the_moment_of_the_last_cure_stands_in_the_incident(rig: Rig) -> None:
    early, late = rig.now - timedelta(seconds=60), rig.now
    plan(rig, remedied(Result.DONE, early), remedied(Result.DONE, late, ids=("s2",)))
    assert datetime.fromisoformat(rig.item()["cured_at"]) == late


# --- heartbeats


def wanted(rig: Rig, *strategy_ids: str) -> list[Wanted]:
    return [Wanted(strategy_id=each, since=rig.now - timedelta(seconds=30)) for each in strategy_ids]


def beats(rig: Rig, *strategy_ids: str, left: int = 12) -> look_for_heartbeats.Response:
    answer: look_for_heartbeats.Response = rig.work(
        look_for_heartbeats, run=rig.run(), wanted=wanted(rig, *strategy_ids), looks_left=left
    )
    return answer


def test_only_a_heartbeat_newer_than_the_remedy_counts(rig: Rig) -> None:
    rig.incident(rig.run())
    rig.strategy("s1", age=29)
    rig.strategy("s2", age=30)
    first = beats(rig, "s1", "s2")
    assert (first.all_back, first.again, first.looks_left, first.missing) == (False, True, 11, ("s2",))
    assert rig.evidence() == []
    rig.strategy("s2", age=1)
    second = beats(rig, "s1", "s2")
    assert (second.all_back, second.again, second.missing) == (True, False, ())
    assert rig.evidence() == [
        ("heartbeats", "2 beat again since the remedy"),
        ("heartbeat", "29 s old, status running"),
        ("heartbeat", "1 s old, status running"),
    ]


@pytest.mark.parametrize(("age", "told"), [(None, "missing"), (-3600, "-3600 s old, status running")])
def test_no_heartbeat_or_one_from_the_future_is_missing_and_the_last_look_says_so(
    rig: Rig, age: float | None, told: str
) -> None:
    rig.incident(rig.run())
    rig.strategy("s1", age=age)
    answer = beats(rig, "s1", "gone", left=1)
    assert (answer.all_back, answer.again, answer.missing) == (False, False, ("gone", "s1"))
    assert rig.evidence() == [
        ("heartbeats", "0 beat again since the remedy; gone, s1 do not"),
        ("heartbeat", told),
    ]


# --- signals


def test_signals_are_looked_for_since_the_first_remedy(rig: Rig) -> None:
    rig.incident(rig.run())
    rig.world.lines = lines(rig, ("s1", 10), ("s2", 40))
    asked = wanted(rig, "s1", "s2", "s3")
    answer = rig.work(look_at_signals, run=rig.run(), wanted=asked)
    assert (answer.seen, answer.not_seen) == (("s1",), ("s2", "s3"))
    assert rig.evidence() == [("signals since the remedy", "1 process signals; not yet: s2, s3")]
    rig.world.lines = lines(rig, ("s1", 1), ("s2", 1), ("s3", 1))
    assert rig.work(look_at_signals, run=rig.run(), wanted=asked).not_seen == ()
    assert rig.evidence()[-1] == ("signals since the remedy", "3 process signals")


def lines(rig: Rig, *signals: tuple[str, float]) -> list[Any]:
    return [
        Line(rig.now - timedelta(seconds=age), f"INFO strategy={name} signal processed") for name, age in signals
    ]


# --- the watch


START = Monitor(again=True, looks_done=0, looks_left=10, worst=0, own_failed=(), others_failed=())


def watch(rig: Rig, so_far: Monitor = START) -> Monitor:
    answer: Monitor = rig.work(
        look_at_every_strategy, run=rig.run(), wanted=wanted(rig, "s1"), so_far=so_far.model_dump()
    )
    return answer


def test_ten_looks_at_every_strategy_are_recorded_and_then_end(rig: Rig) -> None:
    rig.incident(rig.run())
    so_far = START
    while so_far.again:
        rig.world.advance(seconds=60)
        rig.strategy("s1", age=5)
        rig.strategy("s2", age=5)
        so_far = watch(rig, so_far)
    assert (so_far.looks_done, so_far.looks_left, so_far.worst, so_far.own_failed) == (10, 0, 0, ())
    assert rig.evidence() == [(f"watch, look {n}", "2 beat, 0 do not") for n in range(1, 11)]


def test_a_cured_strategy_that_falls_ill_again_ends_the_watch(rig: Rig) -> None:
    rig.incident(rig.run())
    rig.strategy("s1", age=200)
    answer = watch(rig)
    assert (answer.again, answer.own_failed, answer.worst) == (False, ("s1",), 1)
    assert rig.evidence() == [("watch, look 1", "0 beat, 1 do not: s1")]


def test_another_strategy_that_falls_ill_is_remembered_and_watched_on(rig: Rig) -> None:
    rig.incident(rig.run())
    rig.strategy("s1", age=5)
    rig.strategy("s2", age=200)
    rig.strategy("s3", status="puzzled")
    first = watch(rig)
    assert (first.again, first.own_failed, first.others_failed, first.worst) == (True, (), ("s2", "s3"), 2)
    rig.strategy("s2", age=5)
    rig.strategy("s3", age=5)
    second = watch(rig, first)
    assert (second.others_failed, second.worst, second.looks_left) == (("s2", "s3"), 2, 8)


def test_a_flapping_strategy_is_remembered_although_the_last_look_finds_it_well(rig: Rig) -> None:
    rig.incident(rig.run())
    rig.strategy("s1", age=5)
    answer = watch(rig, START.model_copy(update={"own_failed": ("s1",)}))
    assert (answer.own_failed, answer.again) == (("s1",), False)


# --- positions


def position(rig: Rig, position_id: str = "p1", **more: Any) -> None:
    given = {"position_id": position_id, "strategy_id": "s1", "symbol": "BTC/USDT:USDT", "side": "long"}
    rig.world.put("positions", {**given, "amount": Decimal("0.5"), "status": "open", **more})


def stop_order(rig: Rig, status: str = "open", order_id: str = "o1") -> None:
    given = {"position_id": "p1", "order_id": order_id, "strategy_id": "s1", "side": "sell", "type": "stop_market"}
    rig.world.put("orders", {**given, "status": status, "reduce_only": True})


def written_down(rig: Rig) -> Any:
    return rig.work(probe_exposure, run=rig.run(), found=found(rig, "s1")).fact


def accounts(rig: Rig, before: ExposureFact | None) -> account_for_positions.Response:
    answer: account_for_positions.Response = rig.work(
        account_for_positions,
        run=rig.run(),
        before={"fact": before, "why": None if before else "throttled"},
        remedies=[],
    )
    return answer


@pytest.fixture
def held(rig: Rig) -> Rig:
    """One open position under its stop order."""
    rig.incident(rig.run())
    position(rig)
    stop_order(rig)
    return rig


def test_what_stands_as_before_is_accounted_for(held: Rig) -> None:
    answer = accounts(held, written_down(held))
    assert (answer.accounted, answer.kept, answer.missing, answer.unknown, answer.ended) == (True, 2, (), (), ())
    assert held.evidence()[-1] == ("positions and orders accounted for", "2 kept, 0 missing, 0 unknown")


def test_a_position_that_lost_its_protection_is_missing_it(held: Rig) -> None:
    before = written_down(held)
    stop_order(held, "canceled")
    answer = accounts(held, before)
    assert answer.accounted is False
    assert "open without protection" in answer.missing[0]


@pytest.fixture
def at_venue(held: Rig) -> Rig:
    """The same position, as the venue of its strategy has it."""
    trades(held)
    holds(held, amount="0.5")
    protects(held, amount=Decimal("0.5"))
    return held


def test_what_the_venue_holds_and_what_protects_it_is_written_down_before_any_act(at_venue: Rig) -> None:
    (unit,) = written_down(at_venue).units
    assert (unit.name, unit.amount, unit.covered) == (
        "binanceusdm/main BTC/USDT:USDT long",
        Decimal("0.5"),
        unit.amount,
    )
    assert unit.position_ids == ("p1",)
    assert "at the venues: 1 net positions, 0 not protected whole" in at_venue.evidence()[-1][1]


def test_what_stands_at_the_venue_as_before_is_accounted_for(at_venue: Rig) -> None:
    answer = accounts(at_venue, written_down(at_venue))
    assert (answer.accounted, answer.kept, answer.missing, answer.unknown, answer.ended) == (True, 3, (), (), ())


def test_protection_that_is_gone_at_the_venue_is_missing_although_the_table_still_lists_it(at_venue: Rig) -> None:
    before = written_down(at_venue)
    at_venue.world.venue.orders.clear()
    answer = accounts(at_venue, before)
    assert answer.accounted is False
    assert answer.missing == (
        "protection of binanceusdm/main BTC/USDT:USDT long at its venue: 0 of the 0.5 that it holds, was 0.5",
    )


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_venue_that_cannot_be_read_is_named_and_unknown(at_venue: Rig, when: str) -> None:
    down = Trouble(Row.UNREACHABLE, "RequestTimeout", None, "no answer")
    venue = at_venue.world.venue
    venue.down = down if when == "before" else None
    before = written_down(at_venue)
    assert before.unreadable == ()
    assert (len(before.venues_unread), len(before.units)) == ((1, 0) if when == "before" else (0, 1))
    venue.down = down if when == "after" else None
    answer = accounts(at_venue, before)
    assert (answer.accounted, answer.missing) == (None, ())
    assert any(one.startswith(f"at the venues {when}: binanceusdm/main") for one in answer.unknown)


def test_more_net_positions_than_a_state_has_room_for_are_named(rig: Rig) -> None:
    rig.incident(rig.run())
    trades(rig)
    for number in range(40):
        symbol = f"COIN{number:02}/USDT:USDT"
        rig.world.venue.markets[symbol] = a_market(symbol)
        position(rig, f"p{number:02}", symbol=symbol)
        holds(rig, replace(LONG, symbol=symbol), "0.5")
        for each in range(12):
            protects(rig, f"a-client-order-id-of-32-letters-{each:02}", symbol=symbol)
    before = written_down(rig)
    assert len(before.units) == MOST_UNITS
    assert before.venues_unread == ("10 net positions are more than the 30 that can be judged one by one",)


def test_of_paper_no_venue_is_asked(held: Rig) -> None:
    trades(held, mode="paper")
    before = written_down(held)
    assert (before.units, before.venues_unread) == ((), ())
    assert accounts(held, before).accounted is True
    assert held.called("exchange.orders", "exchange.positions") == []


def test_a_position_closed_in_good_order_has_ended(held: Rig) -> None:
    before = written_down(held)
    position(held, status="closed")
    stop_order(held, "canceled")
    answer = accounts(held, before)
    assert (answer.accounted, answer.missing, answer.unknown) == (True, (), ())
    assert any("closed" in line for line in answer.ended)


def test_a_position_that_vanished_from_the_table_is_unknown(held: Rig) -> None:
    before = written_down(held)
    del held.world.tables["positions"][("p1",)]
    assert accounts(held, before).accounted is None


@pytest.mark.parametrize("port", ["positions.open_of", "orders.working", "positions.by_id"])
def test_what_cannot_be_read_afterwards_is_unknown_and_never_kept(held: Rig, port: str) -> None:
    before = written_down(held)
    position(held, status="closed")
    if port == "orders.working":
        position(held)
    held.world.trouble[port] = Transient("throttled")
    answer = accounts(held, before)
    assert (answer.accounted, answer.kept) == (None, 0)


def test_what_was_never_read_before_is_unknown(held: Rig) -> None:
    assert accounts(held, None).unknown == ("what was open before: not read",)


def test_without_anything_open_before_everything_is_accounted_for(rig: Rig) -> None:
    rig.incident(rig.run())
    assert accounts(rig, ExposureFact()).accounted is True
    assert not rig.called("positions.by_id")
