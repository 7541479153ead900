"""SES's events: who was not reached is marked, and whoever comes next is asked at once."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from functions.approvals import MailStatus, Standing
from functions.errors import Transient
from functions.tasks import note_mail_event
from functions.tasks.note_mail_event import told_by
from tests.tasks.desk import RAISE, ApprovalDesk

TAGS = {"approval_id": ["apr-1"], "person_id": ["ana"], "ses:configuration-set": ["runbooks"]}
MAIL = {"messageId": "m1", "tags": TAGS, "destination": ["ana@example.net"]}
RECIPIENT = {"emailAddress": "ana@example.net", "action": "failed", "status": "5.1.1"}


@pytest.mark.parametrize(
    ("kind", "field", "said", "why"),
    [
        (
            "Bounce",
            "bounce",
            {
                "bounceType": "Permanent",
                "bounceSubType": "General",
                "bouncedRecipients": [{**RECIPIENT, "diagnosticCode": "smtp; 550 5.1.1 user unknown"}],
            },
            "the mail came back: Permanent General smtp; 550 5.1.1 user unknown",
        ),
        (
            "Complaint",
            "complaint",
            {"complaintFeedbackType": "abuse", "complainedRecipients": [RECIPIENT]},
            "the mail was reported as spam: abuse",
        ),
        ("Reject", "reject", {"reason": "Bad content"}, "SES found a virus in the mail: Bad content"),
        (
            "DeliveryDelay",
            "deliveryDelay",
            {"delayType": "MailboxFull", "delayedRecipients": [{"diagnosticCode": "smtp; 452 full\r\n try"}]},
            "the mail is delayed: MailboxFull smtp; 452 full try",
        ),
        (
            "Rendering Failure",
            "failure",
            {"errorMessage": "no such attribute", "templateName": "t"},
            "the mail could not be rendered: no such attribute",
        ),
        ("Bounce", "bounce", {}, "the mail came back"),
        ("Bounce", "bounce", None, "the mail came back"),
        ("Bounce", "bounce", {"bounceType": 5, "bouncedRecipients": ["x"]}, "the mail came back"),
    ],
)
def test_every_kind_of_event_says_why_nobody_was_reached(kind: str, field: str, said: Any, why: str) -> None:
    told = told_by("aws.ses", {"eventType": kind, "mail": MAIL, field: said})
    assert told is not None
    assert (told.approval_id, told.person_id, told.message_id, told.why) == ("apr-1", "ana", "m1", why)


@pytest.mark.parametrize(
    ("source", "detail"),
    [
        ("aws.ses", {"eventType": "Send", "mail": MAIL}),
        ("aws.ses", {"eventType": "Delivery", "mail": MAIL}),
        ("aws.ses", {"eventType": ["Bounce"], "mail": MAIL}),
        ("aws.ses", {"mail": MAIL}),
        ("aws.ses", {"eventType": "Bounce"}),
        ("aws.ses", {"eventType": "Bounce", "mail": "m1"}),
        ("aws.ses", {"eventType": "Bounce", "mail": {"messageId": "m1"}}),
        ("aws.ses", {"eventType": "Bounce", "mail": {"tags": {"approval_id": ["apr-1"]}}}),
        ("aws.ses", {"eventType": "Bounce", "mail": {"tags": {"approval_id": [], "person_id": ["ana"]}}}),
        ("aws.ses", {"eventType": "Bounce", "mail": {"tags": {"approval_id": "apr-1", "person_id": "ana"}}}),
        ("aws.ses", ["Bounce"]),
        ("aws.ses", None),
        ("somebody.else", {"eventType": "Bounce", "mail": MAIL}),
        (None, {"eventType": "Bounce", "mail": MAIL}),
    ],
)
def test_what_is_not_about_a_mail_of_ours_is_left_alone(desk: ApprovalDesk, source: Any, detail: Any) -> None:
    answer = desk.work(note_mail_event, source=source, detail=detail)
    assert (answer.approval_id, answer.marked) == (None, False)
    assert desk.world.calls == []


def test_a_foreign_server_s_words_are_one_line_and_not_too_long() -> None:
    said = {"bounceType": "Permanent", "bouncedRecipients": [{"diagnosticCode": "line\nbreak " * 100}]}
    told = told_by("aws.ses", {"eventType": "Bounce", "mail": MAIL, "bounce": said})
    assert told is not None
    assert "\n" not in told.why
    assert len(told.why) == note_mail_event.MOST_TOLD


def test_who_was_not_reached_is_marked_with_the_reason(desk: ApprovalDesk) -> None:
    desk.ask()
    answer = desk.event("ana")
    assert answer.marked is True
    ana, ben = desk.approval().asked
    assert (ana.mail, ana.why) == (MailStatus.NOT_REACHED, "the mail came back")
    assert ben.mail is MailStatus.SENT
    assert desk.recorded()["asked"][0]["mail"] == "not_reached"


def test_as_long_as_one_is_reached_the_next_wave_has_its_time(desk: ApprovalDesk) -> None:
    desk.ask()
    desk.event("ana")
    assert len(desk.world.mails) == 2


def test_when_nobody_asked_so_far_is_reached_the_next_wave_is_asked_at_once(desk: ApprovalDesk) -> None:
    desk.ask()
    desk.event("ana")
    desk.event("ben", "DeliveryDelay")
    assert desk.mailed()[2:] == ["cleo: Decision wanted"]


def test_when_no_wave_is_left_the_run_hears_at_once_that_nobody_is_reached(desk: ApprovalDesk) -> None:
    from tests.tasks.desk import desk_settings

    desk.settings = desk_settings(("ana",), ("ben",))
    desk.ask()
    desk.event("ana")
    assert desk.answer() is None
    desk.event("ben", "Complaint")
    assert desk.answer()["decision"] == "unreached"
    assert desk.approval().standing is Standing.UNREACHED
    assert desk.recorded()["standing"] == "unreached"


def test_the_same_event_twice_marks_once_and_asks_nobody_twice(desk: ApprovalDesk) -> None:
    desk.ask()
    desk.event("ana")
    desk.event("ben")
    before = desk.approval()
    assert desk.event("ben").marked is False
    assert desk.approval() == before
    assert len(desk.world.mails) == 3


def test_an_event_that_comes_before_ses_s_message_id_is_written_down_is_not_lost(desk: ApprovalDesk) -> None:
    desk.ask()
    asked = tuple(replace(one, message_id=None) for one in desk.approval().asked)
    desk.change(asked=asked)
    assert desk.event("ana").marked is True
    assert desk.approval().asked[0].message_id == "mail-1"


def test_an_event_about_an_older_mail_marks_no_newer_one(desk: ApprovalDesk) -> None:
    desk.ask()
    desk.sweep(7.5)
    assert desk.mailed()[-1] != "ana: Decision wanted"
    first = desk.world.mails[0]
    detail = {
        "eventType": "DeliveryDelay",
        "mail": {"messageId": "mail-1", "tags": {name: [value] for name, value in first.tags.items()}},
    }
    desk.work(note_mail_event, source="aws.ses", detail=detail)
    marks = [one.mail for one in desk.approval().asked if one.person_id == "ana"]
    assert marks == [MailStatus.NOT_REACHED, MailStatus.SENT]


@pytest.mark.parametrize("again", ["DeliveryDelay", "Bounce"])
def test_an_older_mail_s_second_event_marks_no_mail_that_is_on_its_way(desk: ApprovalDesk, again: str) -> None:
    """SES tells each event at least once, and of one mail its delay and then its bounce."""
    desk.ask()
    desk.event("ana", "DeliveryDelay")
    reminder = replace(desk.approval().asked[0], mail=MailStatus.SENT, key_hash="b" * 64, message_id=None)
    before = desk.change(asked=(*desk.approval().asked, reminder))
    assert desk.event("ana", again).marked is False
    assert desk.approval() == before


def test_an_event_about_a_request_that_is_not_there_is_left_alone(desk: ApprovalDesk) -> None:
    desk.ask()
    answer = desk.event("ana", approval_id="apr-0")
    assert (answer.approval_id, answer.marked, answer.why) == (None, False, "there is no such request")


def test_an_event_after_the_decision_is_recorded_and_asks_nobody(desk: ApprovalDesk) -> None:
    desk.ask()
    desk.votes("ana", RAISE)
    desk.event("ana")
    desk.event("ben")
    assert desk.approval().standing is Standing.DECIDED
    assert len(desk.world.mails) == 2


def test_an_event_that_cannot_be_written_is_delivered_again(
    desk: ApprovalDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    from functions.adapters.memory.approvals import MemoryApprovals

    desk.ask()
    with monkeypatch.context() as patch:
        patch.setattr(MemoryApprovals, "change", lambda *_: False)
        with pytest.raises(Transient, match="others wrote at the same time"):
            desk.event("ana")
    assert desk.event("ana").marked is True
