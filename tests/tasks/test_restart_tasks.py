"""The tasks of restart-strategies: stopped as ours, acknowledged, started only while it still is."""

from __future__ import annotations

from typing import Any

import pytest

from functions.adapters.memory import twins
from functions.contracts import Run
from functions.errors import Broken, Refused, Transient, Uncertain
from functions.facts import Result
from functions.restarting import Restart
from functions.rules.plan import Cause, Remedy
from functions.tasks import look_for_acknowledgement, plan_restart, start_strategy, stop_strategy
from tests.tasks.rig import GUARD, INCIDENT, SETTINGS, Rig, job

IT = Restart(strategy_id="s1", status="running", guard_id=GUARD)


@pytest.fixture
def ill(rig: Rig) -> Rig:
    rig.strategy("s1", age=3600)
    return rig


def plan(rig: Rig, run: Run, *strategy_ids: str) -> plan_restart.Response:
    given = job(run, *strategy_ids, remedy=Remedy.RESTART, cause=Cause.DEADLOCK)
    answer: plan_restart.Response = rig.work(plan_restart, job=given)
    return answer


def status(rig: Rig) -> tuple[str | None, str | None]:
    state = twins(rig.world).trading_state.get("s1")
    return (state.status, state.stopped_by) if state else (None, None)


def ids(answer: plan_restart.Response) -> list[str]:
    return [restart.strategy_id for restart in answer.restarts]


# --- plan


def test_a_stale_strategy_is_restarted_into_the_status_that_it_had(ill: Rig) -> None:
    ill.strategy("s2", age=None, status="warmup")
    answer = plan(ill, ill.opened(), "s1", "s2")
    assert [(r.strategy_id, r.status, r.guard_id) for r in answer.restarts] == [
        ("s1", "running", GUARD),
        ("s2", "warmup", GUARD),
    ]
    assert (answer.group_id, answer.left_out, answer.why) == ("g1", (), "2 to restart")
    assert ill.evidence() == [("what to restart", "2 to restart")]


@pytest.mark.parametrize(
    ("item", "told"),
    [
        ({"age": 30}, "it beats again by itself"),
        ({"status": "paused"}, "it is paused now, which does not trade"),
        ({"status": "stopped"}, "it is stopped now, which does not trade"),
    ],
)
def test_a_strategy_that_is_no_longer_ill_is_left_out_with_its_reason(rig: Rig, item: Any, told: str) -> None:
    rig.strategy("s1", **item)
    answer = plan(rig, rig.opened())
    assert (ids(answer), answer.left_out) == ([], ("s1",))
    assert answer.why == f"0 to restart; left out - s1: {told}"
    assert not rig.called("guards.spend")


def test_a_strategy_that_is_gone_is_left_out(rig: Rig) -> None:
    assert plan(rig, rig.opened()).why.endswith("s1: it is no longer in the trading state table")


def test_a_kill_switch_for_one_strategy_leaves_the_other_to_its_restart(ill: Rig) -> None:
    ill.strategy("s2", age=3600)
    ill.engage(strategy_ids=["s2"])
    answer = plan(ill, ill.opened(), "s1", "s2")
    assert (ids(answer), answer.left_out) == (["s1"], ("s2",))


def test_a_kill_switch_that_cannot_be_read_leaves_out_everybody(ill: Rig) -> None:
    ill.world.trouble["guards.kill_switch"] = Transient("throttled")
    answer = plan(ill, ill.opened())
    assert (ids(answer), answer.why) == ([], "0 to restart; left out - s1: the kill switch could not be read")


def test_the_fourth_restart_of_an_hour_is_left_out(ill: Rig) -> None:
    left_out = []
    for n in range(4):
        run = ill.run(incident_id=f"inc-{n}")
        ill.incident(run)
        left_out.append(plan(ill, run).left_out)
        ill.world.advance(minutes=5)
    assert left_out == [(), (), (), ("s1",)]


def test_a_retry_of_the_plan_does_not_pay_twice_and_a_dry_run_not_at_all(ill: Rig) -> None:
    run = ill.opened()
    assert {len(plan(ill, run).restarts) for _ in range(5)} == {1}
    ill.world.calls.clear()
    plan(ill, ill.run(dry_run=True))
    assert not ill.called("guards.spend")


