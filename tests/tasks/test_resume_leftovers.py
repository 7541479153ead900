"""Who comes back and who does not: records that are missing, pauses of people, runs that were cut off."""

from __future__ import annotations

from typing import Any

import pytest

from functions.errors import Refused
from functions.facts import Outcome
from tests.tasks.resumes import RESUME, STOP, ResumeDesk, names

SECOND = STOP.replace(":s1", ":s2")


def stopped(number: int = 3, **given: Any) -> ResumeDesk:
    desk = ResumeDesk()
    desk.platform(*names(number))
    desk.stop(**given)
    return desk


def change(desk: ResumeDesk, strategy_id: str, **fields: Any) -> None:
    desk.world.put("trading_state", {**(desk.world.item("trading_state", strategy_id) or {}), **fields})


def forget(desk: ResumeDesk, *strategy_ids: str) -> None:
    """As if the guards table had not taken their records."""
    for key in list(desk.world.tables["guards"]):
        if "/strategy/" in key[0] and (not strategy_ids or key[0].rpartition("/")[2] in strategy_ids):
            del desk.world.tables["guards"][key]


def without_status_before(desk: ResumeDesk, strategy_id: str) -> None:
    item = desk.world.item("trading_state", strategy_id) or {}
    desk.world.put("trading_state", {name: value for name, value in item.items() if name != "status_before"})


def test_what_a_person_paused_stays_paused() -> None:
    desk = stopped(6)
    assert desk.resume().output.outcome is Outcome.RESOLVED
    change(desk, "s00003", status="paused")
    desk.stop(SECOND)
    end = desk.resume(execution=RESUME + "-2")
    assert end.output.outcome is Outcome.RESOLVED, end.cause
    assert desk.statuses() == {**dict.fromkeys(names(6), "running"), "s00003": "paused"}
    assert "5 of 5 strategies came back" in end.output.summary


def test_one_that_a_person_paused_on_the_way_stays_paused() -> None:
    desk = stopped(30)

    def pause(name: str) -> None:
        if name == "promote_batch" and desk.steps.count(name) == 2:
            change(desk, "s00003", status="paused")

    desk.each = pause
    desk.resume()
    desk.each = lambda _: None
    assert desk.resume(execution=RESUME + "-2").output.outcome is Outcome.NOTHING_TO_DO
    assert desk.statuses() == {**dict.fromkeys(names(30), "running"), "s00003": "paused"}


def test_only_who_waited_is_counted_as_come_back() -> None:
    desk = stopped(6)
    assert desk.resume(strategy_ids=["s00001", "s00002"]).output.outcome is Outcome.RESOLVED
    desk.world.advance(minutes=1)
    end = desk.resume(execution=RESUME + "-2")
    assert end.output.outcome is Outcome.RESOLVED, end.cause
    assert "4 of 4 strategies came back" in end.output.summary


def test_strategies_that_no_record_was_written_of_come_back_by_what_the_stop_left_on_them() -> None:
    desk = stopped(6)
    forget(desk)
    end = desk.resume()
    assert end.output.outcome is Outcome.RESOLVED, end.cause
    assert desk.statuses() == dict.fromkeys(names(6), "running")


def test_they_come_back_too_where_the_kill_switch_was_never_written() -> None:
    """The mark is then the stop's own incident, which says that it halts."""
    desk = stopped(3)
    desk.world.put("guards", {"guard_id": "kill-switch", "engaged": False})
    forget(desk)
    end = desk.resume()
    assert end.output.outcome is Outcome.RESOLVED, end.cause
    assert desk.trading() == set(names(3))


def test_nobody_comes_back_whose_record_cannot_be_written_first() -> None:
    desk = stopped(30)
    forget(desk, "s00003")
    desk.world.item_trouble["halts.record", "s00003"] = Refused("no permission")
    end = desk.resume()
    item = desk.world.item("trading_state", "s00003") or {}
    assert (item["status"], item["status_before"]) == ("stopped", "running")
    assert end.output.outcome is Outcome.ESCALATED


def test_one_of_whom_nobody_knows_what_it_was_makes_the_end_no_resolved_one() -> None:
    desk = stopped(6)
    forget(desk, "s00004")
    without_status_before(desk, "s00004")
    halt = str(desk.switch()["halt_id"])
    desk.world.has_status_page = True
    desk.world.put("incidents", {**desk.item(halt), "status_page_incident": "page-7"})
    end = desk.resume()
    assert end.output.outcome is Outcome.ESCALATED
    assert "s00004: stopped by a halt, and nobody knows what they were" in end.cause
    assert desk.trading() == set(names(6)) - {"s00004"}
    assert [one["status"] for one in desk.world.posts] == ["monitoring"]
    again = desk.resume(execution=RESUME + "-2")
    assert again.output.outcome is Outcome.ESCALATED
    assert "s00004" in again.cause


def test_one_that_a_restart_stopped_is_left_out_and_nobodys_trouble() -> None:
    desk = stopped(3)
    change(desk, "s00001", stopped_by="inc-restart", status_before="running")
    desk.world.put("incidents", {"incident_id": "inc-restart", "runbook": "stale-heartbeat"})
    end = desk.resume()
    assert end.output.outcome is Outcome.RESOLVED, end.cause
    assert desk.statuses()["s00001"] == "stopped"


def test_marks_of_many_restarts_hide_no_halt() -> None:
    desk = stopped(4)
    desk.stop()
    for number in range(8):
        for one in range(5):
            desk.strategy(f"r{number}{one}", age=5, status="stopped", stopped_by=f"inc-{number}")
    switch = desk.switch()
    desk.world.put("guards", {"guard_id": "kill-switch", "engaged": False, "last_halt_id": switch["halt_id"]})
    assert desk.resume().output.outcome is Outcome.RESOLVED
    assert desk.trading() == set(names(4))


def test_who_only_manages_exits_is_found_after_a_run_that_was_cut_off_right_after_the_release() -> None:
    desk = stopped(3)
    assert desk.resume("manage_only").output.outcome is Outcome.RESOLVED

    def cut(name: str) -> None:
        if name == "release_kill_switch":
            raise KeyboardInterrupt

    desk.each = cut
    with pytest.raises(KeyboardInterrupt):
        desk.resume(execution=RESUME + "-2")
    desk.each = lambda _: None
    desk.execution(RESUME + "-2", "ABORTED")
    desk.world.advance(minutes=3)
    end = desk.resume(execution=RESUME + "-3")
    assert end.output.outcome is Outcome.RESOLVED, end.cause
    assert desk.trading() == set(names(3))
