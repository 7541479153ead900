"""The sweeper: what is due is done, the most urgent first, and one that fails stops no other."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from functions.adapters.memory import twins
from functions.adapters.memory.outside import MemoryCallbacks, MemoryMailer, MemoryNotifier
from functions.approvals import Delivery, Standing
from functions.errors import Transient
from functions.tasks.sweep_approvals import urgency
from tests.tasks.desk import RAISE, REJECT, ApprovalDesk, question


def test_a_sweep_over_nothing_open_does_nothing(desk: ApprovalDesk) -> None:
    answer = desk.sweep()
    assert (answer.open, answer.changed, answer.left) == (0, 0, 0)
    assert desk.world.calls == ["clock.now", "approvals.open", "clock.now", *["measures.put"] * 3]


def test_a_sweep_before_anything_is_due_changes_nothing(desk: ApprovalDesk) -> None:
    desk.ask()
    before = desk.approval()
    answer = desk.sweep(1)
    assert (answer.open, answer.changed, answer.left) == (1, 0, 0)
    assert desk.approval() == before


def test_an_answer_that_was_decided_and_not_delivered_is_delivered(desk: ApprovalDesk) -> None:
    desk.ask()
    desk.world.trouble["callbacks.succeed"] = Transient("throttled")
    ruling = desk.votes("ana", RAISE)
    assert ruling.kind == "accepted"
    assert (desk.answer(), desk.approval().delivery) == (None, Delivery.DUE)
    desk.world.trouble.clear()
    desk.sweep(1)
    assert desk.answer()["decision"] == "raise"
    assert desk.approval().delivery is Delivery.TAKEN
    assert desk.recorded()["delivery"] == "taken"


def test_a_request_that_nobody_answers_lapses_and_the_run_hears_so(desk: ApprovalDesk) -> None:
    desk.ask()
    desk.sweep(14.9)
    assert desk.approval().standing is Standing.PENDING
    desk.sweep(15)
    approval = desk.approval()
    assert (approval.standing, approval.delivery) == (Standing.LAPSED, Delivery.TAKEN)
    answer = desk.answer()
    assert (answer["decision"], answer["decided_by"]) == ("lapsed", [])
    assert desk.recorded()["standing"] == "lapsed"


def test_while_nobody_can_say_whether_the_run_goes_on_the_next_wave_is_asked_all_the_same(
    desk: ApprovalDesk,
) -> None:
    """With many open, Step Functions throttles the sweeper's questions."""
    desk.ask()
    desk.world.trouble["executions.status"] = Transient("throttled")
    with pytest.raises(Transient, match="1 of 1 requests could not be swept"):
        desk.sweep(5)
    assert desk.mailed()[-1] == "cleo: Decision wanted"


def test_an_item_that_cannot_be_read_keeps_nobody_else_from_being_asked(desk: ApprovalDesk) -> None:
    desk.ask()
    [item] = desk.world.items("approvals")
    desk.world.put("approvals", {**item, "approval_id": "apr-unreadable", "standing": "of another version"})
    desk.sweep(5)
    assert desk.mailed()[-1] == "cleo: Decision wanted"
    desk.ask(desk.started("e2"))
    assert desk.answer("token-e2-0") is None


def test_the_run_hears_of_the_lapse_before_anybody_is_mailed(desk: ApprovalDesk) -> None:
    desk.ask()
    desk.sweep(12)
    desk.world.calls.clear()
    desk.sweep(15)
    first, *rest = desk.called("callbacks.succeed", "mailer.send", "notifier.page")
    assert first == "callbacks.succeed"
    assert rest == ["notifier.page"] + ["mailer.send"] * 3


def test_everybody_is_told_of_the_lapse_although_the_run_could_not_be(desk: ApprovalDesk) -> None:
    desk.ask()
    desk.world.trouble["callbacks.succeed"] = Transient("throttled")
    with pytest.raises(Transient, match="1 of 1 requests could not be swept"):
        desk.sweep(15)
    assert desk.approval().standing is Standing.LAPSED
    assert desk.mailed()[-2:] == ["ana: Nobody decided", "ben: Nobody decided"]
    desk.world.trouble.clear()
    desk.sweep(16)
    assert desk.answer()["decision"] == "lapsed"
    assert len(desk.mailed()) == 4


