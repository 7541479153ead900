"""How long a close waits for a venue that went away, and what it says meanwhile."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.ports.exchange import AttemptState
from functions.rules.closing.away import AWAY, BARE_LOOKS, LONGEST_WAIT, Patience, Waited, wait
from functions.rules.closing.next_step import Seen, Step, Verdict, next_step
from functions.venue import Row
from tests.rules.closing.facts import AMOUNT, NOW, attempt, facts, order, standing

PATIENCE = Patience(exchange=900, maintenance=14_400, every=30)
DOWN: dict[str, Any] = {"attribution": None, "unreadable": ("its position",), "row": Row.UNREACHABLE}


def looks(row: Row, *, order: bool = False, patience: Patience = PATIENCE) -> list[int]:
    waited, seconds = Waited(), []
    while (found := wait(waited, row, patience, retry_after=None, order=order)) is not None:
        seconds.append(found[0])
        waited = found[1]
    return seconds


def test_while_a_position_is_without_its_protection_the_venue_s_return_is_seen_soon() -> None:
    waited, seconds = Waited(), []
    while (found := wait(waited, Row.MAINTENANCE, PATIENCE, retry_after=None, bare=True)) is not None:
        seconds.append(found[0])
        waited = found[1]
    assert max(seconds[:BARE_LOOKS]) == PATIENCE.every < seconds[-1]
    assert sum(seconds) <= PATIENCE.maintenance
    assert len(seconds) <= len(looks(Row.MAINTENANCE)) + BARE_LOOKS


@pytest.mark.parametrize(("row", "whole"), [(Row.UNREACHABLE, 900), (Row.CLOCK, 900), (Row.MAINTENANCE, 14_400)])
@pytest.mark.parametrize("order", [False, True])
def test_a_venue_is_waited_for_as_long_as_the_settings_say_and_not_longer(
    row: Row, whole: int, order: bool
) -> None:
    every = looks(row, order=order)
    assert whole - max(every) < sum(every) <= whole
    assert len(every) <= (16 if order else 32)


def test_a_moments_trouble_is_looked_at_again_soon() -> None:
    assert looks(Row.MAINTENANCE)[:5] == [5, 5, 5, 5, 515]


def test_all_the_waiting_of_a_close_is_counted_however_often_the_venue_comes_back() -> None:
    waited = Waited(exchange=880, looks=7).back
    assert wait(waited, Row.UNREACHABLE, PATIENCE, retry_after=None) == (5, Waited(exchange=885, looks=1))
    assert wait(waited, Row.UNREACHABLE, PATIENCE, retry_after=21) is None
    assert wait(waited, Row.MAINTENANCE, PATIENCE, retry_after=None) is not None


@given(
    st.sampled_from(sorted(AWAY)),
    st.booleans(),
    st.integers(1, 3_600),
    st.integers(1, 86_400),
    st.integers(1, 600),
    st.none() | st.integers(0, 90_000),
)
def test_no_wait_is_longer_than_the_bound_or_than_one_state_may_be(
    row: Row, order: bool, exchange: int, maintenance: int, every: int, retry_after: int | None
) -> None:
    patience, waited = Patience(exchange, maintenance, every), Waited()
    for _ in range(40):
        found = wait(waited, row, patience, retry_after=retry_after, order=order)
        if found is None:
            break
        seconds, waited = found
        assert max(1, retry_after or 0) <= seconds <= LONGEST_WAIT
    assert found is None
    assert waited.exchange <= exchange
    assert waited.maintenance <= maintenance


def test_a_venue_that_does_not_answer_is_waited_for_and_told_to_be_away() -> None:
    verdict = next_step(facts(**DOWN))
    assert (verdict.step, verdict.away, verdict.page) == (Step.WAIT, True, False)
    assert verdict.seen.waited == Waited(exchange=5, looks=1)
    # Once it answers, the close goes on.
    again = next_step(facts(seen=verdict.seen))
    assert (again.step, again.seen.waited.looks) == (Step.ATTEMPT, 0)


def test_what_is_not_the_venues_absence_is_given_up_after_a_minute_as_before() -> None:
    verdict = Verdict(Step.WAIT, "", Seen())
    for _ in range(11):
        verdict = next_step(facts(**{**DOWN, "row": Row.OTHER}, seen=verdict.seen))
    assert (verdict.step, verdict.away) == (Step.END, False)


def test_when_the_wait_is_over_what_may_be_on_its_way_is_unknown() -> None:
    over = Seen(waited=Waited(exchange=900, looks=3))
    assert next_step(facts(**DOWN, seen=over)).how == "not_closed"
    sent = attempt(state=AttemptState.SENT)
    verdict = next_step(facts(**DOWN, attempts=(sent,), seen=over))
    assert (verdict.how, "waited for it for 900 s" in verdict.why) == ("unknown", True)


def test_a_position_that_may_be_without_its_protection_calls_a_person_once() -> None:
    first = next_step(facts(missing=(order(),)))
    assert (first.step, first.seen.bare) == (Step.RESTORE, True)
    away = next_step(facts(**DOWN, seen=first.seen))
    assert (away.step, away.page) == (Step.WAIT, True)
    assert not next_step(facts(**DOWN, seen=away.seen)).page
    # Seen to rest again, it is bare no more.
    assert not next_step(facts(seen=away.seen)).seen.bare


def test_after_a_long_absence_the_quote_has_its_age_whatever_was_closed_before() -> None:
    half = (attempt(filled=AMOUNT / 2),)
    late: dict[str, Any] = {
        "attempts": half,
        "next_number": 2,
        "attribution": standing(amount=str(AMOUNT / 2)),
        "now": NOW + timedelta(seconds=1_000),
    }
    gone = Seen(waited=Waited(maintenance=540), paused_after=1)
    assert next_step(facts(**late, seen=replace(gone, waited=Waited(exchange=5)))).step is Step.ATTEMPT
    verdict = next_step(facts(**late, seen=gone))
    assert (verdict.step, verdict.how) == (Step.END, "void")
    assert next_step(facts(**{**late, "now": NOW}, seen=gone)).step is Step.ATTEMPT
