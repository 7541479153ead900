from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from functions.approvals import Delivery, Risk, Standing, Tries, Vote
from functions.recording import record_of
from functions.rules.asking.ballots import Kind, Ruling, judge, tries_of
from functions.rules.asking.counting import needed
from tests.rules.asking.asks import (
    BOTH,
    CLOSE,
    HALVE,
    HEDGE,
    LAPSES,
    POLICY,
    RAISE,
    REJECT,
    WAIT,
    approval,
    asked,
    at,
    ballot,
    decision,
    ended,
    member,
    question,
    rule,
    vote,
    voter,
    written,
)


def test_one_person_decides_where_one_is_enough() -> None:
    ruling = rule(approval(), RAISE, note="  go \r\n on ", form=0)
    made = written(ruling)
    assert ruling.kind is Kind.ACCEPTED
    assert (made.standing, made.delivery, made.version) == (Standing.DECIDED, Delivery.DUE, 3)
    assert made.decision == replace(decision(RAISE), note="go \n on")
    assert made.votes == (Vote(voter(), "raise", at(60), "go \n on"),)
    assert made.tries == (Tries("ana", wrong=0, used=1),)
    assert ruling.message.startswith("Decided: Raise memory. It is being delivered;")


@pytest.mark.parametrize("option", [BOTH, HALVE])
def test_one_of_two_waits_for_the_second_who_decides(option: Any) -> None:
    first = rule(approval(), option, note="I am for it")
    assert first.kind is Kind.WAITING_FOR_SECOND
    waiting = written(first)
    assert (waiting.standing, waiting.delivery, waiting.decision) == (Standing.PENDING, Delivery.NONE, None)
    second = rule(waiting, option, "bo", seconds=120)
    assert second.kind is Kind.ACCEPTED
    made = written(second).decision
    assert made is not None
    assert (made.by, made.at, made.note, made.why_alone) == (("ana", "bo"), at(120), "I am for it", None)
    assert written(second).version == waiting.version + 1


@pytest.mark.parametrize("via", ["link", "iam"])
def test_the_same_person_counts_once_by_however_many_ways(via: Any) -> None:
    waiting = written(rule(approval(), BOTH))
    again = judge(waiting, voter("ana", via=via, address="198.51.100.7"), ballot(BOTH), at(90), POLICY)
    assert again.kind is Kind.WAITING_FOR_SECOND
    assert [v.voter.address for v in written(again).votes] == ["198.51.100.7"]


def test_a_vote_said_again_stands_since_the_first_time() -> None:
    again = written(rule(written(rule(approval(), HALVE)), HALVE, seconds=200, note="still"))
    assert [(v.at, v.note) for v in again.votes] == [(at(60), "still")]


def test_a_person_who_changes_his_mind_has_one_vote_and_it_is_new() -> None:
    changed = written(rule(written(rule(approval(), HALVE)), HEDGE, seconds=200))
    assert [(v.option, v.at) for v in changed.votes] == [("hedge", at(200))]
    assert rule(changed, HALVE, "bo", seconds=210).kind is Kind.WAITING_FOR_SECOND


def test_two_who_choose_differently_decide_nothing_until_one_joins_the_other() -> None:
    split = written(rule(written(rule(approval(), HALVE)), HEDGE, "bo", seconds=90))
    assert split.standing is Standing.PENDING
    made = written(rule(split, HEDGE, "ana", seconds=120))
    assert made.decision is not None
    assert (made.decision.option, set(made.decision.by)) == ("hedge", {"ana", "bo"})


def test_one_of_two_who_says_no_decides_at_once() -> None:
    waiting = written(rule(approval(), BOTH))
    no = rule(waiting, REJECT, "bo", seconds=90)
    assert no.kind is Kind.ACCEPTED
    made = written(no)
    assert made.decision is not None
    assert made.decision.by == ("bo",)
    assert [v.option for v in made.votes] == ["both", "reject"]


@pytest.mark.parametrize(("option", "count"), [(REJECT, 1), (replace(RAISE, needed=0), 1), (BOTH, 2), (CLOSE, 1)])
def test_an_option_needs_what_it_says_but_never_two_for_no_risk_and_never_none(option: Any, count: int) -> None:
    assert needed(option) == count


