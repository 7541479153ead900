"""On the page and at the command line: what is not open yet, and what one person decided alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from functions.approvals import Decision, Delivery, Option, Risk, Standing
from functions.errors import Transient
from functions.rules.asking.phrase import distinct, normal
from functions.web.guard import readable
from functions.web.mails import mail_for, page_text
from functions.web.requests import MOST_BYTES
from tests.rules.facts import NOW
from tests.web.rig import (
    ANA,
    APPROVAL,
    BEN,
    CLEO,
    INCIDENT,
    KEY_OF,
    LEAVE,
    RESUME,
    SETTINGS,
    Web,
    approval,
    question,
)

GLASS = Option(
    "break_glass",
    "Resume, decided alone",
    "Strategies trade again.",
    Risk.ADDS,
    "BREAKGLASS",
    opens_after=300,
    note_required=True,
)
ONE = f"/operators/approvals/{APPROVAL}"
RATIFY = f"/operators/incidents/{INCIDENT}/ratify"
WHY = "nobody answers and the venue is calm"


@pytest.fixture
def web() -> Web:
    return Web(approval(question=distinct(question(options=(RESUME, GLASS, LEAVE)))))


@pytest.fixture
def broken(web: Web) -> Web:
    """Ana breaks the glass as soon as she can."""
    web.world.advance(seconds=300)
    assert web.answer(ANA, "break_glass", note=WHY).status == 200
    return web


def ends(web: Web) -> None:
    """The run is over; its incident was left open."""
    web.ports.incidents.close(INCIDENT, {"outcome": "resolved"})


def vote(**more: Any) -> dict[str, Any]:
    return {"decision": "break_glass", "confirm": "breakglass size8", "note": WHY, "until": None, **more}


def test_an_answer_that_is_not_open_yet_has_no_form_and_says_from_when(web: Web) -> None:
    said = web.get()
    assert "Resume, decided alone" in said.text
    assert "Not open yet" in said.text
    assert "Available from 03:05 UTC if nobody else has decided." in said.text
    assert said.values("decision") == ["resume", "reject"]


def test_a_reload_shows_its_form_without_any_script(web: Web) -> None:
    web.world.advance(seconds=300)
    said = web.get()
    assert said.values("decision") == ["resume", "break_glass", "reject"]
    assert "Not open yet" not in said.text
    assert said.soup.find("script") is None


def test_its_note_is_a_required_field_and_no_other_is(web: Web) -> None:
    web.world.advance(seconds=300)
    areas = web.get().soup.select("textarea[name=note]")
    assert [area.has_attr("required") for area in areas] == [False, True, False]


def test_it_opens_at_the_pace_of_the_environment(web: Web) -> None:
    web.settings = web.settings.model_copy(update={"time_scale": 0.1})
    web.world.advance(seconds=30)
    assert "break_glass" in web.get().values("decision")


def test_a_form_that_somebody_made_himself_is_refused_until_it_opens(web: Web) -> None:
    fields = {**web.filled(ANA, "resume"), "decision": "break_glass", "confirm": "breakglass size8", "note": WHY}
    said = web.post(fields)
    assert (said.status, said.headers["Retry-After"]) == (409, "300")
    assert "is available from 03:05 UTC" in said.text
    assert (web.stands.votes, web.stands.tries) == ((), ())


def test_the_command_line_is_told_the_same(web: Web) -> None:
    said = web.operator("POST", ONE, body=vote())
    assert (said.status, said.json["ruling"], said.headers["Retry-After"]) == (409, "not_open_yet", "300")
    shown = web.operator("GET", ONE).json["question"]["options"]
    assert [one["opens_at"] for one in shown] == [None, "2026-03-01T03:05:00+00:00", None]
    assert [one["note_required"] for one in shown] == [False, True, False]
    web.world.advance(seconds=300)
    assert web.operator("POST", ONE, body=vote()).status == 200


@pytest.mark.parametrize("note", ["", "  ", "..."])
def test_without_a_reason_it_is_not_taken_and_the_field_is_marked(web: Web, note: str) -> None:
    web.world.advance(seconds=300)
    said = web.answer(ANA, "break_glass", note=note)
    assert (said.status, said.wrong) == (422, ["note"])
    assert "is taken with a note only: write why" in said.text
    assert web.operator("POST", ONE, BEN, vote(note=None)).json["ruling"] == "bad_note"
    assert web.stands.standing is Standing.PENDING


def test_whoever_broke_it_reads_that_another_person_has_to_ratify_it(broken: Web) -> None:
    said = broken.get(ANA)
    assert f"broke the glass: {WHY}" in said.text
    assert said.text.count(WHY) == 2, "with the decision and with the vote, and not once more"
    assert "by another person, until 03:05 UTC, 2 Mar 2026" in said.text
    assert "You broke the glass yourself" in said.text
    assert not said.has_form()


def test_another_person_ratifies_it_on_the_page(broken: Web) -> None:
    ends(broken)
    form = broken.get(BEN).form(ratify="1")
    said = broken.post({**form, "confirm": "ratify size8", "note": "seen"}, BEN)
    assert said.status == 200
    assert "Ratified: Resume, decided alone, which Ana decided at 03:05 UTC." in said.text
    assert "Ratified by Ben, at 03:05 UTC, 1 Mar 2026" in said.text
    assert not said.has_form()
    item = broken.ports.incidents.get(INCIDENT)
    assert item is not None
    assert (item["ratified_by"], item["ratified_note"], "closed_at" in item) == ("ben", "seen", True)


def test_a_wrong_phrase_ratifies_nothing_and_keeps_the_note(broken: Web) -> None:
    form = broken.get(BEN).form(ratify="1")
    for typed in ("", "yes", "breakglass size8"):
        said = broken.post({**form, "confirm": typed, "note": "seen"}, BEN)
        assert (said.status, said.wrong) == (422, ["confirm"])
        assert said.form(ratify="1")["note"] == "seen"
    assert broken.stands.glass is not None
    assert broken.stands.glass.ratified_by is None


def test_whoever_broke_it_cannot_ratify_it_with_a_form_of_his_own(broken: Web) -> None:
    form = web_form(broken, ANA)
    said = broken.post({**form, "ratify": "1", "confirm": "ratify size8"}, ANA)
    assert said.status == 403
    assert "you broke the glass yourself" in said.text
    assert broken.stands.glass is not None
    assert broken.stands.glass.ratified_by is None


def web_form(web: Web, who: str) -> dict[str, str]:
    """The proof that belongs to this person's link, taken from before the decision."""
    stands = web.stands
    before = Web(replace(stands, standing=Standing.PENDING, decision=None, glass=None, delivery=Delivery.NONE))
    return {"form": before.get(who).form(looking="1")["form"]}


