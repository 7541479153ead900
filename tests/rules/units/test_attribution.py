"""What of a unit is whose."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.facts import OrderFact
from functions.rules.units.attribution import Attribution, Share, Standing, attribute, share_of
from functions.rules.units.prices import down_to_step
from functions.venue import VenuePosition
from tests.rules.units.makers import (
    SHORT,
    ago,
    d,
    exited,
    market,
    order,
    position,
    share,
    venue,
)

AGREED, FLAT, BREAK, DUST = Standing.AGREED, Standing.FLAT, Standing.BREAK, Standing.DUST


def judged(
    held: VenuePosition | str,
    amount: str = "1",
    *siblings: Share,
    orders: tuple[OrderFact, ...] = (),
    closed: str = "0",
) -> Attribution:
    there = venue(held) if isinstance(held, str) else held
    return attribute(position(amount), orders, siblings, there, market(), d(closed))


def test_one_owner_that_agrees_closes_what_the_venue_holds() -> None:
    found = judged("1")
    assert (found.standing, found.amount, found.rest) == (AGREED, d(1), d(0))
    assert [owner.position_id for owner in found.owners] == ["p1"]


def test_one_owner_within_a_step_closes_the_venues_amount_and_not_the_tables() -> None:
    assert judged("0.051", "0.0514").amount == d("0.051")
    assert judged("0.051", "0.0506").amount == d("0.051")


@pytest.mark.parametrize("held", ["0.999", "1.001", "0.6", "2", "0.5"])
def test_one_owner_that_differs_by_a_step_or_more_is_a_break(held: str) -> None:
    found = judged(held)
    assert (found.standing, found.amount) == (BREAK, d(0))
    assert "p1 of s1 (long 1)" in found.told
    assert f"holds {held} long" in found.told


def test_a_flat_venue_is_flat_for_one_owner() -> None:
    assert judged("0").standing is FLAT


def test_a_flat_venue_is_flat_for_every_owner() -> None:
    found = judged("0", "1", share("2"))
    assert (found.standing, found.amount, found.rest) == (FLAT, d(0), d(0))


def test_several_owners_that_agree_close_their_own_share_alone() -> None:
    found = judged("3.5", "1", share("2"), share("0.5", "p3"))
    assert (found.standing, found.amount, found.others, found.rest) == (AGREED, d(1), d("2.5"), d("2.5"))
    assert [owner.position_id for owner in found.owners] == ["p1", "p2", "p3"]


def test_what_lacks_below_a_step_is_taken_from_this_position_and_never_from_the_others() -> None:
    found = judged("0.071", "0.0514", share("0.0204"))
    assert (found.standing, found.amount) == (AGREED, d("0.050"))


@pytest.mark.parametrize("held", ["2.9", "3.1", "0.7", "5"])
def test_several_owners_whose_sum_differs_are_a_break_with_owners_and_amounts(held: str) -> None:
    found = judged(held, "1", share("2"))
    assert (found.standing, found.amount) == (BREAK, d(0))
    assert "p1 of s1 (long 1)" in found.told
    assert "p2 of s2 (long 2)" in found.told


def test_this_position_is_gone_where_the_venue_holds_what_the_others_have() -> None:
    found = judged("2", "1", share("2"))
    assert (found.standing, found.amount, found.rest) == (FLAT, d(0), d(2))


def test_equal_amounts_do_not_tell_whose_is_gone() -> None:
    assert judged("1", "1", share("1")).standing is BREAK


def test_a_choice_among_the_others_may_be_what_is_left_too() -> None:
    # 3 = the others' 1 + 2, but also this one's 2 + the other 1.
    assert judged("3", "2", share("1"), share("2", "p3")).standing is BREAK


def test_so_many_owners_that_another_explanation_is_not_looked_for_are_a_break() -> None:
    many = [share("2", f"q{n}") for n in range(13)]
    assert judged("26", "1", *many).standing is BREAK
    assert judged("26", "1", *many[:12], share("2", "q12")).standing is BREAK
    assert judged("24", "1", *many[:12]).standing is FLAT


def test_what_our_own_attempts_have_closed_is_off_this_position_and_tells_equal_owners_apart() -> None:
    assert judged("1.6", "1", share("1"), closed="0.4").amount == d("0.6")
    found = judged("1", "1", share("1"), closed="1")
    assert (found.standing, found.rest) == (FLAT, d(1))


def test_a_part_that_our_attempts_closed_leaves_the_rest_of_one_owner() -> None:
    found = judged("0.6", "1", closed="0.4")
    assert (found.standing, found.amount, found.own) == (AGREED, d("0.6"), d("0.6"))


def test_all_of_it_closed_and_something_held_by_nobody_is_a_break_and_not_flat() -> None:
    assert judged("0.5", "1", closed="1").standing is BREAK
    assert judged("0.001", "0.0505", closed="0.050").standing is AGREED


def test_exits_on_record_are_off_the_share_where_the_venue_says_so() -> None:
    found = judged("0.6", "1", orders=(exited("0.4"),))
    assert (found.standing, found.amount) == (AGREED, d("0.6"))
    assert "less the exits on record" in found.told


def test_exits_on_record_are_off_the_amount_already_where_the_venue_says_so() -> None:
    found = judged("1", "1", orders=(exited("0.4"),))
    assert (found.standing, found.amount) == (AGREED, d(1))
    assert "off the amounts already" in found.told


def test_exits_on_record_that_fit_neither_way_are_a_break() -> None:
    assert judged("0.8", "1", orders=(exited("0.4"),)).standing is BREAK


def test_exits_are_read_in_one_way_for_all_owners() -> None:
    ours, theirs = exited("0.4"), share("2", out="0.5")
    assert judged("2.1", "1", theirs, orders=(ours,)).amount == d("0.6")
    assert judged("3", "1", theirs, orders=(ours,)).amount == d(1)
    # One of them kept and the other one reduced: nobody guesses that.
    assert judged("2.6", "1", theirs, orders=(ours,)).standing is BREAK


def test_a_sum_that_fits_while_the_other_reading_says_that_this_one_is_gone_is_a_break() -> None:
    # 0.6 + 1.4, or exits are off already and the other one's 2 alone is left.
    assert judged("2.0", "1", share("2", out="0.6"), orders=(exited("0.4"),)).standing is BREAK


def test_both_readings_within_a_step_are_one_answer_where_the_amount_is_the_same() -> None:
    assert judged("1.000", "1", orders=(exited("0.0003"),)).amount == d(1)


def test_both_readings_that_lead_to_different_shares_are_a_break() -> None:
    both = judged("1.500", "1.0004", share("0.5"), orders=(exited("0.0006"),))
    assert both.standing is BREAK
    assert "both fit" in both.told


def test_after_a_partial_exit_and_our_close_the_others_stand_and_this_one_is_flat() -> None:
    orders = (exited("0.4"),)
    assert judged("1.0", "1", share("0.4"), orders=orders).amount == d("0.6")
    assert judged("0.4", "1", share("0.4"), orders=orders, closed="0.6").standing is FLAT


def test_one_way_a_venue_that_holds_the_other_direction_is_a_break() -> None:
    found = judged(venue("0", "1"))
    assert found.standing is BREAK
    assert "1 the other way" in found.told


def test_one_way_a_venue_that_says_it_holds_both_directions_is_a_break() -> None:
    assert judged(venue("1", "1")).standing is BREAK


def test_hedged_the_other_direction_is_another_unit() -> None:
    opposite = share("3", side="short")
    assert judged(venue("1", "3", hedged=True), "1", opposite).amount == d(1)
    assert judged(venue("1", "7", hedged=True), "1", opposite).amount == d(1)
    assert judged(venue("0", "3", hedged=True), "1", opposite).standing is FLAT


def test_one_way_both_directions_in_the_table_are_closed_only_where_netting_explains_all_to_the_digit() -> None:
    short = share("0.4", "p3", "short")
    exact = judged("1", "1", share("0.4"), short)
    assert (exact.standing, exact.amount, exact.rest) == (AGREED, d(1), d(0))
    assert judged("1.0004", "1", share("0.4"), short).standing is BREAK
    assert judged("1.4", "1", share("0.4"), short).standing is BREAK


def test_one_way_what_is_netted_against_another_one_cannot_be_closed() -> None:
    found = judged("0.6", "1", share("0.4", "p3", "short"))
    assert (found.standing, found.amount) == (BREAK, d(0))
    assert "nets it" in found.told


def test_one_way_a_sum_that_nets_is_a_break_where_this_one_may_be_gone_with_the_one_that_nets_it() -> None:
    # 1 + 1 - 1, or only the other long is left.
    assert judged("1", "1", share("1"), share("1", "p3", "short")).standing is BREAK


def test_one_way_a_sum_that_nets_is_a_break_where_less_of_this_one_explains_it_too() -> None:
    # 0.6 + 0.4 - 0.4 + 0.4 with the exits off already, or 0.2 + 0.4 + 0.4 without the short.
    others = (share("0.4"), share("0.4", "p3", "short"), share("0.4", "p4"))
    assert judged("1", "0.6", *others, orders=(exited("0.4"),)).standing is BREAK


def test_one_way_so_many_owners_that_no_other_explanation_is_looked_for_are_a_break() -> None:
    many = [share("1", f"q{n}") for n in range(12)]
    assert judged("12.5", "1", *many, share("0.5", "q", "short")).standing is BREAK
    assert judged("11.5", "1", *many[:11], share("0.5", "q", "short")).standing is AGREED


def test_one_way_this_one_is_gone_where_exactly_the_others_short_is_left() -> None:
    found = judged(venue("0", "0.4"), "1", share("0.4", "p3", "short"))
    assert (found.standing, found.rest) == (FLAT, d("-0.4"))


def test_one_way_nothing_held_is_not_flat_while_somebody_else_may_net_it() -> None:
    assert judged("0", "1", share("1", "p3", "short")).standing is BREAK


def test_one_that_may_be_part_of_the_unit_is_a_break_that_names_it() -> None:
    found = judged("1", "1", share("1", doubt="its account not known"))
    assert found.standing is BREAK
    assert "its account not known" in found.told
    assert judged("2", "1", share("1", doubt="its account not known")).standing is BREAK
    assert judged("0", "1", share("1", doubt="its account not known")).standing is FLAT


def test_less_than_the_venue_takes_is_dust() -> None:
    assert judged("0.0004").standing is DUST
    found = attribute(position("0.0015"), (), (), venue("0.0015"), market(amount_least=d("0.002")))
    assert (found.standing, found.amount, found.venue) == (DUST, d(0), d("0.0015"))
    least = market(amount_least=d("0.01"))
    assert attribute(position("0.005"), (), (share("1"),), venue("1.005"), least).standing is DUST


def test_a_closed_record_has_no_share() -> None:
    closed = position(status="closed")
    assert attribute(closed, (), (share("2"),), venue("2"), market()).standing is FLAT
    assert attribute(closed, (), (), venue("1"), market()).standing is BREAK


def test_an_amount_below_zero_decides_nothing() -> None:
    assert judged("1", "-1").standing is BREAK
    assert judged("1", "1", share("-1")).standing is BREAK


def test_a_short_is_judged_like_a_long() -> None:
    short = position("1", side="short")
    bought = order("x", side="buy", status="canceled", filled=d("0.4"))
    sold = order("y", side="sell", status="filled", filled=d("9"))
    found = attribute(short, (bought, sold), (), venue("0.6", unit=SHORT), market())
    assert (found.standing, found.amount) == (AGREED, d("0.6"))


def test_what_counts_as_an_exit_on_record() -> None:
    counted = (
        order("a", filled=d("0.1")),
        order("b", status="filled", filled=None, amount=d("0.2")),
        order("c", protective=True, type="stop_market", status="filled", filled=d("0.3"), created_at=ago(61)),
    )
    ignored = (
        order("d", side="buy", filled=d(1)),
        order("e", filled=d(1), created_at=ago(90)),
        order("f", filled=d(1), reducing=False),
        order("g", filled=d(1), position_id="p9"),
        order("h", status="canceled", filled=None),
    )
    assert share_of(position(), (*counted, *ignored), "long").exited == d("0.6")
    assert share_of(position("0.7"), (order("i", status="filled", filled=None, amount=None),), "long").amount == d(
        0
    )
    assert share_of(position(opened_at=None), (order("j", filled=d("0.1")),), "long").exited == d("0.1")


few = st.sampled_from([Decimal("0.4"), Decimal("0.6"), Decimal(1), Decimal(2)])


@given(st.data())
def test_whoever_left_without_a_record_nobody_is_closed_in_his_place(data: st.DataObject) -> None:
    """What the venue truly holds: everybody's share, but for those who are gone without a word in the table."""
    sides = st.sampled_from(["long", "long", "long", "short"])
    out = st.sampled_from([Decimal(0), Decimal("0.4")])
    own, exits, reduced = data.draw(few), data.draw(out), data.draw(st.booleans())
    hedged = data.draw(st.booleans())
    others = [
        share(data.draw(few), f"q{n}", data.draw(sides), data.draw(out))  # type: ignore[arg-type]  # directions
        for n in range(data.draw(st.integers(0, 3)))
    ]
    mine = Decimal(0) if data.draw(st.booleans()) else own if reduced else max(Decimal(0), own - exits)
    net, against = mine, Decimal(0)
    for other in others:
        there = Decimal(0) if data.draw(st.booleans()) else other.read(reduced=reduced).amount
        if other.side == "long":
            net += there
        elif hedged:
            against += there
        else:
            net -= there
    held = venue(max(net, Decimal(0)), max(-net, against, Decimal(0)), hedged=hedged)
    found = attribute(position(own), (exited(exits),) if exits else (), others, held, market())
    assert found.amount <= mine
    if found.standing is FLAT and not (exits and exits >= own):
        assert mine == 0