@pytest.mark.parametrize(
    ("option", "person", "kind"),
    [
        (RAISE, "ana", Kind.REQUESTER),
        (BOTH, "ana", Kind.REQUESTER),
        (CLOSE, "ana", Kind.REQUESTER),
        (HALVE, "ana", Kind.WAITING_FOR_SECOND),
        (WAIT, "ana", Kind.ACCEPTED),
        (REJECT, "ana", Kind.ACCEPTED),
        (RAISE, "bo", Kind.ACCEPTED),
        (CLOSE, "bo", Kind.ACCEPTED),
        (BOTH, "bo", Kind.WAITING_FOR_SECOND),
    ],
)
def test_a_requester_may_say_no_and_be_one_of_two_who_reduce_risk_and_nothing_else(
    option: Any, person: str, kind: Kind
) -> None:
    ruling = rule(approval(requester="ana"), option, person)
    assert ruling.kind is kind
    assert (ruling.approval is None) is (kind is Kind.REQUESTER)


def test_a_requester_and_one_other_reduce_risk_together() -> None:
    waiting = written(rule(approval(requester="ana"), HALVE))
    assert rule(waiting, HALVE, "bo").kind is Kind.ACCEPTED


def test_a_requester_s_vote_in_the_record_counts_for_nothing_where_risk_is_added() -> None:
    forged = approval(requester="ana", votes=(vote("ana", BOTH),))
    assert rule(forged, BOTH, "bo").kind is Kind.WAITING_FOR_SECOND


def test_who_claims_to_have_asked_is_barred_from_nothing() -> None:
    assert rule(approval(requested_by="ana"), RAISE).kind is Kind.ACCEPTED


@pytest.mark.parametrize(
    ("seconds", "kind"), [(899.999, Kind.ACCEPTED), (900, Kind.TOO_LATE), (901, Kind.TOO_LATE)]
)
def test_nothing_is_taken_from_the_moment_of_the_lapse(seconds: float, kind: Kind) -> None:
    ruling = rule(approval(), RAISE, seconds=seconds)
    assert ruling.kind is kind
    assert (ruling.approval is None) is (kind is Kind.TOO_LATE)


@pytest.mark.parametrize(
    ("standing", "kind", "said"),
    [
        (Standing.DECIDED, Kind.ALREADY_DECIDED, "Decided already: Raise memory, by Ana at 03:01 UTC."),
        (Standing.LAPSED, Kind.LAPSED, "lapsed at 03:15 UTC"),
        (Standing.UNREACHED, Kind.ENDED, "nobody could be reached, so the run went on. Look at incident inc-1"),
        (Standing.REVOKED, Kind.ENDED, "the run has ended, nothing waits for it. Look at incident inc-1"),
        (Standing.SUPERSEDED, Kind.ENDED, "Answer by the newer mail"),
    ],
)
@pytest.mark.parametrize("option", [RAISE, REJECT, "nonsense"])
def test_what_is_over_takes_nothing_and_says_why(standing: Standing, kind: Kind, said: str, option: Any) -> None:
    ruling = rule(ended(standing), option)
    assert (ruling.kind, ruling.approval) == (kind, None)
    assert said in ruling.message


def test_a_decision_that_came_after_the_run_s_end_is_told_with_it() -> None:
    over = rule(ended(Standing.DECIDED, delivery=Delivery.OVER))
    assert "The run does not wait for it any more: look at incident inc-1." in over.message
    taken = rule(ended(Standing.DECIDED, delivery=Delivery.TAKEN))
    assert "had ended" not in taken.message


def test_a_decision_names_two_people_and_an_option_that_is_not_offered_any_more_by_its_id() -> None:
    by_two = ended(Standing.DECIDED, decision=replace(decision(BOTH, "ana", "cy"), option="gone"))
    assert "Decided already: gone, by Ana and cy at 03:01 UTC." in rule(by_two).message
    assert "decided already" in rule(ended(Standing.DECIDED, decision=None)).message


@pytest.mark.parametrize("option", ["", "Raise", "raise ", "RAISE", "approve", "\ud800", "lapsed"])
def test_an_option_that_is_not_offered_is_not_guessed(option: str) -> None:
    ruling = rule(approval(), option, typed="RAISE strat a")
    assert (ruling.kind, ruling.approval) == (Kind.UNKNOWN_OPTION, None)


@pytest.mark.parametrize(
    "typed", ["", "RAISE", "STRAT-A", "RAISE STRAT-B", "CLOSE STRAT-A", "yes", "RAISE STRAT-A!1"]
)
def test_a_wrong_phrase_decides_nothing_and_is_counted(typed: str) -> None:
    ruling = rule(approval(), RAISE, typed=typed, form=0)
    made = written(ruling)
    assert (ruling.kind, ruling.retry_after) == (Kind.WRONG_PHRASE, None)
    assert (made.version, made.votes, made.decision, made.standing) == (3, (), None, Standing.PENDING)
    assert made.tries == (Tries("ana", wrong=1, used=1),)


