"""Whole stories of a question, from the task that asks over mails, pages and sweeps to what the run hears.

People act as they would: they open the link of their own mail, read the page, and send its form.
Minutes count from the moment of asking; a question of this kind has fifteen.
"""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest

from functions import delivering
from functions.adapters.memory.outside import MemoryCallbacks
from functions.approvals import Delivery, Option, Standing
from functions.errors import Transient
from functions.rules.asking.phrase import spoken
from functions.tasks import approvals_page
from tests.tasks.desk import CLOSE, LINK, RAISE, REJECT, RESUME, URL, ApprovalDesk, desk_settings, question
from tests.web.rig import Said, event


class Story(ApprovalDesk):
    """The same desk, with a browser. `told` collects what each minute brought."""

    def opens(self, person_id: str, mail: int = -1) -> Said:
        """The link of one of this person's mails; the newest unless told otherwise."""
        return self._call("GET", self.link(person_id, mail))

    def link(self, person_id: str, mail: int = -1) -> str:
        found = LINK.search(self.mails_to(person_id)[mail][1].text)
        assert found is not None
        return found[0]

    def answers(self, person_id: str, option: Option, mail: int = -1, **typed: str) -> Said:
        """Opens the page, writes act and target together, and sends."""
        link = self.link(person_id, mail)
        page = self._call("GET", link)
        target = spoken(self.approval(_id(link))).target
        form = page.form(decision=option.id)
        return self._call("POST", link, {**form, "confirm": f"{option.act} {target}".lower(), **typed})

    def says_looking(self, person_id: str) -> Said:
        return self._call("POST", self.link(person_id), self.opens(person_id).form(looking="1"))

    def asks_again(self, person_id: str) -> Said:
        form = self.opens(person_id).form(again="1")
        target = self.approval(_id(self.link(person_id))).question.target
        return self._call("POST", self.link(person_id), {**form, "confirm": f"again {target}"})

    def storm(self, count: int) -> list[Any]:
        """So many runs that ask the same, a second apart."""
        asked = []
        for number in range(1, count + 1):
            asked.append(self.ask(self.started(f"e{number}")))
            self.world.advance(seconds=1)
        return asked

    def operator_votes(self, arn: str, option: Option) -> Said:
        """On the command line, by the identity that AWS has verified."""
        approval = self.approval()
        body = {
            "decision": option.id,
            "confirm": f"{option.act} {spoken(approval).target}",
            "members": len(approval.members),
        }
        return self._send(
            event(
                "POST",
                path=f"/operators/approvals/{approval.approval_id}",
                body=json.dumps(body),
                headers={"content-type": "application/json"},
                authorizer={"iam": {"userArn": arn}},
            )
        )

    def until(self, minute: int) -> list[str]:
        """Every minute's sweep up to this one; what people were told meanwhile, as `5 cleo: Decision wanted`."""
        told = []
        start = round((self.now - self.began).total_seconds() / 60)
        for at in range(start + 1, minute + 1):
            mails, pages = len(self.world.mails), len(self.world.paged)
            self.sweep(at)
            told += [f"{at} {one}" for one in self.mailed()[mails:]]
            told += [f"{at} page: {one}" for one in self.paged()[pages:]]
        return told

    def _call(self, method: str, link: str, fields: dict[str, str] | None = None) -> Said:
        parts = urlsplit(link.removeprefix(URL))
        body = None if fields is None else urlencode(fields)
        return self._send(event(method, path=parts.path, query=parts.query, body=body))

    def _send(self, call: dict[str, Any]) -> Said:
        ports = self.ports(*approvals_page.handler.needs)
        raw: Any = approvals_page.handler.work(call, ports, self.settings)
        return Said(raw["statusCode"], raw["headers"], raw["body"], raw)


@pytest.fixture
def story(monkeypatch: pytest.MonkeyPatch) -> Story:
    monkeypatch.setenv("APPROVALS_URL", URL)
    return Story()


def _id(link: str) -> str:
    found = LINK.fullmatch(link)
    assert found is not None
    return found[1]


def test_a_question_that_ana_answers_in_her_first_minute(story: Story) -> None:
    story.ask()
    page = story.opens("ana")
    assert (page.status, "Decision wanted" in page.text) == (200, True)
    story.after(1)
    answered = story.answers("ana", RAISE, note="graphs checked")
    assert (answered.status, "Decided: Raise the memory" in answered.text) == (200, True)
    assert story.answer()["decision"] == "raise"
    assert story.answer()["decided_by"] == ["ana"]
    assert story.until(60) == []
    ben = story.opens("ben")
    assert "Decided: Raise the memory" in ben.text
    assert "graphs checked" in ben.text
    assert not ben.has_form()


