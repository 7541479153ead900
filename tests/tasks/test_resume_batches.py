"""One batch on its way back."""

from __future__ import annotations

from typing import Any

import pytest

from functions.errors import Refused, Transient, Uncertain
from functions.facts import Outcome
from functions.tasks import bring_back_strategies, plan_batch, restore_service, stop_batch, stop_failed
from tests.tasks.resumes import RESUME, ResumeDesk, names
from tests.tasks.test_resume_service import SECOND, let_go


def ready(number: int = 12, **broken: Any) -> tuple[ResumeDesk, dict[str, Any]]:
    """Released, the service up, nobody back."""
    desk = ResumeDesk()
    desk.platform(*names(number))
    desk.broken = set(broken.get("broken", ()))
    desk.stop()
    given = let_go(desk)
    desk.work(restore_service, job=given)
    desk.bots()
    return desk, given


def test_the_first_comes_to_warmup_and_then_to_what_it_was() -> None:
    desk, given = ready()
    seen: list[str] = []
    desk.each = lambda name: seen.append(f"{name} {desk.statuses()['s00000']}")
    batch = desk.step(plan_batch, **given, batch=None, last=None)
    end = desk.batch(given, batch)
    assert "bring_back_strategies warmup" in seen
    assert "promote_batch running" in seen
    assert (end.tried, end.well, end.failed) == (1, 1, 0)


def test_bringing_back_twice_brings_back_once() -> None:
    desk, given = ready()
    batch = desk.work(plan_batch, **given, batch=None, last=None)
    desk.world.trouble["incidents.settle"] = Transient("throttled")
    with pytest.raises(Transient):
        desk.work(bring_back_strategies, job={**given, "batch": batch})
    desk.world.trouble.clear()
    again = desk.work(bring_back_strategies, job={**given, "batch": batch})
    assert (again.brought, again.beats.again) == (1, True)
    assert desk.trading() == {"s00000"}


def test_a_run_that_lost_its_lock_brings_nobody_back() -> None:
    desk, given = ready()
    batch = desk.work(plan_batch, **given, batch=None, last=None)
    lock = desk.world.item("guards", "resume") or {}
    desk.world.put("guards", {**lock, "owner": "another", "incident_id": "inc-other"})
    with pytest.raises(Refused, match="no longer owns"):
        desk.work(bring_back_strategies, job={**given, "batch": batch})
    assert not desk.trading()


def test_a_stop_of_somebody_else_alone_brings_nobody_back_any_more() -> None:
    desk, given = ready()
    batch = desk.work(plan_batch, **given, batch=None, last=None)
    desk.stop(SECOND, strategy_ids=["s00011"])
    brought = desk.work(bring_back_strategies, job={**given, "batch": batch})
    assert (brought.brought, brought.beats.again) == (0, False)
    assert brought.beats.stopped is not None
    assert not desk.trading()


def test_one_whose_write_fails_stays_stopped_and_is_counted_as_failed() -> None:
    desk, given = ready()
    desk.world.item_trouble["trading_state.bring_back", "s00000"] = Uncertain("timed out")
    batch = desk.step(plan_batch, **given, batch=None, last=None)
    end = desk.batch(given, batch)
    assert (end.well, end.failed, end.failed_names) == (0, 1, ("s00000",))


def test_one_that_does_not_beat_is_stopped_again_by_the_mark_of_its_halt() -> None:
    desk, given = ready(broken=["s00000"])
    batch = desk.step(plan_batch, **given, batch=None, last=None)
    end = desk.batch(given, batch)
    item = desk.world.item("trading_state", "s00000") or {}
    assert end.failed_names == ("s00000",)
    assert (item["status"], item["stopped_by"]) == ("stopped", given["scope"].halts[0])


def test_one_that_says_by_itself_that_it_failed_counts() -> None:
    desk, given = ready()

    def dies(name: str) -> None:
        if name == "bring_back_strategies":
            item = desk.world.item("trading_state", "s00000") or {}
            desk.world.put("trading_state", {**item, "status": "failed"})

    desk.each = dies
    batch = desk.step(plan_batch, **given, batch=None, last=None)
    end = desk.batch(given, batch)
    assert end.failed_names == ("s00000",)
    assert desk.work(plan_batch, **given, batch=batch, last=end).verdict == "halt"


def test_what_cannot_be_stopped_again_is_tried_again() -> None:
    desk, given = ready(broken=["s00000"])
    desk.world.item_trouble["trading_state.stop_many", "s00000"] = Refused("no permission")
    batch = desk.step(plan_batch, **given, batch=None, last=None)
    with pytest.raises(Transient, match="s00000"):
        desk.batch(given, batch)


def test_signals_that_cannot_be_read_are_named_and_stop_nobody() -> None:
    desk = ResumeDesk()
    desk.platform(*names(3))
    desk.stop()
    desk.world.trouble["logs.signals"] = Transient("throttled")
    end = desk.resume()
    assert end.output.outcome is Outcome.RESOLVED, end.cause
    assert "signals" in end.output.not_proven
    assert desk.trading() == set(names(3))


def test_somebody_elses_stop_is_not_undone() -> None:
    desk = ResumeDesk()
    desk.platform(*names(3))
    desk.stop()
    item = desk.world.item("trading_state", "s00001") or {}
    desk.world.put("trading_state", {**item, "stopped_by": "dora"})
    end = desk.resume(execution=RESUME)
    assert desk.trading() == {"s00000", "s00002"}
    assert "s00001" in end.output.summary or "s00001" in "".join(m for _, m in desk.world.sent)


def test_the_batch_says_what_a_state_before_could_not_do() -> None:
    desk, given = ready()
    batch = desk.work(plan_batch, **given, batch=None, last=None)
    brought = desk.work(bring_back_strategies, job={**given, "batch": batch})
    desk.bots()
    error = {"Error": "States.Timeout", "Cause": "too long"}
    desk.work(stop_failed, **given, batch=batch, beats=brought.beats, changed_before=0, whys=(), error=error)
    assert ("trouble", "States.Timeout: too long") in desk.evidence(given["run"].incident_id)


def test_a_batch_that_broke_after_its_writes_is_stopped_again() -> None:
    desk, given = ready()
    batch = desk.work(plan_batch, **given, batch=None, last=None)
    desk.world.trouble["incidents.settle"] = Transient("throttled")
    with pytest.raises(Transient):
        desk.work(bring_back_strategies, job={**given, "batch": batch})
    desk.world.trouble.clear()
    assert desk.trading() == {"s00000"}
    desk.bots()
    end = desk.work(stop_batch, job={**given, "batch": batch})
    item = desk.world.item("trading_state", "s00000") or {}
    assert (item["status"], item["stopped_by"]) == ("stopped", given["scope"].halts[0])
    assert (end.failed, end.well) == (1, 0)
    assert any("bringing it back broke" in value for _, value in desk.evidence(given["run"].incident_id))


def test_whoever_came_back_before_the_broken_batch_trades_on() -> None:
    desk, given = ready()
    first = desk.step(plan_batch, **given, batch=None, last=None)
    end = desk.batch(given, first)
    second = desk.work(plan_batch, **given, batch=first, last=end)
    ended = desk.work(stop_batch, job={**given, "batch": second})
    assert desk.trading() == {"s00000"}
    assert (ended.tried, ended.failed) == (second.size, second.size)
