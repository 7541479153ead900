"""Questions that nobody could answer, each told by its field, its value and what would be right."""

from __future__ import annotations

from dataclasses import replace

import pytest

from functions.approvals import Question, Risk
from functions.rules import raise_question, switch_question
from functions.rules.asking.sound import faults
from tests.rules import test_raise_memory, test_switch_exchange
from tests.rules.asking.asks import BOTH, CLOSE, HALVE, RAISE, REJECT, WAIT, question


def test_a_sound_question_has_no_fault() -> None:
    assert faults(question(), people=3) == ()


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        (question(title=" "), "title is ' ': it must say"),
        (question(target="--"), "target is '--': it needs a letter A-Z or a digit"),
        (question(options=()), "options is empty: give at least one without risk"),
        (
            question(options=(RAISE, CLOSE)),
            "options have the risks (raise: adds, close: reduces): one must have none",
        ),
        (
            question(options=(RAISE, REJECT, RAISE)),
            "options name the id 'raise' 2 times: each needs an id",
        ),
        (question(options=(replace(RAISE, id=""), REJECT)), "option '': id is empty"),
        (question(options=(replace(RAISE, act="?!"), REJECT)), "option 'raise': act is '?!': it needs at least 4"),
        (
            question(options=(replace(RAISE, act="G-O!"), REJECT)),
            "option 'raise': act is 'G-O!': it needs",
        ),
        (question(options=(replace(RAISE, needed=0), REJECT)), "option 'raise': needed is 0: it must be 1 or 2"),
        (question(options=(replace(RAISE, needed=3), REJECT)), "option 'raise': needed is 3: it must be 1 or 2"),
        (
            question(options=(replace(WAIT, until_at_most_minutes=0),)),
            "option 'wait': until_at_most_minutes is 0: it must be at least 1, or left out",
        ),
    ],
)
def test_nonsense_is_told_by_field_value_and_what_would_be_right(asked: Question, told: str) -> None:
    [fault] = faults(asked, people=3)
    assert fault.startswith(told)


def test_every_fault_is_told_at_once() -> None:
    wrong = replace(RAISE, act="GO", needed=9, until_at_most_minutes=-5)
    assert len(faults(question(title="", target="", options=(wrong,)), people=3)) == 6


def test_two_who_must_agree_must_be_there() -> None:
    asked = question(options=(BOTH, REJECT))
    [fault] = faults(asked, people=1)
    assert "needed is 2, and people on the desk are 1: nobody could ever decide" in fault
    assert faults(asked, people=2) == ()


def test_one_may_be_enough_to_reduce_risk_and_to_say_no() -> None:
    assert faults(question(options=(HALVE, REJECT)), people=1) == ()
    assert REJECT.needed == 2
    assert HALVE.risk is Risk.REDUCES


@pytest.mark.parametrize("needed", [1, 2])
def test_what_the_runbooks_ask_is_sound(needed: int) -> None:
    raising = raise_question.question(test_raise_memory.asking(needed=needed))
    switching = switch_question.question(test_switch_exchange.asking(needed=needed))
    nothing_to_switch = switch_question.question(test_switch_exchange.asking(needed=needed, switches=()))
    assert [faults(one, people=needed) for one in (raising, switching, nothing_to_switch)] == [(), (), ()]
