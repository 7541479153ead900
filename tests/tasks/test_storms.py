"""Many alike at once: one request speaks for all, and each run hears its own answer."""

from __future__ import annotations

from typing import Any

import pytest

from functions.adapters.memory.approvals import MemoryApprovals
from functions.adapters.memory.outside import MemoryCallbacks
from functions.approvals import Approval, Delivery, Line, Standing
from functions.errors import Transient
from functions.rules.asking.ballots import Kind
from functions.tasks import note_mail_event
from tests.tasks.desk import RAISE, REJECT, ApprovalDesk, desk_settings, question


def storm(desk: ApprovalDesk, count: int = 5) -> list[Approval]:
    """So many runs that ask the same, a second apart; the fourth and later ones join the first."""
    ids = []
    for number in range(1, count + 1):
        ids.append(
            desk.ask(
                desk.started(f"e{number}"), question=question(title=f"Question {number}?", options=desk.options())
            ).approval_id
        )
        desk.world.advance(seconds=1)
    return [desk.approval(approval_id) for approval_id in ids]


def test_the_fourth_of_the_same_cause_and_venue_joins_the_first(desk: ApprovalDesk) -> None:
    first, *others = storm(desk)
    assert [one.parent for one in others] == [None, None, first.approval_id, first.approval_id]
    assert [one.title for one in desk.approval(first.approval_id).members] == ["Question 4?", "Question 5?"]


def test_who_joins_mails_nobody_and_those_asked_are_told_once(desk: ApprovalDesk) -> None:
    storm(desk)
    assert desk.mailed() == ["ana: Decision wanted", "ben: Decision wanted"] * 3 + [
        "ana: More of the same",
        "ben: More of the same",
    ]


def test_the_mail_about_more_of_the_same_leads_to_the_one_that_speaks_for_them(desk: ApprovalDesk) -> None:
    first, *_ = storm(desk)
    _, mail = desk.mails_to("ana")[-1]
    assert mail.tags["approval_id"] == first.approval_id
    assert "Question 4?" in mail.text


def test_one_answer_reaches_every_run_that_it_speaks_for(desk: ApprovalDesk) -> None:
    first, second, third, fourth, fifth = storm(desk)
    assert desk.votes("ana", RAISE, first.approval_id).kind is Kind.ACCEPTED
    answers = [desk.answer(f"token-e{number}-0") for number in range(1, 6)]
    assert [bool(answer) for answer in answers] == [True, False, False, True, True]
    assert [answer["approval_id"] for answer in answers if answer] == [
        one.approval_id for one in (first, fourth, fifth)
    ]
    assert desk.approval(second.approval_id).standing is Standing.PENDING
    assert desk.approval(third.approval_id).standing is Standing.PENDING
    assert desk.recorded(fifth.incident_id)["decision"]["option"] == "raise"


def test_an_answer_covers_what_its_page_showed_and_nothing_that_came_later(desk: ApprovalDesk) -> None:
    first, *_ = storm(desk)
    assert desk.votes("ana", RAISE, first.approval_id, members_seen=1).kind is Kind.CHANGED_MEANWHILE
    assert desk.approval(first.approval_id).standing is Standing.PENDING


