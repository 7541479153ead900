"""Asking: stored first, told afterwards, never twice, and no secret anywhere."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from functions import keys
from functions.adapters.memory import twins
from functions.approvals import Delivery, MailStatus, Standing
from functions.approvers import Person
from functions.contracts import Answer
from functions.errors import Broken, Refused, Transient, Uncertain
from functions.tasks import ask
from tests.tasks.desk import LINK, REJECT, RESUME, ApprovalDesk, desk_settings, question

ANSWERED = {"approval_id", "lapses_at", "joined"}


def test_the_first_wave_is_told_at_once_each_by_a_mail_with_a_link_of_their_own(desk: ApprovalDesk) -> None:
    answer = desk.ask()
    approval = desk.approval()
    assert answer.approval_id == approval.approval_id
    assert desk.mailed() == ["ana: Decision wanted", "ben: Decision wanted"]
    links = [LINK.findall(mail.text) for mail in desk.world.mails]
    assert [found for [(found, _)] in links] == [approval.approval_id] * 2
    assert {desk.holder(key) for [(_, key)] in links} == {"ana", "ben"}


def test_the_paging_topic_is_told_without_a_link_or_a_key(desk: ApprovalDesk) -> None:
    desk.ask()
    [(subject, message)] = desk.world.paged
    assert "Decision wanted" in subject
    assert "http" not in message
    assert desk.key_of("ana") not in message


def test_a_request_lapses_after_the_time_of_its_kind(desk: ApprovalDesk) -> None:
    answer = desk.ask(question=question(kind="close"))
    assert answer.lapses_at == desk.now + timedelta(minutes=10)
    assert desk.approval().lapses_at == answer.lapses_at


def test_the_request_is_stored_before_anybody_hears_of_it(desk: ApprovalDesk) -> None:
    desk.ask()
    order = desk.called("approvals.ask", "mailer.send", "notifier.page", "approvals.change")
    assert order == ["approvals.ask", "approvals.change", "notifier.page", "mailer.send", "mailer.send",
                     "approvals.change"]  # fmt: skip


def test_what_is_stored_knows_the_key_by_its_hash_alone(desk: ApprovalDesk) -> None:
    desk.ask()
    [item] = desk.world.items("approvals")
    for person_id in ("ana", "ben"):
        key = desk.key_of(person_id)
        assert key not in str(item)
        assert keys.hash_of(key) in str(item)


def test_who_was_asked_stands_in_the_incident_without_a_key_or_its_hash(desk: ApprovalDesk) -> None:
    desk.ask()
    record = desk.recorded()
    assert record["standing"] == "pending"
    assert [one["person"] for one in record["asked"]] == ["ana", "ben"]
    assert keys.hash_of(desk.key_of("ana")) not in str(record)


def test_a_retry_of_the_same_entry_mails_nobody_again(desk: ApprovalDesk) -> None:
    run = desk.started()
    first = desk.ask(run)
    before = desk.approval()
    second = desk.ask(run)
    assert second == first
    assert desk.approval() == before
    assert len(desk.world.mails) == 2
    assert len(desk.world.paged) == 1


def test_a_retry_goes_on_where_a_function_died_after_it_had_stored_the_request(desk: ApprovalDesk) -> None:
    run = desk.started()
    desk.world.trouble["approvals.change"] = Transient("throttled")
    desk.ask(run)
    assert desk.mailed() == []
    desk.world.trouble.clear()
    desk.ask(run)
    assert desk.mailed() == ["ana: Decision wanted", "ben: Decision wanted"]


def test_the_sweeper_asks_where_a_function_died_after_it_had_stored_the_request(desk: ApprovalDesk) -> None:
    desk.world.trouble["approvals.change"] = Transient("throttled")
    desk.ask()
    desk.world.trouble.clear()
    desk.sweep(1)
    assert desk.mailed() == ["ana: Decision wanted", "ben: Decision wanted"]
    assert desk.approval().rungs_sent == 1


def test_trouble_after_the_request_is_stored_does_not_end_the_wait(desk: ApprovalDesk) -> None:
    desk.world.trouble["approvals.change"] = Uncertain("no answer")
    answer = desk.ask()
    assert answer.approval_id == desk.approval().approval_id


def test_what_fails_before_anything_is_stored_may_be_retried(desk: ApprovalDesk) -> None:
    run = desk.started()
    desk.world.trouble["approvals.open"] = Transient("throttled")
    with pytest.raises(Transient):
        desk.ask(run)
    assert desk.approvals() == []


def test_a_state_that_asks_anew_kills_the_old_links(desk: ApprovalDesk) -> None:
    run = desk.started()
    old = desk.ask(run).approval_id
    new = desk.ask(run, retry_count=1).approval_id
    assert new != old
    assert desk.approval(old).standing is Standing.SUPERSEDED
    assert desk.approval(old).open is False
    assert desk.approval(new).standing is Standing.PENDING


def test_an_older_try_is_found_although_the_list_of_open_ones_is_behind(desk: ApprovalDesk) -> None:
    run = desk.started()
    old = desk.ask(run).approval_id
    item = desk.world.item("approvals", old)
    assert item is not None
    # The index of DynamoDB may not show it yet.
    desk.world.put("approvals", {name: value for name, value in item.items() if name != "open_marker"})
    desk.ask(run, retry_count=1)
    assert desk.approval(old).standing is Standing.SUPERSEDED


def test_another_state_of_the_same_run_supersedes_nothing(desk: ApprovalDesk) -> None:
    run = desk.started()
    old = desk.ask(run).approval_id
    desk.ask(run, state="AskAgain")
    assert desk.approval(old).standing is Standing.PENDING


def test_one_whose_mail_is_refused_stops_no_other_and_is_recorded(desk: ApprovalDesk) -> None:
    desk.world.refused_addresses.add("ana@example.net")
    desk.ask()
    assert desk.mailed() == ["ben: Decision wanted"]
    ana, ben = desk.approval().asked
    assert (ana.mail, ben.mail) == (MailStatus.REFUSED, MailStatus.SENT)
    assert "MessageRejected" in str(ana.why)
    assert ben.message_id == "mail-1"


def test_a_mail_that_may_or_may_not_have_left_counts_as_not_reached(desk: ApprovalDesk) -> None:
    desk.settings = desk_settings(("ana",), ("dora",))
    desk.world.trouble["mailer.send"] = Uncertain("no answer")
    desk.ask()
    ana, dora = desk.approval().asked
    assert (ana.mail, ana.why) == (MailStatus.NOT_REACHED, "Uncertain: no answer")
    assert dora.rung == 1


def test_where_the_whole_first_wave_is_not_reached_the_next_one_is_asked_at_once(desk: ApprovalDesk) -> None:
    desk.world.refused_addresses.update({"ana@example.net", "ben@example.net"})
    desk.ask()
    assert desk.mailed() == ["cleo: Decision wanted"]
    assert desk.approval().rungs_sent == 2
    assert len(desk.world.paged) == 2


def test_a_person_without_an_address_is_asked_by_the_page_and_the_command_line(desk: ApprovalDesk) -> None:
    desk.settings = desk_settings(("dora",))
    desk.ask()
    [dora] = desk.approval().asked
    assert (dora.mail, dora.key_hash) == (MailStatus.NO_ADDRESS, None)
    assert len(desk.world.paged) == 1
    assert desk.world.mails == []


def test_where_nobody_can_be_reached_the_state_fails_at_once(desk: ApprovalDesk) -> None:
    desk.settings = desk_settings(("ana",), ("ben", "cleo"))
    desk.world.trouble["mailer.send"] = Refused("the account is suspended")
    with pytest.raises(Refused, match="nobody could be asked: Ana: Refused: the account is suspended; Ben: "):
        desk.ask()
    approval = desk.approval()
    assert (approval.standing, approval.delivery) == (Standing.UNREACHED, Delivery.NONE)
    assert desk.recorded()["standing"] == "unreached"


def test_where_nobody_could_be_reached_a_retry_says_so_again(desk: ApprovalDesk) -> None:
    desk.world.trouble["mailer.send"] = Refused("the account is suspended")
    desk.world.trouble["notifier.page"] = Transient("throttled")
    run = desk.started()
    for _ in range(2):
        with pytest.raises(Refused, match="nobody could be asked"):
            desk.ask(run)


def test_a_page_that_fails_is_recorded_and_reaches_nobody_by_itself(desk: ApprovalDesk) -> None:
    desk.settings = desk_settings(("dora",), ("ana",))
    desk.world.trouble["notifier.page"] = Transient("throttled")
    desk.ask()
    approval = desk.approval()
    assert [(one.person_id, one.mail) for one in approval.asked] == [
        ("dora", MailStatus.NOT_REACHED),
        ("ana", MailStatus.SENT),
    ]
    assert approval.trouble[0] == "the page could not be sent: Transient: throttled"


def test_without_a_desk_nobody_is_asked_and_nothing_stored(desk: ApprovalDesk) -> None:
    desk.settings = desk.settings.model_copy(update={"approvals": type(desk.settings.approvals)()})
    with pytest.raises(Refused, match="the settings name neither a desk 'default' nor a default one"):
        desk.ask()
    assert desk.approvals() == []


def test_nonsense_is_refused_before_anybody_hears_of_it(desk: ApprovalDesk) -> None:
    nobody_can = replace(RESUME, act="GO")
    with pytest.raises(Broken, match="option 'resume': act is 'GO': it needs at least 4"):
        desk.ask(question=question(title="", options=(nobody_can, REJECT)))
    assert (desk.approvals(), desk.world.mails, desk.world.paged) == ([], [], [])


def test_an_option_for_two_is_not_asked_of_a_desk_of_one() -> None:
    desk = ApprovalDesk(desk_settings(("ana",)))
    with pytest.raises(Broken, match="people on the desk are 1: nobody could ever decide"):
        desk.ask(question=question(options=(RESUME, REJECT)))
    assert desk.approvals() == []


def test_a_desk_that_the_settings_do_not_name_is_told_where_the_default_one_is_asked(desk: ApprovalDesk) -> None:
    desk.ask(question=question(desk="night"))
    said = "the settings name no desk 'night': the people of the default desk are asked"
    assert desk.approval().trouble == (said,)
    assert desk.recorded()["trouble"] == [said]
    assert desk.mailed() == ["ana: Decision wanted", "ben: Decision wanted"]


def test_a_dry_run_asks_nobody(desk: ApprovalDesk) -> None:
    with pytest.raises(Broken, match="a dry run asks nobody"):
        desk.ask(desk.started(dry_run=True))
    assert desk.approvals() == []


def test_the_phrase_stands_whole_in_no_mail(desk: ApprovalDesk) -> None:
    desk.ask(question=question(target="BTC/USDT", title="RAISE BTC/USDT now?"))
    target = desk.approval().question.target
    assert target.startswith("BTC/USDT-")
    assert all(f"RAISE{target}" not in mail.text.replace(" ", "") for mail in desk.world.mails)


def test_a_vote_that_comes_while_the_mails_go_out_is_not_written_over(
    desk: ApprovalDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    from functions.adapters.memory.outside import MemoryMailer

    sends = MemoryMailer.send

    def quick(mailer: Any, mail: Any) -> str:
        if mail.to == "ben@example.net":
            desk.votes("ana", desk.approval().question.options[0])
        return sends(mailer, mail)

    monkeypatch.setattr(MemoryMailer, "send", quick)
    desk.ask()
    approval = desk.approval()
    assert approval.standing is Standing.DECIDED
    assert [one.message_id for one in approval.asked] == ["mail-1", "mail-2"]
    assert desk.answer()["decision"] == "raise"


def test_a_wave_that_the_sweeper_has_written_down_is_not_sent_by_the_asking_task_too(
    desk: ApprovalDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    from functions.adapters.memory.approvals import MemoryApprovals

    asks = MemoryApprovals.ask

    def slow(store: Any, approval: Any, token: str) -> bool:
        stored = asks(store, approval, token)
        desk.sweep()
        return stored

    monkeypatch.setattr(MemoryApprovals, "ask", slow)
    desk.ask()
    assert desk.mailed() == ["ana: Decision wanted", "ben: Decision wanted"]


def test_the_definition_checks_read_the_answer_of_the_waiting_state_here() -> None:
    assert ask.Answer is Answer


def test_a_mail_that_was_written_down_and_never_sent_is_sent_by_the_sweeper(desk: ApprovalDesk) -> None:
    desk.ask()
    asked = tuple(replace(one, message_id=None) for one in desk.approval().asked)
    desk.change(asked=asked)
    desk.sweep(1)
    assert len(desk.world.mails) == 2, "somebody may be sending them yet"
    first = desk.key_of("ana")
    desk.sweep(2)
    assert desk.mailed()[2:] == ["ana: Decision wanted", "ben: Decision wanted"]
    second = desk.key_of("ana")
    assert first != second
    assert {desk.holder(first), desk.holder(second)} == {"ana"}
    desk.sweep(4)
    assert len(desk.world.mails) == 4


def test_an_incident_that_cannot_be_written_keeps_nobody_from_being_asked(desk: ApprovalDesk) -> None:
    run = desk.started()
    desk.world.trouble["incidents.record_approval"] = Transient("throttled")
    desk.ask(run)
    assert len(desk.world.mails) == 2
    desk.world.trouble.clear()
    desk.votes("ana", desk.approval().question.options[0])
    assert desk.recorded()["standing"] == "decided"


def test_the_answer_of_the_function_is_small(desk: ApprovalDesk) -> None:
    assert set(desk.ask().model_dump()) == ANSWERED
    assert twins(desk.world).approvals.open()


def test_without_the_address_of_the_page_nobody_is_asked_and_the_state_fails_at_once(
    desk: ApprovalDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.settings = desk_settings(("ana",))
    monkeypatch.delenv("APPROVALS_URL")
    with pytest.raises(Refused, match="Ana: Broken: the environment variable APPROVALS_URL is not set"):
        desk.ask()


def test_what_was_lost_on_its_way_is_not_sent_after_the_decision(desk: ApprovalDesk) -> None:
    desk.ask()
    desk.world.trouble["callbacks.succeed"] = Transient("throttled")
    desk.votes("ana", desk.approval().question.options[0])
    asked = tuple(replace(one, message_id=None) for one in desk.approval().asked)
    desk.change(asked=asked)
    desk.world.trouble.clear()
    desk.sweep(5)
    assert desk.answer()["decision"] == "raise"
    assert len(desk.world.mails) == 2


def test_a_mail_about_the_lapse_that_got_lost_is_sent_again(desk: ApprovalDesk) -> None:
    desk.ask()
    desk.sweep(15)
    asked = tuple(replace(one, message_id=None if one.at == desk.now else "x") for one in desk.approval().asked)
    desk.change(asked=asked)
    desk.sweep(17)
    assert desk.mailed()[4:] == ["ana: Nobody decided", "ben: Nobody decided"]


def test_a_page_to_somebody_without_an_address_that_was_never_sent_is_sent(desk: ApprovalDesk) -> None:
    desk.settings = desk_settings(("dora",))
    desk.ask()
    desk.change(asked=tuple(replace(one, message_id=None) for one in desk.approval().asked))
    desk.sweep(2)
    assert desk.paged() == ["Decision wanted", "Decision wanted"]


def test_a_person_with_neither_an_address_nor_an_identity_cannot_be_reached(desk: ApprovalDesk) -> None:
    approvers = desk.settings.approvals
    people = {**approvers.people, "dora": Person(name="Dora")}
    desk.settings = desk_settings(("dora",), ("ana",))
    desk.settings = desk.settings.model_copy(
        update={"approvals": desk.settings.approvals.model_copy(update={"people": people})}
    )
    desk.ask()
    assert desk.mailed() == ["ana: Decision wanted"]
    assert desk.approval().asked[0].why == "the settings name neither a mail address nor an AWS identity"


def test_somebody_who_left_the_settings_meanwhile_is_not_reminded(desk: ApprovalDesk) -> None:
    desk.ask()
    people = {name: person for name, person in desk.settings.approvals.people.items() if name != "ana"}
    desk.settings = desk_settings(("ben",), ("cleo",))
    desk.settings = desk.settings.model_copy(
        update={"approvals": desk.settings.approvals.model_copy(update={"people": people})}
    )
    desk.sweep(7.5)
    assert desk.mailed()[2:] == ["cleo: Decision wanted", "ben: Still no decision"]
