"""Who broke the glass, who may ratify it, and what is due until somebody has."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st

from functions.approvals import Approval, Delivery, Glass, Standing
from functions.recording import record_of
from functions.rules import glass
from functions.rules.asking.ballots import judge
from functions.rules.asking.rounds import CallToRatify, Deliver, Overdue, Ratified, TellGlass, due
from functions.rules.asking.standing import repeated
from functions.rules.glass import Kind
from tests.rules.asking.asks import (
    BOTH,
    GLASS,
    POLICY,
    RAISE,
    REJECT,
    approval,
    at,
    ballot,
    decision,
    ended,
    question,
    rule,
    voter,
    written,
)
from tests.rules.asking.histories import Cast, Step, Swept, Told, must, walk

MANY = settings(max_examples=150, deadline=None)
DAY = 86_400
ASKED = approval(question=question(options=(GLASS, BOTH, REJECT)))


def broken(requester: str | None = None, delivery: Delivery = Delivery.TAKEN) -> Approval:
    """Ana does so at 500 seconds."""
    ruling = judge(ASKED, voter("ana"), ballot(GLASS, note="nobody answers"), at(500), POLICY)
    return replace(written(ruling), requester=requester, delivery=delivery)


def ratified() -> Approval:
    return must(glass.ratify(broken(), voter("bo"), "I saw it", at(600), POLICY).approval)


@st.composite
def attempts(draw: st.DrawFn) -> list[Step]:
    """Histories in which the glass is tried, before and after it opens, among votes, sweeps and ratifications."""
    people, seconds = st.sampled_from([*["ana", "bo", "cy"] * 3, "dee", "x"]), st.integers(300, 899)
    note = st.sampled_from(["why", "why", "why", None])
    none = st.none()
    right = st.just("right")
    breaking = st.builds(Cast, seconds, people, st.just(GLASS.id), right, none, note, none, none)
    voting = st.builds(Cast, seconds, people, st.just(BOTH.id), right, none, note, none, none)
    signing = st.builds(Told, st.integers(450, 90_000), st.just("ratified"), people)
    sweeping = st.builds(Swept, st.integers(0, 90_000))
    one = st.one_of(breaking, breaking, breaking, voting, signing, signing, signing, sweeping)
    events = draw(st.lists(one, min_size=5, max_size=14))
    start = replace(ASKED, requester=draw(st.sampled_from([None, None, "ana", "bo"])))
    return walk(start, sorted(events, key=lambda event: event.seconds))


def test_who_breaks_the_glass_owes_the_ratification_of_another_person() -> None:
    made = broken()
    assert made.decision is not None
    assert made.decision.why_alone == "broke the glass: nobody answers"
    assert made.glass == Glass(ratify_by=at(500 + DAY))
    assert glass.owes(made)
    assert made.open


@pytest.mark.parametrize("option", [RAISE, REJECT])
def test_no_other_answer_breaks_it(option: object) -> None:
    chosen = RAISE if option is RAISE else REJECT
    made = written(rule(approval(), chosen))
    assert (made.glass, glass.owes(made)) == (None, False)
    assert not replace(made, delivery=Delivery.TAKEN).open


def test_two_who_agree_break_no_glass() -> None:
    after = written(rule(written(rule(ASKED, BOTH)), BOTH, "bo"))
    assert (after.standing, after.glass) == (Standing.DECIDED, None)


def test_another_person_ratifies_it_and_the_record_has_both() -> None:
    verdict = glass.ratify(broken(), voter("bo"), " I saw it ", at(600), POLICY)
    after = must(verdict.approval)
    assert verdict.kind is Kind.RATIFIED
    assert "Trade again, by me alone, which Ana decided at 03:08 UTC" in verdict.message
    assert after.version == broken().version + 1
    record = record_of(after)
    assert (record["glass"]["ratified_by"], record["glass"]["ratified_at"]) == ("bo", at(600))
    assert (record["glass"]["note"], record["decision"]["why_alone"]) == (
        "I saw it",
        "broke the glass: nobody answers",
    )
    assert record_of(approval())["glass"] is None


@pytest.mark.parametrize("via", ["link", "iam"])
def test_who_broke_it_never_ratifies_it_by_whatever_way(via: str) -> None:
    verdict = glass.ratify(broken(), voter("ana", via=via), "me again", at(600), POLICY)
    assert (verdict.kind, verdict.approval) == (Kind.OWN, None)
    assert "you broke the glass yourself at 03:08 UTC" in verdict.message
    assert "03:08 UTC, 2 Mar" in verdict.message


def test_who_is_proven_to_have_asked_for_it_does_not_ratify_it_either() -> None:
    verdict = glass.ratify(broken(requester="bo"), voter("bo"), None, at(600), POLICY)
    assert (verdict.kind, verdict.approval) == (Kind.OWN, None)
    assert "you asked for this yourself" in verdict.message


@pytest.mark.parametrize("person", ["dee", "stranger"])
def test_who_is_not_of_the_desk_does_not_ratify_it(person: str) -> None:
    verdict = glass.ratify(broken(), voter(person), None, at(600), POLICY)
    assert (verdict.kind, verdict.approval) == (Kind.NOT_ASKED, None)


def test_it_is_ratified_once() -> None:
    verdict = glass.ratify(ratified(), voter("cy"), None, at(700), POLICY)
    assert (verdict.kind, verdict.approval) == (Kind.BEFORE, None)
    assert verdict.message == "Ratified before, by Bo at 03:10 UTC. This changes nothing."


@pytest.mark.parametrize("given", [approval(), ended(Standing.DECIDED), ended(Standing.LAPSED)])
def test_there_is_nothing_to_ratify_where_nobody_broke_the_glass(given: Approval) -> None:
    assert glass.ratify(given, voter("bo"), None, at(600), POLICY).kind is Kind.NOTHING
    assert glass.told(given, at(600), POLICY) is None
    assert glass.paged(given, at(600)) is None
    assert glass.overdue(given, at(10**6), POLICY) is None
    assert glass.closed(given) is None


def test_a_note_that_cannot_be_kept_ratifies_nothing() -> None:
    verdict = glass.ratify(broken(), voter("bo"), "x" * 1_001, at(600), POLICY)
    assert (verdict.kind, verdict.approval) == (Kind.BAD_NOTE, None)
    assert must(glass.ratify(broken(), voter("bo"), None, at(600), POLICY).approval).glass is not None


def test_late_is_better_than_never_and_says_so() -> None:
    verdict = glass.ratify(broken(), voter("bo"), None, at(500 + DAY + 90), POLICY)
    assert verdict.kind is Kind.RATIFIED
    assert verdict.message.endswith("That was 2 minutes too late.")
    in_time = glass.ratify(broken(), voter("bo"), None, at(499 + DAY), POLICY)
    assert "late" not in in_time.message


def test_everybody_is_told_once_and_called_again_after_each_interval_until_it_is_ratified() -> None:
    given = broken()
    assert due(given, 3, at(500), POLICY) == (TellGlass(),)
    told = must(glass.told(given, at(500), POLICY))
    assert glass.told(told, at(501), POLICY) is None
    assert due(told, 3, at(500 + 899), POLICY) == ()
    for seconds in (900, 900 + 1_800, 900 + 1_800 + 3_600, 900 + 1_800 + 7_200):
        assert due(told, 3, at(500 + seconds - 1), POLICY) == ()
        assert due(told, 3, at(500 + seconds), POLICY) == (CallToRatify(),)
        told = repeated(told, at(500 + seconds), POLICY)
    assert due(must(glass.ratify(told, voter("bo"), None, at(9_000), POLICY).approval), 3, at(10**6), POLICY) == (
        Ratified(),
    )


def test_it_is_paged_once_that_its_time_is_over_and_called_again_afterwards() -> None:
    told = must(glass.told(broken(), at(500), POLICY))
    after = at(500 + DAY)
    assert glass.overdue(told, after - timedelta(seconds=1), POLICY) is None
    assert due(told, 3, after, POLICY) == (Overdue(),)
    late = must(glass.overdue(told, after, POLICY))
    assert glass.overdue(late, after, POLICY) is None
    assert due(late, 3, after, POLICY) == ()
    assert due(late, 3, after + timedelta(hours=1), POLICY) == (CallToRatify(),)


def test_the_answer_is_handed_over_before_anybody_is_told() -> None:
    assert due(broken(delivery=Delivery.DUE), 3, at(500), POLICY) == (Deliver(), TellGlass())


def test_the_page_that_went_out_at_once_is_not_sent_a_second_time() -> None:
    paged = must(glass.paged(broken(), at(501)))
    assert glass.paged(paged, at(502)) is None
    assert glass.paged(must(glass.told(broken(), at(501), POLICY)), at(502)) is None


def test_it_stays_open_until_its_incident_is_closed() -> None:
    after = ratified()
    assert after.open
    closed = must(glass.closed(after))
    assert not closed.open
    assert glass.closed(closed) is None
    assert glass.closed(broken()) is None, "not before it is ratified"


def test_a_reason_is_named_even_where_an_old_record_has_none() -> None:
    bare = replace(ASKED, decision=decision(GLASS))
    made = glass.owed(bare, POLICY).decision
    assert made is not None
    assert made.why_alone == "broke the glass: no reason given"
    assert glass.owed(ASKED, POLICY) is ASKED


@MANY
@given(attempts())
def test_nobody_ever_ratifies_what_he_decided_himself_and_it_is_open_until_another_did(steps: list[Step]) -> None:
    after = steps[-1].after
    made, mark = after.decision, after.glass
    assert (mark is not None) is (made is not None and made.option == GLASS.id)
    if mark is None or made is None:
        return
    event("ratified" if mark.ratified_by else "owed")
    assert made.why_alone == f"broke the glass: {made.note}"
    assert made.at >= at(450)
    assert len(made.by) == 1
    assert mark.ratify_by == made.at + POLICY.ratify_within
    assert after.requester not in made.by
    if mark.ratified_by is None:
        assert after.open
    else:
        assert mark.ratified_by in {"ana", "bo", "cy"}
        assert mark.ratified_by not in (*made.by, after.requester)


@MANY
@given(attempts(), st.integers(1, 200_000))
def test_sweeps_over_a_broken_glass_come_to_rest_and_never_ratify_it(steps: list[Step], seconds: int) -> None:
    start = steps[-1].after
    swept = walk(start, [Swept(90_000 + seconds)] * 8)[-1].after
    assert due(swept, 3, at(90_000 + seconds), POLICY) == ()
    if start.glass is not None and swept.glass is not None:
        event("broken")
        assert swept.glass.ratified_by == start.glass.ratified_by
        assert swept.glass.closed is (start.glass.ratified_by is not None)
        assert swept.glass.told_at is not None or start.glass.ratified_by is not None