def test_a_note_that_cannot_be_kept_is_given_back(broken: Web) -> None:
    form = broken.get(BEN).form(ratify="1")
    said = broken.post({**form, "confirm": "ratify size8", "note": "x" * 1_001}, BEN)
    assert (said.status, said.wrong) == (422, ["note"])


def test_a_second_ratification_names_the_first(broken: Web) -> None:
    form = broken.get(BEN).form(ratify="1")
    first = broken.post({**form, "confirm": "ratify size8"}, BEN)
    again = broken.post({**form, "confirm": "ratify size8"}, BEN)
    assert (first.status, again.status) == (200, 409)
    assert "Ratified before, by Ben" in again.text


def test_a_request_without_a_broken_glass_is_not_ratified(web: Web) -> None:
    form = {"form": web.get(BEN).form(looking="1")["form"], "ratify": "1", "confirm": "ratify size8"}
    said = web.post(form, BEN)
    assert said.status == 409
    assert "nobody broke the glass here" in said.text


@pytest.mark.parametrize("who", [ANA, BEN])
@pytest.mark.parametrize("seconds", [0, 300])
def test_no_phrase_stands_whole_on_any_of_these_pages(web: Web, who: str, seconds: int) -> None:
    web.world.advance(seconds=seconds)
    bodies = [web.get(who).body]
    if seconds:
        bodies.append(web.answer(ANA, "break_glass", note="RATIFY SIZE8").body)
        bodies.append(web.get(who).body)
    for body in bodies:
        for phrase in ("BREAKGLASSSIZE8", "RATIFYSIZE8", "RESUMESIZE8"):
            assert phrase not in normal(readable(body))


def test_it_is_listed_until_it_is_ratified_and_its_run_has_ended(broken: Web) -> None:
    listed = broken.operator("GET", "/operators/approvals").json["approvals"]
    assert [one["glass"]["ratified_by"] for one in listed] == [None]
    ends(broken)
    said = broken.operator("POST", RATIFY, CLEO, {"note": "seen"})
    assert (said.status, said.json["verdict"]) == (200, "ratified")
    assert said.json["approval"]["names"]["cleo"] == "Cleo"
    assert broken.operator("GET", "/operators/approvals").json["total"] == 0


