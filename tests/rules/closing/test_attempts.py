"""Ids, rounds, and what became of an attempt."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from functions.ports.exchange import RECV_WINDOW, SETTLES_WITHIN, AttemptState
from functions.rules.closing.client_ids import attempt_id, protection_id
from functions.rules.closing.rounds import MOST_ORDERS, NEVER_SENT, average, filled, rounds, why_no_more
from functions.rules.closing.settled import GOES_OUT_WITHIN, UNSEEN_SENDER, row_of, settled
from functions.venue import OrderStatus, Row
from tests.rules.closing.facts import AMOUNT, NOW, attempt, order

SENT = attempt(state=AttemptState.SENT)
TEXT = st.text(min_size=1, max_size=12)


@given(TEXT, TEXT, TEXT, TEXT, st.integers(1, 30), st.integers(1, 30))
def test_ids_fit_every_venue_and_belong_to_one_attempt(a: str, b: str, c: str, d: str, m: int, n: int) -> None:
    assert re.fullmatch(r"[A-Za-z0-9]{1,32}", attempt_id(a, b, n))
    assert (attempt_id(a, b, m) == attempt_id(c, d, n)) == ((a, b, m) == (c, d, n))
    assert protection_id(a, b, c, n) != attempt_id(a, b, n)


def test_an_order_that_is_found_is_the_result_whatever_it_filled() -> None:
    found = order("rbc1", status=OrderStatus.EXPIRED, filled=Decimal("0.02"), average=Decimal(59_900))
    result = settled(SENT, found, NOW, call_over=True)
    assert result.attempt is not None
    assert (result.attempt.state, result.attempt.filled) == (AttemptState.DONE, Decimal("0.02"))


def test_an_order_that_works_yet_is_waited_for() -> None:
    assert settled(SENT, order("rbc1"), NOW + timedelta(seconds=60), call_over=True).attempt is None


@given(st.floats(0, 200), st.booleans())
def test_not_found_means_not_accepted_only_when_nobody_can_send_it_any_more(age: float, over: bool) -> None:
    result = settled(SENT, None, NOW + timedelta(seconds=age), call_over=over)
    certain = age >= (10 if over else UNSEEN_SENDER)
    assert (result.attempt is not None) == certain
    assert result.attempt is None or result.attempt.state is AttemptState.NOT_ACCEPTED


def test_no_order_can_be_accepted_after_it_was_given_up() -> None:
    read_ahead, clock_ahead = 2.0, 1.0
    assert GOES_OUT_WITHIN + read_ahead + RECV_WINDOW + clock_ahead < SETTLES_WITHIN


def test_what_is_final_stays_as_it_is() -> None:
    final = attempt(filled=AMOUNT)
    assert settled(final, None, NOW, call_over=True).attempt == final


def test_a_piece_that_filled_whole_is_no_round_and_one_that_was_withdrawn_neither() -> None:
    whole, part = attempt(1, filled=AMOUNT), attempt(2, filled=Decimal("0.01"))
    withdrawn = attempt(3, AttemptState.NOT_ACCEPTED, why=NEVER_SENT)
    waiting = attempt(4, AttemptState.SENT)
    assert rounds([whole, part, withdrawn, waiting]) == 1
    assert why_no_more([whole, part, withdrawn], 2) is None
    assert why_no_more([part, part], 2) is not None


def test_a_close_never_grows_beyond_its_orders() -> None:
    assert why_no_more([attempt(filled=AMOUNT)] * MOST_ORDERS, 5) is not None


def test_only_what_is_certain_counts_as_filled() -> None:
    one = attempt(1, filled=Decimal("0.02"), average=Decimal(100))
    two = attempt(2, filled=Decimal("0.01"), average=Decimal(130))
    unsure = replace(attempt(3, AttemptState.SENT), filled=Decimal("0.02"))
    assert (filled([one, two, unsure]), average([one, two])) == (Decimal("0.03"), Decimal(110))
    assert average([one, replace(two, average=None)]) is None


def test_the_row_of_a_refusal_is_read_from_its_first_word() -> None:
    refused = attempt(state=AttemptState.REFUSED, filled=None, why="nothing_to_reduce (InvalidOrder -2022): no")
    assert row_of(refused) is Row.NOTHING_TO_REDUCE
    assert row_of(replace(refused, why="something else")) is None
    assert row_of(attempt()) is None