def test_one_run_restarts_only_so_many_and_pays_for_no_more(rig: Rig) -> None:
    rig.settings = SETTINGS.model_copy(update={"limits": SETTINGS.limits.model_copy(update={"restarts_a_run": 2})})
    for n in range(4):
        rig.strategy(f"s{n}", age=3600)
    answer = plan(rig, rig.opened(), "s0", "s1", "s2", "s3")
    assert (ids(answer), answer.left_out) == (["s0", "s1"], ("s2", "s3"))
    assert "s2: more than 2 in one run" in answer.why
    assert len(rig.called("guards.spend")) == 2


def test_a_strategy_left_out_keeps_its_name_whatever_it_is_called(rig: Rig) -> None:
    rig.strategy("desk:btc", age=1)
    assert plan(rig, rig.opened(), "desk:btc").left_out == ("desk:btc",)


# --- stop


def stop(rig: Rig, run: Run) -> stop_strategy.Response:
    answer: stop_strategy.Response = rig.work(stop_strategy, run=run, restart=IT)
    return answer


def test_a_stop_is_marked_as_ours(ill: Rig) -> None:
    answer = stop(ill, ill.opened())
    assert status(ill) == ("stopped", INCIDENT)
    assert (answer.acknowledged, answer.again, answer.looks_left) == (False, True, 3)
    intent = ill.intents()["stop/s1"]
    assert (intent["before"], intent["after"], intent["result"]) == ("status running", "status stopped", "done")


def test_a_strategy_that_somebody_changed_meanwhile_is_not_stopped(ill: Rig) -> None:
    ill.strategy("s1", status="paused")
    with pytest.raises(Refused, match="s1 is no longer running: somebody else changed it"):
        stop(ill, ill.opened())
    assert status(ill) == ("paused", None)
    assert ill.intents()["stop/s1"]["result"] == "not_done"


def test_a_run_that_lost_its_guard_stops_nothing(ill: Rig) -> None:
    run = ill.opened()
    ill.lock("arn:of-another", "inc-of-another")
    with pytest.raises(Refused, match="no longer owns the guard"):
        stop(ill, run)
    assert status(ill) == ("running", None)


def test_a_retry_of_a_stop_whose_answer_was_lost_finds_its_own_mark(ill: Rig) -> None:
    run = ill.opened()
    ill.world.trouble["incidents.settle"] = Transient("throttled")
    with pytest.raises(Transient):
        stop(ill, run)
    del ill.world.trouble["incidents.settle"]
    stop(ill, run)
    assert ill.called("trading_state.stop") == ["trading_state.stop"]
    assert ill.intents()["stop/s1"]["result"] == "done"


def test_a_retry_of_a_stop_that_never_happened_stops(ill: Rig) -> None:
    run = ill.opened()
    ill.world.trouble["trading_state.stop"] = Transient("throttled")
    with pytest.raises(Transient):
        stop(ill, run)
    del ill.world.trouble["trading_state.stop"]
    stop(ill, run)
    assert status(ill) == ("stopped", INCIDENT)


def test_a_dry_run_stops_nothing_and_waits_for_nothing(ill: Rig) -> None:
    answer = stop(ill, ill.opened(dry_run=True))
    assert (answer.again, status(ill)) == (False, ("running", None))


# --- acknowledgement


def acknowledgement(rig: Rig, left: int = 3, **run: Any) -> look_for_acknowledgement.Response:
    answer: look_for_acknowledgement.Response = rig.work(
        look_for_acknowledgement, run=rig.run(**run), restart=IT, looks_left=left
    )
    return answer


def test_a_stop_is_looked_for_until_it_is_acknowledged(ill: Rig) -> None:
    ill.incident(ill.run())
    first = acknowledgement(ill)
    assert (first.acknowledged, first.again, first.looks_left) == (False, True, 2)
    assert ill.evidence() == []
    ill.strategy("s1", status="stopped", acknowledged_status="stopped")
    second = acknowledgement(ill, first.looks_left)
    assert (second.acknowledged, second.again) == (True, False)
    assert ill.evidence() == [("stop of s1", "acknowledged by the service")]


