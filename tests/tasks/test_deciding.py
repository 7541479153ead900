"""Deciding: of all who answer at once one decides, and the run hears it once."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest

from functions import deciding, unanswered
from functions.adapters.memory.approvals import MemoryApprovals
from functions.adapters.memory.outside import MemoryCallbacks
from functions.approvals import Approval, Delivery, Standing, Voter
from functions.errors import Refused, Transient
from functions.rules.asking.ballots import Ballot, Kind
from tests.tasks.desk import RAISE, REJECT, RESUME, ApprovalDesk, voter


def test_one_vote_decides_and_the_run_goes_on_at_once(desk: ApprovalDesk) -> None:
    desk.ask()
    ruling = desk.votes("ana", RAISE, note="checked the graphs")
    assert ruling.kind is Kind.ACCEPTED
    assert ruling.approval == desk.approval()
    assert (desk.approval().standing, desk.approval().delivery) == (Standing.DECIDED, Delivery.TAKEN)
    assert desk.answer()["decision"] == "raise"


def test_who_decided_with_what_note_and_from_where_stands_in_the_incident(desk: ApprovalDesk) -> None:
    desk.ask()
    desk.votes("ana", RAISE, note="checked the graphs")
    record = desk.recorded()
    assert (record["standing"], record["delivery"]) == ("decided", "taken")
    [vote] = record["votes"]
    assert (vote["person"], vote["note"], vote["address"], vote["agent"]) == (
        "ana",
        "checked the graphs",
        "192.0.2.7",
        "a phone",
    )


def test_a_second_click_changes_nothing_and_is_told_who_decided(desk: ApprovalDesk) -> None:
    desk.ask()
    desk.votes("ana", RAISE)
    before = desk.approval()
    again = desk.votes("ana", RAISE)
    assert again.kind is Kind.ALREADY_DECIDED
    assert "by Ana" in again.message
    assert again.approval == before == desk.approval()


def test_a_wrong_phrase_decides_nothing_and_is_counted(desk: ApprovalDesk) -> None:
    desk.ask()
    ruling = desk.votes("ana", RAISE, typed="RAISE")
    assert ruling.kind is Kind.WRONG_PHRASE
    assert [(one.person_id, one.wrong) for one in desk.approval().tries] == [("ana", 1)]
    assert desk.approval().standing is Standing.PENDING


def test_two_people_are_two_people(desk: ApprovalDesk) -> None:
    desk.ask()
    assert desk.votes("ana", RESUME).kind is Kind.WAITING_FOR_SECOND
    assert desk.votes("ana", RESUME).kind is Kind.WAITING_FOR_SECOND
    assert desk.answer() is None
    assert desk.votes("ben", RESUME).kind is Kind.ACCEPTED
    assert desk.answer()["decided_by"] == ["ana", "ben"]


def test_the_first_of_two_votes_stands_in_the_incident_before_the_second(desk: ApprovalDesk) -> None:
    desk.ask()
    desk.votes("ana", RESUME)
    record = desk.recorded()
    assert (record["standing"], [vote["person"] for vote in record["votes"]]) == ("pending", ["ana"])


def test_two_people_who_answer_differently_at_once_decide_once(
    desk: ApprovalDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.ask()
    change = MemoryApprovals.change

    def overtaken(store: Any, changed: Approval) -> bool:
        monkeypatch.setattr(MemoryApprovals, "change", change)
        assert desk.votes("ben", REJECT).kind is Kind.ACCEPTED
        return change(store, changed)

    monkeypatch.setattr(MemoryApprovals, "change", overtaken)
    assert desk.votes("ana", RAISE).kind is Kind.ALREADY_DECIDED
    assert desk.answer()["decision"] == "reject"


def test_the_second_of_two_people_who_vote_at_once_is_counted_with_the_first(
    desk: ApprovalDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.ask()
    change = MemoryApprovals.change

    def overtaken(store: Any, changed: Approval) -> bool:
        monkeypatch.setattr(MemoryApprovals, "change", change)
        assert desk.votes("ben", RESUME).kind is Kind.WAITING_FOR_SECOND
        return change(store, changed)

    monkeypatch.setattr(MemoryApprovals, "change", overtaken)
    assert desk.votes("ana", RESUME).kind is Kind.ACCEPTED
    assert desk.answer()["decided_by"] == ["ben", "ana"]


def test_of_a_thousand_racing_votes_exactly_one_decides_and_one_answer_is_taken(
    desk: ApprovalDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.ask()
    approval = desk.approval()
    ports, taken = desk.ports(*deciding.NEEDS), []
    succeed = MemoryCallbacks.succeed

    def counted(callbacks: Any, token: str, output: Any) -> bool:
        taken.append(succeed(callbacks, token, output))
        return taken[-1]

    monkeypatch.setattr(MemoryCallbacks, "succeed", counted)

    def race(number: int) -> tuple[Kind, str]:
        option = (RAISE, REJECT)[number % 2]
        ballot = Ballot(option.id, f"{option.act} {approval.question.target}", 0, note=f"number {number}")
        person = ("ana", "ben")[number // 2 % 2]
        ruling = deciding.vote(ports, desk.settings, approval.approval_id, voter(person), ballot)
        return ruling.kind, f"number {number}"

    with ThreadPoolExecutor(10) as pool:
        rulings = list(pool.map(race, range(1_000)))
    assert Counter(kind for kind, _ in rulings) == {Kind.ACCEPTED: 1, Kind.ALREADY_DECIDED: 999}
    [winner] = [note for kind, note in rulings if kind is Kind.ACCEPTED]
    assert taken == [True]
    assert desk.answer()["note"] == winner
    assert desk.approval().delivery is Delivery.TAKEN


def test_a_vote_that_never_gets_its_turn_may_be_sent_again(
    desk: ApprovalDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.ask()
    monkeypatch.setattr(MemoryApprovals, "change", lambda *_: False)
    with pytest.raises(Transient, match="others wrote at the same time, 8 times"):
        desk.votes("ana", RAISE)


def test_a_vote_after_the_time_counts_for_nothing_although_no_sweep_has_been(desk: ApprovalDesk) -> None:
    desk.ask()
    desk.after(15)
    assert desk.votes("ana", RAISE).kind is Kind.TOO_LATE
    assert desk.approval().standing is Standing.PENDING
    assert desk.answer() is None


def test_a_decision_stands_although_its_incident_cannot_be_written(desk: ApprovalDesk) -> None:
    desk.ask()
    desk.world.trouble["incidents.record_approval"] = Transient("throttled")
    assert desk.votes("ana", RAISE).kind is Kind.ACCEPTED
    assert desk.answer()["decision"] == "raise"


def test_an_unknown_request_is_refused(desk: ApprovalDesk) -> None:
    ports = desk.ports(*deciding.NEEDS)
    with pytest.raises(Refused, match="there is no request apr-0"):
        deciding.vote(ports, desk.settings, "apr-0", voter("ana"), Ballot("raise", "RAISE", 0))
    with pytest.raises(Refused, match="there is no request apr-0"):
        deciding.look(ports, "apr-0", voter("ana"))


def test_looking_is_recorded_once_a_wave(desk: ApprovalDesk) -> None:
    desk.ask()
    desk.looks("ana")
    again = desk.looks("ana")
    assert [(seen.voter.person_id, seen.looking) for seen in again.seen] == [("ana", True)]
    assert desk.recorded()["seen"][0]["person"] == "ana"


def test_who_opened_the_page_is_recorded_once_from_an_address(desk: ApprovalDesk) -> None:
    desk.ask()
    ports, approval_id = desk.ports(*deciding.NEEDS), desk.approval().approval_id
    for _ in range(2):
        deciding.opened(ports, approval_id, voter("ana"))
    deciding.opened(ports, approval_id, Voter("ana", "link", "198.51.100.9", "a scanner"))
    assert [seen.voter.address for seen in desk.approval().seen] == ["192.0.2.7", "198.51.100.9"]


def test_a_page_is_shown_although_its_reader_cannot_be_recorded(desk: ApprovalDesk) -> None:
    desk.ask()
    desk.world.trouble["approvals.change"] = Transient("throttled")
    deciding.opened(desk.ports(*deciding.NEEDS), desk.approval().approval_id, voter("ana"))
    assert desk.approval().seen == ()


def ended(desk: ApprovalDesk) -> None:
    """The run has ended because nobody answered; its incident stays open."""
    desk.execution(desk.approval().execution_arn, "FAILED")
    desk.ports().incidents.close(desk.approval().incident_id, {"outcome": "escalated"})


def test_an_acknowledgement_closes_the_incident_and_ends_the_repeats(desk: ApprovalDesk) -> None:
    desk.ask()
    desk.sweep(15)
    ended(desk)
    assert desk.acknowledges("ben")
    assert desk.approval().acknowledged_by == "ben"
    assert not desk.approval().open
    item = desk.item(desk.approval().incident_id)
    assert (item["acknowledged_by"], "closed_at" in item) == ("ben", True)
    assert desk.recorded()["acknowledged_by"] == "ben"


def test_a_second_acknowledgement_has_nothing_left_to_do(desk: ApprovalDesk) -> None:
    desk.ask()
    desk.sweep(15)
    ended(desk)
    desk.acknowledges("ben")
    desk.world.advance(seconds=5)
    assert not desk.acknowledges("ana")
    assert desk.approval().acknowledged_by == "ben"


def test_an_acknowledgement_that_died_half_way_is_finished_by_the_next(desk: ApprovalDesk) -> None:
    desk.ask()
    desk.sweep(15)
    ended(desk)
    desk.world.trouble["approvals.change"] = Transient("killed")
    with pytest.raises(Transient):
        desk.acknowledges("ben")
    desk.world.trouble.clear()
    desk.world.advance(seconds=5)
    assert desk.acknowledges("ben")
    assert desk.approval().acknowledged_by == "ben"


def test_an_incident_whose_run_goes_on_cannot_be_acknowledged_away(desk: ApprovalDesk) -> None:
    desk.ask()
    desk.sweep(15)
    with pytest.raises(Refused, match="its run has not ended"):
        desk.acknowledges("ben")
    assert desk.approval().acknowledged_by is None


def test_a_fresh_run_is_started_once_after_a_lapse(desk: ApprovalDesk) -> None:
    desk.ask(desk.started(strategy_id="s1", alarm_name="the-alarm", alarm_at="then"))
    desk.sweep(15)
    desk.run_ends()
    ports, approval_id = desk.ports(*unanswered.NEEDS), desk.approval().approval_id
    first = unanswered.ask_again(ports, approval_id, voter("ben"))
    second = unanswered.ask_again(ports, approval_id, voter("ben"))
    assert first == second
    [started] = [one for one in desk.world.executions.values() if one.arn == first]
    assert started.name.startswith("stale-heartbeat-")
    assert started.payload == {"strategy_id": "s1", "requested_by": f"ben, again after {approval_id}"}
    assert desk.approval().acknowledged_by == "ben"


def test_two_people_who_start_it_again_start_one_run(desk: ApprovalDesk) -> None:
    desk.ask()
    desk.sweep(15)
    desk.run_ends()
    ports, approval_id = desk.ports(*unanswered.NEEDS), desk.approval().approval_id
    before = len(desk.world.executions)
    for person in ("ana", "ben"):
        unanswered.ask_again(ports, approval_id, voter(person))
    assert len(desk.world.executions) == before + 1


@pytest.mark.parametrize("goes_on", ["execution", "incident", "both"])
def test_nothing_is_started_beside_a_run_that_has_not_ended_yet(desk: ApprovalDesk, goes_on: str) -> None:
    desk.ask()
    desk.sweep(15)
    before, ports, asked = len(desk.world.executions), desk.ports(*unanswered.NEEDS), desk.approval()
    if goes_on == "execution":
        desk.incident_ends(asked.incident_id)
    if goes_on == "incident":
        desk.execution(asked.execution_arn, "FAILED")
    with pytest.raises(unanswered.StillGoesOn, match="try again in a minute"):
        unanswered.ask_again(ports, asked.approval_id, voter("ben"))
    assert len(desk.world.executions) == before
    assert desk.approval().acknowledged_by is None
    desk.run_ends()
    assert unanswered.ask_again(ports, asked.approval_id, voter("ben")) is not None
    assert desk.approval().acknowledged_by == "ben"


def test_a_child_that_asked_is_over_only_with_its_run(desk: ApprovalDesk) -> None:
    run = desk.started()
    desk.ask(run, execution_arn=(child := f"{run.execution_arn}-child"))
    desk.execution(child)
    desk.sweep(15)
    desk.execution(child, "SUCCEEDED")
    desk.incident_ends(run.incident_id)
    ports, approval_id = desk.ports(*unanswered.NEEDS), desk.approval().approval_id
    with pytest.raises(unanswered.StillGoesOn):
        unanswered.ask_again(ports, approval_id, voter("ben"))
    desk.run_ends(run.execution_arn)
    assert unanswered.ask_again(ports, approval_id, voter("ben")) is not None


@pytest.mark.parametrize("answered", [False, True])
def test_nothing_is_started_again_for_a_request_that_was_not_left_without_an_answer(
    desk: ApprovalDesk, answered: bool
) -> None:
    desk.ask()
    if answered:
        desk.votes("ana", RAISE)
    ports = desk.ports(*unanswered.NEEDS)
    with pytest.raises(Refused, match="there is nothing to start again"):
        unanswered.ask_again(ports, desk.approval().approval_id, voter("ana"))


def test_an_answer_says_until_when_it_holds(desk: ApprovalDesk) -> None:
    from dataclasses import replace

    from tests.tasks.desk import question

    wait = replace(REJECT, id="wait", act="WAIT", until_at_most_minutes=60)
    desk.ask(question=question(options=(RAISE, wait)))
    until = desk.now + timedelta(minutes=30)
    assert desk.votes("ana", wait).kind is Kind.BAD_UNTIL
    assert desk.votes("ana", wait, until=until).kind is Kind.ACCEPTED
    assert desk.answer()["until"] == until.isoformat().replace("+00:00", "Z")
