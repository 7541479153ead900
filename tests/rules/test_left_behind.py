"""A stop without its start, and a service left at zero, are told whatever else happened."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from functions.facts import Outcome, Result
from functions.rules.conclude import conclude
from functions.rules.left_behind import (
    EMPTY,
    PAUSE,
    PROTECT,
    REDEPLOY,
    RESUME,
    START,
    STOP,
    TAKE_OFF,
    TEST_ORDER,
    left_behind,
)
from functions.rules.pieces import RunPieces
from functions.rules.plan import Plan, Verdict


@dataclass(frozen=True)
class Act:
    action: str
    target: str
    result: Result = Result.DONE
    before: str | None = None


def test_a_strategy_that_was_stopped_and_never_started_is_told_with_the_status_it_had() -> None:
    [told] = left_behind([Act(STOP, "s1", before="status running")])
    assert told == "s1 was stopped by this run; not brought back; before: status running"


def test_a_service_left_at_zero_is_told_with_its_count_of_before() -> None:
    [told] = left_behind([Act(EMPTY, "svc", before="desired count 3"), Act(REDEPLOY, "svc", Result.NOT_DONE)])
    assert told == "svc was scaled to 0 by this run; not brought back; before: desired count 3"


def test_entries_that_stay_paused_are_told() -> None:
    [told] = left_behind([Act(PAUSE, "s1", before="status running"), Act(RESUME, "s1", Result.NOT_DONE)])
    assert told == "s1 was paused by this run; not brought back; before: status running"


def test_protection_that_was_taken_off_and_not_placed_again_is_told() -> None:
    off = [Act(TAKE_OFF, "stop-1", before="stop_market sell 0.5 at 57000"), Act(TAKE_OFF, "take-1")]
    assert left_behind([*off, Act(PROTECT, "BTC"), Act(PROTECT, "BTC")]) == ()
    [told] = left_behind([*off, Act(PROTECT, "BTC"), Act(PROTECT, "BTC", Result.NOT_DONE)])
    assert told.startswith("protective order take-1 was taken off by this run; not placed again: look at the")
    assert len(left_behind([Act(PROTECT, "BTC"), *off])) == 2
    [first, second] = left_behind([*off, Act(PROTECT, "BTC", Result.UNKNOWN)])
    assert "stop-1" in first
    assert "whether it was placed again is not known" in first
    assert "stop_market sell 0.5 at 57000" in first
    assert "take-1 was taken off by this run; not placed again" in second


def test_protection_that_may_be_off_is_told_and_what_was_not_taken_off_is_not() -> None:
    [told] = left_behind([Act(TAKE_OFF, "stop-1", Result.UNKNOWN)])
    assert told.startswith("protective order stop-1 may have been taken off by this run, and nobody knows")
    assert left_behind([Act(TAKE_OFF, "stop-1", Result.NOT_DONE)]) == ()


def test_a_test_order_that_may_rest_is_told_by_its_id_and_one_that_is_over_is_not() -> None:
    before = "buy 0.001 BTC/USDT:USDT at 58199.9"
    [told] = left_behind([Act(TEST_ORDER, "rbt1", Result.UNKNOWN, before)])
    assert told.startswith(f"test order rbt1 may rest at the venue, and nobody knows ({before}): look there")
    assert left_behind([Act(TEST_ORDER, "rbt1"), Act(TEST_ORDER, "rbt2", Result.NOT_DONE)]) == ()


PAIRS = [(STOP, START), (EMPTY, REDEPLOY), (PAUSE, RESUME), (TAKE_OFF, PROTECT)]


@pytest.mark.parametrize(("away", "back"), PAIRS)
def test_what_was_brought_back_is_not_told(away: str, back: str) -> None:
    assert left_behind([Act(away, "x"), Act(back, "x")]) == ()


def test_what_was_brought_back_before_is_not_brought_back_the_second_time() -> None:
    once = [Act(EMPTY, "svc"), Act(REDEPLOY, "svc")]
    assert len(left_behind([*once, Act(EMPTY, "svc"), Act(REDEPLOY, "svc", Result.NOT_DONE)])) == 1
    assert left_behind([*once, *once]) == ()


@pytest.mark.parametrize(("away", "back"), [(STOP, START), (EMPTY, REDEPLOY)])
def test_what_may_have_come_back_is_unknown(away: str, back: str) -> None:
    [told] = left_behind([Act(away, "x"), Act(back, "x", Result.UNKNOWN)])
    assert "whether it came back is not known" in told


def test_a_stop_that_may_have_happened_is_told_as_such() -> None:
    [told] = left_behind([Act(STOP, "s1", Result.UNKNOWN)])
    assert told == "s1 may have been stopped by this run, and nobody knows; not brought back; before: not told"


def test_a_stop_that_never_happened_and_anothers_start_count_for_nothing() -> None:
    assert left_behind([Act(STOP, "s1", Result.NOT_DONE)]) == ()
    assert len(left_behind([Act(STOP, "s1"), Act(START, "s2")])) == 1


@pytest.mark.parametrize("error", [None, "States.Timeout"])
def test_a_run_that_leaves_something_behind_is_never_resolved_and_says_so(error: str | None) -> None:
    left = ("s1 was stopped by this run; not brought back; before: status running",)
    ending = conclude(RunPieces(plan=Plan(Verdict.ACT, "why", ()), left_behind=left, error=error))
    assert ending.outcome is Outcome.ESCALATED
    assert left[0] in ending.not_done
