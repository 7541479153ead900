"""The parts of the stand-in that need no engine: verdicts, counts, conditions."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from local.platform.copies import Copy, side_by_side
from local.platform.detector import judge
from local.platform.exchange.venue import Venue
from local.platform.follow import Follower
from local.platform.pace import Pace, parse, stamp
from local.platform.reporting import turn
from local.platform.tables import Strategy
from local.platform.tally import Tally

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


def beating(seconds_ago: float | None, status: str = "running") -> Strategy:
    beat = None if seconds_ago is None else stamp(NOON - timedelta(seconds=seconds_ago))
    return Strategy("s", status, beat)


def copy(started: int, ended: int | None = None) -> Copy:
    end = None if ended is None else NOON + timedelta(milliseconds=ended)
    return Copy(f"task/{started}", 2048, None, NOON + timedelta(milliseconds=started), end)


@pytest.mark.parametrize(
    ("strategy", "state"),
    [
        (beating(120), "OK"),
        (beating(120.1), "ALARM"),
        (beating(None), "ALARM"),
        (Strategy("s", "running", "yesterday"), "ALARM"),
        (Strategy("s", "running", "2026-11-22T12:00:00"), "ALARM"),
        (beating(500, "warmup"), "ALARM"),
        (beating(500, "stopped"), "OK"),
        (beating(500, "paused"), "OK"),
    ],
)
def test_the_detector_counts_trading_strategies_older_than_two_minutes(strategy: Strategy, state: str) -> None:
    assert judge([beating(1), strategy], NOON).state == state


def test_the_detector_is_content_with_an_empty_table() -> None:
    assert judge([], NOON).state == "OK"


@pytest.mark.parametrize(
    ("copies", "met"),
    [
        ([], 0),
        ([copy(0)], 0),
        ([copy(0, 100), copy(100)], 0),
        ([copy(0, 100), copy(99)], 1),
        ([copy(0), copy(50)], 1),
        ([copy(0, 1000), copy(10, 20), copy(500, 600), copy(1000)], 2),
        ([copy(0, 10), copy(5, 20), copy(30)], 1),
    ],
)
def test_copies_that_ran_side_by_side_are_found_by_their_times(copies: list[Copy], met: int) -> None:
    assert side_by_side(copies) == met


def test_two_copies_that_met_between_two_looks_are_one_moment() -> None:
    tally = Tally()
    tally.trading(1, 0)
    tally.trading(1, 1)
    tally.trading(1, 1)
    assert (tally.moments_with_two_copies, tally.copies_trading_max) == (1, 2)
    tally.reset()
    tally.trading(1, 1)
    assert (tally.moments_with_two_copies, tally.copies_trading_max) == (0, 1)


def test_a_killed_copy_interrupts_nobody_and_a_stopped_one_everybody_who_traded() -> None:
    first, second, third = copy(0), copy(100), copy(200)
    strategies = {"a": Strategy("a", "running"), "b": Strategy("b", "stopped")}
    follower = Follower()
    assert follower.look([first], strategies).new_copies == (first,)
    follower.killed.add(first.task_arn)
    assert follower.look([second], strategies).interrupted == ()
    assert follower.look([third], strategies).interrupted == ("a",)


def test_a_restart_tells_whether_its_stop_was_acknowledged() -> None:
    running, stopped = {"a": Strategy("a", "running")}, {"a": Strategy("a", "stopped")}
    follower = Follower()
    follower.look([], running)
    follower.look([], stopped)
    assert follower.look([], running).restarted == (("a", False),)
    follower.look([], stopped)
    follower.acknowledged("a")
    assert follower.look([], running).restarted == (("a", True),)
    assert follower.look([], running).restarted == ()


def test_a_ban_counts_platform_seconds_down_and_stands_until_it_is_lifted() -> None:
    clock = [1000.0]
    venue = Venue(Pace(0.1), lambda: clock[0])
    assert venue.refusal() is None
    venue.ban(429, 60)
    refusal = venue.refusal()
    assert refusal is not None
    assert (refusal.status, refusal.retry_after) == (429, 60)
    clock[0] += 3
    assert venue.retry_after == 30
    assert not venue.ban_has_passed
    clock[0] += 3
    assert venue.ban_has_passed
    assert venue.refusal() is not None
    venue.lift_ban()
    assert venue.refusal() is None


def test_every_strategy_of_a_crowd_gets_its_turn_in_the_log() -> None:
    crowd = [str(number) for number in range(120)]
    assert {one for beat in range(3) for one in turn(crowd, beat)} == set(crowd)
    assert all(len(turn(crowd, beat)) == 50 for beat in range(5))


@pytest.mark.parametrize("text", [None, "", "soon", "2026-11-22T12:00:00", "2026-13-01T00:00:00Z"])
def test_what_is_no_moment_with_an_offset_is_none(text: str | None) -> None:
    assert parse(text) is None


def test_a_stamp_can_be_read_again() -> None:
    assert stamp(NOON) == "2026-11-22T12:00:00.000Z"
    assert parse(stamp(NOON)) == NOON
