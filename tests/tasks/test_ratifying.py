"""One person breaks the glass: who is told, how often, and what closes the incident."""

from __future__ import annotations

from typing import Any

import pytest

from functions import ratifying, unanswered
from functions.adapters.memory.outside import MemoryNotifier
from functions.approvals import Delivery, MailStatus, Option, Risk
from functions.errors import Refused, Transient
from functions.rules.asking.ballots import Kind as Ruled
from functions.rules.glass import Kind, Verdict
from functions.runtime import restrict
from tests.tasks.desk import REJECT, RESUME, ApprovalDesk, desk_settings, question, voter

GLASS = Option(
    "break_glass",
    "Resume, decided alone",
    "Strategies trade again.",
    Risk.ADDS,
    "BREAKGLASS",
    opens_after=300,
    note_required=True,
)
EVERYBODY = ["ana: Glass broken", "ben: Glass broken", "cleo: Glass broken"]


@pytest.fixture
def asked(desk: ApprovalDesk) -> ApprovalDesk:
    """Asked of Ana and Ben; nobody has answered for six minutes."""
    desk.ask(question=question(options=(RESUME, GLASS, REJECT)))
    desk.after(6)
    desk.world.paged.clear()
    desk.world.mails.clear()
    return desk


def breaks(desk: ApprovalDesk, person: str = "ana") -> Any:
    return desk.votes(person, GLASS, note="the venue is calm and nobody answers")


def ratifies(desk: ApprovalDesk, person: str, note: str | None = None) -> Verdict:
    ports = desk.ports(*ratifying.NEEDS)
    return ratifying.ratify(ports, desk.settings, desk.approval().incident_id, voter(person), note)


def test_before_it_opens_nobody_breaks_the_glass(desk: ApprovalDesk) -> None:
    desk.ask(question=question(options=(RESUME, GLASS, REJECT)))
    desk.after(4.9)
    ruling = breaks(desk)
    assert (ruling.kind, ruling.retry_after) == (Ruled.NOT_OPEN_YET, 6)
    assert (desk.answer(), desk.approval().tries) == (None, ())
    desk.after(5)
    assert breaks(desk).kind is Ruled.ACCEPTED


def test_it_opens_at_the_pace_of_the_environment() -> None:
    settings = desk_settings().model_copy(update={"time_scale": 0.1})
    desk = ApprovalDesk(settings)
    desk.ask(question=question(options=(RESUME, GLASS, REJECT)))
    desk.after(0.49)
    assert breaks(desk).kind is Ruled.NOT_OPEN_YET
    desk.after(0.5)
    assert breaks(desk).kind is Ruled.ACCEPTED
    mark = desk.approval().glass
    assert mark is not None
    assert (mark.ratify_by - desk.now).total_seconds() == 8_640


def test_the_run_has_its_answer_and_the_topic_is_paged_at_once(asked: ApprovalDesk) -> None:
    asked.world.calls.clear()
    ruling = breaks(asked)
    assert "another person has to ratify it by" in ruling.message
    assert "nothing more to do" not in ruling.message
    assert asked.called("callbacks.succeed", "notifier.page", "mailer.send") == [
        "callbacks.succeed",
        "notifier.page",
    ]
    assert asked.answer()["why_alone"] == "broke the glass: the venue is calm and nobody answers"
    [(subject, message)] = asked.world.paged
    assert "Glass broken: Raise the memory" in subject
    for told in ("Ana", "the venue is calm and nobody answers", "Resume, decided alone", "by another person"):
        assert told in message
    assert f"runbooks incidents ratify {asked.approval().incident_id} --env" in message
    assert "?k=" not in message