steps = st.integers(0, 40).map(lambda n: Decimal(n) / 8 / 1000)
amounts = st.one_of(st.integers(1, 4).map(Decimal), st.integers(1, 4000).map(lambda n: Decimal(n) / 1000), steps)


@st.composite
def units(draw: st.DrawFn) -> tuple[Attribution, Decimal, list[Share], VenuePosition, Decimal]:
    sides = st.sampled_from(["long", "long", "long", "short"])
    others = [
        share(draw(amounts), f"q{n}", draw(sides), draw(st.sampled_from([Decimal(0), Decimal("0.5")])))  # type: ignore[arg-type]  # both words are directions
        for n in range(draw(st.integers(0, 3)))
    ]
    own, gone = draw(amounts), draw(st.sampled_from(["0", "0.25"]))
    closed = draw(st.sampled_from([Decimal(0), own, Decimal("0.3")]))
    hedged = draw(st.booleans())
    likely = [
        own
        - closed
        + sum((o.amount if o.side == "long" else -o.amount * (not hedged) for o in others), Decimal(0)),
        sum((o.amount for o in others if o.side == "long"), Decimal(0)),
        draw(amounts),
        Decimal(0),
    ]
    net = draw(st.sampled_from(likely)) + draw(st.sampled_from([Decimal(0), Decimal("0.001"), Decimal("-0.0004")]))
    held = venue(max(net, Decimal(0)), max(-net, Decimal(0)), hedged=hedged)
    table = position(own)
    orders = (exited(gone),) if d(gone) else ()
    return attribute(table, orders, others, held, market(), closed), own, others, held, closed