def test_the_phrase_of_one_option_is_not_that_of_another() -> None:
    assert rule(approval(), CLOSE, typed="RAISE strat a").kind is Kind.WRONG_PHRASE


def test_a_wrong_phrase_by_an_aws_identity_takes_no_form() -> None:
    assert written(rule(approval(), RAISE, typed="no")).tries == (Tries("ana", wrong=1, used=0),)


@pytest.mark.parametrize(
    ("wrong_before", "delay"),
    [(0, None), (2, None), (3, 5), (4, 10), (5, 20), (6, 40), (7, 80), (8, 160), (9, 300), (10, 300), (10**9, 300)],
)
def test_the_delay_after_wrong_phrases_doubles_up_to_its_bound(wrong_before: int, delay: int | None) -> None:
    given = approval(tries=(Tries("ana", wrong=wrong_before),))
    ruling = rule(given, RAISE, typed="no", seconds=100)
    assert ruling.retry_after == delay
    tries = tries_of(written(ruling), "ana")
    assert tries.not_before == (None if delay is None else at(100 + delay))
    assert tries.wrong == wrong_before + 1


@pytest.mark.parametrize(
    ("seconds", "kind", "wait"),
    [(60, Kind.TOO_SOON, 5), (60.1, Kind.TOO_SOON, 5), (64.5, Kind.TOO_SOON, 1), (65, Kind.ACCEPTED, None)],
)
def test_nothing_is_taken_from_a_person_before_the_delay_is_over(
    seconds: float, kind: Kind, wait: int | None
) -> None:
    given = approval(tries=(Tries("ana", wrong=4, not_before=at(65)),))
    ruling = rule(given, RAISE, seconds=seconds)
    assert (ruling.kind, ruling.retry_after) == (kind, wait)
    assert (ruling.approval is None) is (kind is Kind.TOO_SOON)


def test_wrong_phrases_by_a_link_do_not_hold_up_the_owner_s_aws_identity() -> None:
    """Nor the other way round: whoever has one of the two has not the other."""
    for via, other in (("link", "iam"), ("iam", "link")):
        given = approval()
        for number in range(5):
            tried = judge(given, voter("ana", via=via), ballot(RAISE, typed="robot"), at(number), POLICY)
            given = tried.approval or given
        assert judge(given, voter("ana", via=via), ballot(RAISE), at(5), POLICY).kind is Kind.TOO_SOON
        assert judge(given, voter("ana", via=other), ballot(RAISE), at(5), POLICY).kind is Kind.ACCEPTED


def test_wrong_phrases_of_one_person_delay_nobody_else() -> None:
    given = approval(tries=(Tries("ana", wrong=50, not_before=LAPSES),))
    ruling = rule(given, RAISE, "bo")
    assert ruling.kind is Kind.ACCEPTED
    assert tries_of(written(ruling), "ana") == given.tries[0]


def test_the_right_phrase_after_wrong_ones_keeps_their_count() -> None:
    given = approval(tries=(Tries("ana", wrong=2, used=2),))
    assert tries_of(written(rule(given, BOTH, form=2)), "ana") == Tries("ana", wrong=2, used=3)


def test_a_form_that_was_sent_before_is_not_taken_again() -> None:
    after = written(rule(approval(), RAISE, typed="no", form=0))
    replayed = rule(after, RAISE, form=0)
    assert (replayed.kind, replayed.approval) == (Kind.CHANGED_MEANWHILE, None)
    assert "sent before" in replayed.message
    assert rule(after, RAISE, form=1).kind is Kind.ACCEPTED


def test_a_second_click_of_the_first_of_two_is_told_what_stands_and_writes_nothing() -> None:
    waiting = written(rule(approval(), HALVE, form=0))
    again = rule(waiting, HALVE, form=0, seconds=61)
    assert (again.kind, again.approval) == (Kind.WAITING_FOR_SECOND, None)
    assert again.message == "Your answer counts: Halve it. If nobody else answers by 03:06 UTC, yours is enough."
    assert rule(waiting, HEDGE, form=0).kind is Kind.CHANGED_MEANWHILE


def test_a_form_from_the_future_was_never_shown() -> None:
    assert rule(approval(), RAISE, form=1).kind is Kind.CHANGED_MEANWHILE