@pytest.mark.parametrize(
    ("who", "status", "verdict"), [(ANA, 403, "own"), (BEN, 200, "ratified"), (CLEO, 200, "ratified")]
)
def test_the_command_line_ratifies_for_anybody_but_whoever_broke_it(
    broken: Web, who: str, status: int, verdict: str
) -> None:
    said = broken.operator("POST", RATIFY, who, {"note": None})
    assert (said.status, said.json["verdict"]) == (status, verdict)


def test_taking_the_incident_over_is_no_ratification(broken: Web) -> None:
    ends(broken)
    for who in (ANA, BEN):
        said = broken.operator("POST", f"/operators/incidents/{INCIDENT}/acknowledge", who, {})
        assert said.status == 409
        assert f"runbooks incidents ratify {INCIDENT}" in said.json["message"]
    item = broken.ports.incidents.get(INCIDENT)
    assert item is not None
    assert "closed_at" not in item


def test_the_route_says_what_is_wrong_with_a_call(web: Web) -> None:
    assert web.operator("POST", RATIFY, None, {}).status == 403
    assert web.operator("GET", RATIFY).status == 405
    assert web.operator("POST", RATIFY, body={"note": "x" * MOST_BYTES}).status == 413
    assert web.operator("POST", RATIFY, body={"confirm": "x"}).status == 400
    nothing = web.operator("POST", RATIFY, body={})
    assert (nothing.status, nothing.json["verdict"]) == (409, "nothing")
    assert web.operator("POST", RATIFY.replace(INCIDENT, "inc-none"), body={}).status == 404


def test_a_page_that_cannot_be_sent_keeps_no_decision_from_its_run(web: Web) -> None:
    web.world.advance(seconds=300)
    web.world.trouble["notifier.page"] = Transient("down")
    assert web.answer(ANA, "break_glass", note=WHY).status == 200
    assert web.stands.delivery is Delivery.TAKEN


def test_the_mail_says_when_it_opens_and_what_it_wants(web: Web) -> None:
    given, person = web.stands, SETTINGS.approvals.people[ANA]
    link = f"https://api1.example/approvals/apr-1?k={KEY_OF[ANA]}"
    for pace, opens in ((1.0, "03:05"), (0.2, "03:01")):
        mail = mail_for(given, given.asked[0], person, link, "asked", "prod", pace)
        for part in (mail.text, mail.html):
            told = " ".join(part.split())
            assert f"Available from {opens} UTC, 1 Mar 2026 if nobody else has decided." in told
            assert "It is taken with a note only, which says why." in told
            assert told.count("Available from") == 1


@pytest.mark.parametrize("who", [ANA, BEN])
def test_the_mail_of_a_broken_glass_names_who_when_why_and_until_when(broken: Web, who: str) -> None:
    given, person = broken.stands, SETTINGS.approvals.people[who]
    asked = next(one for one in given.asked if one.person_id == who)
    mail = mail_for(given, asked, person, f"https://api1.example/approvals/a?k={KEY_OF[who]}", "glass", "prod")
    assert mail.subject.startswith("[tradai prod] Glass broken: ")
    for part in (mail.text, mail.html):
        told = " ".join(part.split())
        for what in ("Ana", "03:05 UTC, 1 Mar 2026", WHY, "by another person, until 03:05 UTC, 2 Mar 2026"):
            assert what in told
        assert ("somebody else has to ratify it" in told) is (who == ANA)
        assert ("Ratify it if you know of it" in told) is (who == BEN)
        assert "where you decide" not in told
        assert "It lapses" not in told
        assert part.count("?k=") == 1
        assert "RATIFYSIZE8" not in normal(part)


def test_the_page_that_its_time_is_over_names_the_way_and_no_link(broken: Web) -> None:
    subject, message = page_text(broken.stands, "overdue", "prod")
    assert subject.startswith("[tradai prod] Not ratified in time: ")
    assert f"runbooks incidents ratify {INCIDENT} --env prod" in message
    assert WHY in message
    assert "?k=" not in message


def test_an_old_decision_without_a_note_can_still_be_told() -> None:
    made = Decision("break_glass", (ANA,), NOW + timedelta(minutes=5))
    bare = approval(standing=Standing.DECIDED, delivery=Delivery.TAKEN, decision=made)
    assert page_text(bare, "glass", "prod")[0].startswith("[tradai prod] Glass broken")
