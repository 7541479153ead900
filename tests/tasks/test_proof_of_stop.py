"""A look at a stop: whoever trades is stopped again, and it ends when nothing is left that time would prove."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from functions.adapters.memory import twins
from functions.errors import Broken, Refused, Transient
from functions.facts import ScalingFact
from tests.tasks.proofs import (
    LOOKS,
    RUNNING,
    beats,
    branches,
    concluded,
    ended,
    listed,
    look,
    looked,
    results,
)
from tests.tasks.rig import Rig
from tests.tasks.stops import INCIDENT, engaged, not_engaged, records, statuses

SUSPENDED = ScalingFact(1, 4, True, True, True)


@pytest.fixture
def up(rig: Rig) -> Rig:
    """Two that trade, one that does not, and a service with one task."""
    rig.world.service = RUNNING
    for name in ("s1", "s2"):
        rig.strategy(name, age=5)
    rig.strategy("s3", status="terminated", age=None)
    return rig


def test_looks_three_times_at_least_although_everything_stands_still(up: Rig) -> None:
    job = engaged(up)
    branches(up, job)
    up.world.advance(seconds=20)
    ended(up)
    up.world.advance(seconds=60)
    last = looked(up, job)
    assert (last.passes, last.looks_left, last.running, last.clean) == (3, LOOKS - 3, 0, True)
    assert (last.counts.seen, last.counts.done, last.came_back.total) == (3, 3, 0)


def test_looks_on_until_everybody_has_been_silent_for_as_long_as_two_beats(up: Rig) -> None:
    """By the looks and their waits, whatever the clock says."""
    job = engaged(up)
    branches(up, job)
    ended(up)
    last = look(up, job)
    for quiet in range(1, 7):
        assert (last.again, last.counts.unknown) == (True, 2)
        last = look(up, job, last)
        assert last.quiet == quiet
    assert (last.again, last.counts.done, last.looks_left) == (False, 3, LOOKS - 7)


def test_a_bot_that_beats_on_without_a_task_is_named_and_the_others_are_proven(up: Rig) -> None:
    job = engaged(up)
    branches(up, job)
    ended(up)
    last = look(up, job)
    while last.again:
        up.world.advance(seconds=10)
        if last.looks_left % 3 == 0:
            beats(up, "s2")
        last = look(up, job, last)
    assert (last.counts.done, last.counts.unknown, last.running) == (2, 1, 0)
    assert last.looks_left > 0
    concluded(up, job=job, did=None, look=last, exposure=None, error=None)
    assert results(up) == {"s1": "done", "s2": "unknown", "s3": "done"}
    assert "although no task runs" in listed(up)["s2"]["why"]


def test_a_bot_that_beat_just_before_a_stop_without_any_task_is_unknown_at_once(up: Rig) -> None:
    up.world.service = replace(RUNNING, desired=0, running=0, tasks=())
    job = engaged(up)
    branches(up, job)
    last = looked(up, job)
    assert (last.passes, last.looks_left, last.counts.unknown) == (3, LOOKS - 3, 2)
    concluded(up, job=job, did=None, look=last, exposure=None, error=None)
    assert results(up) == {"s1": "unknown", "s2": "unknown", "s3": "done"}
    assert "the service runs no task" in listed(up)["s1"]["why"]


def test_a_bot_that_beats_after_the_last_look_is_not_called_stopped(up: Rig) -> None:
    job = engaged(up)
    branches(up, job)
    ended(up)
    last = looked(up, job)
    assert last.counts.done == 3
    up.world.advance(seconds=20)
    beats(up, "s1")
    concluded(up, job=job, did=None, look=last, exposure=None, error=None)
    assert results(up)["s1"] == "unknown"


def test_a_task_of_which_ecs_forgot_is_known_by_the_look_that_saw_it(up: Rig) -> None:
    job = engaged(up)
    branches(up, job)
    last = look(up, job)
    up.world.service = replace(RUNNING, desired=0, running=0, tasks=())
    up.world.advance(seconds=10)
    last = look(up, job, last)
    assert (last.gone_at, last.seen_at) == (up.now, up.now - timedelta(seconds=10))
    up.world.advance(seconds=10)
    assert look(up, job, last).gone_at == last.gone_at
    assert looked(up, job, before=last).counts.done == 3


def test_looks_on_until_the_last_task_has_ended(up: Rig) -> None:
    job = engaged(up)
    branches(up, job)
    last = None
    for _ in range(5):
        up.world.advance(seconds=10)
        last = look(up, job, last)
        assert (last.again, last.gone_at) == (True, None)
    ended(up)
    last = look(up, job, last)
    assert (last.again, last.gone_at) == (True, up.now)
    up.world.advance(seconds=10)
    assert look(up, job, last).again is False


def test_a_task_that_never_ends_is_not_looked_at_for_ever(up: Rig) -> None:
    job = engaged(up)
    branches(up, job)
    last = looked(up, job)
    assert (last.looks_left, last.running) == (0, 1)


def test_who_came_back_is_recorded_stopped_and_named(up: Rig) -> None:
    job = engaged(up)
    branches(up, job)
    ended(up)
    up.strategy("s3", status="running", age=1)
    first = look(up, job)
    assert (first.came_back.some, first.came_back.total, first.clean) == (("s3",), 1, False)
    assert statuses(up.world)["s3"] == "stopped"
    assert records(up.world)["s3"].status == "running"
    last = looked(up, job)
    assert last.clean


def test_one_that_comes_back_in_the_third_pass_is_looked_at_a_fourth_time(up: Rig) -> None:
    job = engaged(up)
    branches(up, job)
    ended(up)
    up.world.advance(seconds=60)
    last = look(up, job, look(up, job))
    up.strategy("s1", age=61)
    last = look(up, job, last)
    assert (last.passes, last.again) == (3, True)
    assert look(up, job, last).again is False


def test_a_service_that_is_wanted_again_is_scaled_down_again_and_its_scaling_suspended(up: Rig) -> None:
    job = engaged(up)
    up.world.scaling = ScalingFact(1, 4, True, True, False)
    assert look(up, job).desired == 1
    assert up.world.service is not None
    assert up.world.service.desired == 0
    assert up.world.scaling == SUSPENDED


def test_a_kill_switch_that_was_never_written_is_written_by_a_look(up: Rig) -> None:
    job = not_engaged(up)
    up.world.trouble["halts.engage"] = Transient("throttled")
    first = look(up, job)
    assert (first.latched, any("not latched" in one for one in first.trouble)) == (False, True)
    del up.world.trouble["halts.engage"]
    assert look(up, job, first).latched
    assert twins(up.world).guards.kill_switch().halt_id == INCIDENT


@pytest.mark.parametrize("word", [Transient("throttled"), Refused("no"), Broken("no grant")])
@pytest.mark.parametrize(
    "method",
    ["service.describe", "service.scale", "scaling.describe", "scaling.suspend", "orders.every_working",
     "halts.record", "incidents.note", "trading_state.segment", "trading_state.stop_many"],
)  # fmt: skip
def test_nothing_that_breaks_breaks_the_look(up: Rig, method: str, word: Exception) -> None:
    job = engaged(up)
    up.world.scaling = ScalingFact(1, 4, False, False, False)
    up.world.trouble[method] = word  # type: ignore[assignment]  # the three words above are RunbookErrors
    answer = look(up, job)
    assert answer.again
    assert answer.clean is False
    if method not in ("incidents.note", "orders.every_working"):
        assert answer.trouble or answer.unread or method == "halts.record"


def test_a_service_that_is_not_there_is_not_waited_for_once_the_bots_have_said_so(up: Rig) -> None:
    up.world.service = None
    job = engaged(up)
    branches(up, job)
    for name in ("s1", "s2"):
        item = up.world.item("trading_state", name) or {}
        up.world.put("trading_state", {**item, "acknowledged_status": "stopped"})
    last = looked(up, job)
    assert (last.passes, last.looks_left, last.running) == (3, LOOKS - 3, None)


def test_a_part_is_looked_at_until_its_bots_have_acknowledged(up: Rig) -> None:
    job = engaged(up, strategy_ids=["s1"])
    branches(up, job)
    last = None
    for _ in range(4):
        up.world.advance(seconds=10)
        last = look(up, job, last)
        assert last.again
    up.world.put(
        "trading_state", {**(up.world.item("trading_state", "s1") or {}), "acknowledged_status": "stopped"}
    )
    last = look(up, job, last)
    assert (last.again, last.counts.seen, last.desired) == (False, 1, None)
    assert statuses(up.world)["s2"] == "running"
    assert up.world.service == RUNNING


def test_what_a_bot_acknowledged_before_the_stop_proves_nothing(up: Rig) -> None:
    up.strategy("s1", age=5, acknowledged_status="stopped")
    job = engaged(up, strategy_ids=["s1"])
    branches(up, job)
    up.world.advance(seconds=10)
    last = look(up, job, look(up, job, look(up, job)))
    assert (last.again, last.counts.unknown) == (True, 1)
    assert "acknowledged_status" not in (up.world.item("trading_state", "s1") or {})


def test_a_part_whose_heartbeat_cannot_be_read_is_unknown_and_not_waited_for(up: Rig) -> None:
    up.strategy("s1", age=None, last_heartbeat="1772334000")
    job = engaged(up, strategy_ids=["s1"])
    branches(up, job)
    last = looked(up, job)
    assert (last.passes, last.again, last.counts.unknown) == (3, False, 1)


def test_a_record_that_could_not_be_written_is_written_by_a_look_from_what_the_item_keeps(up: Rig) -> None:
    job = engaged(up)
    up.world.item_trouble["halts.record", "s1"] = Transient("throttled")
    branches(up, job)
    assert set(records(up.world)) == {"s2"}
    first = look(up, job)
    assert (first.recorded, "s1" in records(up.world)) == (False, False)
    assert any("no record of before" in one for one in first.trouble)
    up.world.item_trouble.clear()
    second = look(up, job, first)
    assert second.recorded
    assert {name: one.status for name, one in records(up.world).items()} == {"s1": "running", "s2": "running"}
    up.world.calls.clear()
    assert look(up, job, second).recorded
    assert up.called("halts.records_of", "halts.record") == []


def test_a_dry_run_looks_once_and_changes_nothing(up: Rig) -> None:
    job = engaged(up, dry_run=True)
    before = statuses(up.world)
    answer = look(up, job)
    assert (answer.again, answer.counts.not_done, answer.came_back.total) == (False, 2, 0)
    assert (statuses(up.world), up.world.service) == (before, RUNNING)
    assert up.world.item("guards", "kill-switch") is None
