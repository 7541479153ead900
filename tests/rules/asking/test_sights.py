from __future__ import annotations

from dataclasses import replace

import pytest

from functions.approvals import Approval, Seen, Standing
from functions.rules.asking.sights import MOST_OPENINGS, MOST_OPENINGS_EACH, looked, opened_by
from tests.rules.asking.asks import approval, asked, at, ended, voter


def must(given: Approval | None) -> Approval:
    assert given is not None
    return given


def test_who_opens_the_page_is_recorded_once_from_each_address() -> None:
    once = must(opened_by(approval(), voter("ana"), at(10)))
    assert (once.seen, once.version) == ((Seen(voter("ana"), at(10), False),), 3)
    assert opened_by(once, voter("ana"), at(20)) is None
    assert opened_by(once, voter("ana", agent="another tab"), at(20)) is None
    for other in (voter("bo"), voter("ana", address="198.51.100.7"), voter("ana", via="iam")):
        assert len(must(opened_by(once, other, at(20))).seen) == 2


def test_opening_is_recorded_after_the_end_too() -> None:
    assert opened_by(ended(Standing.DECIDED), voter("ana"), at(10)) is not None


def test_looking_is_recorded_once_a_person_and_wave() -> None:
    once = must(looked(approval(), voter("ana"), at(10)))
    assert once.seen == (Seen(voter("ana"), at(10), True),)
    assert looked(once, voter("ana", address="198.51.100.7"), at(20)) is None
    assert looked(once, voter("bo"), at(20)) is not None
    reminded = replace(once, asked=(*once.asked, asked("ana", 0, seconds=450)))
    assert looked(reminded, voter("ana"), at(460)) is None
    next_wave = replace(once, asked=(*once.asked, asked("bo", 1, seconds=300)))
    assert len(must(looked(next_wave, voter("ana"), at(310))).seen) == 2


def test_opening_before_does_not_stand_in_the_way_of_looking() -> None:
    assert looked(must(opened_by(approval(), voter("ana"), at(10))), voter("ana"), at(11)) is not None


def test_looking_before_anybody_was_asked_is_recorded_once() -> None:
    once = must(looked(approval(asked=()), voter("ana"), at(10)))
    assert looked(once, voter("ana"), at(20)) is None


@pytest.mark.parametrize("standing", [s for s in Standing if s is not Standing.PENDING])
def test_there_is_nothing_to_look_at_when_it_is_over(standing: Standing) -> None:
    assert looked(ended(standing), voter("ana"), at(10)) is None


def test_there_is_nothing_to_look_at_from_the_lapse_on() -> None:
    assert looked(approval(), voter("ana"), at(900)) is None
    assert looked(approval(), voter("ana"), at(899)) is not None


def test_ever_new_addresses_neither_fill_the_request_nor_keep_anybody_from_looking() -> None:
    given = approval()
    for number in range(MOST_OPENINGS_EACH + 20):
        given = opened_by(given, voter("ana", address=f"2001:db8::{number}"), at(1)) or given
    assert len(given.seen) == MOST_OPENINGS_EACH
    assert looked(given, voter("bo"), at(2)) is not None


def test_one_person_s_many_addresses_hide_nobody_else_s_first_opening() -> None:
    given = approval()
    for number in range(2 * MOST_OPENINGS):
        given = opened_by(given, voter(f"p{number % 6}", address=f"2001:db8::{number}"), at(1)) or given
    assert len(given.seen) == MOST_OPENINGS
    after = opened_by(given, voter("bo"), at(2))
    assert after is not None
    assert opened_by(after, voter("bo", address="2001:db8::2"), at(3)) is None
