"""What comes next in a close."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.ports.exchange import Attempt, AttemptState
from functions.rules.closing.next_step import (
    ODD_LOOKS,
    RESTORES,
    UNPROVEN_LOOKS,
    UNREAD_LOOKS,
    Facts,
    Order,
    Seen,
    Step,
    Verdict,
    next_step,
)
from functions.rules.closing.rounds import NEVER_SENT, filled
from functions.rules.units.attribution import Standing
from tests.rules.closing.facts import (
    AMOUNT,
    NOW,
    WORST,
    attempt,
    book,
    facts,
    order,
    proof,
    standing,
    terms,
)

REFUSED: dict[str, Any] = {
    "state": AttemptState.REFUSED,
    "filled": None,
    "why": "nothing_to_reduce (InvalidOrder -2022): no",
}


def until_not(step: Step, given_facts: Facts, most: int = 20) -> Verdict:
    """Looks again at the same facts until the verdict is another one."""
    for _ in range(most):
        verdict = next_step(given_facts)
        if verdict.step is not step:
            return verdict
        given_facts = replace(given_facts, seen=verdict.seen)
    raise AssertionError(f"{step} for ever")


def test_the_whole_amount_is_sent_at_the_approved_worst_price() -> None:
    verdict = next_step(facts())
    assert (verdict.step, verdict.order) == (Step.ATTEMPT, Order(1, AMOUNT, WORST))


def test_within_the_step_that_is_allowed_for_no_more_than_was_approved_is_sent() -> None:
    """What stands there may be a step more than was approved; of an approval that has closed a part, as well."""
    verdict = next_step(facts(attribution=standing(amount="0.051")))
    assert verdict.order == Order(1, AMOUNT, WORST)
    part = (attempt(filled=Decimal("0.02")),)
    seen = Seen(paused_after=1)
    verdict = next_step(facts(attempts=part, next_number=2, attribution=standing(amount="0.031"), seen=seen))
    assert verdict.order == Order(2, Decimal("0.03"), WORST)


def test_an_option_without_a_bound_needs_no_book() -> None:
    verdict = next_step(facts(bounded=False, book=None))
    assert (verdict.step, verdict.order) == (Step.ATTEMPT, Order(1, AMOUNT, None))


def test_an_amount_above_the_largest_order_goes_in_pieces() -> None:
    market = facts().market
    assert market is not None
    verdict = next_step(facts(market=replace(market, limit_most=Decimal("0.02"))))
    assert verdict.order is not None
    assert verdict.order.amount == Decimal("0.02")


@pytest.mark.parametrize("state", [AttemptState.PREPARED, AttemptState.SENT])
def test_nothing_is_sent_while_an_attempt_is_open(state: AttemptState) -> None:
    verdict = next_step(facts(attempts=(attempt(state=state),), settles_at=NOW + timedelta(seconds=8.2)))
    assert (verdict.step, verdict.seconds, verdict.exact) == (Step.WAIT, 9, True)


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ({"terms": terms(quoted_at=NOW - timedelta(seconds=901))}, "the quote is 901 s old"),
        ({"attribution": standing(amount="0.06")}, "0.05 was approved"),
        (
            {"attribution": standing(amount="0.04"), "attempts": (attempt(filled=Decimal("0.02")),)},
            "0.06 would be closed, and 0.05 was approved",
        ),
        ({"opposite": Decimal("0.01")}, "the other way"),
    ],
)
def test_what_moved_beyond_the_approval_voids_it(more: dict[str, Any], why: str) -> None:
    verdict = next_step(facts(**more))
    assert (verdict.step, verdict.how) == (Step.END, "void")
    assert why in verdict.why


def test_the_age_of_the_quote_is_no_matter_once_the_close_has_begun() -> None:
    old = terms(quoted_at=NOW - timedelta(seconds=2_000))
    done = attempt(filled=Decimal("0.02"))
    seen = Seen(paused_after=1)
    left = standing(amount="0.03")
    assert next_step(facts(terms=old, attempts=(done,), attribution=left, seen=seen)).step is Step.ATTEMPT


def test_a_book_that_fills_nothing_inside_the_bound_voids_it_at_the_second_look() -> None:
    verdict = until_not(Step.WAIT, facts(book=book("59000")), most=2)
    assert (verdict.step, verdict.how) == (Step.END, "void")


def test_a_book_that_comes_back_is_used() -> None:
    first = next_step(facts(book=book("59000")))
    assert next_step(facts(seen=first.seen)).step is Step.ATTEMPT


def test_flat_is_believed_after_two_reads_and_the_fills() -> None:
    flat = facts(attribution=standing(Standing.FLAT, "0"), proof=proof())
    first = next_step(flat)
    assert (first.step, first.seconds) == (Step.WAIT, 5)
    assert next_step(replace(flat, seen=first.seen)).step is Step.FLAT


def test_a_reading_in_between_that_is_not_flat_makes_the_reads_begin_anew() -> None:
    first = next_step(facts(attribution=standing(Standing.FLAT, "0"), proof=proof()))
    then = next_step(facts(seen=first.seen))
    again = next_step(facts(attribution=standing(Standing.FLAT, "0"), proof=proof(), seen=then.seen))
    assert again.step is Step.WAIT


@pytest.mark.parametrize("found", [None, proof(whole=False)])
def test_flat_without_the_fills_ends_unknown_and_never_flat(found: Any) -> None:
    verdict = until_not(Step.WAIT, facts(attribution=standing(Standing.FLAT, "0"), proof=found), UNPROVEN_LOOKS + 2)
    assert (verdict.step, verdict.how) == (Step.END, "unknown")


@pytest.mark.parametrize(("how", "ends"), [(Standing.BREAK, "break"), (Standing.DUST, "dust")])
def test_what_is_odd_is_looked_at_again_before_it_ends(how: Standing, ends: str) -> None:
    verdict = until_not(Step.WAIT, facts(attribution=standing(how)), ODD_LOOKS)
    assert (verdict.step, verdict.how) == (Step.END, ends)


def test_what_cannot_be_read_ends_by_itself() -> None:
    verdict = until_not(Step.WAIT, facts(attribution=None, unreadable=("its orders",)), UNREAD_LOOKS + 1)
    assert (verdict.step, verdict.how) == (Step.END, "not_closed")


def test_where_a_part_cannot_be_read_nothing_is_sent_whatever_the_rest_says() -> None:
    part = facts(unreadable=("its orders",))
    assert part.attribution is not None
    assert next_step(part).step is Step.WAIT
    verdict = until_not(Step.WAIT, part, UNREAD_LOOKS + 1)
    assert (verdict.step, verdict.how, verdict.order) == (Step.END, "not_closed", None)


def test_what_cannot_be_read_while_an_order_may_work_is_unknown() -> None:
    sent = facts(attribution=None, unreadable=("x",), attempts=(attempt(state=AttemptState.SENT),))
    assert until_not(Step.WAIT, sent, UNREAD_LOOKS + 1).how == "unknown"


def test_missing_protection_comes_before_anything_else() -> None:
    sent = attempt(state=AttemptState.SENT)
    assert next_step(facts(missing=(order(),))).step is Step.RESTORE
    assert next_step(facts(missing=(order(),), attempts=(sent,))).step is Step.RESTORE


def test_a_flat_position_needs_no_protection() -> None:
    flat = facts(missing=(order(),), attribution=standing(Standing.FLAT, "0"))
    assert next_step(flat).step is Step.WAIT


def test_nothing_more_is_sent_where_the_protection_does_not_come_back() -> None:
    verdict = until_not(Step.RESTORE, facts(missing=(order(),)), RESTORES + 1)
    assert (verdict.step, verdict.how) == (Step.END, "not_closed")


def test_nothing_to_reduce_clears_exits_then_tries_plainly_then_without_protection() -> None:
    first = attempt(**REFUSED)
    cleared = next_step(facts(attempts=(first,), exits=1))
    assert cleared.step is Step.CLEAR_EXITS
    paused = next_step(facts(attempts=(first,), seen=cleared.seen))
    assert paused.step is Step.WAIT
    plain = next_step(facts(attempts=(first,), seen=paused.seen, next_number=2))
    assert plain.step is Step.ATTEMPT
    second = attempt(2, **REFUSED)
    paused = next_step(facts(attempts=(first, second), seen=plain.seen, next_number=3))
    bare = next_step(facts(attempts=(first, second), seen=paused.seen, next_number=3))
    assert (bare.step, bare.order) == (Step.UNPROTECTED, Order(3, AMOUNT, WORST))


def test_protection_is_never_taken_off_where_none_rests() -> None:
    seen = Seen(paused_after=1)
    assert next_step(facts(attempts=(attempt(**REFUSED),), protected=0, seen=seen)).step is Step.ATTEMPT


@pytest.mark.parametrize(
    "tried",
    [
        attempt(state=AttemptState.NOT_ACCEPTED, filled=None, why=NEVER_SENT),
        attempt(state=AttemptState.NOT_ACCEPTED, filled=None, why="rate_limited (DDoSProtection 429): later"),
        attempt(),
    ],
)
def test_an_order_that_filled_nothing_does_not_keep_an_old_quote_alive(tried: Attempt) -> None:
    late = facts(attempts=(tried,), next_number=2, now=NOW + timedelta(seconds=901), bounded=False)
    assert (next_step(late).step, next_step(late).how) == (Step.END, "void")


def test_a_close_that_has_closed_a_part_goes_on_inside_its_bound() -> None:
    part = attempt(filled=Decimal("0.02"))
    late = facts(attempts=(part,), next_number=2, attribution=standing(amount="0.03"), seen=Seen(paused_after=1))
    assert next_step(replace(late, now=NOW + timedelta(seconds=901))).step is Step.ATTEMPT


def test_five_rounds_are_all() -> None:
    tried = tuple(attempt(number) for number in range(1, 6))
    verdict = next_step(facts(attempts=tried, next_number=6, seen=Seen(paused_after=5)))
    assert (verdict.step, verdict.how) == (Step.END, "not_closed")


@pytest.mark.parametrize("row", ["key", "frozen", "invalid_symbol"])
def test_what_would_be_refused_again_is_not_tried_again(row: str) -> None:
    refused = attempt(state=AttemptState.REFUSED, filled=None, why=f"{row} (X -1): no")
    verdict = next_step(facts(attempts=(refused,)))
    assert (verdict.step, verdict.how) == (Step.END, "not_closed")


@pytest.mark.parametrize("works", [{"exits": 1}, {"entries": 1}])
def test_its_exits_and_entries_go_before_the_first_order_and_a_few_times_only(works: dict[str, Any]) -> None:
    verdict = next_step(facts(**works))
    assert (verdict.step, verdict.seen.clears) == (Step.CLEAR_EXITS, 1)
    assert until_not(Step.CLEAR_EXITS, facts(**works)).step is Step.ATTEMPT


def test_beside_an_exit_that_stays_nothing_is_sent_where_others_own_a_part() -> None:
    verdict = until_not(Step.CLEAR_EXITS, facts(exits=1, alone=False))
    assert (verdict.step, verdict.how, verdict.order) == (Step.END, "not_closed", None)
    assert until_not(Step.CLEAR_EXITS, facts(entries=1, alone=False)).step is Step.ATTEMPT


def test_with_several_owners_what_still_works_of_a_share_that_is_closed_goes_at_once() -> None:
    done = (attempt(filled=AMOUNT),)
    flat = facts(attribution=standing(Standing.FLAT, "0"), attempts=done, alone=False)
    assert next_step(flat).step is Step.CLEAR_EXITS
    assert until_not(Step.CLEAR_EXITS, flat).step is Step.WAIT
    assert next_step(replace(flat, protected=0)).step is Step.WAIT
    assert next_step(replace(flat, alone=True)).step is Step.WAIT
    assert next_step(replace(flat, attempts=(attempt(filled=AMOUNT / 2),))).step is Step.WAIT


@pytest.mark.parametrize("row", ["rate_limited", "maintenance", "clock"])
def test_a_venue_that_takes_nothing_for_now_is_left_alone_and_costs_no_round(row: str) -> None:
    tried = tuple(
        attempt(number, AttemptState.NOT_ACCEPTED, filled=None, why=f"{row} (X -1): later")
        for number in range(1, 7)
    )
    first = next_step(facts(attempts=tried, next_number=7))
    assert (first.step, first.seconds) == (Step.WAIT, 15)
    assert next_step(facts(attempts=tried, next_number=7, retry_after=60)).seconds == 60
    assert next_step(facts(attempts=tried, next_number=7, seen=first.seen)).step is Step.ATTEMPT
    long = next_step(facts(attempts=tried, next_number=7, retry_after=86_400))
    assert (long.step, long.how) == (Step.END, "not_closed")


def test_a_venue_that_may_not_be_read_for_now_is_left_alone() -> None:
    assert next_step(facts(attribution=None, retry_after=60)).seconds == 60
    assert next_step(facts(attribution=None, retry_after=86_400)).step is Step.END


@pytest.mark.parametrize("held", [False, True])
def test_an_order_that_is_never_written_down_is_asked_for_a_few_times_with_pauses(held: bool) -> None:
    given_facts = facts(seen=Seen(bared_after=1 if held else 0), attempts=(attempt(),), next_number=2)
    given_facts = replace(given_facts, seen=replace(given_facts.seen, paused_after=1))
    steps = []
    for _ in range(20):
        verdict = next_step(given_facts)
        steps.append(verdict.step)
        given_facts = replace(given_facts, seen=verdict.seen)
        if verdict.step is Step.END:
            break
    asked = Step.UNPROTECTED if held else Step.ATTEMPT
    assert steps == [asked, Step.WAIT] * 3 + [Step.END]


def test_flat_once_and_again_after_it_was_not_is_not_flat_twice() -> None:
    flat = facts(attribution=standing(Standing.FLAT, "0"), proof=proof())
    seen = next_step(flat).seen
    for between in (
        facts(missing=(order(),), seen=seen),
        facts(attempts=(attempt(state=AttemptState.SENT),), seen=seen),
    ):
        assert next_step(replace(flat, seen=next_step(between).seen)).step is Step.WAIT


SEEN = st.builds(Seen, *[st.integers(0, 6)] * 9)
ATTEMPTS = st.lists(
    st.tuples(st.sampled_from(list(AttemptState)), st.sampled_from(["0", "0.01", "0.02"])), max_size=4
)


@given(
    seen=SEEN,
    tried=ATTEMPTS,
    how=st.sampled_from(list(Standing)),
    amount=st.sampled_from(["0", "0.001", "0.02", "0.05", "0.06", "1"]),
    missing=st.booleans(),
    exits=st.integers(0, 2),
    protected=st.integers(0, 2),
    whole=st.sampled_from([None, True, False]),
    opposite=st.sampled_from(["0", "0.01"]),
    bounded=st.booleans(),
    price=st.sampled_from(["59999.9", "59000"]),
    late=st.sampled_from([0, 2_000]),
)
def test_no_facts_lead_beyond_what_was_approved(
    seen: Seen,
    tried: list[tuple[AttemptState, str]],
    how: Standing,
    amount: str,
    missing: bool,
    exits: int,
    protected: int,
    whole: bool | None,
    opposite: str,
    bounded: bool,
    price: str,
    late: int,
) -> None:
    attempts = tuple(
        attempt(number, state, filled=Decimal(part) if state is AttemptState.DONE else None)
        for number, (state, part) in enumerate(tried, 1)
    )
    seen_facts = facts(
        seen=seen,
        attempts=attempts,
        next_number=len(attempts) + 1,
        attribution=standing(how, amount),
        missing=(order(),) if missing else (),
        exits=exits,
        protected=protected,
        proof=None if whole is None else proof(whole=whole),
        opposite=Decimal(opposite),
        bounded=bounded,
        book=book(price),
        now=NOW + timedelta(seconds=late),
    )
    verdict = next_step(seen_facts)
    is_open = any(one.state in (AttemptState.PREPARED, AttemptState.SENT) for one in attempts)
    if verdict.order is not None:
        assert how is Standing.AGREED
        assert not is_open
        assert Decimal(opposite) == 0
        assert verdict.order.amount <= min(Decimal(amount), AMOUNT - filled(attempts))
        assert verdict.order.worst_price == (WORST if bounded else None)
        assert verdict.order.number == len(attempts) + 1
        assert not (missing and verdict.step is Step.ATTEMPT and Decimal(amount) > 0)
    if verdict.step is Step.FLAT:
        assert how is Standing.FLAT
        assert whole
        assert seen.flat >= 1
    if verdict.step is Step.END:
        assert verdict.how is not None
        assert verdict.how != "flat"
        assert not is_open
    if verdict.step is Step.WAIT:
        assert verdict.seconds >= 1