def test_waves_come_at_a_third_and_at_two_thirds_and_a_reminder_at_half_of_the_time(story: Story) -> None:
    story.ask()
    assert story.until(15) == [
        "5 cleo: Decision wanted",
        "5 page: Decision wanted",
        "8 ana: Still no decision",
        "8 ben: Still no decision",
        "8 cleo: Still no decision",
        "8 page: Still no decision",
        "10 page: Decision wanted",
        "15 ana: Nobody decided",
        "15 ben: Nobody decided",
        "15 cleo: Nobody decided",
        "15 page: Nobody decided",
    ]
    assert story.answer()["decision"] == "lapsed"


def test_dora_without_a_mail_address_answers_on_the_command_line(story: Story) -> None:
    story.ask()
    story.until(10)
    answered = story.operator_votes("arn:aws:iam::000000000000:user/dora", RAISE)
    assert answered.status == 200
    assert story.answer()["decided_by"] == ["dora"]
    assert story.recorded()["votes"][0]["via"] == "iam"


def test_who_looks_holds_back_the_next_wave_once_and_never_the_end(story: Story) -> None:
    story.ask()
    story.until(4)
    assert story.says_looking("ana").status == 200
    assert story.until(6) == []
    assert "You said at 03:04:00 UTC that you are looking" in story.opens("ana").text
    assert story.until(7) == ["7 cleo: Decision wanted", "7 page: Decision wanted"]
    story.until(9)
    story.says_looking("ana")
    assert [line for line in story.until(12) if "Decision wanted" in line] == ["12 page: Decision wanted"]
    story.says_looking("ben")
    story.until(15)
    assert story.answer()["decision"] == "lapsed"


def test_the_link_of_the_first_mail_still_works_after_the_reminder(story: Story) -> None:
    story.ask()
    story.until(8)
    assert len(story.mails_to("ana")) == 2
    assert story.answers("ana", RAISE, mail=0).status == 200
    assert story.answer()["decision"] == "raise"


def test_what_nobody_answers_is_repeated_until_somebody_acknowledges_it(story: Story) -> None:
    story.ask()
    story.until(15)
    story.execution(story.approval().execution_arn, "FAILED")
    story.ports().incidents.close(story.approval().incident_id, {"outcome": "escalated"})
    repeats = story.until(240)
    assert repeats == [f"{minute} page: Nobody decided" for minute in (30, 60, 120, 180, 240)]
    assert story.acknowledges("cleo")
    assert story.until(400) == []
    item = story.item(story.approval().incident_id)
    assert item["acknowledged_by"] == "cleo"


def test_an_answer_after_the_lapse_is_not_taken_and_the_page_starts_it_afresh(story: Story) -> None:
    story.ask()
    form = story.opens("ana").form(decision="raise")
    story.until(16)
    target = story.approval().question.target
    late = story._call("POST", story.link("ana", 0), {**form, "confirm": f"RAISE {target}"})
    assert late.status in (409, 410)
    assert story.answer()["decision"] == "lapsed"
    story.run_ends()
    assert story.asks_again("ana").status == 200
    assert story.asks_again("ben").status == 409
    started = [one for one in story.world.executions.values() if one.payload]
    assert [one.payload["requested_by"] for one in started] == [f"ana, again after {story.approval().approval_id}"]
    assert story.until(120) == [], "who started it afresh has seen it"


def test_a_runbook_is_started_afresh_with_what_its_question_says(
    story: Story,
) -> None:
    story.ask(question=question(again={"reason": "venue is back", "strategy_ids": ("s1", "s2")}))
    story.until(16)
    story.run_ends()
    assert story.asks_again("ana").status == 200
    [started] = [one.payload for one in story.world.executions.values() if one.payload]
    asked_again = f"ana, again after {story.approval().approval_id}"
    assert json.loads(json.dumps(started)) == {
        "reason": "venue is back",
        "strategy_ids": ["s1", "s2"],
        "requested_by": asked_again,
    }


def test_two_people_are_needed_and_each_answers_by_a_link_of_their_own(story: Story) -> None:
    story.ask(question=question(kind="resume"))
    for _ in range(2):
        assert "A second person must choose it by 04:00 UTC" in story.answers("ana", RESUME).text
        assert story.answer() is None
    assert story.answers("ben", RESUME).status == 200
    assert story.answer()["decided_by"] == ["ana", "ben"]
    assert story.answer()["why_alone"] is None


