"""What the watch of a halt tells, and when."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from functions.facts import KillSwitchFact, ScalingFact, ServiceFact, StrategyState
from functions.rules.halt_watch import (
    NOTHING,
    Watched,
    beats_on,
    lines,
    lingers,
    may_hold_down,
    same_halt,
    scales,
    signature,
)
from tests.rules.facts import NOW, ago, service, state, task

STOP_TIME = timedelta(seconds=120)
DONE = Watched(stopped=("a", "b"))
LEFT = Watched(left=(("a", "AccessDenied"),))


@pytest.mark.parametrize(
    ("switch", "holds"),
    [
        (KillSwitchFact(True), True),
        (KillSwitchFact(False), False),
        (KillSwitchFact(True, service_up=True), False),
        (KillSwitchFact(True, manage_only=True, service_up=True), False),
        (KillSwitchFact(True, strategy_ids=("a",)), False),
    ],
)
def test_the_service_is_held_down_only_by_a_halt_of_all_that_nobody_has_let_run(
    switch: KillSwitchFact, holds: bool
) -> None:
    assert may_hold_down(switch) is holds


def test_another_halt_or_a_released_one_is_not_the_same() -> None:
    before = KillSwitchFact(True, halt_id="h1")
    assert same_halt(before, KillSwitchFact(True, halt_id="h1", stops=("x",)))
    assert not same_halt(before, KillSwitchFact(True, halt_id="h2"))
    assert not same_halt(before, KillSwitchFact(False, halt_id="h1"))


def test_what_does_not_scale_by_itself_is_left() -> None:
    assert [
        scales(None),
        scales(ScalingFact(1, 2, True, True, True)),
        scales(ScalingFact(1, 2, True, True, False)),
    ] == [
        False,
        False,
        True,
    ]


ALIVE = task("a", "RUNNING", started_at=ago(300))
YOUNG = task("b", "RUNNING", started_at=ago(119))
STARTING = task("c", "PENDING", started_at=None)


@pytest.mark.parametrize(
    ("found", "engaged", "trouble"),
    [
        (service(ALIVE, desired=0), 120, True),
        (service(ALIVE, desired=0), 119, False),
        (service(ALIVE, desired=0), None, True),
        (service(ALIVE, desired=1), 300, False),
        (service(YOUNG, desired=0), 300, False),
        (service(YOUNG, ALIVE, desired=0), 300, True),
        (service(STARTING, desired=0), 300, False),
        (replace(service(desired=0), running=1, tasks=()), 300, True),
        (replace(service(desired=0), running=0, tasks=()), 300, False),
    ],
)
def test_tasks_that_had_the_time_to_end_and_did_not_are_trouble(
    found: ServiceFact, engaged: float | None, trouble: bool
) -> None:
    switch = KillSwitchFact(True, halt_id="h1", engaged_at=None if engaged is None else ago(engaged))
    assert (lingers(found, switch, now=NOW, stop_time=STOP_TIME) is not None) is trouble


ALL = KillSwitchFact(True, engaged_at=ago(300))
SOME = KillSwitchFact(True, strategy_ids=("a",), engaged_at=ago(300))


@pytest.mark.parametrize(
    ("one", "switch", "lives"),
    [
        (state("a", age=179, status="stopped"), ALL, True),
        (state("a", age=180, status="stopped"), ALL, False),
        (state("a", age=None, status="stopped"), ALL, False),
        (state("a", age=5, status="stopped", stopped_at=ago(100)), ALL, False),
        (state("a", age=5, status="stopped", stopped_at=ago(130)), ALL, True),
        (state("a", age=5, status="paused"), ALL, True),
        (state("a", age=5, status="stopped"), KillSwitchFact(True), False),
        (state("a", age=5, status="paused"), SOME, False),
        (state("a", age=5, status="stopped"), SOME, True),
        (state("a", age=5, status="stopped", acknowledged_status="stopped"), SOME, False),
        (state("a", age=5, status="stopped", acknowledged_status="stopped"), ALL, True),
    ],
)
def test_a_bot_that_beats_later_than_a_stopped_one_could_is_heard(
    one: StrategyState, switch: KillSwitchFact, lives: bool
) -> None:
    assert beats_on(one, switch, stop_time=STOP_TIME, manages={"paused"}) is lives


def test_the_same_is_told_once_and_another_one_anew() -> None:
    assert signature(Watched(), NOW) == NOTHING
    assert signature(DONE, NOW) == signature(Watched(stopped=("b", "a")), NOW + timedelta(hours=3))
    assert signature(DONE, NOW) != signature(Watched(stopped=("a",)), NOW)
    assert signature(LEFT, NOW) != signature(Watched(stopped=("a",)), NOW)


def test_what_could_not_be_stopped_is_told_again_every_hour() -> None:
    assert signature(LEFT, NOW) == signature(LEFT, NOW + timedelta(minutes=59))
    assert signature(LEFT, NOW) != signature(LEFT, NOW + timedelta(minutes=60))


def test_names_are_bounded_and_the_rest_counted() -> None:
    many = Watched(stopped=tuple("abcde"), left=tuple((name, "no") for name in "vwxyz"), trouble=("t",))
    told = lines(many, 2)
    assert told.count("- and 3 more") == 2
    assert told[-1] == "NOT done or not known: t"
