"""The service on its way back: what the halt found, and never against a stop."""

from __future__ import annotations

from typing import Any

import pytest

from functions.errors import Broken, Refused, Transient
from functions.facts import Outcome, ScalingFact
from functions.tasks import release_kill_switch, restore_service, take_guard
from tests.tasks.resumes import RESUME, STOP, ResumeDesk, names

SECOND = STOP.replace(":s1", ":s2")
SCALING = ScalingFact(1, 3, False, True, False)


def let_go(desk: ResumeDesk, **given: Any) -> dict[str, Any]:
    """The input of return-strategies, after the release."""
    job = desk.opened_resume(**given)
    desk.step(take_guard, run=job.run, guard_id="resume")
    plan = desk.planned(job)
    asked = {"run": job.run, "order": job.order, "scope": plan.scope}
    desk.step(release_kill_switch, **asked, answer=desk.answer())
    return {**asked, "managing": False}


def stopped() -> ResumeDesk:
    desk = ResumeDesk()
    desk.platform(*names(3))
    desk.world.scaling = SCALING
    desk.stop()
    return desk


def test_count_and_scaling_come_back_as_the_halt_found_them() -> None:
    desk = stopped()
    assert desk.world.scaling is not None
    assert desk.world.scaling.suspended
    assert desk.resume().output.outcome is Outcome.RESOLVED
    assert desk.world.scaling == SCALING
    assert desk.world.service is not None
    assert desk.world.service.desired == 1


def test_a_task_that_is_tried_again_finds_the_service_up_and_scales_once() -> None:
    desk = stopped()
    job = let_go(desk)
    desk.world.trouble["incidents.settle"] = Transient("throttled")
    with pytest.raises(Transient):
        desk.work(restore_service, job=job)
    desk.world.trouble.clear()
    back = desk.work(restore_service, job=job).service
    assert back.again
    assert desk.called("service.scale").count("service.scale") == 2, "once down by the stop, once up"


def test_what_was_scaled_up_goes_down_again_where_somebody_stopped_in_that_very_moment() -> None:
    desk = stopped()
    job = let_go(desk)
    desk.world.meanwhile["service.scale"] = lambda: desk.stop(SECOND)
    back = desk.work(restore_service, job=job).service
    assert back.stopped is not None
    assert desk.world.service is not None
    assert desk.world.service.desired == 0
    assert desk.world.scaling is not None
    assert desk.world.scaling.suspended


def test_a_stop_right_before_it_is_scaled_up_keeps_it_down() -> None:
    desk = stopped()
    job = let_go(desk)
    desk.world.meanwhile["incidents.intend"] = lambda: desk.stop(SECOND)
    scaled = desk.called("service.scale").count("service.scale")
    with pytest.raises(Refused, match="stopped again meanwhile"):
        desk.work(restore_service, job=job)
    # By the second stop alone, and down.
    assert desk.called("service.scale").count("service.scale") <= scaled + 1
    assert desk.world.service is not None
    assert desk.world.service.desired == 0


@pytest.mark.parametrize("when", ["halts.release", "service.scale", "scaling.restore"])
def test_a_stop_before_the_service_is_whole_again_does_not_make_its_absence_what_was_before(when: str) -> None:
    desk = stopped()
    desk.world.meanwhile[when] = lambda: desk.stop(SECOND)
    assert desk.resume().output.outcome is Outcome.ESCALATED
    end = desk.resume(execution=f"{RESUME}-2")
    assert end.output.outcome is Outcome.RESOLVED, end.cause
    assert desk.world.service is not None
    assert desk.world.service.desired == 1
    assert desk.world.scaling == SCALING


def test_scaling_that_cannot_be_put_back_is_named_and_keeps_nobody_from_trading() -> None:
    desk = stopped()
    desk.world.trouble["scaling.restore"] = Broken("AccessDenied")
    end = desk.resume()
    assert end.output.outcome is Outcome.ESCALATED
    assert "AccessDenied" in end.cause
    assert desk.trading() == set(names(3))


def test_no_task_comes_up_and_nobody_is_brought_back() -> None:
    desk = stopped()
    desk.bots = lambda: None  # type: ignore[method-assign] # ECS starts nothing
    end = desk.resume()
    assert end.output.outcome is Outcome.ESCALATED
    assert "nobody was brought back" in end.cause
    assert not desk.trading()


def test_while_it_comes_up_no_cure_of_a_heartbeat_begins() -> None:
    desk = stopped()
    job = let_go(desk)
    desk.work(restore_service, job=job)
    held = desk.world.item("guards", f"service/{desk.settings.platform.service}")
    assert held is not None
    assert held["owner"] == job["run"].execution_arn


def test_what_cannot_be_taken_back_is_named_and_the_run_escalates() -> None:
    desk = stopped()
    ups: list[int] = []

    def again() -> None:
        ups.append(1)
        desk.stop(SECOND)
        desk.world.trouble["service.scale"] = Broken("AccessDenied")
        desk.world.trouble["scaling.suspend"] = Broken("AccessDenied too")

    desk.world.meanwhile["scaling.restore"] = again
    end = desk.resume()
    assert ups == [1]
    assert end.output.outcome is Outcome.ESCALATED
    incident = desk.evidence(end.output.incident_id)
    for what in ("NOT scaled to 0 again", "NOT suspended again"):
        assert any(name == "trouble" and what in value for name, value in incident), incident


def test_nothing_runs_again_for_some_where_another_stop_stands_behind_the_switch() -> None:
    """It stops others than those who come back, and the service is asked for by nobody who knew of it."""
    desk = stopped()
    job = let_go(desk, strategy_ids=["s00001"])
    desk.stop(SECOND, strategy_ids=["s00002"])
    back = desk.work(restore_service, job=job).service
    assert back.stopped is not None
    assert desk.world.service is not None
    assert desk.world.service.desired == 0
    assert "service_up" not in desk.switch()


def test_scaling_that_somebody_has_put_back_by_hand_is_left_as_it_is() -> None:
    desk = stopped()
    job = let_go(desk)
    desk.world.scaling = ScalingFact(2, 9, True, False, False)
    desk.work(restore_service, job=job)
    assert desk.world.scaling == ScalingFact(2, 9, True, False, False)
    assert "scaling.restore" not in desk.called("scaling.restore")


def test_two_records_that_contradict_each_other_ask_nobody() -> None:
    desk = stopped()
    first = str(desk.switch()["halt_id"])
    record = desk.world.item("guards", f"halt/{first}/service") or {}
    assert desk.resume().output.outcome is Outcome.RESOLVED
    desk.stop(SECOND)
    second = str(desk.switch()["halt_id"])
    desk.world.put("guards", {**record, "guard_id": f"halt/{second}/service", "desired": 0,
                              "recorded_at": desk.now.isoformat()})  # fmt: skip
    end = desk.resume(execution=f"{RESUME}-2")
    assert end.output.outcome is Outcome.ESCALATED
    assert f"halt/{second}/service" in str(desk.item(end.output.incident_id)["checklist"])
    assert not desk.trading()
    del desk.world.tables["guards"][(f"halt/{second}/service",)]
    end = desk.resume(execution=f"{RESUME}-3")
    assert end.output.outcome is Outcome.RESOLVED, end.cause
    assert desk.world.service is not None
    assert desk.world.service.desired == 1