@pytest.mark.parametrize(
    ("shown", "kind"), [(1, Kind.ACCEPTED), (0, Kind.CHANGED_MEANWHILE), (2, Kind.CHANGED_MEANWHILE)]
)
def test_an_answer_covers_only_the_requests_that_its_page_showed(shown: int, kind: Kind) -> None:
    ruling = rule(approval(members=(member(1),)), RAISE, members_seen=shown, typed="raise all 2")
    assert ruling.kind is kind
    assert (ruling.approval is None) is (kind is Kind.CHANGED_MEANWHILE)


@pytest.mark.parametrize(
    "until",
    [
        None,
        at(60),
        at(59),
        at(60 + 3600 + 1),
        at(1800).replace(tzinfo=None),
        datetime.max.replace(tzinfo=timezone(timedelta(hours=-5))),
        datetime.min.replace(tzinfo=timezone(timedelta(hours=5))),
    ],
    ids=["missing", "now", "past", "too far", "no zone", "end of time", "beginning of time"],
)
def test_an_end_that_is_missing_or_out_of_range_is_refused_without_counting_against_anybody(
    until: datetime | None,
) -> None:
    ruling = rule(approval(), WAIT, until=until)
    assert (ruling.kind, ruling.approval) == (Kind.BAD_UNTIL, None)


@pytest.mark.parametrize("seconds", [60.001, 1800, 3660])
def test_an_end_within_the_option_s_bound_is_kept_in_utc(seconds: float) -> None:
    elsewhere = at(seconds).astimezone(timezone(timedelta(hours=5, minutes=30)))
    made = written(rule(approval(), WAIT, until=elsewhere)).decision
    assert made is not None
    assert made.until == at(seconds)
    assert made.until.utcoffset() == timedelta(0)


def test_an_end_for_an_option_that_has_none_is_refused() -> None:
    ruling = rule(approval(), RAISE, until=at(600))
    assert (ruling.kind, ruling.approval) == (Kind.BAD_UNTIL, None)
    assert "takes no end" in ruling.message


def two_until(risk: Risk) -> Any:
    option = replace(WAIT, risk=risk, needed=2)
    return option, approval(question=question(options=(option, REJECT)))


@pytest.mark.parametrize("risk", [Risk.ADDS, Risk.REDUCES])
def test_two_who_name_two_ends_agree_on_the_earlier_one(risk: Risk) -> None:
    option, given = two_until(risk)
    waiting = written(rule(given, option, until=at(3000)))
    made = written(rule(waiting, option, "bo", until=at(1200), seconds=90)).decision
    assert made is not None
    assert made.until == at(1200)


def test_of_two_notes_the_decision_has_the_one_written_last_and_the_votes_keep_both() -> None:
    waiting = written(rule(approval(), BOTH, note="first"))
    after = written(rule(waiting, BOTH, "bo", note="second", seconds=90))
    assert after.decision is not None
    assert after.decision.note == "second"
    assert [v.note for v in after.votes] == ["first", "second"]


def test_a_vote_whose_own_end_has_passed_counts_no_more() -> None:
    option, given = two_until(Risk.ADDS)
    waiting = written(rule(given, option, until=at(100)))
    late = rule(waiting, option, "bo", until=at(1200), seconds=100)
    assert late.kind is Kind.WAITING_FOR_SECOND
    assert rule(waiting, option, "bo", until=at(1200), seconds=99).kind is Kind.ACCEPTED


@pytest.mark.parametrize(
    "note",
    [
        "a\x00b",
        "a\x1b[2Jb",
        "a\rb",
        "a\x7fb",
        "a\x85b",
        "a\u2028b",
        "a\u2029b",
        "a\ud800b",
        "a\u202eb",
        "a\u2066b",
        "x" * 1001,
        "é" * 1001,
    ],
)
def test_a_note_with_control_characters_or_too_long_is_refused(note: str) -> None:
    ruling = rule(approval(), RAISE, note=note)
    assert (ruling.kind, ruling.approval) == (Kind.BAD_NOTE, None)
    assert ("control characters" in ruling.message) is (len(note) < 1000)


@pytest.mark.parametrize(
    ("note", "kept"),
    [
        (None, None),
        ("", None),
        (" \r\n\t ", None),
        ("x" * 1000, "x" * 1000),
        ("a\r\nb\tc", "a\nb\tc"),
        ("<b>é 東京 👩\u200d💻</b>", "<b>é 東京 👩\u200d💻</b>"),
        ("a\r\n" * 400 + "b", "a\n" * 400 + "b"),
    ],
)
def test_a_note_is_kept_as_it_was_written_with_plain_line_ends(note: str | None, kept: str | None) -> None:
    made = written(rule(approval(), RAISE, note=note)).decision
    assert made is not None
    assert made.note == kept


