"""Two at the same moment, or a function that dies in the middle: what each finds, and what is left to do."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from typing import Any

import pytest

from functions import following
from functions.adapters.memory.approvals import MemoryApprovals
from functions.adapters.memory.incidents import MemoryIncidents
from functions.adapters.memory.outside import MemoryCallbacks, MemoryMailer
from functions.approvals import Approval, Delivery, MailStatus, Standing
from functions.asking import MOST_LOST
from functions.delivering import MAYBE_TAKEN
from functions.errors import Broken, Refused, RunbookError, Transient
from tests.tasks.desk import CLOSE, RAISE, REJECT, ApprovalDesk, desk_settings, question

Meanwhile = Callable[[Approval], object]


class Store:
    """Between the reading and the `turn`-th writing of a request somebody else does something."""

    def __init__(self, patch: pytest.MonkeyPatch, meanwhile: Meanwhile, turn: int = 1) -> None:
        self._change, self._turn, self._meanwhile = MemoryApprovals.change, turn, meanwhile
        store = self

        def change(twin: Any, changed: Approval) -> bool:
            return store.write(twin, changed)

        patch.setattr(MemoryApprovals, "change", change)

    def write(self, twin: Any, changed: Approval) -> bool:
        self._turn -= 1
        if self._turn == 0:
            self._meanwhile(changed)
        return self._change(twin, changed)


def dies(_: Approval) -> None:
    raise Transient("killed")


def test_a_lapse_that_a_vote_overtakes_is_none(desk: ApprovalDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    """The vote was read in time and is written a moment before the sweeper writes the lapse."""
    desk.ask()

    def vote(_: Approval) -> None:
        desk.after(14.9)
        desk.votes("ana", RAISE)
        desk.after(15)

    Store(monkeypatch, vote)
    desk.sweep(15)
    assert desk.approval().standing is Standing.DECIDED
    assert desk.answer()["decision"] == "raise"
    assert len(desk.world.mails) == 2


def test_a_run_that_ends_while_somebody_votes_leaves_the_vote(
    desk: ApprovalDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.ask()
    desk.execution(desk.approval().execution_arn, "ABORTED")
    Store(monkeypatch, lambda _: desk.votes("ana", RAISE))
    desk.sweep(1)
    assert desk.approval().standing is Standing.DECIDED


def test_a_silent_second_person_who_speaks_at_that_moment_is_heard(
    desk: ApprovalDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.ask()
    desk.votes("ana", CLOSE)
    Store(monkeypatch, lambda _: desk.votes("ben", CLOSE))
    desk.sweep(5)
    answer = desk.answer()
    assert (answer["decided_by"], answer["why_alone"]) == (["ana", "ben"], None)


def test_a_page_opened_at_the_same_moment_costs_no_vote(
    desk: ApprovalDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.ask()
    Store(monkeypatch, lambda _: desk.looks("ben"))
    desk.votes("ana", RAISE)
    approval = desk.approval()
    assert (approval.standing, len(approval.seen)) == (Standing.DECIDED, 1)


def test_an_acknowledgement_at_the_moment_of_a_repeat_ends_them(
    desk: ApprovalDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.ask()
    desk.sweep(15)
    desk.execution(desk.approval().execution_arn, "FAILED")
    desk.ports().incidents.close(desk.approval().incident_id, {"outcome": "escalated"})
    Store(monkeypatch, lambda _: desk.acknowledges("ben"))
    desk.sweep(30)
    assert desk.approval().acknowledged_by == "ben"
    pages = len(desk.world.paged)
    desk.sweep(90)
    assert len(desk.world.paged) == pages


def test_a_step_that_dies_leaves_the_steps_before_it_in_the_incident(
    desk: ApprovalDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.ask()
    # The second wave is written and settled; the reminder, due at the same sweep, dies.
    Store(monkeypatch, dies, turn=3)
    with pytest.raises(Transient):
        desk.sweep(8)
    assert [one["person"] for one in desk.recorded()["asked"]] == ["ana", "ben", "cleo"]


def test_the_sweep_after_a_reminder_that_died_reminds(desk: ApprovalDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.ask()
    with monkeypatch.context() as patch:
        Store(patch, dies, turn=3)
        with suppress(Transient):
            desk.sweep(8)
    desk.sweep(9)
    assert desk.mailed()[2:] == ["cleo: Decision wanted", "ana: Still no decision", "ben: Still no decision"]


def test_mails_that_left_before_the_function_died_stay_good(
    desk: ApprovalDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = desk.started()
    with monkeypatch.context() as patch:
        Store(patch, dies, turn=2)
        desk.ask(run)
    first = desk.key_of("ana")
    assert desk.approval().asked[0].message_id is None
    assert desk.holder(first) == "ana"
    desk.sweep(2)
    assert len(desk.world.mails) == 4, "nobody knows that they left, so they are sent once more"
    assert desk.holder(first) == "ana"
    assert desk.approval().asked[0].why == "nobody knows whether it left"


def test_an_old_request_that_is_decided_while_the_state_asks_anew_stays_decided(
    desk: ApprovalDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = desk.started()
    old = desk.ask(run).approval_id
    Store(monkeypatch, lambda _: desk.votes("ana", REJECT, old))
    desk.ask(run, retry_count=1)
    assert desk.approval(old).standing is Standing.DECIDED


def test_a_request_that_is_revoked_while_nobody_can_be_reached_asks_no_further(
    desk: ApprovalDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.settings = desk_settings(("ana",))
    desk.world.refused_addresses.add("ana@example.net")

    def revoked(_: Approval) -> None:
        desk.change(standing=Standing.REVOKED)

    # First the wave, then what became of it, then the end that somebody else wrote before.
    Store(monkeypatch, revoked, turn=3)
    desk.ask()
    assert desk.approval().standing is Standing.REVOKED
    assert desk.world.paged[1:] == []


def test_two_that_join_at_once_both_stand_in_the_one_that_speaks(
    desk: ApprovalDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = []
    for number in range(1, 4):
        ids.append(desk.ask(desk.started(f"e{number}")).approval_id)
        desk.world.advance(seconds=1)
    Store(monkeypatch, lambda _: desk.ask(desk.started("e5")))
    desk.ask(desk.started("e4"))
    assert len(desk.approval(ids[0]).members) == 2
    assert desk.mailed()[6:] == ["ana: More of the same", "ben: More of the same"]


def test_a_member_that_was_delivered_by_another_meanwhile_is_left_as_it_is(
    desk: ApprovalDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = []
    for number in range(1, 5):
        ids.append(desk.ask(desk.started(f"e{number}")).approval_id)
        desk.world.advance(seconds=1)
    get, hidden = MemoryApprovals.get, [ids[3]]

    def slow(store: Any, approval_id: str) -> Approval | None:
        if approval_id in hidden:
            raise Transient("throttled")
        return get(store, approval_id)

    with monkeypatch.context() as patch:
        patch.setattr(MemoryApprovals, "get", slow)
        desk.votes("ana", RAISE, ids[0])
    parent, member = desk.approval(ids[0]), desk.approval(ids[3])
    ports = desk.ports(*following.NEEDS)
    following.lead(ports, desk.settings, parent)
    stands = desk.approval(ids[3])
    assert (stands.standing, stands.delivery) == (Standing.DECIDED, Delivery.TAKEN)
    # The sweeper read the member before that, and comes to write it now.
    assert following.follow(ports, desk.settings, member, parent) == stands


def test_a_delivery_whose_record_is_overtaken_by_another_s_is_recorded_once(
    desk: ApprovalDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.ask()

    def swept(_: Approval) -> None:
        desk.change(delivery=Delivery.TAKEN, delivered_at=desk.now)

    # The vote's own write is the first, the delivery's the second.
    Store(monkeypatch, swept, turn=2)
    desk.votes("ana", RAISE)
    approval = desk.approval()
    assert (approval.delivery, approval.version) == (Delivery.TAKEN, 5)


def test_an_incident_and_a_table_that_both_fail_are_logged_and_stop_nothing(
    desk: ApprovalDesk, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    desk.ask()
    desk.world.trouble["incidents.record_approval"] = Transient("throttled")
    Store(monkeypatch, dies, turn=2)
    desk.looks("ana")
    assert caplog.messages == ["an approval is not in its incident", "an unfiled approval is not marked"]
    desk.votes("ana", RAISE)
    assert desk.answer()["decision"] == "raise"


class Killed(BaseException):
    """The function's time is over: nothing of ours runs any more."""


