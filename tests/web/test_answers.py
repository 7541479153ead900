"""Answers through the page: what decides, what does not, and what the page says each time."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import pytest

from functions.approvals import Delivery, Member, Option, Standing
from functions.errors import Refused, RunbookError, Transient, Uncertain
from functions.ids import execution_name
from tests.rules.facts import NOW
from tests.web.rig import (
    ANA,
    APPROVAL,
    BEN,
    CLEO,
    INCIDENT,
    KEY_OF,
    LEAVE,
    RAISE,
    RESUME,
    SETTINGS,
    TOKEN,
    WAIT,
    Web,
    approval,
    asked,
    event,
    logged,
    question,
)

FOUR = (RAISE, RESUME, WAIT, LEAVE)


@pytest.fixture
def web() -> Web:
    """A request with four answers, one of which needs two people and one of which needs an end."""
    return Web(approval(question=question(options=FOUR)))


def note_in(said: Any, decision: str) -> str:
    note: str = said.form(decision=decision)["note"]
    return note


# --- what decides


def test_the_phrase_and_a_note_decide_and_the_run_gets_the_answer(web: Web) -> None:
    said = web.answer(ANA, "raise", note="go ahead")
    assert (said.status, said.has_form()) == (200, False)
    assert "Decided: Raise the memory to 4096 MiB By Ana At 03:00 UTC, 1 Mar 2026" in said.text
    assert "The run has it and goes on." in said.text
    assert "go ahead" in said.text
    assert (web.stands.standing, web.stands.delivery) == (Standing.DECIDED, Delivery.TAKEN)
    assert web.world.callbacks[TOKEN]["decision"] == "raise"
    assert web.world.callbacks[TOKEN]["decided_by"] == [ANA]


@pytest.mark.parametrize(
    "typed", ["RAISE SIZE8", "raisesize8", "  Raise - size 8 ", "raise\u00a0size8", "ＲＡＩＳＥ SIZE8"]
)
def test_capitals_spaces_and_dashes_of_the_phrase_do_not_matter(web: Web, typed: str) -> None:
    assert web.answer(ANA, "raise", confirm=typed).status == 200
    assert web.stands.standing is Standing.DECIDED


def test_who_answered_from_where_is_kept(web: Web) -> None:
    fields = web.filled(ANA, "raise")
    web.post(fields, address="203.0.113.9", agent="Phone/1\r\nX-Evil: 1\u202e")
    (vote,) = web.stands.votes
    assert (vote.voter.person_id, vote.voter.via, vote.voter.address) == (ANA, "link", "203.0.113.9")
    assert vote.voter.agent == "Phone/1??X-Evil: 1?"
    record = web.ports.incidents.get(INCIDENT) or {}
    assert record["approvals"][0]["decision"]["option"] == "raise"


def test_one_of_two_waits_and_the_second_decides(web: Web) -> None:
    first = web.answer(ANA, "resume", note="venue is fine")
    assert first.status == 200
    assert "Your answer counts" in first.text
    assert web.stands.standing is Standing.PENDING
    page = web.get(BEN).text
    assert "Answers so far Ana Start trading again, at 03:00:00 UTC venue is fine" in page
    second = web.answer(BEN, "resume")
    assert second.status == 200
    assert "By Ana and Ben" in second.text
    assert web.world.callbacks[TOKEN]["decided_by"] == [ANA, BEN]


def test_an_answer_with_an_end_keeps_it(web: Web) -> None:
    web.world.advance(minutes=3)
    said = web.answer(ANA, "wait", until_minutes="45")
    assert "Until 03:48 UTC, 1 Mar 2026" in said.text
    assert web.world.callbacks[TOKEN]["until"].startswith("2026-03-01T03:48:00")


def test_an_answer_that_the_run_waited_for_no_more_says_so(web: Web) -> None:
    web.world.tokens_over.add(TOKEN)
    web.world.advance(minutes=2)
    said = web.answer(ANA, "raise")
    assert said.status == 200
    assert "The run does not wait for it any more. Look at the incident." in said.text
    assert web.stands.delivery is Delivery.OVER


@pytest.mark.parametrize("trouble", [Transient("callbacks are down"), Uncertain("timed out")])
def test_an_answer_that_could_not_be_delivered_stands_and_says_so(web: Web, trouble: RunbookError) -> None:
    web.world.trouble["callbacks.succeed"] = trouble
    said = web.answer(ANA, "raise")
    assert said.status == 200
    assert "Being handed to the run" in said.text
    assert (web.stands.standing, web.stands.delivery) == (Standing.DECIDED, Delivery.DUE)


# --- what does not decide


def test_a_wrong_phrase_keeps_the_note_and_the_end_and_shows_the_field(web: Web) -> None:
    said = web.answer(ANA, "wait", confirm="WAIT", note="maintenance\r\nuntil four", until_minutes="30")
    assert said.status == 422
    assert web.stands.standing is Standing.PENDING
    assert note_in(said, "wait") == "maintenance\nuntil four"
    assert said.form(decision="wait")["until_minutes"] == "30"
    assert said.form(decision="wait")["confirm"] == ""
    (field,) = said.soup.select("[aria-invalid]")
    assert (field["name"], field.has_attr("autofocus")) == ("confirm", True)
    assert [one["value"] for one in said.soup.select("details[open] [name=decision]")] == ["wait"]
    assert said.soup.select_one("[role=alert]") is not None


def test_the_form_of_a_page_after_a_wrong_phrase_can_be_sent(web: Web) -> None:
    said = web.answer(ANA, "raise", confirm="RAISE")
    again = web.post({**said.form(decision="raise"), "confirm": "RAISE SIZE8"})
    assert again.status == 200
    assert web.stands.standing is Standing.DECIDED


def test_too_many_wrong_phrases_wait_by_person_and_say_how_long(web: Web) -> None:
    said = [web.answer(ANA, "raise", confirm="RAISE", note="n") for _ in range(6)]
    assert [one.status for one in said] == [422, 422, 422, 422, 429, 429]
    assert 0 < int(said[-1].headers["Retry-After"]) <= 5
    assert note_in(said[-1], "raise") == "n"
    assert "Retry-After" not in said[0].headers
    assert web.answer(ANA, "raise").status == 429, "the right phrase waits too"
    assert web.answer(BEN, "raise").status == 200, "nobody else waits"


def test_a_second_click_is_told_who_decided(web: Web) -> None:
    late = web.filled(BEN, "reject")
    fields = web.filled(ANA, "raise")
    assert web.post(fields).status == 200
    for said in (web.post(fields), web.post(late, BEN)):
        assert said.status == 409
        assert "It was decided before" in said.text
        assert "By Ana" in said.text
        assert not said.has_form()
    assert web.world.callbacks[TOKEN]["decision"] == "raise"
    assert len(web.stands.votes) == 1


def test_a_form_that_was_sent_before_does_not_count_again(web: Web) -> None:
    fields = web.filled(ANA, "raise")
    assert web.post({**fields, "confirm": "wrong"}).status == 422
    said = web.post(fields)
    assert said.status == 409
    assert "Something changed meanwhile" in said.text
    assert web.stands.standing is Standing.PENDING


def test_a_form_from_before_others_joined_does_not_count(web: Web) -> None:
    fields = web.filled(ANA, "raise")
    web.change(members=(Member("apr-2", "inc-2", "The same once more", "SIZE9"),))
    said = web.post({**fields, "note": "typed before"})
    assert said.status == 409
    assert "Your answer counts for 1 more of the same" in said.text
    assert note_in(said, "raise") == "typed before"
    assert web.post({**said.form(decision="raise"), "confirm": "raise all2"}).status == 200


@pytest.mark.parametrize("form", ["", "0.0", "0.0." + "0" * 64, "1.0." + "f" * 64, "x" * 100, "٠.0." + "0" * 64])
def test_a_forged_form_is_refused_and_nothing_is_counted(web: Web, form: str) -> None:
    before = web.filled(ANA, "raise")
    version = web.stands.version
    said = web.post({**before, "form": form})
    assert said.status == 403
    assert "Nothing was decided" in said.text
    assert web.stands.version == version
    assert said.form(decision="raise")["form"] == before["form"]


def test_a_form_of_another_person_or_another_request_is_forged(web: Web) -> None:
    mine, bens = web.filled(ANA, "raise"), web.filled(BEN, "raise")
    assert web.post({**mine, "form": bens["form"]}).status == 403
    other = replace(web.stands, approval_id="apr-other", version=1)
    web.put(other)
    answer = web.post(mine, path="/approvals/apr-other")
    assert answer.status == 403
    assert web.stands.standing is Standing.PENDING


def test_a_form_without_its_hidden_value_is_forged(web: Web) -> None:
    fields = web.filled(ANA, "raise")
    del fields["form"]
    assert web.post(fields).status == 403


@pytest.mark.parametrize(
    ("standing", "status", "told"),
    [
        (Standing.LAPSED, 410, "Lapsed: nobody decided in time"),
        (Standing.UNREACHED, 410, "Nobody could be reached"),
        (Standing.REVOKED, 410, "Withdrawn: the run has ended"),
        (Standing.SUPERSEDED, 410, "Replaced by a newer request"),
    ],
)
def test_what_has_ended_takes_no_answer_and_says_why(web: Web, standing: Standing, status: int, told: str) -> None:
    fields = web.filled(ANA, "raise")
    web.change(standing=standing)
    said = web.post(fields)
    assert (said.status, web.stands.standing) == (status, standing)
    assert told in said.text
    assert said.values("decision") == []
    page = web.get()
    assert page.status == 200
    assert told in page.text


def test_after_the_last_second_no_answer_is_taken_though_nobody_has_written_so(web: Web) -> None:
    fields = web.filled(ANA, "raise")
    web.world.advance(minutes=15)
    said = web.post(fields)
    assert said.status == 410
    assert "The time is over" in said.text
    assert not said.has_form()
    assert web.stands.standing is Standing.PENDING


@pytest.mark.parametrize("minutes", ["", "61", "0", "-5", "soon", "1e3", "٣", "999999"])
def test_an_end_that_is_missing_or_too_far_is_asked_for_again(web: Web, minutes: str) -> None:
    said = web.answer(ANA, "wait", until_minutes=minutes, note="kept")
    assert said.status == 422
    assert said.wrong == ["until_minutes"]
    assert note_in(said, "wait") == "kept"
    assert web.stands.votes == ()


def test_an_end_on_an_answer_that_has_none_is_refused(web: Web) -> None:
    assert web.answer(ANA, "raise", until_minutes="5").status == 422


@pytest.mark.parametrize("note", ["x" * 1_001, "bell\x07", "turn\u202eed"])
def test_a_note_that_cannot_be_kept_is_given_back(web: Web, note: str) -> None:
    said = web.answer(ANA, "raise", note=note)
    assert said.status == 422
    assert said.wrong == ["note"]
    assert note_in(said, "raise") == note
    assert web.stands.votes == ()


def test_an_answer_that_is_not_offered_is_refused(web: Web) -> None:
    fields = web.filled(ANA, "raise")
    assert web.post({**fields, "decision": "close"}).status == 422
    assert web.stands.votes == ()


def test_the_proven_requester_may_only_say_no(web: Web) -> None:
    fields = web.filled(ANA, "raise")
    web.change(requester=ANA)
    page = web.get()
    assert page.values("decision") == ["wait", "reject"]
    assert "You asked for this yourself" in page.text
    assert web.post(fields).status == 403
    assert web.answer(ANA, "reject").status == 200


def test_somebody_who_left_the_desk_has_no_link_any_more(web: Web) -> None:
    without = SETTINGS.approvals.model_copy(
        update={"people": {BEN: SETTINGS.approvals.people[BEN]}, "desks": {}},
    )
    web.settings = SETTINGS.model_copy(update={"approvals": without})
    assert web.get(ANA).status == 404
    assert web.get(BEN).status == 200


def test_an_option_whose_act_is_empty_can_be_chosen_by_nothing() -> None:
    web = Web(approval(question=question(options=(Option("x", "Do", "It is done.", RAISE.risk, "--"),))))
    page = web.get()
    assert web.post({**page.form(decision="x"), "confirm": "SIZE8"}).status == 422
    assert web.post({**page.form(decision="x"), "confirm": ""}).status in (409, 422)
    assert web.stands.standing is Standing.PENDING


# --- looking


def test_i_am_looking_is_recorded_shown_and_said_once_a_wave(web: Web) -> None:
    web.world.advance(minutes=1)
    said = web.post(web.get(BEN).form(looking="1"), BEN)
    assert said.status == 200
    assert "Noted: you are looking" in said.text
    assert "You said at 03:01:00 UTC that you are looking." in said.text
    assert said.values("looking") == []
    assert "Ben is looking, said at 03:01:00 UTC" in web.get(ANA).text
    assert [one.looking for one in web.stands.seen if one.voter.person_id == BEN] == [False, True]
    late = replace(asked(CLEO, 1), at=NOW + timedelta(minutes=5))
    web.change(asked=(*web.stands.asked, late))
    assert web.get(BEN).values("looking") == ["1"]


@pytest.mark.parametrize(("standing", "status"), [(Standing.DECIDED, 409), (Standing.LAPSED, 410)])
def test_looking_at_what_is_over_is_told_so(web: Web, standing: Standing, status: int) -> None:
    fields = web.get().form(looking="1")
    web.change(standing=standing)
    assert web.post(fields).status == status
    assert not any(one.looking for one in web.stands.seen)


def test_looking_without_the_pages_own_value_is_forged(web: Web) -> None:
    assert web.post({"looking": "1"}).status == 403
    assert web.stands.seen == ()


@pytest.mark.parametrize("fields", [{}, {"looking": "0"}, {"again": "2"}, {"looking": "1", "again": "1"}])
def test_a_form_that_says_nothing_known_is_refused(web: Web, fields: dict[str, str]) -> None:
    form = web.get().form(looking="1")["form"]
    assert web.post({"form": form, **fields}).status == 400
    assert not any(one.looking for one in web.stands.seen)


# --- reading


def test_opening_is_recorded_once_a_place_and_decides_nothing(web: Web) -> None:
    for _ in range(3):
        assert web.get(ANA).status == 200
    (seen,) = web.stands.seen
    assert (seen.voter.person_id, seen.looking, seen.voter.agent) == (ANA, False, "a phone")
    assert "Opened by Ana (you)." in web.get().text
    assert web.stands.standing is Standing.PENDING


def test_a_head_request_is_answered_as_a_get_without_a_body_and_records_nothing(web: Web) -> None:
    head = web.send(event("HEAD", key=KEY_OF[ANA]))
    assert (head.status, head.body) == (200, "")
    assert web.stands.seen == ()
    assert head.headers == web.get().headers


@pytest.mark.parametrize("trouble", [Transient("throttled"), Uncertain("timed out")])
def test_the_page_comes_though_its_reader_cannot_be_recorded_and_its_incident_not_be_read(
    web: Web, trouble: RunbookError
) -> None:
    web.world.trouble |= {"approvals.change": trouble, "incidents.get": trouble}
    said = web.get()
    assert said.status == 200
    assert "strategies that cannot be read at the moment" in said.text


@pytest.mark.parametrize(
    ("trouble", "status"),
    [(Transient("throttled"), 503), (Uncertain("timed out"), 503), (ValueError("secret"), 500)],
)
def test_a_store_that_fails_is_told_without_its_words(
    web: Web, trouble: Any, status: int, caplog: pytest.LogCaptureFixture
) -> None:
    fields = web.filled(ANA, "raise")
    web.world.trouble["approvals.get"] = trouble
    said = web.post({**fields, "note": "hunter2"})
    assert said.status == status
    assert str(trouble) not in said.body
    assert ("Retry-After" in said.headers) == (status == 503)
    assert "a call to the page failed" in caplog.text
    for secret in ("hunter2", KEY_OF[ANA], fields["form"], str(trouble)):
        assert secret not in logged(caplog)


def test_an_answer_that_lost_every_race_is_told_to_look_again(web: Web) -> None:
    fields = web.filled(ANA, "raise")
    web.world.trouble["approvals.change"] = Transient("others wrote")
    assert web.post(fields).status == 503


# --- asking again


def run_ends(web: Web) -> None:
    item = web.world.item("incidents", INCIDENT)
    assert item is not None
    web.world.put("incidents", {**item, "ended_at": "2026-01-01T00:00:00+00:00"})


def test_a_run_that_still_goes_on_is_not_started_beside_and_may_be_in_a_minute(web: Web) -> None:
    web.change(standing=Standing.LAPSED)
    fields = {**web.get().form(again="1"), "confirm": "again size8"}
    said = web.post(fields)
    assert (said.status, said.headers["Retry-After"]) == (409, "60")
    assert "has not ended yet" in said.text
    assert "Started" not in said.text
    assert web.world.executions == {}
    run_ends(web)
    assert web.post({**said.form(again="1"), "confirm": "again size8"}).status == 200


@pytest.mark.parametrize("standing", [Standing.LAPSED, Standing.UNREACHED])
def test_the_page_of_an_unanswered_request_starts_the_runbook_again_once(web: Web, standing: Standing) -> None:
    web.change(standing=standing)
    run_ends(web)
    page = web.get()
    fields = {**page.form(again="1"), "confirm": "again size8"}
    said = web.post(fields)
    assert said.status == 200
    assert "Started again" in said.text
    (started,) = web.world.executions.values()
    assert started.name == execution_name("stale-heartbeat", "again", APPROVAL)
    assert started.payload["strategy_id"] == "s1"
    assert web.post(fields).status in (200, 409)
    assert len(web.world.executions) == 1


def test_a_fresh_run_that_has_ended_is_not_started_once_more(web: Web) -> None:
    web.change(standing=Standing.LAPSED)
    run_ends(web)
    fields = {**web.get().form(again="1"), "confirm": "again size8"}
    web.post(fields)
    (arn, started), *_ = web.world.executions.items()
    web.world.executions[arn] = replace(started, status="SUCCEEDED")
    said = web.post(fields)
    assert said.status == 409
    assert "Started before" in said.text
    assert len(web.world.executions) == 1


def test_a_run_that_step_functions_does_not_start_is_told(web: Web) -> None:
    web.change(standing=Standing.LAPSED)
    run_ends(web)
    fields = {**web.get().form(again="1"), "confirm": "again size8"}
    web.world.trouble["executions.start"] = Refused("no such machine: arn:aws:states")
    said = web.post(fields)
    assert said.status == 409
    assert "arn:aws" not in said.body


@pytest.mark.parametrize("typed", ["", "AGAIN", "SIZE8", "RAISE SIZE8"])
def test_asking_again_takes_its_own_phrase(web: Web, typed: str) -> None:
    web.change(standing=Standing.LAPSED)
    said = web.post({**web.get().form(again="1"), "confirm": typed})
    assert said.status == 422
    assert web.world.executions == {}
    assert said.wrong == ["confirm"]


def test_only_what_nobody_answered_is_asked_again(web: Web) -> None:
    form = web.get().form(looking="1")["form"]
    fields = {"again": "1", "form": form, "confirm": "AGAIN SIZE8"}
    assert web.post(fields).status == 409
    web.change(standing=Standing.LAPSED, again=None)
    assert web.post(fields).status == 409
    assert not web.get().has_form()
    assert web.world.executions == {}


# --- how it is sent


def test_a_body_in_base64_is_read_as_api_gateway_sends_it(web: Web) -> None:
    fields = web.filled(ANA, "raise")
    said = web.post({}, body=urlencode(fields).encode())
    assert said.status == 200
    assert web.stands.standing is Standing.DECIDED


def test_a_content_type_with_its_charset_is_the_same(web: Web) -> None:
    headers = {"Content-Type": "application/x-www-form-urlencoded; charset=UTF-8"}
    assert web.post(web.filled(ANA, "raise"), headers=headers).status == 200
