"""Delivery: an answer reaches the run once, and one that does not says so."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from functions.adapters.memory.approvals import MemoryApprovals
from functions.adapters.memory.outside import MemoryCallbacks
from functions.approvals import Approval, Delivery, Standing
from functions.contracts import Answer
from functions.delivering import MAYBE_TAKEN, NEEDS, NOBODY_WAITS, deliver
from functions.errors import Transient, Uncertain
from tests.tasks.desk import RAISE, REJECT, ApprovalDesk


def decided(desk: ApprovalDesk) -> Approval:
    """A request with its answer, which was not handed over."""
    desk.ask()
    desk.world.trouble["callbacks.succeed"] = Transient("throttled")
    desk.votes("ana", RAISE, note="seen it twice")
    desk.world.trouble.clear()
    return desk.approval()


def test_the_waiting_state_gets_the_whole_answer(desk: ApprovalDesk) -> None:
    deliver(desk.ports(*NEEDS), decided(desk))
    answer = Answer.model_validate(desk.answer())
    assert set(desk.answer()) == set(Answer.model_fields)
    assert (answer.decision, answer.decided_by, answer.note) == ("raise", ("ana",), "seen it twice")
    assert answer.decided_at == desk.approval().decision.at  # type: ignore[union-attr]  # it has one


def test_a_taken_answer_is_not_handed_over_again(desk: ApprovalDesk) -> None:
    taken = deliver(desk.ports(*NEEDS), decided(desk))
    assert (taken.delivery, taken.delivered_at) == (Delivery.TAKEN, desk.now)
    desk.world.calls.clear()
    assert deliver(desk.ports(*NEEDS), taken) == taken
    assert desk.called("approvals.token", "callbacks.succeed") == []


@pytest.mark.parametrize(("first", "why"), [(True, NOBODY_WAITS), (False, MAYBE_TAKEN)])
def test_a_run_that_waits_no_more_is_said_to(desk: ApprovalDesk, first: bool, why: str) -> None:
    approval = decided(desk)
    desk.world.tokens_over.add("token-e1-0")
    desk.after(2)
    over = deliver(desk.ports(*NEEDS), approval, first=first)
    assert (over.delivery, over.standing, over.trouble) == (Delivery.OVER, Standing.DECIDED, (why,))
    assert over.unfiled, "the incident is still to be told"
    assert not replace(over, unfiled=False).open


def test_an_answer_before_the_state_waits_stays_due_and_is_kept(desk: ApprovalDesk) -> None:
    approval = decided(desk)
    desk.world.tokens_over.add("token-e1-0")
    assert deliver(desk.ports(*NEEDS), approval).delivery is Delivery.DUE
    desk.world.tokens_over.clear()
    desk.sweep(1)
    assert desk.answer()["decision"] == "raise"


def test_a_young_answer_for_a_run_that_has_ended_is_over_at_once(desk: ApprovalDesk) -> None:
    approval = decided(desk)
    desk.world.tokens_over.add("token-e1-0")
    desk.execution(approval.execution_arn, "SUCCEEDED")
    assert deliver(desk.ports(*NEEDS), approval).delivery is Delivery.OVER


def test_a_request_without_a_token_can_reach_nobody(desk: ApprovalDesk) -> None:
    approval = decided(desk)
    item = desk.world.item("approvals", approval.approval_id)
    assert item is not None
    del item["task_token"]
    desk.world.put("approvals", item)
    assert deliver(desk.ports(*NEEDS), approval).delivery is Delivery.OVER


@pytest.mark.parametrize("word", [Transient("throttled"), Uncertain("no answer")])
def test_a_delivery_that_fails_leaves_the_answer_due(desk: ApprovalDesk, word: Exception) -> None:
    approval = decided(desk)
    desk.world.trouble["callbacks.succeed"] = word  # type: ignore[assignment]  # both are words of ours
    with pytest.raises(type(word)):
        deliver(desk.ports(*NEEDS), approval)
    assert desk.approval().delivery is Delivery.DUE


def test_a_kill_between_the_handing_over_and_its_record_is_not_called_a_failure(desk: ApprovalDesk) -> None:
    approval = decided(desk)
    desk.world.trouble["approvals.change"] = Transient("killed")
    with pytest.raises(Transient):
        deliver(desk.ports(*NEEDS), approval)
    desk.world.trouble.clear()
    desk.sweep(2)
    assert desk.answer()["decision"] == "raise"
    assert desk.approval().trouble == (MAYBE_TAKEN,)


def test_whoever_handed_it_over_knows_better_than_who_came_second(
    desk: ApprovalDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    approval = decided(desk)
    desk.after(2)
    succeed = MemoryCallbacks.succeed

    def overtaken(callbacks: Any, token: str, output: Any) -> bool:
        taken = succeed(callbacks, token, output)
        monkeypatch.setattr(MemoryCallbacks, "succeed", succeed)
        assert deliver(desk.ports(*NEEDS), approval).delivery is Delivery.OVER
        return taken

    monkeypatch.setattr(MemoryCallbacks, "succeed", overtaken)
    assert deliver(desk.ports(*NEEDS), approval).delivery is Delivery.TAKEN
    assert (desk.approval().delivery, desk.approval().trouble) == (Delivery.TAKEN, ())


def test_others_who_write_all_the_time_leave_the_answer_to_the_next_sweep(
    desk: ApprovalDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    approval = decided(desk)
    monkeypatch.setattr(MemoryApprovals, "change", lambda *_: False)
    with pytest.raises(Transient, match="others wrote at the same time, 8 times"):
        deliver(desk.ports(*NEEDS), approval)


def test_a_decision_without_risk_says_no_and_nothing_else(desk: ApprovalDesk) -> None:
    desk.ask()
    desk.votes("ben", REJECT)
    answer = Answer.model_validate(desk.answer())
    assert (answer.decision, answer.until, answer.why_alone) == ("reject", None, None)