def test_a_stop_that_is_never_acknowledged_is_said_and_looked_for_no_longer(ill: Rig) -> None:
    ill.incident(ill.run())
    assert not acknowledgement(ill, 1).again
    assert ill.evidence() == [("stop of s1", "never acknowledged by the service")]


def test_a_dry_run_looks_once_for_an_acknowledgement(ill: Rig) -> None:
    ill.incident(ill.run())
    assert not acknowledgement(ill, dry_run=True).again


def test_a_strategy_that_vanished_is_not_acknowledged(rig: Rig) -> None:
    rig.incident(rig.run())
    assert not acknowledgement(rig).acknowledged


# --- start


def start(rig: Rig, run: Run) -> start_strategy.Response:
    answer: start_strategy.Response = rig.work(start_strategy, run=run, restart=IT)
    return answer


@pytest.fixture
def stopped(ill: Rig) -> tuple[Rig, Run]:
    run = ill.opened()
    stop(ill, run)
    ill.world.calls.clear()
    return ill, run


def test_a_strategy_that_is_still_ours_comes_back_to_its_status(stopped: tuple[Rig, Run]) -> None:
    rig, run = stopped
    rig.world.advance(seconds=30)
    answer = start(rig, run)
    assert (answer.strategy_id, answer.result, answer.at, answer.why) == ("s1", Result.DONE, rig.now, "restarted")
    assert status(rig) == ("running", None)


@pytest.mark.parametrize("by", ["inc-of-another", None])
def test_a_stop_that_is_no_longer_ours_is_left_as_it_is(stopped: tuple[Rig, Run], by: str | None) -> None:
    rig, run = stopped
    rig.strategy("s1", status="stopped", stopped_by=by)
    with pytest.raises(Refused, match="no longer our stop, or the kill switch is engaged"):
        start(rig, run)
    assert status(rig) == ("stopped", by)
    assert rig.intents()["start/s1"]["result"] == "not_done"


def test_nothing_starts_under_a_kill_switch(stopped: tuple[Rig, Run]) -> None:
    rig, run = stopped
    rig.engage(strategy_ids=["s1"])
    with pytest.raises(Refused):
        start(rig, run)
    assert status(rig) == ("stopped", INCIDENT)


def test_a_run_that_lost_its_guard_between_stop_and_start_starts_nothing(stopped: tuple[Rig, Run]) -> None:
    rig, run = stopped
    rig.lock("arn:of-another", "inc-of-another")
    with pytest.raises(Refused, match="no longer owns the guard"):
        start(rig, run)
    assert status(rig) == ("stopped", INCIDENT)


def test_a_retry_of_a_start_whose_answer_was_lost_finds_its_own_effect(stopped: tuple[Rig, Run]) -> None:
    rig, run = stopped
    rig.world.trouble["incidents.settle"] = Transient("throttled")
    with pytest.raises(Transient):
        start(rig, run)
    del rig.world.trouble["incidents.settle"]
    assert start(rig, run).result is Result.DONE
    assert rig.called("trading_state.start") == ["trading_state.start"]


def test_a_retry_of_a_start_that_never_happened_starts(stopped: tuple[Rig, Run]) -> None:
    rig, run = stopped
    rig.world.trouble["trading_state.start"] = Transient("throttled")
    with pytest.raises(Transient):
        start(rig, run)
    del rig.world.trouble["trading_state.start"]
    start(rig, run)
    assert status(rig) == ("running", None)


@pytest.mark.parametrize("word", [Uncertain("read timeout"), Broken("no grant")])
def test_a_start_of_which_nobody_knows_is_never_called_done(
    stopped: tuple[Rig, Run], word: Uncertain | Broken
) -> None:
    rig, run = stopped
    rig.world.trouble["trading_state.start"] = word
    with pytest.raises(type(word)):
        start(rig, run)
    assert rig.intents()["start/s1"].get("result") in (None, "unknown")


def test_a_dry_run_starts_nothing(ill: Rig) -> None:
    answer = start(ill, ill.opened(dry_run=True))
    assert (answer.result, answer.at, answer.why) == (Result.NOT_DONE, None, "dry run: would restart it")
    assert not ill.called("trading_state.start")