def test_members_whose_delivery_fails_are_delivered_by_the_sweeper_each_by_itself(
    desk: ApprovalDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, _, _, fourth, fifth = storm(desk)
    succeed = MemoryCallbacks.succeed

    def one_fails(callbacks: Any, token: str, output: Any) -> bool:
        if token == "token-e4-0":
            raise Transient("throttled")
        return succeed(callbacks, token, output)

    with monkeypatch.context() as patch:
        patch.setattr(MemoryCallbacks, "succeed", one_fails)
        desk.votes("ana", RAISE, first.approval_id)
    assert desk.approval(fourth.approval_id).delivery is Delivery.DUE
    assert desk.approval(fifth.approval_id).delivery is Delivery.TAKEN
    desk.sweep(1)
    assert desk.answer("token-e4-0")["decision"] == "raise"


def test_members_hear_the_decision_although_whoever_took_it_was_killed_right_after(
    desk: ApprovalDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, *members = storm(desk)
    get = MemoryApprovals.get

    def killed(store: Any, approval_id: str) -> Approval | None:
        if approval_id in {one.approval_id for one in members}:
            raise Transient("killed")
        return get(store, approval_id)

    with monkeypatch.context() as patch:
        patch.setattr(MemoryApprovals, "get", killed)
        desk.votes("ana", REJECT, first.approval_id)
    assert desk.answer("token-e4-0") is None
    desk.sweep(1)
    assert [desk.answer(f"token-e{number}-0")["decision"] for number in (4, 5)] == ["reject", "reject"]


def test_when_nobody_answers_every_run_hears_so_and_people_once_for_each_request(desk: ApprovalDesk) -> None:
    storm(desk)
    before = len(desk.world.paged)
    desk.minutes(16, 18)
    answers = [desk.answer(f"token-e{number}-0")["decision"] for number in range(1, 6)]
    assert answers == ["lapsed"] * 5
    assert desk.paged()[before:] == ["Nobody decided"] * 3


def test_when_nobody_is_reached_the_runs_that_joined_hear_so_at_once(desk: ApprovalDesk) -> None:
    desk.settings = desk_settings(("ana",))
    first, *_ = storm(desk)
    for number in (1, 4):
        tags = {"approval_id": [first.approval_id], "person_id": ["ana"]}
        mail = {"messageId": f"mail-{number}", "tags": tags}
        desk.work(note_mail_event, source="aws.ses", detail={"eventType": "Bounce", "mail": mail})
    answers = [(desk.answer(f"token-e{number}-0") or {}).get("decision") for number in range(1, 6)]
    assert answers == ["unreached", None, None, "unreached", "unreached"]


def test_an_acknowledgement_of_the_one_that_spoke_counts_for_its_members(desk: ApprovalDesk) -> None:
    first, *_ = storm(desk)
    desk.minutes(15, 17)
    for number in range(1, 6):
        desk.execution(first.execution_arn[:-1] + str(number), "FAILED")
    desk.ports().incidents.close(first.incident_id, {"outcome": "escalated"})
    assert desk.acknowledges("ben", first.incident_id)
    desk.sweep(18)
    marks = [one.acknowledged_by for one in desk.approvals()]
    assert marks == ["ben", None, None, "ben", "ben"]


def test_where_the_one_that_spoke_is_gone_the_others_ask_for_themselves(desk: ApprovalDesk) -> None:
    first, _, _, fourth, fifth = storm(desk)
    desk.execution(first.execution_arn, "ABORTED")
    before = len(desk.world.mails)
    desk.minutes(1, 2)
    assert desk.approval(first.approval_id).standing is Standing.REVOKED
    for one in (fourth, fifth):
        assert desk.approval(one.approval_id).parent is None
        assert desk.approval(one.approval_id).rungs_sent == 1
    assert desk.mailed()[before:] == ["ana: Decision wanted", "ben: Decision wanted"] * 2
    desk.votes("ana", RAISE, fourth.approval_id)
    assert desk.answer("token-e4-0")["decision"] == "raise"


def test_one_that_was_answered_while_another_joined_speaks_for_it_no_more(
    desk: ApprovalDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, *_ = storm(desk, 3)
    asks = MemoryApprovals.ask

    def answered(store: Any, approval: Approval, token: str) -> bool:
        desk.votes("ana", RAISE, first.approval_id)
        return asks(store, approval, token)

    monkeypatch.setattr(MemoryApprovals, "ask", answered)
    fourth = desk.ask(desk.started("e4"))
    assert fourth.joined is None
    assert desk.mailed()[-2:] == ["ana: Decision wanted", "ben: Decision wanted"]
    assert desk.answer("token-e4-0") is None


def test_one_that_died_before_its_parent_knew_of_it_asks_for_itself(desk: ApprovalDesk) -> None:
    storm(desk, 3)
    before = len(desk.world.mails)
    desk.world.trouble["approvals.change"] = Transient("killed")
    fourth = desk.ask(desk.started("e4"))
    desk.world.trouble.clear()
    assert fourth.joined is not None
    desk.sweep()
    assert len(desk.world.mails) == before, "it may be joining yet"
    desk.world.advance(minutes=2)
    desk.sweep()
    assert desk.approval(fourth.approval_id).parent is None
    assert desk.mailed()[before:] == ["ana: Decision wanted", "ben: Decision wanted"]


def test_a_retry_of_one_that_has_joined_joins_once(desk: ApprovalDesk) -> None:
    first, *_ = storm(desk, 3)
    run = desk.started("e4")
    assert desk.ask(run) == desk.ask(run)
    assert len(desk.approval(first.approval_id).members) == 1


@pytest.mark.parametrize("other", [{"cause": "exchange_down"}, {"venue": "kraken"}, {"kind": "close"}])
def test_another_trouble_asks_for_itself(desk: ApprovalDesk, other: dict[str, Any]) -> None:
    storm(desk, 3)
    assert desk.ask(desk.started("e4"), question=question(**other)).joined is None


def positions(desk: ApprovalDesk, *targets: str) -> list[Approval]:
    """The same trouble with so many positions, each asked about by a run of its own."""
    ids = []
    for number, target in enumerate(targets, start=1):
        asked = question(title=f"What about {target}?", target=target, facts=(Line("Size", f"{number} {target}"),))
        ids.append(desk.ask(desk.started(f"e{number}"), question=asked).approval_id)
        desk.world.advance(seconds=1)
    return [desk.approval(approval_id) for approval_id in ids]


def test_the_phrase_of_one_position_does_not_decide_about_the_others_that_it_speaks_for(
    desk: ApprovalDesk,
) -> None:
    first, *_ = positions(desk, "BTCUSDT", "ETHUSDT", "SOLUSDT", "XRPUSDT", "ADAUSDT")
    ruling = desk.votes("ana", RAISE, first.approval_id, typed="raise btcusdt")
    assert ruling.kind is Kind.WRONG_PHRASE
    assert [desk.answer(f"token-e{number}-0") for number in (1, 4, 5)] == [None] * 3
    assert desk.votes("ana", RAISE, first.approval_id, typed="raise all3").kind is Kind.ACCEPTED
    assert all(desk.answer(f"token-e{number}-0") for number in (1, 4, 5))


def test_what_each_of_them_is_about_is_kept_with_the_one_that_speaks_and_mailed(desk: ApprovalDesk) -> None:
    first, *_ = positions(desk, "BTCUSDT", "ETHUSDT", "SOLUSDT", "XRPUSDT")
    (one,) = desk.approval(first.approval_id).members
    assert (one.title, one.target, one.facts) == ("What about XRPUSDT?", "XRPUSDT", (Line("Size", "4 XRPUSDT"),))
    _, mail = desk.mails_to("ana")[-1]
    assert "- What about XRPUSDT? (XRPUSDT)" in mail.text
    assert "ALL2" not in mail.text + mail.html


def test_whoever_speaks_for_itself_again_is_answered_with_its_own_target(desk: ApprovalDesk) -> None:
    first, _, _, fourth = positions(desk, "BTCUSDT", "ETHUSDT", "SOLUSDT", "XRPUSDT")
    desk.execution(first.execution_arn, "ABORTED")
    desk.minutes(1, 2)
    assert desk.votes("ana", RAISE, fourth.approval_id, typed="raise xrpusdt").kind is Kind.ACCEPTED