@pytest.mark.parametrize(
    ("person", "desk", "kind"),
    [
        ("cy", "default", Kind.ACCEPTED),
        ("cy", "no such desk", Kind.ACCEPTED),
        ("dee", "default", Kind.NOT_ASKED),
        ("dee", "other", Kind.ACCEPTED),
        ("cy", "other", Kind.NOT_ASKED),
        ("ana", "other", Kind.ACCEPTED),
        ("stranger", "default", Kind.NOT_ASKED),
        ("eve", "default", Kind.NOT_ASKED),
        ("", "default", Kind.NOT_ASKED),
    ],
)
def test_only_who_was_asked_or_stands_on_the_desk_s_ladder_and_in_the_settings_may_answer(
    person: str, desk: str, kind: Kind
) -> None:
    given = approval(question=question(desk=desk), asked=(asked("ana"), asked("eve")))
    ruling = rule(given, RAISE, person)
    assert ruling.kind is kind
    assert (ruling.approval is None) is (kind is Kind.NOT_ASKED)


def test_without_a_default_desk_only_who_was_asked_may_answer() -> None:
    policy = replace(POLICY, desks={})
    assert rule(approval(), RAISE, "ana", policy=policy).kind is Kind.ACCEPTED
    assert rule(approval(), RAISE, "cy", policy=policy).kind is Kind.NOT_ASKED


@pytest.mark.parametrize(
    ("given", "option", "said"),
    [
        (approval(), HALVE, "If nobody else answers by 03:06 UTC, yours is enough."),
        (approval(lapses_at=at(360)), HALVE, "A second person must choose it by 03:06 UTC."),
        (approval(), BOTH, "A second person must choose it by 03:15 UTC."),
        (approval(requester="ana"), HALVE, "A second person must choose it by 03:15 UTC."),
    ],
)
def test_whoever_waits_for_a_second_is_told_until_when_and_whether_one_may_be_enough(
    given: Any, option: Any, said: str
) -> None:
    assert said in rule(given, option).message


def test_no_message_holds_the_phrase_or_is_long() -> None:
    rulings: list[Ruling] = [
        rule(approval(), RAISE, typed="no"),
        rule(approval(tries=(Tries("ana", wrong=3),)), RAISE, typed="no"),
        rule(approval(tries=(Tries("ana", wrong=70, not_before=at(61)),)), RAISE),
        rule(approval(tries=(Tries("ana", wrong=70, not_before=at(300)),)), RAISE),
        rule(approval(), WAIT, until=None),
        rule(approval(requester="ana"), RAISE),
        rule(approval(), BOTH),
        rule(approval(), "none"),
        *(rule(ended(standing)) for standing in Standing if standing is not Standing.PENDING),
    ]
    for ruling in rulings:
        assert 20 < len(ruling.message) <= 200
        assert ruling.message.endswith(".")
        assert "STRAT" not in ruling.message.upper()


@pytest.mark.parametrize(
    ("wait", "said"),
    [(1, "1 second,"), (5, "5 seconds,"), (59, "59 seconds,"), (60, "1 minute,"), (61, "2 minutes,")],
)
def test_a_wait_is_told_in_seconds_or_whole_minutes(wait: int, said: str) -> None:
    given = approval(tries=(Tries("ana", wrong=9, not_before=at(60 + wait)),))
    assert said in rule(given, RAISE).message


def test_the_vote_of_somebody_who_was_taken_out_of_the_settings_counts_no_more() -> None:
    given = written(rule(approval(), BOTH, "ana"))
    left = replace(POLICY, people=POLICY.people - {"ana"})
    assert rule(given, BOTH, "bo").kind is Kind.ACCEPTED
    assert rule(given, BOTH, "bo", policy=left).kind is Kind.WAITING_FOR_SECOND


def test_a_vote_that_a_later_one_replaces_is_kept_for_the_record() -> None:
    first = written(rule(approval(), BOTH, note="sure?", seconds=60))
    second = written(rule(first, HALVE, note="rather this", seconds=120))
    assert [(one.option, one.note) for one in second.votes] == [("halve", "rather this")]
    assert [(one.option, one.note) for one in second.replaced] == [("both", "sure?")]
    record = record_of(second)
    assert [(one["person"], one["option"], one["note"]) for one in record["replaced_votes"]] == [
        ("ana", "both", "sure?")
    ]


def test_of_replaced_votes_the_last_twenty_are_kept() -> None:
    stands = approval()
    for number in range(25):
        stands = written(rule(stands, (BOTH, HALVE)[number % 2], note=str(number), seconds=number))
    assert [one.note for one in stands.replaced] == [str(number) for number in range(4, 24)]