def test_one_request_that_fails_stops_no_other_and_the_alarm_sees_it(
    desk: ApprovalDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("e1", "e2", "e3"):
        desk.ask(desk.started(name), question=question(title=f"Question of {name}?", venue=name))
        desk.world.advance(seconds=1)
    succeed = MemoryCallbacks.succeed

    def fails_for_two(callbacks: Any, token: str, output: Any) -> bool:
        if token == "token-e2-0":
            raise ValueError("not even one of our words")
        return succeed(callbacks, token, output)

    monkeypatch.setattr(MemoryCallbacks, "succeed", fails_for_two)
    with pytest.raises(Transient, match=r"1 of 3 requests could not be swept: apr-[0-9a-f]{26}: Broken"):
        desk.sweep(16)
    assert [desk.answer(f"token-{name}-0") is not None for name in ("e1", "e2", "e3")] == [True, False, True]


def test_the_most_urgent_come_first(desk: ApprovalDesk) -> None:
    desk.ask()
    pending = desk.approval()
    due = replace(pending, standing=Standing.DECIDED, delivery=Delivery.DUE)
    unanswered = replace(pending, standing=Standing.LAPSED, delivery=Delivery.TAKEN)
    late = replace(pending, lapses_at=desk.now)
    soon = replace(pending, lapses_at=late.lapses_at.replace(minute=5))
    ordered = sorted((unanswered, pending, soon, late, due), key=lambda one: urgency(one, desk.now))
    assert ordered == [due, late, soon, pending, unanswered]


def test_a_sweep_ends_before_its_time_does_and_leaves_the_rest_to_the_next(
    desk: ApprovalDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("e1", "e2", "e3"):
        desk.ask(desk.started(name), question=question(venue=name))
    sends = MemoryNotifier.page

    def slow(notifier: Any, subject: str, message: str, **how: Any) -> None:
        desk.world.advance(seconds=25)
        sends(notifier, subject, message, **how)

    monkeypatch.setattr(MemoryNotifier, "page", slow)
    answer = desk.sweep(15)
    assert (answer.open, answer.changed, answer.left) == (3, 2, 1)
    desk.world.trouble.clear()
    assert desk.sweep(16).left == 0
    assert all(one.standing is Standing.LAPSED for one in desk.approvals())


def test_a_run_that_has_ended_is_asked_about_no_more(desk: ApprovalDesk) -> None:
    run = desk.started()
    desk.ask(run)
    key = desk.key_of("ana")
    desk.execution(run.execution_arn, "ABORTED")
    desk.sweep(1)
    approval = desk.approval()
    assert (approval.standing, approval.delivery, approval.open) == (Standing.REVOKED, Delivery.NONE, False)
    assert desk.holder(key) == "ana"
    assert desk.votes("ana", RAISE).kind == "ended"
    assert desk.answer() is None
    assert desk.recorded()["standing"] == "revoked"


def test_an_execution_that_is_not_known_any_more_has_ended(desk: ApprovalDesk) -> None:
    desk.ask()
    desk.world.executions.clear()
    desk.sweep(1)
    assert desk.approval().standing is Standing.REVOKED


def test_a_request_whose_time_was_over_before_its_run_ended_has_lapsed(desk: ApprovalDesk) -> None:
    run = desk.started()
    desk.ask(run)
    desk.execution(run.execution_arn, "FAILED")
    desk.world.tokens_over.add("token-e1-0")
    desk.sweep(18)
    approval = desk.approval()
    assert (approval.standing, approval.delivery) == (Standing.LAPSED, Delivery.OVER)
    assert approval.open, "nobody has acknowledged it"


def test_where_the_state_of_the_run_cannot_be_read_nothing_is_revoked(desk: ApprovalDesk) -> None:
    desk.ask()
    desk.world.trouble["executions.status"] = Transient("throttled")
    with pytest.raises(Transient):
        desk.sweep(1)
    assert desk.approval().standing is Standing.PENDING


def test_what_the_list_shows_a_moment_late_is_read_again_before_anything_is_done(desk: ApprovalDesk) -> None:
    desk.ask()
    desk.votes("ana", REJECT)
    item = desk.world.item("approvals", desk.approval().approval_id)
    assert item is not None
    desk.world.put("approvals", {**item, "open_marker": "open"})
    answer = desk.sweep(20)
    assert (answer.open, answer.changed) == (1, 0)
    assert desk.approval().standing is Standing.DECIDED


def test_a_wave_is_sent_once_although_two_sweeps_run_at_the_same_time(
    desk: ApprovalDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.ask()
    sends = MemoryMailer.send

    def both(mailer: Any, mail: Any) -> str:
        monkeypatch.setattr(MemoryMailer, "send", sends)
        desk.sweep()
        return sends(mailer, mail)

    monkeypatch.setattr(MemoryMailer, "send", both)
    desk.sweep(5)
    assert desk.mailed()[2:] == ["cleo: Decision wanted"]


def test_a_page_that_nobody_answered_is_tried_again_with_the_next_sweep(desk: ApprovalDesk) -> None:
    desk.ask()
    desk.sweep(15)
    desk.world.paged.clear()
    desk.world.trouble["notifier.page"] = Transient("throttled")
    with pytest.raises(Transient):
        desk.sweep(30)
    assert desk.approval().repeats == 0
    desk.world.trouble.clear()
    desk.sweep(31)
    assert (desk.paged(), desk.approval().repeats) == (["Nobody decided"], 1)


def test_an_answered_request_costs_no_sweep_anything(desk: ApprovalDesk) -> None:
    desk.ask()
    desk.votes("ana", RAISE)
    assert twins(desk.world).approvals.open() == []
    assert desk.sweep(60).open == 0
