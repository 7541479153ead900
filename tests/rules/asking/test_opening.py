"""Answers that open later than the question is asked, and answers that want a reason."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import event, given, settings

from functions.approvals import Risk, Tries
from functions.rules.asking.ballots import Kind
from functions.rules.asking.opening import not_open_yet, opens_at
from functions.rules.asking.sound import faults
from functions.rules.asking.storms import parent_for
from tests.rules.asking.asks import (
    BOTH,
    GLASS,
    POLICY,
    RAISE,
    REJECT,
    approval,
    at,
    question,
    rule,
)
from tests.rules.asking.histories import Step
from tests.rules.test_glass import attempts

MANY = settings(max_examples=150, deadline=None)
LATE = replace(RAISE, opens_after=450)
LATER = approval(question=question(options=(LATE, REJECT)))


def test_an_answer_that_names_no_time_is_open_at_once() -> None:
    assert opens_at(approval(), RAISE, 1) is None
    assert not_open_yet(approval(), RAISE, at(0), 1) is None


@pytest.mark.parametrize(("pace", "opens"), [(1, 450), (0.1, 45), (1 / 450, 1)])
def test_it_opens_at_the_pace_of_the_environment(pace: float, opens: float) -> None:
    assert opens_at(approval(), LATE, pace) == at(opens)


@pytest.mark.parametrize(
    ("seconds", "kind", "wait"),
    [
        (0, Kind.NOT_OPEN_YET, 450),
        (449.9, Kind.NOT_OPEN_YET, 1),
        (450, Kind.ACCEPTED, None),
        (899.9, Kind.ACCEPTED, None),
    ],
)
def test_it_is_taken_from_its_time_on_and_never_before(seconds: float, kind: Kind, wait: int | None) -> None:
    ruling = rule(LATER, LATE, seconds=seconds)
    assert (ruling.kind, ruling.retry_after) == (kind, wait)
    assert (ruling.approval is None) is (kind is Kind.NOT_OPEN_YET)


def test_it_says_from_when_and_counts_against_nobody() -> None:
    for typed in ("RAISE strat a", "nonsense", ""):
        ruling = rule(LATER, LATE, typed=typed)
        assert ruling.kind is Kind.NOT_OPEN_YET
        assert ruling.approval is None
        assert "available from 03:07 UTC if nobody else has decided" in ruling.message
    assert rule(LATER, LATE, form=7).kind is Kind.NOT_OPEN_YET


def test_who_typed_too_much_nonsense_is_told_that_first() -> None:
    given = replace(LATER, tries=(Tries("ana", wrong=9, not_before=at(120)),))
    assert rule(given, LATE).kind is Kind.TOO_SOON


def test_the_others_are_open_all_the_while() -> None:
    given = approval(question=question(options=(LATE, BOTH, REJECT)))
    assert rule(given, BOTH).kind is Kind.WAITING_FOR_SECOND
    assert rule(given, REJECT).kind is Kind.ACCEPTED


@pytest.mark.parametrize("note", [None, "", "   ", "...", "\u200b", "\n"])
def test_an_answer_that_wants_a_reason_is_not_taken_without_one(note: str | None) -> None:
    given = approval(question=question(options=(GLASS, REJECT)))
    ruling = rule(given, GLASS, seconds=500, note=note)
    assert (ruling.kind, ruling.approval) == (Kind.BAD_NOTE, None)
    assert "is taken with a note only: write why" in ruling.message


def test_any_word_is_a_reason() -> None:
    given = approval(question=question(options=(GLASS, REJECT)))
    assert rule(given, GLASS, seconds=500, note="日本").kind is Kind.ACCEPTED


def test_a_request_with_such_an_answer_joins_no_other() -> None:
    asked = question(options=(LATE, REJECT))
    open_ = [approval(approval_id=f"apr-{number}", question=asked) for number in range(3)]
    assert parent_for(asked, open_, POLICY, now=at(10)) is None
    at_once = replace(asked, options=(RAISE, REJECT))
    alike = [replace(one, question=at_once) for one in open_]
    assert parent_for(at_once, alike, POLICY, now=at(10)) is not None


def test_a_way_to_say_no_is_open_at_once() -> None:
    [fault] = faults(question(options=(RAISE, replace(REJECT, opens_after=5))), people=3)
    assert "one must be open at once" in fault
    assert faults(question(options=(LATE, REJECT)), people=3) == ()


@pytest.mark.parametrize("seconds", [0, -5])
def test_a_time_that_is_none_is_told(seconds: int) -> None:
    [fault] = faults(question(options=(replace(RAISE, opens_after=seconds), REJECT)), people=3)
    assert fault.startswith(f"option 'raise': opens_after is {seconds}")


@pytest.mark.parametrize("wrong", [{"needed": 2}, {"note_required": False}, {"opens_after": None}])
def test_the_glass_is_broken_by_one_alone_late_and_with_a_reason_or_not_offered(wrong: dict[str, Any]) -> None:
    assert faults(question(options=(GLASS, REJECT)), people=3) == ()
    changed = replace(GLASS, **wrong)
    [fault] = faults(question(options=(changed, REJECT)), people=3)
    assert fault.startswith("option 'break_glass': one person decides by it")


@MANY
@given(attempts())
def test_no_history_has_a_vote_or_a_decision_for_an_answer_before_it_opened(steps: list[Step]) -> None:
    for step in steps:
        for vote in (*step.after.votes, *step.after.replaced):
            if vote.option == GLASS.id:
                assert vote.at >= at(450)
                assert vote.note
        made = step.after.decision
        if made is not None and made.option == GLASS.id:
            event("the glass was broken")
            assert made.at >= at(450)
            assert made.note


def test_the_risk_of_breaking_the_glass_bars_whoever_asked() -> None:
    assert GLASS.risk is Risk.ADDS
    given = approval(question=question(options=(GLASS, REJECT)), requester="ana")
    assert rule(given, GLASS, seconds=500, note="why").kind is Kind.REQUESTER
    assert rule(given, GLASS, "bo", seconds=500, note="why").kind is Kind.ACCEPTED