@given(units())
def test_never_more_than_the_venue_holds_nor_than_the_own_share(
    made: tuple[Attribution, Decimal, list[Share], VenuePosition, Decimal],
) -> None:
    found, own, others, held, closed = made
    assert Decimal(0) <= found.amount <= held.amount
    counted = [o for o in others if not (held.hedged and o.side == "short")]
    if counted:
        assert found.amount <= max(Decimal(0), own - closed)
    else:
        assert found.amount < max(Decimal(0), own - closed) + market().amount_step


@given(units())
def test_never_takes_what_is_anothers(
    made: tuple[Attribution, Decimal, list[Share], VenuePosition, Decimal],
) -> None:
    found, _, others, held, _ = made
    if found.standing is not AGREED:
        assert found.amount == 0
        return
    signed = sum((o.amount if o.side == "long" else -o.amount for o in found.owners[1:]), Decimal(0))
    net = held.amount - (0 if held.hedged else held.opposite)
    assert net - found.amount >= (signed if len(found.owners) > 1 else 0)
    assert found.rest == signed
    assert {o.position_id for o in found.owners[1:]} == {
        o.position_id for o in others if not (held.hedged and o.side == "short")
    }


@given(units())
def test_an_amount_is_whole_steps_and_at_least_the_least(
    made: tuple[Attribution, Decimal, list[Share], VenuePosition, Decimal],
) -> None:
    found = made[0]
    if found.standing is AGREED:
        assert found.amount == down_to_step(found.amount, market().amount_step)
        assert found.amount >= market().amount_least


@given(units())
def test_flat_is_never_said_while_the_only_owner_is_still_held(
    made: tuple[Attribution, Decimal, list[Share], VenuePosition, Decimal],
) -> None:
    found, _, others, held, _ = made
    if found.standing is FLAT and not [o for o in others if not (held.hedged and o.side == "short")]:
        assert held.amount == 0
        assert held.hedged or held.opposite == 0