def test_a_silent_second_person_is_not_waited_for_where_it_reduces_risk(story: Story) -> None:
    story.ask()
    story.after(1)
    story.answers("ana", CLOSE)
    story.until(5)
    assert story.answer() is None
    story.until(6)
    answer = story.answer()
    assert (answer["decision"], answer["decided_by"]) == ("close", ["ana"])
    assert "the second was silent for 5 min" in answer["why_alone"]
    assert story.recorded()["decision"]["why_alone"] == answer["why_alone"]
    assert "Why one was enough" in story.opens("ben").text


def test_a_silent_second_person_is_waited_for_where_it_adds_risk(story: Story) -> None:
    story.ask()
    story.answers("ana", RESUME)
    story.until(15)
    assert story.answer()["decision"] == "lapsed"


def test_a_second_person_who_says_no_is_not_silent(story: Story) -> None:
    story.ask()
    story.answers("ana", CLOSE)
    story.after(1)
    story.answers("ben", REJECT)
    story.until(10)
    assert story.answer()["decision"] == "reject"


def test_when_every_mail_comes_back_each_wave_is_asked_at_once_and_then_the_run_hears_it(story: Story) -> None:
    story.settings = desk_settings(("ana", "ben"), ("cleo",))
    story.ask()
    story.event("ana")
    assert story.mailed()[2:] == []
    story.event("ben")
    assert story.mailed()[2:] == ["cleo: Decision wanted"]
    assert story.answer() is None
    story.event("cleo", "DeliveryDelay")
    assert story.answer()["decision"] == "unreached"
    assert story.until(31)[-1] == "15 page: Nobody could be reached"


def test_who_says_that_he_looks_is_reached_whatever_became_of_his_mail(story: Story) -> None:
    story.settings = desk_settings(("ana",))
    story.ask()
    story.says_looking("ana")
    story.event("ana", "DeliveryDelay")
    assert story.answer() is None
    assert story.answers("ana", REJECT).status == 200


