from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from functions.approvals import Approval, Delivery, MailStatus, Standing
from functions.rules.asking.rounds import (
    DecideAlone,
    Deliver,
    Due,
    Lapse,
    Remind,
    Repeat,
    SendRung,
    Unreached,
    due,
    reached,
    wave_at,
)
from tests.rules.asking.asks import (
    BOTH,
    HALVE,
    LAPSES,
    POLICY,
    RAISE,
    approval,
    asked,
    at,
    ended,
    looking,
    seen,
    vote,
)

ASKED_TWICE = approval(rungs_sent=2, asked=(asked("ana"), asked("bo", 1, seconds=300)))


def what(given: Approval, seconds: float, rungs: int = 3) -> tuple[Due, ...]:
    return due(given, rungs, at(seconds), POLICY)


@pytest.mark.parametrize(
    ("sent", "seconds", "rung"),
    [(0, 0, 0), (0, 899, 0), (1, 299, None), (1, 300, 1), (1, 449, 1), (2, 449, None), (2, 600, 2), (3, 899, None)],
)
def test_waves_go_out_at_once_at_a_third_and_at_two_thirds_of_the_time(
    sent: int, seconds: float, rung: int | None
) -> None:
    given = approval(rungs_sent=sent, reminded_at=at(1))
    assert what(given, seconds) == (() if rung is None else (SendRung(rung),))


def test_a_desk_with_one_wave_has_no_second_one() -> None:
    assert what(approval(reminded_at=at(1)), 899, rungs=1) == ()


@pytest.mark.parametrize(
    ("sights", "second_wave"),
    [
        ((), 300),
        ((looking("ana", 100),), 300),
        ((looking("ana", 250),), 430),
        ((looking("ana", 150), looking("ana", 290)), 330),
        ((looking("ana", 290), looking("ana", 150)), 330),
        ((looking("ana", 250), looking("bo", 290)), 470),
        ((seen("ana", 290),), 300),
    ],
    ids=[
        "nobody looks",
        "too early to matter",
        "held back",
        "only the first time counts",
        "in whatever order they are kept",
        "two people look",
        "opening is not looking",
    ],
)
def test_looking_holds_back_the_next_wave_once_a_person(sights: Any, second_wave: float) -> None:
    given = approval(seen=sights, reminded_at=at(1))
    assert wave_at(given, 1, POLICY) == at(second_wave)
    assert what(given, second_wave - 0.001) == ()
    assert what(given, second_wave) == (SendRung(1),)


def test_looking_during_the_first_wave_holds_back_the_second_one_only() -> None:
    given = replace(ASKED_TWICE, seen=(looking("ana", 299),))
    assert wave_at(given, 1, POLICY) == at(479)
    assert wave_at(given, 2, POLICY) == at(600)


def test_looking_at_the_moment_of_the_next_wave_belongs_to_that_one() -> None:
    given = replace(ASKED_TWICE, seen=(looking("ana", 300),))
    assert wave_at(given, 1, POLICY) == at(300)
    assert wave_at(replace(given, seen=(looking("ana", 450),)), 2, POLICY) == at(630)
    assert wave_at(replace(given, seen=(looking("ana", 300),)), 2, POLICY) == at(600)


def test_the_same_person_may_look_again_after_the_next_wave() -> None:
    given = replace(ASKED_TWICE, seen=(looking("ana", 200), looking("ana", 590)))
    assert wave_at(given, 2, POLICY) == at(770)


def test_a_reminder_or_a_mail_sent_again_begins_no_new_wave() -> None:
    again = asked("ana", 0, seconds=450)
    given = approval(asked=(asked("ana"), again), seen=(looking("ana", 100), looking("ana", 460)))
    assert wave_at(given, 1, POLICY) == at(300)


def test_a_wave_of_which_nobody_is_recorded_began_with_the_question() -> None:
    assert wave_at(approval(asked=(), seen=(looking("bo", 200),)), 1, POLICY) == at(380)


@pytest.mark.parametrize("seconds", [899, 899.999])
def test_looking_never_holds_back_the_lapse(seconds: float) -> None:
    given = approval(seen=(looking("ana", seconds), looking("bo", seconds)))
    assert what(given, 900) == (Lapse(),)


@pytest.mark.parametrize("mail", [MailStatus.REFUSED, MailStatus.NOT_REACHED])
def test_the_next_wave_goes_out_at_once_when_nobody_is_reached(mail: MailStatus) -> None:
    given = approval(asked=(asked("ana", mail=mail), asked("bo", mail=mail)))
    assert what(given, 1) == (SendRung(1),)
    assert what(replace(given, seen=(seen("ana", 1),)), 2) == (SendRung(1),), "a scanner may have opened the link"