@pytest.mark.parametrize("how", ["decided", "lapsed", "revoked"])
def test_a_function_that_dies_before_the_incident_is_told_leaves_it_to_the_next_sweep(
    desk: ApprovalDesk, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    run = desk.started()
    desk.ask(run)

    def killed(*_: Any) -> None:
        raise Killed

    if how == "revoked":
        desk.execution(run.execution_arn, "ABORTED")
    with monkeypatch.context() as patch:
        patch.setattr(MemoryIncidents, "record_approval", killed)
        with pytest.raises(Killed):
            desk.votes("ana", RAISE) if how == "decided" else desk.sweep(15 if how == "lapsed" else 1)
    assert desk.recorded()["standing"] == "pending"
    desk.sweep(16)
    assert desk.recorded()["standing"] == how
    assert desk.approval().unfiled is False


def test_an_unreached_request_whose_run_waits_not_yet_is_handed_over_a_minute_later(desk: ApprovalDesk) -> None:
    desk.settings = desk_settings(("ana",))
    desk.ask()
    desk.world.tokens_over.add("token-e1-0")
    desk.event("ana")
    assert (desk.approval().standing, desk.approval().delivery) == (Standing.UNREACHED, Delivery.DUE)
    desk.world.tokens_over.clear()
    desk.sweep(1)
    assert desk.answer()["decision"] == "unreached"


def test_a_bounce_that_is_told_while_the_mails_still_go_out_is_not_written_over(
    desk: ApprovalDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The second write of asking says what became of the mails; the bounce is there before it.
    Store(monkeypatch, lambda _: desk.event("ana"), turn=2)
    desk.ask()
    ana, ben = desk.approval().asked
    assert (ana.mail, ben.mail, ben.message_id) == (MailStatus.NOT_REACHED, MailStatus.SENT, "mail-2")


@pytest.mark.parametrize("word", [Refused, Broken])
def test_no_word_of_the_callbacks_undoes_a_decision(
    desk: ApprovalDesk, monkeypatch: pytest.MonkeyPatch, word: type[RunbookError]
) -> None:
    desk.ask()
    with monkeypatch.context() as patch:

        def refuses(*_: object) -> bool:
            raise word("no")

        patch.setattr(MemoryCallbacks, "succeed", refuses)
        assert desk.votes("ana", RAISE).kind == "accepted"
    assert desk.approval().delivery is Delivery.DUE
    desk.sweep(1)
    assert desk.answer()["decision"] == "raise"


def test_a_parent_that_is_not_in_the_table_keeps_nobody_from_being_asked(desk: ApprovalDesk) -> None:
    desk.ask(question=question())
    desk.change(parent="apr-gone", asked=(), rungs_sent=0)
    desk.world.advance(minutes=2)
    desk.sweep()
    assert desk.approval().parent is None
    assert replace(desk.approval(), parent=None).rungs_sent == 1


def test_a_mail_service_that_never_answers_keeps_neither_the_page_nor_the_next_wave_back(
    desk: ApprovalDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each mail takes longer than the function may run."""

    def hangs(*_: Any) -> str:
        raise Killed

    monkeypatch.setattr(MemoryMailer, "send", hangs)
    with pytest.raises(Killed):
        desk.ask()
    assert desk.paged() == ["Decision wanted"]
    for minute in range(1, 60):
        with suppress(Killed):
            desk.sweep(minute)
    asked = desk.approval().asked
    assert {one.person_id for one in asked} == {"ana", "ben", "cleo", "dora"}
    for person in ("ana", "ben", "cleo"):
        assert len([one for one in asked if one.person_id == person]) <= MOST_LOST + 1
    assert desk.answer()["decision"] == "lapsed"


def test_an_answer_whose_taking_could_not_be_written_is_not_said_to_have_come_too_late(
    desk: ApprovalDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.ask()
    succeed = MemoryCallbacks.succeed

    def killed(twin: Any, token: str, output: Any) -> bool:
        succeed(twin, token, output)
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(MemoryCallbacks, "succeed", killed)
        with pytest.raises(Killed):
            desk.votes("ana", RAISE)
    desk.minutes(1, 2)
    assert desk.answer()["decision"] == "raise"
    assert desk.approval().trouble == (MAYBE_TAKEN,)
    told = desk.votes("ben", RAISE).message
    assert "does not wait for it any more" in told
    assert "ended before" not in told


def test_mails_that_cannot_be_begun_in_time_are_left_to_the_next_sweep(
    desk: ApprovalDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    send = MemoryMailer.send

    def slowly(twin: Any, mail: Any) -> str:
        desk.world.advance(seconds=21)
        return send(twin, mail)

    with monkeypatch.context() as patch:
        patch.setattr(MemoryMailer, "send", slowly)
        desk.ask()
    assert [one.message_id for one in desk.approval().asked] == ["mail-1", None]
    desk.sweep(2)
    assert desk.mailed() == ["ana: Decision wanted", "ben: Decision wanted"]
    assert desk.holder(desk.key_of("ben")) == "ben"
