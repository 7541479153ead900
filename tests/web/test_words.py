"""Texts from outside, made fit to be read; times and names as people say them."""

from __future__ import annotations

import unicodedata
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.approvers import Approvers
from functions.web.view import name_in
from functions.web.words import clean, clean_lines, listed, moment, span, subject, unlinked
from tests.rules.facts import NOW
from tests.web.rig import SETTINGS, approval


@given(st.text())
def test_cleaned_text_is_one_line_without_anything_that_hides_or_turns(text: str) -> None:
    for sign in clean(text):
        assert sign == " " or unicodedata.category(sign)[0] not in "CZ", repr(sign)
    assert set(clean_lines(text)) - set(clean(text)) <= {"\n", " "} or len(text) > 600
    assert clean(clean(text)) == clean(text)


@pytest.mark.parametrize(
    ("given", "cleaned"),
    [
        ("a\r\nb\tc  d", "a b c d"),
        ("a\u200bb\u00adc\u202ed\ufeff", "abcd"),
        ("a\u2028b\u00a0c\x1b[31m", "a b c [31m"),
        ("\ud800x\ue000", "x"),
        ("日本 é \U0001f600", "日本 é \U0001f600"),
    ],
)
def test_letters_stay_and_marks_that_steer_go(given: str, cleaned: str) -> None:
    assert clean(given) == cleaned


@given(st.integers(11, 50), st.text(max_size=400))
def test_nothing_is_longer_than_it_may_be_and_what_was_cut_says_so(most: int, text: str) -> None:
    assert len(clean(text, most)) <= most
    if len(" ".join(text.split())) > 4 * most:
        assert clean(text, most).endswith("(cut)")


def test_what_lies_behind_a_wall_of_spaces_is_not_left_out_in_silence() -> None:
    assert clean("a" + " " * 10_000 + "and this too") == "a ... (cut)"


def test_addresses_are_made_harmless_for_mail_programs() -> None:
    told = unlinked("see https://a.example, WWW.b.example and wwwc")
    assert told == "see https[:]//a.example, www[.]b.example and wwwc"


def test_a_subject_that_becomes_an_address_by_its_letters_is_none() -> None:
    assert "://" not in subject("https：／／a.example")


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (-5, "0 s"), (0, "0 s"), (99, "99 s"), (100, "1 min"), (719, "11 min"), (5_399, "89 min"),
        (5_400, "1 h 30 min"), (7_200, "2 h"),
    ],
)  # fmt: skip
def test_a_span_is_said_as_people_say_it(seconds: int, said: str) -> None:
    assert span(timedelta(seconds=seconds)) == said


def test_a_moment_is_said_in_utc_with_its_day() -> None:
    assert moment(NOW) == "03:00 UTC, 1 Mar 2026"


@pytest.mark.parametrize(
    ("names", "said"),
    [([], ""), (["Ana"], "Ana"), (["Ana", "Ben"], "Ana and Ben"), (["A", "B", "C"], "A, B and C")],
)
def test_names_are_listed_as_in_a_sentence(names: list[str], said: str) -> None:
    assert listed(names) == said


def test_a_person_is_called_as_the_request_says_then_as_the_settings_do_then_by_the_id() -> None:
    name = name_in(approval(), SETTINGS.approvals)
    assert (name("ana"), name("cleo"), name("gone")) == ("Ana", "Cleo", "gone")
    assert name_in(approval(asked=()), Approvers())("ana") == "ana"
