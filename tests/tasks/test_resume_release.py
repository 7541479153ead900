"""What lets trading come back, and what keeps it from it, before the first strategy."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from functions.errors import Refused, Transient
from functions.facts import Outcome
from functions.ids import incident_id_for
from functions.tasks import allow_managing, release_kill_switch, take_guard
from tests.tasks.resumes import RESUME, STOP, ResumeDesk, names

SECOND = STOP.replace(":s1", ":s2")


def stopped(number: int = 3) -> ResumeDesk:
    desk = ResumeDesk()
    desk.platform(*names(number))
    desk.stop()
    return desk


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"requested_by": None}, "requested_by"), ({"reason": " "}, "reason"), ({"reason": None}, "reason"),
        ({"strategy_ids": []}, "strategy_ids"), ({"strategy_ids": ["nobody"]}, "strategy_ids.0"),
        ({"strategy_ids": names(201)}, "strategy_ids"), ({"to": "all"}, "to"), ({"dry_run": "yes"}, "dry_run"),
        ({"strategyid": "a"}, "strategyid"),
    ],
)  # fmt: skip
def test_refuses_whole_what_it_cannot_read(given: dict[str, Any], field: str) -> None:
    desk = stopped()
    with pytest.raises(Refused, match=rf"^{field}"):
        desk.opened_resume(**given)


def test_asks_nobody_in_a_dry_run_and_changes_nothing() -> None:
    desk = stopped()
    before = desk.world.items("trading_state"), desk.switch()
    end = desk.resume(dry_run=True)
    assert end.output.outcome is Outcome.DRY_RUN
    assert (desk.world.items("trading_state"), desk.switch()) == before
    assert "release_kill_switch" not in desk.steps


def test_escalates_where_the_kill_switch_cannot_be_read() -> None:
    desk = stopped()
    desk.world.trouble["guards.kill_switch"] = Transient("throttled")
    job = desk.opened_resume()
    plan = desk.planned(job)
    assert (plan.verdict, plan.question) == ("escalate", None)


def test_there_is_nothing_to_do_where_nothing_is_stopped() -> None:
    desk = ResumeDesk()
    desk.platform(*names(2))
    assert desk.resume().output.outcome is Outcome.NOTHING_TO_DO


def test_a_failing_check_asks_nobody_and_stands_in_the_incident() -> None:
    desk = stopped()
    desk.execution(STOP, "RUNNING")
    end = desk.resume()
    assert end.output.outcome is Outcome.ESCALATED
    assert "wait for its end" in end.cause
    checklist = {one["id"]: one["result"] for one in desk.item(end.output.incident_id)["checklist"]}
    assert checklist["stops_over"] == "fail"
    assert desk.switch()["engaged"] is True


@pytest.mark.parametrize(("ended", "result"), [(False, "unknown"), (True, "pass")])
def test_a_stop_without_step_functions_is_over_once_its_incident_is(ended: bool, result: str) -> None:
    desk = ResumeDesk()
    desk.platform(*names(3))
    direct = STOP.replace(":s1", ":direct-20260131T030000Z-ana")
    desk.stop(direct)
    if ended:
        incident = desk.item(incident_id_for(direct))
        desk.world.put("incidents", {**incident, "ended_at": desk.now.isoformat()})
    end = desk.resume("reject")
    checklist = {one["id"]: one["result"] for one in desk.item(end.output.incident_id)["checklist"]}
    assert checklist["stops_over"] == result


def test_one_that_runs_among_many_stops_is_seen_whatever_its_name() -> None:
    desk = stopped()
    for number in range(40):
        desk.stop(f"{STOP}-{number:02d}", strategy_ids=["s00001"])
    desk.execution(f"{STOP}-39", "RUNNING")
    end = desk.resume()
    assert "wait for its end" in end.cause


def test_a_second_run_is_a_duplicate_of_the_first() -> None:
    desk = stopped()
    ends: list[Any] = []

    def other(name: str) -> None:
        if name == "take_guard":
            desk.each = lambda _: None
            ends.append(desk.resume(execution=RESUME + "-2"))

    desk.each = other
    assert desk.resume().output.outcome is Outcome.RESOLVED
    assert ends[0].output.outcome is Outcome.DUPLICATE


def test_a_no_leaves_everything_stopped() -> None:
    desk = stopped()
    assert desk.resume("reject").output.outcome is Outcome.DECLINED
    assert not desk.trading()
    assert desk.switch()["engaged"] is True


def test_nobody_answers_and_the_incident_stays_open() -> None:
    desk = stopped()
    end = desk.resume("lapsed")
    assert end.output.outcome is Outcome.ESCALATED
    assert "closed_at" not in desk.item(end.output.incident_id)


def test_a_broken_glass_stands_in_the_incident_which_stays_open() -> None:
    desk = stopped()
    end = desk.resume("break_glass")
    item = desk.item(end.output.incident_id)
    assert end.output.outcome is Outcome.RESOLVED
    assert item["broken_glass_by"]
    assert item["ratify_by"]
    assert "closed_at" not in item


@pytest.mark.parametrize("task", [release_kill_switch, allow_managing])
def test_a_release_that_is_tried_again_finds_itself_and_one_after_a_stop_is_refused(task: Any) -> None:
    desk = stopped()
    job = desk.opened_resume()
    desk.step(take_guard, run=job.run, guard_id="resume")
    given = {"run": job.run, "order": job.order, "scope": desk.planned(job).scope, "answer": desk.answer()}
    desk.world.trouble["incidents.settle"] = Transient("throttled")
    with pytest.raises(Transient):
        desk.work(task, **given)
    desk.world.trouble.clear()
    after = desk.switch()
    desk.work(task, **given)
    assert desk.switch() == after
    desk.stop(SECOND)
    again = desk.opened_resume(RESUME + "-2")
    with pytest.raises(Refused):
        desk.work(task, **{**given, "run": again.run})


@pytest.mark.parametrize("task", [release_kill_switch, allow_managing])
def test_a_stop_while_the_question_stood_keeps_the_kill_switch_as_it_is(task: Any) -> None:
    """The halt is the same one: only its stops tell that another was added."""
    desk = stopped()
    job = desk.opened_resume()
    desk.step(take_guard, run=job.run, guard_id="resume")
    scope = desk.planned(job).scope
    given = {"run": job.run, "order": job.order, "scope": scope, "answer": desk.answer()}
    desk.stop(SECOND)
    before = desk.switch()
    assert before["halt_id"] == scope.halt_id
    with pytest.raises(Refused, match="stopped again while the question stood"):
        desk.work(task, **given)
    assert desk.switch() == before


def test_a_stop_after_somebody_elses_release_brings_nothing_back() -> None:
    """Asked when the kill switch was released by hand already, and those it had stopped were left so."""
    desk = stopped()
    desk.world.put(
        "guards", {"guard_id": "kill-switch", "engaged": False, "last_halt_id": desk.switch()["halt_id"]}
    )
    job = desk.opened_resume()
    desk.step(take_guard, run=job.run, guard_id="resume")
    plan = desk.planned(job)
    assert plan.question is not None
    assert plan.scope.halt_id is None
    given = {"run": job.run, "order": job.order, "scope": plan.scope, "answer": desk.answer()}
    assert desk.work(release_kill_switch, **given).why == "the kill switch was released before this run"
    desk.stop(SECOND)
    with pytest.raises(Refused, match="stopped again while the question stood"):
        desk.work(release_kill_switch, **given)


def test_somebody_elses_release_is_not_taken_for_ours() -> None:
    desk = stopped()
    job = desk.opened_resume()
    desk.step(take_guard, run=job.run, guard_id="resume")
    given = {"run": job.run, "order": job.order, "scope": desk.planned(job).scope, "answer": desk.answer()}
    desk.world.trouble["halts.release"] = Transient("throttled")
    with pytest.raises(Transient):
        desk.work(release_kill_switch, **given)
    desk.world.trouble.clear()
    desk.world.put("guards", {"guard_id": "kill-switch", "engaged": False, "released_by": "dora"})
    with pytest.raises(Refused, match="somebody else"):
        desk.work(release_kill_switch, **given)


def test_nothing_runs_where_the_service_had_been_scaled_to_zero_before() -> None:
    desk = ResumeDesk()
    desk.platform(*names(2))
    assert desk.world.service is not None
    desk.world.service = replace(desk.world.service, desired=0)
    desk.stop()
    end = desk.resume()
    assert end.output.outcome is Outcome.ESCALATED
    assert "stays 0" in end.cause
    assert not desk.trading()


def test_the_status_page_hears_of_the_way_back() -> None:
    desk = stopped()
    desk.world.has_status_page = True
    halt = str(desk.switch()["halt_id"])
    desk.world.put("incidents", {**desk.item(halt), "status_page_incident": "page-7"})
    desk.resume()
    assert [(one["id"], one["status"]) for one in desk.world.posts] == [
        ("page-7", "monitoring"), ("page-7", "resolved"),
    ]  # fmt: skip
