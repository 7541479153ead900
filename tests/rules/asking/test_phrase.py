from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.approvals import Approval, Line, Option, Question, Risk
from functions.facts import Evidence
from functions.rules.asking.phrase import distinct, matches, normal, spoken, visible, whole
from tests.rules.asking.asks import CLOSE, RAISE, approval, member, question
from tests.rules.facts import NOW

BTC = question(target="BTC/USDT:USDT", options=(CLOSE, RAISE))


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("close btcusdt", "CLOSEBTCUSDT"),
        (" Close\t'BTC/USDT' \n", "CLOSEBTCUSDT"),
        ("ＣＬＯＳＥ　ｂｔｃ５", "CLOSEBTC5"),
        ("clo\u200bse-btc", "CLOSEBTC"),
        ("ﬁx ß", "FIXSS"),
        ("закрыть", ""),
        ("", ""),
    ],
)
def test_only_letters_and_digits_count_in_any_case_and_width(text: str, read: str) -> None:
    assert normal(text) == read


@pytest.mark.parametrize(
    "typed", ["CLOSE BTCUSDTUSDT", "closebtcusdtusdt", "Close BTC/USDT:USDT", "c-l-o-s-e btcusdt usdt"]
)
def test_the_phrase_is_taken_in_any_case_with_any_signs_between(typed: str) -> None:
    assert matches(typed, CLOSE, BTC)


@pytest.mark.parametrize(
    "typed",
    [
        "",
        " ",
        "CLOSE",
        "BTCUSDTUSDT",
        "RAISE BTCUSDTUSDT",
        "CLOSE BTCUSDT",
        "CLOSE BTCUSDTUSDT 1",
        "BTCUSDTUSDT CLOSE",
    ],
)
def test_anything_else_is_not_the_phrase(typed: str) -> None:
    assert not matches(typed, CLOSE, BTC)


def test_a_text_far_longer_than_any_phrase_is_not_the_phrase_whatever_it_comes_to() -> None:
    assert matches("CLOSE BTCUSDTUSDT" + "." * 100, CLOSE, BTC)
    assert not matches("CLOSE BTCUSDTUSDT" + "." * 200, CLOSE, BTC)


@pytest.mark.parametrize(("act", "target"), [("", "BTC"), ("CLOSE", ""), ("–", "BTC"), ("CLOSE", "東京"), ("", "")])
def test_without_an_act_or_a_target_nothing_is_the_phrase(act: str, target: str) -> None:
    option = replace(CLOSE, act=act)
    asked = question(target=target, options=(option,))
    assert whole(option, asked) == ""
    for typed in ("", act, target, act + target):
        assert not matches(typed, option, asked)


@pytest.mark.parametrize(
    "shown",
    [
        {"title": "Close BTC/USDT:USDT now?"},
        {"facts": (Line("Order", "close-btcusdtusdt-7"),)},
        {"facts": (Line("Close", "BTC/USDT:USDT"),)},
        {"facts": (Line("Next", "close"), Line("BTC", "USDT:USDT"))},
        {"evidence": (Evidence("log line", "close", "btcusdtusdt", NOW),)},
        {"options": (replace(CLOSE, label="Close BTC/USDT:USDT"),)},
        {"options": (replace(CLOSE, consequence="An order will close btc usdt usdt."),)},
        {"options": (replace(CLOSE, statement="I can close BTCUSDTUSDT"),)},
        {"options": (replace(CLOSE, id="close-btcusdtusdt"),)},
        {"cause": "close_btcusdtusdt"},
        {"venue": "closebtcusdtusdt"},
        {"desk": "close-btc-usdt-usdt"},
    ],
    ids=lambda shown: next(iter(shown)),
)
def test_a_phrase_that_stands_in_a_text_gets_a_target_with_which_it_does_not(shown: dict[str, object]) -> None:
    asked = replace(BTC, **shown)  # type: ignore[arg-type]  # one field of the table each
    made = distinct(asked)
    assert made.target.startswith("BTC/USDT:USDT-")
    assert made.target.removeprefix("BTC/USDT:USDT-").isdigit()
    assert replace(made, target=asked.target) == asked
    assert_nowhere(made)


def test_a_target_that_stands_nowhere_with_its_act_stays_as_it_is() -> None:
    assert distinct(BTC) is BTC