@pytest.mark.parametrize(
    "more",
    [
        {"asked": (asked("ana", mail=MailStatus.NOT_REACHED), asked("bo"))},
        {"asked": (asked("ana", mail=MailStatus.NO_ADDRESS),)},
        {"asked": (asked("ana", mail=MailStatus.REFUSED), asked("ana"))},
        {"asked": (asked("ana", mail=MailStatus.REFUSED),), "seen": (looking("ana", 1),)},
        {"asked": (asked("ana", mail=MailStatus.REFUSED),), "votes": (vote("cy", BOTH, seconds=1),)},
    ],
    ids=[
        "one mail came through",
        "by the paging topic",
        "by a second mail",
        "he says that he looks",
        "somebody voted",
    ],
)
def test_one_person_who_is_reached_is_enough_to_wait(more: dict[str, Any]) -> None:
    assert what(approval(**more), 2) == ()
    assert what(approval(**more, rungs_sent=3), 2) == ()


def test_who_is_reached_is_known_by_name() -> None:
    given = approval(
        asked=(asked("ana"), asked("bo", mail=MailStatus.REFUSED), asked("cy", mail=MailStatus.NO_ADDRESS)),
        seen=(seen("dee", 1),),
    )
    assert reached(given) == {"ana", "cy"}


@pytest.mark.parametrize("rungs", [0, 1])
def test_unreached_when_no_wave_is_left_and_nobody_is_reached(rungs: int) -> None:
    nobody = tuple(asked(person, mail=MailStatus.NOT_REACHED) for person in ("ana", "bo")[:rungs])
    assert what(approval(asked=nobody, rungs_sent=rungs), 1, rungs=rungs) == (Unreached(),)


@pytest.mark.parametrize(
    ("seconds", "more", "people"),
    [
        (449, {}, None),
        (450, {}, ("ana", "bo")),
        (899, {}, ("ana", "bo")),
        (450, {"reminded_at": at(450)}, None),
        (450, {"votes": (vote("ana", HALVE, seconds=400),)}, ("bo",)),
        (450, {"votes": (vote("ana", BOTH), vote("bo", HALVE))}, None),
        (450, {"asked": (asked("ana"), asked("bo", mail=MailStatus.NOT_REACHED))}, ("ana",)),
        (450, {"asked": (asked("ana"), asked("ana", 1, seconds=300))}, ("ana",)),
        (600, {"asked": (asked("ana"), asked("bo", seconds=450))}, ("ana",)),
    ],
)
def test_a_reminder_at_half_time_goes_once_to_those_reached_before_who_have_not_voted(
    seconds: float, more: dict[str, Any], people: tuple[str, ...] | None
) -> None:
    given = approval(**{"rungs_sent": 3, **more})
    assert what(given, seconds) == (() if people is None else (Remind(people),))


def test_a_late_sweep_does_one_wave_and_the_reminder() -> None:
    assert what(approval(), 700) == (SendRung(1), Remind(("ana", "bo")))


def test_the_second_person_s_silence_comes_before_the_next_wave_and_never_before_its_time() -> None:
    given = approval(votes=(vote("ana", HALVE, seconds=100),), reminded_at=at(1), rungs_sent=3)
    assert what(given, 399) == ()
    assert what(replace(given, rungs_sent=1), 400) == (DecideAlone("halve"),)
    assert what(given, 900) == (Lapse(),)


def test_a_member_asks_nobody_itself_and_lapses_all_the_same() -> None:
    member = approval(parent="apr-parent", asked=(), rungs_sent=0)
    assert what(member, 0) == ()
    assert what(member, 899) == ()
    assert what(member, 900) == (Lapse(),)


@pytest.mark.parametrize("standing", [s for s in Standing if s is not Standing.PENDING])
def test_an_answer_that_is_due_is_delivered_whatever_it_is(standing: Standing) -> None:
    given = ended(standing, delivery=Delivery.DUE, acknowledged_by="ana")
    assert what(given, 1000) == (Deliver(),)
    assert what(replace(given, delivery=Delivery.TAKEN), 1000) == ()
    assert what(replace(given, delivery=Delivery.OVER), 1000) == ()


@pytest.mark.parametrize("standing", [Standing.LAPSED, Standing.UNREACHED])
def test_what_nobody_answered_is_repeated_until_somebody_acknowledges_it(standing: Standing) -> None:
    given = ended(standing, delivery=Delivery.TAKEN, repeat_at=at(1800))
    assert what(given, 1799) == ()
    assert what(given, 1800) == (Repeat(),)
    assert what(replace(given, delivery=Delivery.DUE), 1800) == (Deliver(), Repeat())
    assert what(replace(given, acknowledged_by="bo"), 10_000) == ()
    assert what(replace(given, parent="apr-parent"), 10_000) == ()


def test_a_repeat_whose_time_was_never_written_comes_after_the_first_interval() -> None:
    given = ended(Standing.LAPSED, delivery=Delivery.TAKEN)
    assert given.repeat_at is None
    assert due(given, 3, LAPSES + timedelta(minutes=15), POLICY) == (Repeat(),)
    assert due(given, 3, LAPSES + timedelta(minutes=14), POLICY) == ()


def test_a_single_vote_that_adds_risk_is_never_enough_however_long_the_second_is_silent() -> None:
    given = approval(votes=(vote("ana", BOTH),), reminded_at=at(1), rungs_sent=3, question=approval().question)
    assert all(what(given, seconds) == () for seconds in (300, 600, 899.999))
    assert RAISE.risk is BOTH.risk
