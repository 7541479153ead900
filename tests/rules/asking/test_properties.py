"""What holds in every history of a request, told without the rules' own words for it."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import timedelta

from hypothesis import event, given, settings
from hypothesis import strategies as st

from functions.approvals import Delivery, MailStatus, Risk, Standing
from functions.rules.asking.ballots import Kind
from functions.rules.asking.rounds import (
    CallToRatify,
    Deliver,
    Lapse,
    Overdue,
    Ratified,
    Repeat,
    SendRung,
    TellGlass,
    due,
    wave_at,
)
from tests.rules.asking.asks import (
    LAPSES,
    OPTIONS,
    PEOPLE,
    POLICY,
    RAISE,
    approval,
    asked,
    at,
    looking,
    rule,
    vote,
    written,
)
from tests.rules.asking.histories import Cast, Step, Swept, accepted, histories, walk, wrong_of

MANY = settings(max_examples=150, deadline=None)


@MANY
@given(histories())
def test_no_sequence_of_answers_and_sweeps_ever_decides_twice(steps: list[Step]) -> None:
    deciding = [step for step in steps if step.before.decision is None and step.after.decision is not None]
    event(f"decided by {type(deciding[0].event).__name__}" if deciding else "not decided")
    assert len(deciding) <= 1
    assert len(accepted(steps)) <= len(deciding)
    for step in steps:
        if step.before.decision is not None:
            assert step.after.decision == step.before.decision
        if step.before.standing is not Standing.PENDING:
            assert step.after.standing is step.before.standing


@MANY
@given(histories())
def test_a_decision_stands_on_enough_different_people_who_chose_it_and_may(steps: list[Step]) -> None:
    for step in accepted(steps):
        made, option = step.after.decision, None
        assert made is not None
        option = step.after.option(made.option)
        assert option is not None
        assert len(set(made.by)) == len(made.by)
        assert len(made.by) >= (1 if option.risk is Risk.NONE else option.needed)
        chose = {v.voter.person_id for v in step.after.votes if v.option == made.option}
        assert set(made.by) <= chose
        assert set(made.by) <= set(PEOPLE)
        if option.risk is Risk.ADDS:
            assert step.after.requester not in made.by
        if option.risk is Risk.REDUCES:
            assert set(made.by) != {step.after.requester}
        if option.until_at_most_minutes is not None:
            assert made.until is not None
            assert made.at < made.until <= made.at + timedelta(minutes=option.until_at_most_minutes)


@MANY
@given(histories())
def test_the_same_person_never_has_two_votes_and_never_two_accounts_of_wrong_phrases(steps: list[Step]) -> None:
    for step in steps:
        for entries in (
            [v.voter.person_id for v in step.after.votes],
            [t.person_id for t in step.after.tries],
        ):
            assert all(count == 1 for count in Counter(entries).values())


@MANY
@given(histories())
def test_nothing_is_taken_or_decided_once_the_time_is_over(steps: list[Step]) -> None:
    for step in steps:
        if at(step.event.seconds) < LAPSES:
            continue
        assert step.after.votes == step.before.votes
        assert step.after.decision == step.before.decision
        if isinstance(step.event, Cast):
            assert step.ruling is not None
            assert step.ruling.approval is None
            assert step.ruling.kind in (Kind.TOO_LATE, Kind.LAPSED, Kind.ALREADY_DECIDED, Kind.ENDED)


@MANY
@given(histories())
def test_every_write_is_exactly_one_version_later(steps: list[Step]) -> None:
    for step in steps:
        assert step.after.version - step.before.version in (0, 1, 2)
        if step.ruling is not None:
            grown = 1 if step.ruling.approval is not None else 0
            assert step.after.version == step.before.version + grown
        if step.after.version == step.before.version:
            assert step.after == step.before


@MANY
@given(histories())
def test_only_a_decision_lapse_or_nobody_reached_is_ever_due_for_delivery(steps: list[Step]) -> None:
    for step in steps:
        if step.after.delivery is Delivery.DUE:
            assert step.after.standing in (Standing.DECIDED, Standing.LAPSED, Standing.UNREACHED)
        assert (step.after.standing is Standing.DECIDED) is (step.after.decision is not None)


@MANY
@given(histories())
def test_one_vote_alone_decides_only_what_reduces_risk_after_a_long_silence(steps: list[Step]) -> None:
    for step in steps:
        made = step.after.decision
        if made is None or step.before.decision is not None or not isinstance(step.event, Swept):
            continue
        option = step.after.option(made.option)
        assert option is not None
        assert (option.risk, option.needed) == (Risk.REDUCES, 2)
        (only,) = step.after.votes
        assert (only.voter.person_id,) == made.by
        assert made.by != (step.after.requester,)
        assert made.at - only.at >= POLICY.second_person_silent
        assert made.why_alone


@MANY
@given(histories(), st.integers(0, 3), st.floats(-100, 20_000))
def test_every_request_has_a_total_answer_to_what_is_due(steps: list[Step], rungs: int, seconds: float) -> None:
    given = steps[-1].after if steps else approval()
    found = due(given, rungs, at(seconds), POLICY)
    kinds = [type(one) for one in found]
    assert len(set(kinds)) == len(kinds)
    pending = given.standing is Standing.PENDING
    afterwards = {Deliver, Repeat} if given.glass is None else {Deliver, TellGlass, CallToRatify, Overdue, Ratified}
    assert (afterwards & set(kinds) == set()) if pending else (set(kinds) <= afterwards)
    assert (kinds == [Lapse]) is (pending and at(seconds) >= LAPSES)
    for one in found:
        if isinstance(one, SendRung):
            assert one.rung == given.rungs_sent < rungs


@MANY
@given(histories())
def test_sweeping_comes_to_rest(steps: list[Step]) -> None:
    """Whatever has happened, a handful of sweeps at one moment leaves nothing due."""
    given = steps[-1].after if steps else approval()
    for seconds in (0, 450, 899, 900, 5_000):
        rested = walk(given, [Swept(seconds)] * 8)[-1].after
        assert due(rested, 3, at(seconds), POLICY) == ()


@MANY
@given(st.lists(st.tuples(st.sampled_from(PEOPLE), st.floats(0, 899)), max_size=20), st.integers(1, 2))
def test_looking_holds_the_next_wave_by_a_bound_and_never_the_lapse(
    said: list[tuple[str, float]], rung: int
) -> None:
    sights = tuple(looking(person, seconds) for person, seconds in said)
    waves = (asked("ana"), asked("bo", 1, seconds=300))[:rung]
    given = approval(asked=waves, rungs_sent=rung, seen=sights, reminded_at=at(1))
    share = at(300 * rung)
    held = wave_at(given, rung, POLICY)
    assert share <= held <= at(899) + POLICY.looking_holds
    assert (held == share) or held - POLICY.looking_holds in {seen.at for seen in sights}
    this_wave = {seen.voter.person_id for seen in sights if seen.at >= waves[-1].at}
    more = replace(given, seen=(*sights, *(looking(person, 899) for person in sorted(this_wave))))
    assert wave_at(more, rung, POLICY) == held, "said again, it holds no longer"
    assert due(given, 3, LAPSES, POLICY) == (Lapse(),)


@MANY
@given(st.lists(st.booleans(), min_size=1, max_size=40))
def test_wrong_phrases_delay_one_person_more_and_more_within_a_bound_and_nobody_else(patient: list[bool]) -> None:
    request, seconds, waits = approval(lapses_at=at(10**7)), 0.0, []
    for waited in patient:
        ruling = rule(request, RAISE, seconds=seconds, typed="no")
        if ruling.kind is Kind.TOO_SOON:
            assert ruling.approval is None
            assert ruling.retry_after is not None
            seconds += ruling.retry_after if waited else 0
            continue
        waits.append(ruling.retry_after or 0)
        request = written(ruling)
    assert waits == sorted(waits)
    assert all(wait <= POLICY.wrong_phrase_delay_most.total_seconds() for wait in waits)
    assert wrong_of(request, "ana") == len(waits)
    assert rule(request, RAISE, "bo", seconds=seconds).kind is Kind.ACCEPTED


@MANY
@given(histories(), st.sampled_from(PEOPLE))
def test_nobody_s_wrong_phrases_ever_change_what_another_person_is_told(steps: list[Step], person: str) -> None:
    given = steps[-1].after if steps else approval()
    others = replace(given, tries=tuple(t for t in given.tries if t.person_id == person))
    for option in OPTIONS:
        with_theirs, without = rule(given, option, person), rule(others, option, person)
        assert (with_theirs.kind, with_theirs.message) == (without.kind, without.message)


@MANY
@given(st.sampled_from([o for o in OPTIONS if o.needed == 2]), st.permutations(["ana", "bo", "cy"]))
def test_two_people_decide_the_same_in_either_order(option: object, order: list[str]) -> None:
    chosen = next(o for o in OPTIONS if o is option)
    first = rule(approval(), chosen, order[0])
    if chosen.risk is Risk.NONE:
        assert first.kind is Kind.ACCEPTED
        return
    made = written(rule(written(first), chosen, order[1])).decision
    assert made is not None
    assert made.by == tuple(order[:2])


@MANY
@given(st.sets(st.sampled_from(PEOPLE)), st.sets(st.sampled_from(PEOPLE)), st.floats(0, 899))
def test_a_person_who_voted_or_is_not_reached_gets_no_reminder(
    voted: set[str], bounced: set[str], seconds: float
) -> None:
    people = tuple(
        asked(person, mail=MailStatus.NOT_REACHED if person in bounced else MailStatus.SENT) for person in PEOPLE
    )
    split = [OPTIONS[1], OPTIONS[3], OPTIONS[4]]
    votes = tuple(vote(person, option) for person, option in zip(sorted(voted), split, strict=False))
    given = approval(asked=people, votes=votes, rungs_sent=3)
    for one in due(given, 3, at(seconds), POLICY):
        people_reminded = set(getattr(one, "people", ()))
        assert not people_reminded & (voted | bounced)