def test_the_next_sweep_mails_everybody_of_the_desk_and_pages_nobody_twice(asked: ApprovalDesk) -> None:
    breaks(asked)
    asked.sweep(6.5)
    assert sorted(asked.mailed()) == EVERYBODY
    assert asked.paged() == ["Glass broken"]
    names = {one.person_id: one.mail for one in asked.approval().asked if one.at == asked.now}
    assert names["dora"] is MailStatus.NO_ADDRESS, "she is paged"
    asked.minutes(7, 20)
    assert len(asked.mailed()) == 3, "once"


def test_a_page_that_could_not_be_sent_is_made_up_for_by_the_sweep(asked: ApprovalDesk) -> None:
    asked.world.trouble["notifier.page"] = Transient("throttled")
    assert breaks(asked).kind is Ruled.ACCEPTED
    assert asked.approval().delivery is Delivery.TAKEN
    asked.world.trouble.clear()
    asked.sweep(7)
    assert asked.paged() == ["Glass broken"]
    assert sorted(asked.mailed()) == EVERYBODY


def test_trouble_with_the_table_after_the_page_leaves_the_telling_to_the_sweep(
    asked: ApprovalDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = MemoryNotifier.page

    def breaks_the_table(notifier: Any, subject: str, message: str, **how: Any) -> None:
        page(notifier, subject, message, **how)
        asked.world.trouble["approvals.change"] = Transient("throttled")

    monkeypatch.setattr(MemoryNotifier, "page", breaks_the_table)
    assert breaks(asked).kind is Ruled.ACCEPTED
    monkeypatch.setattr(MemoryNotifier, "page", page)
    asked.world.trouble.clear()
    asked.sweep(7)
    assert sorted(asked.mailed()) == EVERYBODY


def test_a_mail_whose_sender_was_killed_is_sent_again(asked: ApprovalDesk) -> None:
    breaks(asked)
    asked.world.trouble["mailer.send"] = KeyboardInterrupt()  # type: ignore[assignment]  # a killed function
    with pytest.raises(KeyboardInterrupt):
        asked.sweep(6.5)
    asked.world.trouble.clear()
    asked.sweep(8)
    assert sorted(asked.mailed()) == EVERYBODY


def test_it_stays_listed_and_is_called_about_until_somebody_ratifies_it(asked: ApprovalDesk) -> None:
    breaks(asked)
    asked.sweep(6)
    asked.run_ends()
    assert [one.approval_id for one in asked.ports().approvals.open()] == [asked.approval().approval_id]
    for minute in range(7, 6 + 15 + 30 + 60 + 61):
        asked.sweep(minute)
    assert asked.paged() == ["Glass broken"] * 5
    assert "This is repeat 4." in asked.world.paged[-1][1]
    assert ratifies(asked, "ben").kind is Kind.RATIFIED
    asked.minutes(180, 400)
    assert len(asked.paged()) == 5
    assert asked.ports().approvals.open() == []


def test_it_is_paged_once_when_its_time_is_over(asked: ApprovalDesk) -> None:
    breaks(asked)
    asked.sweep(6)
    asked.world.paged.clear()
    day = 24 * 60
    for minute in range(6 + day - 2, 6 + day + 30):
        asked.sweep(minute)
    assert asked.paged().count("Not ratified in time") == 1
    assert f"runbooks incidents ratify {asked.approval().incident_id}" in asked.world.paged[-1][1]
    assert asked.approval().glass is not None
    asked.sweep(6 + day + 200)
    assert asked.paged()[-1] == "Glass broken", "and called about again"


def test_another_person_ratifies_it_and_that_closes_the_incident(asked: ApprovalDesk) -> None:
    breaks(asked)
    asked.run_ends()
    verdict = ratifies(asked, "ben", "I looked with her")
    assert verdict.kind is Kind.RATIFIED
    item = asked.item(asked.approval().incident_id)
    assert (item["ratified_by"], item["ratified_note"]) == ("ben", "I looked with her")
    assert item["ratified_at"]
    assert (item["acknowledged_by"], "closed_at" in item) == ("ben", True)
    assert asked.recorded()["glass"]["ratified_by"] == "ben"
    assert not asked.approval().open
    last_first = asked.world.calls[::-1]
    assert last_first.index("announcements.changed") < last_first.index("incidents.record_approval")
    assert set(asked.world.announced) == {asked.approval().incident_id}, "its report is written again"


def test_who_broke_it_neither_ratifies_nor_acknowledges_it(asked: ApprovalDesk) -> None:
    breaks(asked)
    asked.run_ends()
    assert ratifies(asked, "ana").kind is Kind.OWN
    for person in ("ana", "ben"):
        with pytest.raises(unanswered.NotRatified, match="another person has to ratify it first"):
            asked.acknowledges(person)
    item = asked.item(asked.approval().incident_id)
    assert ("closed_at" in item, "ratified_by" in item) == (False, False)
    ratifies(asked, "ben")
    assert not asked.acknowledges("ana"), "it is closed"


def test_while_the_run_goes_on_it_is_recorded_and_the_incident_is_closed_after_its_end(asked: ApprovalDesk) -> None:
    breaks(asked)
    assert ratifies(asked, "ben").kind is Kind.RATIFIED
    incident_id = asked.approval().incident_id
    assert asked.item(incident_id)["ratified_by"] == "ben"
    assert "closed_at" not in asked.item(incident_id)
    asked.sweep(8)
    assert "closed_at" not in asked.item(incident_id)
    asked.run_ends()
    asked.world.announced.clear()
    asked.sweep(9)
    assert asked.item(incident_id)["closed_at"]
    assert asked.world.announced == [incident_id]
    assert asked.item(incident_id)["acknowledged_by"] == "ben"
    assert not asked.approval().open
    assert asked.mailed() == [], "there is nothing left to tell"


def test_an_incident_that_cannot_be_written_is_closed_by_the_next_sweep(asked: ApprovalDesk) -> None:
    breaks(asked)
    asked.run_ends()
    asked.world.trouble["incidents.acknowledge"] = Transient("throttled")
    assert ratifies(asked, "ben").kind is Kind.RATIFIED
    assert asked.approval().open
    with pytest.raises(Transient):
        asked.sweep(8)
    asked.world.trouble.clear()
    asked.sweep(9)
    assert asked.item(asked.approval().incident_id)["acknowledged_by"] == "ben"
    assert not asked.approval().open


def test_a_ratification_without_an_incident_comes_to_rest(asked: ApprovalDesk) -> None:
    breaks(asked)
    asked.world.tables["incidents"].clear()
    ports = restrict(asked.ports(), ratifying.NEEDS)
    verdict = ratifying.ratify_one(ports, asked.settings, asked.approval(), voter("ben"), None)
    assert verdict.kind is Kind.RATIFIED
    assert not asked.approval().open


def test_there_is_nothing_to_ratify_where_nobody_broke_the_glass(asked: ApprovalDesk) -> None:
    assert ratifies(asked, "ben").kind is Kind.NOTHING
    with pytest.raises(Refused, match="there is no incident"):
        ratifying.ratify(asked.ports(), asked.settings, "inc-none", voter("ben"), None)


def test_a_second_ratification_names_the_first(asked: ApprovalDesk) -> None:
    breaks(asked)
    asked.run_ends()
    ratifies(asked, "ben")
    second = ratifies(asked, "cleo")
    assert second.kind is Kind.BEFORE
    assert "by Ben" in second.message


def test_two_who_ratify_at_the_same_time_are_one_who_did(asked: ApprovalDesk) -> None:
    breaks(asked)
    stale = asked.approval()
    ratifies(asked, "ben")
    ports = restrict(asked.ports(), ratifying.NEEDS)
    late = ratifying.ratify_one(ports, asked.settings, stale, voter("cleo"), None)
    assert late.kind is Kind.BEFORE
    assert asked.recorded()["glass"]["ratified_by"] == "ben"