def test_a_target_without_a_letter_gets_digits_that_can_be_typed() -> None:
    made = distinct(replace(BTC, target="東京"))
    digits = made.target.removeprefix("東京-")
    assert matches(f"close {digits}", CLOSE, made)


def test_the_same_question_gets_the_same_digits_each_time_and_no_second_ones() -> None:
    asked = replace(BTC, title="Close BTC/USDT:USDT now?")
    assert distinct(asked) == distinct(asked)
    assert distinct(distinct(asked)) == distinct(asked)


def test_a_text_that_holds_every_three_digits_gets_more_of_them() -> None:
    title = " ".join(f"CLOSE BTC {number:03d}" for number in range(1_000))
    made = distinct(question(target="BTC", title=title, options=(CLOSE,)))
    assert len(made.target.removeprefix("BTC-")) > 3
    assert_nowhere(made)


WORDS = st.sampled_from(["close", "CLOSE", "raise", "BTC", "btc-usdt", "USDT", "4", "17", " ", "", "é", "東京"])
TEXTS = st.lists(WORDS, max_size=6).map("".join)
ACTS = st.sampled_from(["CLOSE", "RAISE", "C", "4", ""])


@st.composite
def questions(draw: st.DrawFn) -> Question:
    options = tuple(
        Option(draw(TEXTS), draw(TEXTS), draw(TEXTS), Risk.ADDS, draw(ACTS), statement=draw(st.none() | TEXTS))
        for _ in range(draw(st.integers(1, 3)))
    )
    facts = tuple(Line(draw(TEXTS), draw(TEXTS)) for _ in range(draw(st.integers(0, 3))))
    return Question(
        "close", draw(TEXTS), draw(TEXTS), facts, options, cause=draw(TEXTS), venue=draw(st.none() | TEXTS)
    )


@given(questions())
def test_no_phrase_stands_whole_in_any_text_of_any_question(asked: Question) -> None:
    made = distinct(asked)
    assert_nowhere(made)
    assert normal(made.target)
    assert made.target == asked.target or made.target.startswith(f"{asked.target}-")


@given(questions(), st.text(max_size=40))
def test_whatever_is_typed_matches_only_what_reads_the_same(asked: Question, typed: str) -> None:
    for option in asked.options:
        right = normal(option.act) + normal(asked.target)
        assert not matches(typed, option, asked) or normal(typed) == right


def assert_nowhere(asked: Question) -> None:
    for option in asked.options:
        phrase = whole(option, asked)
        assert not phrase or all(phrase not in normal(text) for text in visible(asked))


def speaking(*targets: str, **more: Any) -> Approval:
    """A request about BTCUSDT that speaks for others."""
    members = tuple(replace(member(number), target=target) for number, target in enumerate(targets))
    return approval(question=question(target="BTCUSDT", options=(CLOSE, RAISE), **more), members=members)


def test_a_request_that_speaks_for_itself_alone_is_answered_with_its_own_target() -> None:
    assert spoken(speaking()) == speaking().question


def test_who_answers_for_many_types_for_how_many_and_the_target_of_none_decides() -> None:
    given = speaking("ETHUSDT", "SOLUSDT", "BTCUSDT", "XRPUSDT")
    assert replace(spoken(given), target="BTCUSDT") == given.question
    assert spoken(given).target == "ALL5"
    for typed in ("close btcusdt", "close ethusdt", "close all", "close all4", "close btcusdt all5"):
        assert not matches(typed, CLOSE, spoken(given)), typed
    assert matches("close all 5", CLOSE, spoken(given))


@pytest.mark.parametrize(
    "shown",
    [
        {"title": "Close all 2 now?"},
        {"target": "raise-all2"},
        {"facts": (Line("advice", "close ALL 2"),)},
        {"title": "please close", "target": "ALL2"},
    ],
    ids=lambda shown: next(iter(shown)),
)
def test_no_text_about_a_member_holds_the_phrase_that_answers_for_it(shown: dict[str, Any]) -> None:
    base = speaking("ETHUSDT")
    given = replace(base, members=(replace(base.members[0], **shown),))
    assert spoken(given).target.startswith("ALL2-")
    assert spoken(given) == spoken(given)
