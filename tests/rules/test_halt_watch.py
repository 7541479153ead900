"""What the watch of a halt tells, and when."""

from __future__ import annotations

from datetime import timedelta

import pytest

from functions.facts import KillSwitchFact, ScalingFact
from functions.rules.halt_watch import NOTHING, Watched, lines, may_hold_down, same_halt, scales, signature
from tests.rules.facts import NOW

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