def test_a_function_that_dies_between_the_decision_and_its_delivery_costs_a_minute(
    story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(BaseException):
        """No word of ours, and nothing that our code could catch."""

    def dies(*_: object) -> bool:
        raise Killed

    story.ask()
    with monkeypatch.context() as patch:
        patch.setattr(MemoryCallbacks, "succeed", dies)
        with pytest.raises(Killed):
            story.answers("ana", RAISE)
    assert (story.approval().standing, story.approval().delivery) == (Standing.DECIDED, Delivery.DUE)
    assert story.answer() is None
    assert "Being handed to the run" in story.opens("ben").text
    story.until(1)
    assert story.answer()["decision"] == "raise"
    assert story.approval().delivery is Delivery.TAKEN


def test_a_decision_before_the_state_waits_is_kept_and_handed_over_when_it_does(story: Story) -> None:
    story.ask()
    story.world.tokens_over.add("token-e1-0")
    assert story.answers("ana", RAISE).status == 200
    assert story.approval().delivery is Delivery.DUE
    story.world.tokens_over.clear()
    story.until(1)
    assert story.answer()["decision"] == "raise"


def test_a_decision_for_a_run_that_waits_no_more_says_so(story: Story) -> None:
    story.ask()
    story.after(3)
    story.world.tokens_over.add("token-e1-0")
    answered = story.answers("ana", RAISE)
    assert delivering.NOBODY_WAITS in answered.text
    assert "Decided, but too late for the run" in answered.text
    assert "decided and recorded, but the run had ended before it got this. Look at incident" in answered.text
    assert "goes on" not in answered.text
    assert "nothing more to do" not in answered.text
    assert story.approval().delivery is Delivery.OVER


def test_a_decision_that_the_run_has_taken_says_so_and_one_on_its_way_when_it_is_tried_again(story: Story) -> None:
    story.ask()
    story.world.trouble["callbacks.succeed"] = Transient("throttled")
    on_its_way = story.answers("ana", RAISE)
    assert (
        "being delivered; if the run does not take it at once, it is tried again within a minute" in on_its_way.text
    )
    assert "The run has it" not in on_its_way.text
    story.world.trouble.clear()
    story.ask(story.started("e2"))
    taken = story.answers("ana", RAISE)
    assert "The run has it and goes on; nothing more to do here." in taken.text


def test_a_decision_on_the_command_line_for_a_run_that_waits_no_more_says_so(story: Story) -> None:
    story.ask()
    story.after(3)
    story.world.tokens_over.add("token-e1-0")
    told = story.operator_votes("arn:aws:iam::000000000000:user/dora", RAISE).json["message"]
    assert "decided and recorded, but the run had ended before it got this" in told


def test_a_retry_of_the_state_kills_the_old_links_and_sends_new_ones(story: Story) -> None:
    run = story.started()
    story.ask(run)
    story.ask(run, retry_count=1)
    assert "Replaced by a newer request" in story.opens("ana", mail=0).text
    assert not story.opens("ana", mail=0).has_form()
    assert story.answers("ana", RAISE).status == 200
    assert story.answer("token-e1-0") is None
    assert story.answer("token-e1-1")["decision"] == "raise"


def test_a_run_that_is_stopped_by_hand_leaves_no_link_that_decides(story: Story) -> None:
    story.ask()
    story.execution(story.approval().execution_arn, "ABORTED")
    story.until(1)
    page = story.opens("ana")
    assert "Withdrawn: the run has ended" in page.text
    assert not page.has_form()
    assert story.until(60) == []


def test_five_alike_are_three_requests_and_one_answer_speaks_for_three_runs(story: Story) -> None:
    asked = story.storm(5)
    assert [one.joined for one in asked] == [None, None, None, asked[0].approval_id, asked[0].approval_id]
    page = story.opens("ana")
    assert "Your answer counts for 2 more of the same" in page.text
    assert story.answers("ana", RAISE).status == 200
    decisions = [(story.answer(f"token-e{number}-0") or {}).get("decision") for number in range(1, 6)]
    assert decisions == ["raise", None, None, "raise", "raise"]
    story.until(16)
    decisions = [story.answer(f"token-e{number}-0")["decision"] for number in range(1, 6)]
    assert decisions == ["raise", "lapsed", "lapsed", "raise", "raise"]


def test_an_answer_that_was_typed_before_others_joined_is_asked_for_again(story: Story) -> None:
    story.storm(3)
    link = story.link("ana", 0)
    stale = story._call("GET", link).form(decision="raise")
    story.ask(story.started("e4"))
    target = story.approval(_id(link)).question.target
    said = story._call("POST", link, {**stale, "confirm": f"RAISE {target}"})
    assert said.status == 409
    assert story.answer("token-e1-0") is None


@pytest.mark.parametrize(
    "method", ["approvals.change", "approvals.get", "approvals.token", "callbacks.succeed", "mailer.send",
               "notifier.page", "incidents.record_approval", "executions.status", "approvals.open"],
)  # fmt: skip
def test_one_bad_minute_anywhere_changes_no_end(story: Story, method: str) -> None:
    """Whatever fails in the minute of the lapse: a minute later the run has its answer."""
    story.ask()
    story.until(14)
    story.world.trouble[method] = Transient("throttled")
    with suppress(Transient):
        story.sweep(15)
    story.world.trouble.clear()
    story.sweep(16)
    assert story.answer()["decision"] == "lapsed"
    assert story.approval().standing is Standing.LAPSED
    assert story.recorded()["standing"] == "lapsed"


def test_a_decision_whose_incident_could_not_be_written_stands_there_a_minute_later(story: Story) -> None:
    story.ask()
    story.world.trouble["incidents.record_approval"] = Transient("throttled")
    assert story.answers("ana", RAISE).status == 200
    assert story.answer()["decision"] == "raise"
    assert story.recorded()["standing"] == "pending"
    story.world.trouble.clear()
    story.until(1)
    assert (story.recorded()["standing"], story.recorded()["delivery"]) == ("decided", "taken")
    assert not story.approval().open


def test_an_incident_that_cannot_be_written_for_long_keeps_no_run_waiting(story: Story) -> None:
    story.ask()
    story.world.trouble["incidents.record_approval"] = Transient("throttled")
    story.says_looking("ana")
    for minute in range(1, 16):
        with suppress(Transient):
            story.sweep(minute)
    assert story.answer()["decision"] == "lapsed"
    story.world.trouble.clear()
    story.sweep(16)
    assert story.recorded()["standing"] == "lapsed"


def test_an_incident_that_is_not_there_is_not_looked_for_for_ever(story: Story) -> None:
    story.ask()
    story.world.tables["incidents"].clear()
    story.answers("ana", RAISE)
    assert story.answer()["decision"] == "raise"
    assert not story.approval().open
