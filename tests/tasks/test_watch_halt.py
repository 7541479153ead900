"""Every minute of a halt: what came back is stopped again, no release is undone, and a change is told once."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from functions.adapters.memory import twins
from functions.errors import Refused, Transient
from functions.facts import ScalingFact
from functions.tasks import stop_service, watch_halt
from tests.rules.facts import service
from tests.tasks.proofs import beats
from tests.tasks.rig import Rig
from tests.tasks.stops import INCIDENT, STOP, engaged, records, statuses

IDLE = replace(service(desired=0, running=0), tasks=())
SCALES = ScalingFact(1, 4, True, True, False)


@pytest.fixture
def halted(rig: Rig) -> Rig:
    """A halt of all that ended well; nothing runs."""
    rig.world.service = IDLE
    rig.strategy("s1", status="stopped", stopped_by=INCIDENT)
    engaged(rig, reason="flash crash", requested_by="ana")
    rig.execution(STOP, "SUCCEEDED")
    rig.world.calls.clear()
    return rig


def minute(rig: Rig) -> watch_halt.Response:
    rig.world.advance(seconds=60)
    answer: watch_halt.Response = rig.work(watch_halt)
    return answer


def switch(rig: Rig, **more: Any) -> None:
    rig.world.put("guards", {**(rig.world.item("guards", "kill-switch") or {}), **more})


def released(rig: Rig) -> None:
    rig.world.put("guards", {"guard_id": "kill-switch", "engaged": False})


def came_back(rig: Rig, *names: str) -> None:
    for name in names or ("s1",):
        rig.strategy(name, age=1)


def test_costs_one_read_while_nothing_is_halted(rig: Rig) -> None:
    assert minute(rig).reason == "the kill switch is not engaged"
    assert rig.world.calls == ["guards.kill_switch", "measures.put"]


def test_a_halt_that_holds_says_nothing(halted: Rig) -> None:
    answer = minute(halted)
    assert (answer.action, answer.told, halted.world.sent) == ("none", False, [])
    assert "flash crash" in answer.reason


def test_who_came_back_is_recorded_stopped_and_told_once(halted: Rig) -> None:
    came_back(halted, "s1", "s2")
    answer = minute(halted)
    assert (answer.action, answer.stopped, answer.told) == ("stopped", 2, True)
    assert set(statuses(halted.world).values()) == {"stopped"}
    assert set(records(halted.world)) == {"s1", "s2"}
    ((subject, body),) = halted.world.sent
    assert subject == "[tradai local] stopped again while the kill switch is engaged"
    assert "- s1\n- s2" in body
    assert halted.world.paged == []
    assert "watch of the halt" in [what for what, _ in halted.evidence(INCIDENT)]


def test_the_same_ones_every_minute_are_told_once_and_stopped_each_time(halted: Rig) -> None:
    for _ in range(3):
        came_back(halted)
        assert minute(halted).stopped == 1
    assert len(halted.world.sent) == 1
    came_back(halted, "s1", "s2")
    minute(halted)
    assert len(halted.world.sent) == 2


def test_one_that_comes_back_after_a_quiet_minute_is_a_change(halted: Rig) -> None:
    came_back(halted)
    minute(halted)
    minute(halted)
    came_back(halted)
    minute(halted)
    assert len(halted.world.sent) == 2


def test_one_that_cannot_be_stopped_wakes_somebody_once_an_hour(halted: Rig) -> None:
    came_back(halted)
    halted.world.item_trouble["trading_state.stop_many", "s1"] = Refused("AccessDenied")
    for _ in range(59):
        assert minute(halted).left == 1
    assert len(halted.world.paged) == 1
    assert "could NOT be stopped, or not for sure, and may trade" in halted.world.paged[0][1]
    minute(halted)
    assert len(halted.world.paged) == 2


def test_the_service_is_scaled_down_again_and_its_scaling_suspended(halted: Rig) -> None:
    halted.world.service, halted.world.scaling = service(desired=2), SCALES
    assert minute(halted).action == "stopped"
    assert halted.world.service.desired == 0
    assert halted.world.scaling.suspended


def test_a_service_that_cannot_be_scaled_wakes_somebody(halted: Rig) -> None:
    halted.world.service = service(desired=2)
    halted.world.trouble["service.scale"] = Refused("AccessDenied")
    minute(halted)
    assert len(halted.world.paged) == 1


@pytest.mark.parametrize("kept", [{"service_up": True}, {"strategy_ids": {"s1"}}])
def test_a_service_that_may_run_is_left(halted: Rig, kept: dict[str, Any]) -> None:
    halted.world.service, halted.world.scaling = service(desired=2), SCALES
    switch(halted, **kept)
    minute(halted)
    assert halted.called("service.scale", "scaling.suspend") == []


def test_manage_only_leaves_who_manages_exits_and_stops_who_trades(halted: Rig) -> None:
    switch(halted, manage_only=True, service_up=True)
    halted.strategy("s1", status="paused")
    came_back(halted, "s2")
    minute(halted)
    assert statuses(halted.world) == {"s1": "paused", "s2": "stopped"}


def test_who_was_released_or_is_not_concerned_is_left(halted: Rig) -> None:
    switch(halted, released_ids={"s1"})
    came_back(halted)
    assert minute(halted).action == "none"
    switch(halted, released_ids={"s9"}, strategy_ids={"s2"})
    assert minute(halted).action == "none"
    assert statuses(halted.world) == {"s1": "running"}


@pytest.mark.parametrize("between", ["released", "another halt", "this one"])
@pytest.mark.parametrize("read", ["trading_state.segment", "service.describe"])
def test_a_release_in_between_is_not_undone(halted: Rig, between: str, read: str) -> None:
    if read == "service.describe":
        halted.world.service = service(desired=2)
    else:
        came_back(halted)

    def change() -> None:
        {
            "released": lambda: released(halted),
            "another halt": lambda: switch(halted, halt_id="inc-2"),
            "this one": lambda: switch(halted, released_ids={"s1"}, service_up=True),
        }[between]()

    halted.world.meanwhile[read] = change
    minute(halted)
    assert halted.called("trading_state.stop_many", "service.scale") == []


def test_where_the_kill_switch_cannot_be_read_again_nothing_is_done_and_somebody_is_woken(halted: Rig) -> None:
    came_back(halted)

    def breaks() -> None:
        halted.world.trouble["guards.kill_switch"] = Transient("throttled")

    halted.world.meanwhile["trading_state.segment"] = breaks
    minute(halted)
    assert statuses(halted.world) == {"s1": "running"}
    assert len(halted.world.paged) == 1


def test_works_while_a_stop_is_at_work_too(halted: Rig) -> None:
    came_back(halted)
    halted.execution(STOP, "RUNNING")
    assert minute(halted).stopped == 1


def test_what_the_first_stop_has_not_come_to_yet_is_stopped_and_told_to_nobody(halted: Rig) -> None:
    came_back(halted)
    halted.execution(STOP, "RUNNING")
    assert (minute(halted).told, halted.world.sent) == (False, [])
    came_back(halted)
    for _ in range(5):
        minute(halted)
    came_back(halted)
    assert minute(halted).told, "a stop that runs for so long may hang"


def test_a_service_that_it_scales_down_before_the_stop_came_to_it_is_recorded_as_it_stood(halted: Rig) -> None:
    """Stop and watch race in the first seconds of a halt; the way back rests on what is on record."""
    halted.world.service = service(desired=3)
    halted.world.scaling = ScalingFact(1, 4, False, False, False)
    job = engaged(halted, reason="flash crash", requested_by="ana")
    minute(halted)
    assert halted.world.service.desired == 0
    assert halted.world.scaling == ScalingFact(1, 4, True, True, True)
    part = halted.work(stop_service, job=job)
    record = twins(halted.world).halts.service_record(job.mark)
    assert record is not None
    assert (record.desired, record.scaling) == (3, ScalingFact(1, 4, False, False, False))
    assert "desired 3; auto-scaling from 1 to 4, as this halt found it first" in part.why


def test_tasks_that_do_not_end_wake_somebody_once_they_had_the_time_to(halted: Rig) -> None:
    halted.world.service = service(desired=0)
    assert not minute(halted).told
    assert minute(halted).told
    assert "1 tasks of the service have not ended" in halted.world.paged[0][1]


def test_a_bot_that_beats_on_although_it_is_stopped_wakes_somebody(halted: Rig) -> None:
    for _ in range(2):
        beats(halted, "s1")
        assert not minute(halted).told
    halted.world.advance(seconds=1)
    beats(halted, "s1")
    assert minute(halted).left == 1
    assert "- s1: is stopped, but its bot beat after the stop" in halted.world.paged[0][1]


def test_a_bot_that_has_acknowledged_may_beat_where_the_service_may_run(halted: Rig) -> None:
    switch(halted, service_up=True)
    halted.world.advance(seconds=121)
    halted.strategy("s2", status="paused", age=0)
    halted.strategy("s1", status="stopped", stopped_by=INCIDENT, age=0, acknowledged_status="stopped")
    assert minute(halted).action == "none"
    halted.strategy("s1", status="stopped", stopped_by=INCIDENT, age=0, acknowledged_status="running")
    assert minute(halted).left == 1


def test_a_table_that_hangs_does_not_keep_the_service_up(halted: Rig) -> None:
    halted.world.service = service(desired=2)
    halted.world.trouble["trading_state.segment"] = Transient("hangs")
    minute(halted)
    assert halted.world.service.desired == 0


def test_a_message_that_does_not_go_out_goes_out_in_the_next_minute(halted: Rig) -> None:
    came_back(halted)
    halted.world.trouble["notifier.publish"] = Transient("SNS is down")
    with pytest.raises(Transient):
        minute(halted)
    del halted.world.trouble["notifier.publish"]
    assert minute(halted).told
    assert "- s1" in halted.world.sent[-1][1]
    assert not minute(halted).told


def test_what_is_not_remembered_is_told_again_rather_than_never(halted: Rig) -> None:
    halted.world.trouble["halts.tell"] = Transient("throttled")
    for _ in range(2):
        came_back(halted)
        assert minute(halted).told
    assert len(halted.world.sent) == 2


def test_a_kill_switch_engaged_by_hand_is_watched_too(rig: Rig) -> None:
    rig.world.service = IDLE
    rig.engage()
    came_back(rig)
    assert minute(rig).told
    assert (rig.world.item("trading_state", "s1") or {})["stopped_by"] == "kill-switch"


def test_a_part_of_the_table_that_cannot_be_read_wakes_somebody(halted: Rig) -> None:
    halted.world.trouble["trading_state.segment"] = Refused("AccessDenied")
    minute(halted)
    assert "was not read to its end" in halted.world.paged[0][1]


def test_a_kill_switch_that_cannot_be_read_fails_the_minute_aloud(halted: Rig) -> None:
    halted.world.trouble["guards.kill_switch"] = Transient("throttled")
    with pytest.raises(Transient):
        minute(halted)
    assert twins(halted.world) is not None


def test_a_thousand_that_come_back_are_stopped_in_one_minute(halted: Rig) -> None:
    came_back(halted, *(f"t{number:04}" for number in range(1_000)))
    assert minute(halted).stopped == 1_000
    assert "- and 980 more" in halted.world.sent[0][1]
