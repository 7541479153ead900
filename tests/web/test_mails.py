"""The mails and the paging text: readable by themselves, one link, nothing that decides."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from bs4 import BeautifulSoup
from hypothesis import given, settings
from hypothesis import strategies as st

from functions.approvals import Approval, Delivery, Line, Mail, MailStatus, Member, Standing
from functions.approvers import Person
from functions.rules.asking.phrase import distinct, normal, whole
from functions.web.mails import Kind, mail_for, page_text
from tests.rules.facts import NOW
from tests.web.rig import ANA, BEN, KEY_OF, RAISE, TOKEN, WAIT, approval, asked, question

LINK = f"https://api1.example/approvals/apr-1?k={KEY_OF[ANA]}"
KINDS: tuple[Kind, ...] = ("asked", "reminder", "lapsed", "joined")
EVIL = (
    "\r\nBcc: eve@evil.example\r\n\r\n<script>alert(1)</script><img src=https://evil.example/x>"
    "\u202e\x00\u2028 www.evil.example"
)


def mail(given: Approval | None = None, kind: Kind = "asked", name: str = "Ana") -> Mail:
    found = given or approval()
    return mail_for(found, found.asked[0], Person(name=name, email="ana@desk.example"), LINK, kind, "prod")


def seen(mail: Mail) -> str:
    """What the HTML part shows."""
    body = BeautifulSoup(mail.html, "html.parser").body
    assert body is not None
    return " ".join(body.get_text(" ").split())


@pytest.mark.parametrize("kind", KINDS)
def test_text_and_html_say_the_same_facts_first(kind: Kind) -> None:
    sent = mail(kind=kind)
    for part in (" ".join(sent.text.split()), seen(sent)):
        places = [part.index(told) for told in ("Raise the memory of", "2048 MiB", "3 times within", "yours alone")]
        assert places == sorted(places)
        assert "Also asked: Ben." in part
        assert "This mail cannot be answered." in part
        assert "gives your voice away" in part


def test_each_answer_is_told_with_what_it_does_and_how_many_it_needs() -> None:
    told = " ".join(mail(approval(question=question(options=(replace(RAISE, needed=2), WAIT)))).text.split())
    assert "Raise the memory to 4096 MiB [Adds risk or cost; needs 2 people] A new revision" in told
    assert "Keep waiting [Changes nothing; needs one person] Nothing is changed until then." in told
    assert "at most 60 minutes away" in told


def test_what_an_answer_states_is_told_with_the_words_that_state_it() -> None:
    states = replace(RAISE, statement="no order of these strategies is open at binanceusdm")
    sent = mail(approval(question=question(options=(states, WAIT))))
    wanted = "By typing its words you state: no order of these strategies is open at binanceusdm."
    for part in (" ".join(sent.text.split()), seen(sent)):
        assert part.count(wanted) == 1
        assert part.index("A new revision") < part.index(wanted) < part.index("Keep waiting")
    assert "you state" not in mail().text + mail().html


@pytest.mark.parametrize(
    ("more", "kind", "told"),
    [
        ({}, "asked", "It lapses at 03:15 UTC, 1 Mar 2026, in 15 min."),
        ({"asked": (asked(ANA, 1, mail=MailStatus.SENT),)}, "asked", "03:15 UTC, 1 Mar 2026, in 15 min."),
        ({"reminded_at": NOW + timedelta(minutes=7)}, "reminder", "It lapses at 03:15 UTC, 1 Mar 2026, in 8 min."),
        ({}, "joined", "It lapses at 03:15 UTC, 1 Mar 2026, 15 min after it was asked."),
        (
            {},
            "lapsed",
            "it lapsed at 03:15 UTC, 1 Mar 2026, 15 min after it was asked. This request changed nothing.",
        ),
    ],
)
def test_it_says_when_it_lapses_as_a_time_and_as_minutes_from_now(
    more: dict[str, Any], kind: Kind, told: str
) -> None:
    sent = mail(approval(**more), kind)
    assert told in " ".join(sent.text.split())
    assert told in seen(sent).replace(" .", ".").replace(" ,", ",")


def test_a_later_wave_counts_from_its_own_time() -> None:
    late = replace(asked(ANA, 1), at=NOW + timedelta(minutes=10))
    assert "in 5 min." in mail(approval(asked=(late,))).text


@pytest.mark.parametrize("kind", KINDS)
def test_the_only_address_in_it_is_the_readers_own_link(kind: Kind) -> None:
    evil = question(title=f"Look {EVIL}", facts=(Line("Log https://evil.example", EVIL),), target="X")
    sent = mail(approval(question=evil, members=(Member("apr-2", "inc-2", EVIL, EVIL),)), kind)
    for part in (sent.text, sent.html):
        assert re.findall(r"\w+://[^\s\"<]+", part) == [LINK]
        assert "www." not in part
    assert [a["href"] for a in BeautifulSoup(sent.html, "html.parser").find_all("a")] == [LINK]


@pytest.mark.parametrize("kind", KINDS)
def test_it_needs_no_image_no_script_and_nothing_remote(kind: Kind) -> None:
    soup = BeautifulSoup(mail(kind=kind).html, "html.parser")
    assert soup.find_all(["img", "script", "link", "iframe", "object", "table", "form", "input"]) == []
    assert "url(" not in mail(kind=kind).html
    assert [tag.name for tag in soup.find_all() if tag.has_attr("src") or tag.has_attr("background")] == []


@pytest.mark.parametrize("kind", KINDS)
def test_no_token_no_hash_and_no_other_key_is_in_it(kind: Kind) -> None:
    sent = mail(kind=kind)
    whole_mail = f"{sent.subject}{sent.text}{sent.html}{sent.tags}"
    for secret in (TOKEN, KEY_OF[BEN], *(one.key_hash or "?" for one in approval().asked)):
        assert secret not in whole_mail
    assert KEY_OF[ANA] not in f"{sent.subject}{sent.tags}"


@settings(deadline=None)
@given(st.text(max_size=300), st.text(max_size=300))
def test_a_subject_is_one_short_line_of_ascii_whatever_is_asked(title: str, name: str) -> None:
    for subject in (
        mail(approval(question=question(title=title))).subject,
        page_text(approval(), "asked", "prod")[0],
    ):
        assert 0 < len(subject) <= 100
        assert subject.isascii()
        assert subject.isprintable()
    assert "\r" not in mail(approval(question=question(title=EVIL))).subject


@settings(deadline=None)
@given(st.text(min_size=1, max_size=60), st.text(max_size=200), st.text(max_size=200))
def test_nothing_that_is_asked_becomes_markup_of_the_mail(name: str, fact: str, value: str) -> None:
    plain = [tag.name for tag in BeautifulSoup(mail().html, "html.parser").find_all()]
    evil = question(title=f"{fact}<b>", facts=tuple(Line(f"{fact}<i>", f"{value}</dd><script>") for _ in range(3)))
    found = BeautifulSoup(mail(approval(question=evil), name=name).html, "html.parser").find_all()
    assert [tag.name for tag in found] == plain


@pytest.mark.parametrize("kind", KINDS)
def test_the_phrase_stands_in_no_mail_and_in_no_page(kind: Kind) -> None:
    asked_now = approval(question=distinct(question(options=(RAISE, WAIT))))
    sent, (subject, message) = mail(asked_now, kind), page_text(asked_now, kind, "prod")
    for option in asked_now.question.options:
        phrase = whole(option, asked_now.question)
        for part in (sent.subject, sent.text, seen(sent), subject, message):
            assert phrase not in normal(part)


@pytest.mark.parametrize("kind", KINDS)
def test_the_paging_text_names_the_command_and_carries_no_address(kind: Kind) -> None:
    evil = approval(question=question(title=f"Look {EVIL}", facts=(Line("a", EVIL),)))
    subject, message = page_text(evil, kind, "prod")
    assert "://" not in subject + message
    assert "www." not in message
    assert f"runbooks approvals show {evil.approval_id} --env prod" in message
    assert message.isprintable() or set(message) - {"\n"} <= {c for c in message if c.isprintable()}
    assert "Asked: Ana and Ben." in message


def test_the_paging_text_counts_for_how_many_the_answer_stands() -> None:
    members = tuple(Member(f"apr-{n}", f"inc-{n}", "Again", "X") for n in range(14))
    subject, message = page_text(approval(members=members), "joined", "prod")
    assert subject.startswith("[tradai prod] More of the same: ")
    assert "The answer counts for 14 more of the same." in message
    assert "and 4 more on the page" in mail(approval(members=members), "joined").text


@pytest.mark.parametrize(
    ("standing", "head", "told"),
    [
        (Standing.LAPSED, "Nobody decided", "It lapsed at 03:15 UTC"),
        (Standing.UNREACHED, "Nobody could be reached", "It was asked, and reached nobody."),
    ],
)
def test_a_page_about_what_nobody_answered_says_how_it_ended_and_how_to_take_it_over(
    standing: Standing, head: str, told: str
) -> None:
    ended = approval(standing=standing, delivery=Delivery.TAKEN)
    subject, message = page_text(ended, "lapsed", "prod")
    assert subject.startswith(f"[tradai prod] {head}: ")
    assert told in message
    assert ("It lapsed at" in message) is (standing is Standing.LAPSED)
    assert f"runbooks incidents ack {ended.incident_id} --env prod" in message
    assert "repeat 1" not in message
    assert "This is repeat 3." in page_text(replace(ended, repeats=3), "lapsed", "prod")[1]


def test_a_page_says_who_has_a_link_and_who_has_none() -> None:
    told = page_text(approval(asked=(asked(ANA), asked(BEN, mail=MailStatus.NO_ADDRESS))), "asked", "prod")[1]
    assert "Asked: Ana and Ben. A personal link by mail: Ana." in told
    nobody = page_text(approval(asked=(asked(ANA, mail=MailStatus.NOT_REACHED),)), "lapsed", "prod")[1]
    assert "Asked: Ana. No mail has reached anybody." in nobody


def test_a_page_does_not_say_that_a_mail_left_which_is_only_tried() -> None:
    one_on_its_way = (asked(ANA), asked(BEN, message_id=None))
    told = page_text(approval(asked=one_on_its_way), "asked", "prod")[1]
    assert "A personal link by mail: Ana. A personal link is being mailed to: Ben." in told
    first = page_text(approval(asked=(asked(ANA, message_id=None),)), "asked", "prod")[1]
    assert "Asked: Ana. A personal link is being mailed to: Ana." in first
    assert "by mail" not in first


def test_a_page_before_anybody_was_asked_names_nobody() -> None:
    assert "Asked:" not in page_text(approval(asked=()), "asked", "prod")[1]
    assert "So far nobody else was asked." in mail(approval(asked=(asked(ANA),))).text


@pytest.mark.parametrize(("again", "told"), [({"runbook": "stale-heartbeat"}, True), (None, False)])
def test_only_where_the_page_can_ask_again_the_mail_says_so(again: dict[str, str] | None, told: bool) -> None:
    sent = mail(approval(again=again), "lapsed")
    assert ("ask again" in sent.text, "ask again" in seen(sent)) == (told, told)
    assert LINK in sent.text


def test_many_facts_are_cut_and_counted() -> None:
    facts = tuple(Line(f"fact {n}", "x" * 5_000) for n in range(20))
    sent = mail(approval(question=question(facts=facts)))
    assert "... and 8 more on the page" in sent.text
    assert len(sent.text) < 12 * 700 + 3_000
    assert "(cut)" in sent.text


def test_its_tags_name_the_request_and_the_person_for_the_events_of_ses() -> None:
    assert mail().tags == {"approval_id": approval().approval_id, "person_id": ANA}
    assert mail().to == "ana@desk.example"


def test_a_person_without_an_address_gets_no_mail() -> None:
    with pytest.raises(ValueError, match="ana has no mail address"):
        mail_for(approval(), asked(ANA), Person(name="Ana"), LINK, "asked", "prod")
