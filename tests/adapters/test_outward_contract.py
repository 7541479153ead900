"""What goes out to people and to Step Functions: mails, pages, and the answers to task tokens."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from functions.approvals import Mail
from functions.errors import Broken, Refused
from tests.adapters.rigs import Rig, Sent

MAIL = Mail(
    to="ana@tradai.example",
    subject="Close BTC/USDT? größer",
    text="Der Platz ist weg – naïve",
    html="<p>größer</p>",
    tags={"approval_id": "apr-0", "person_id": "ana"},
)


def test_a_mail_leaves_with_its_subject_and_both_of_its_bodies(rig: Rig) -> None:
    message_id = rig.ports.mailer.send(MAIL)
    assert message_id
    assert rig.mails() == [Sent(MAIL.to, MAIL.subject, MAIL.text, MAIL.html)]
    assert rig.ports.mailer.send(MAIL) != message_id


@pytest.mark.parametrize(
    ("subject", "sent"),
    [
        ("Close?\r\nBcc: everybody@x.example", "Close? Bcc: everybody@x.example"),
        ("a\x00b\x1b[31mc\u2028d\u202ee", "a b [31mc d e"),
        ("\n", "(no subject)"),
        ("x" * 200, "x" * 200),
        ("x" * 201, "x" * 199 + "…"),
    ],
)
def test_a_subject_is_one_line_that_begins_no_header_of_its_own(rig: Rig, subject: str, sent: str) -> None:
    rig.ports.mailer.send(replace(MAIL, subject=subject))
    assert [mail.subject for mail in rig.mails()] == [sent]


@pytest.mark.parametrize(
    "address",
    [
        "",
        "ana",
        "ana@x.example\r\nBcc: eve@x.example",
        "ana@x.example\n",
        "ana@x.example, eve@x.example",
        "Ana <ana@x.example>",
        "ana@x\u2028.example",
        "ana@x.example\x00",
    ],
)
def test_a_mail_goes_to_one_address_or_nowhere(rig: Rig, address: str) -> None:
    with pytest.raises(Refused, match="no address"):
        rig.ports.mailer.send(replace(MAIL, to=address))
    assert rig.mails() == []


def test_an_address_that_ses_does_not_take_is_refused_and_the_next_one_is_not(rig: Rig) -> None:
    with pytest.raises(Refused, match="MessageRejected: Email address is not verified"):
        rig.ports.mailer.send(replace(MAIL, to=rig.refused_address()))
    rig.ports.mailer.send(MAIL)
    assert [mail.to for mail in rig.mails()] == [MAIL.to]


@pytest.mark.parametrize("tags", [{"person id": "ana"}, {"person_id": ""}, {"person_id": "ana\n"}])
def test_a_tag_that_ses_would_not_take_is_ours_to_mend(rig: Rig, tags: dict[str, str]) -> None:
    with pytest.raises(Broken, match="tag"):
        rig.ports.mailer.send(replace(MAIL, tags=tags))


def test_a_page_goes_to_the_paging_topic_and_a_notification_to_the_other(rig: Rig) -> None:
    rig.ports.notifier.page("a decision is wanted\n", "look into your mail")
    assert (rig.pages(), rig.messages()) == ([("a decision is wanted", "look into your mail")], [])
    rig.ports.notifier.publish("resolved", "all is well")
    assert rig.messages() == [("resolved", "all is well")]


def test_an_answer_reaches_the_state_that_waits_for_it(rig: Rig) -> None:
    at = datetime(2026, 1, 31, 3, tzinfo=UTC)
    answer = {"decision": "approve", "decided_at": at, "looks": Decimal(3), "by": ("ana",), "until": None}
    assert rig.ports.callbacks.succeed(rig.waiting(), answer)
    assert rig.answered() == {
        "decision": "approve",
        "decided_at": "2026-01-31T03:00:00.000000Z",
        "looks": 3,
        "by": ["ana"],
        "until": None,
    }


def test_a_token_that_was_answered_is_waited_for_by_nobody(rig: Rig) -> None:
    token = rig.waiting()
    assert rig.ports.callbacks.succeed(token, {"decision": "approve"})
    rig.answered()
    assert not rig.ports.callbacks.succeed(token, {"decision": "reject"})
    assert rig.answered() == {"decision": "approve"}
