from __future__ import annotations

import hmac
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions import keys
from functions.ids import approval_id_for
from tests.rules.asking.asks import approval, asked
from tests.rules.facts import NOW

# Of the shape of real ones, and the same in every process that collects these tests.
KEY = "Zm9vYmFyYmF6cXV4MDEyMzQ1Njc4OWFiY2RlZi1h_A1"
OTHER = "QmFyYmF6cXV4Zm9vOTg3NjU0MzIxMGZlZGNiYS1i_B2"
REQUEST = replace(
    approval(),
    asked=(
        replace(asked("ana"), key_hash=keys.hash_of(KEY)),
        replace(asked("bo"), key_hash=keys.hash_of(OTHER)),
        replace(asked("cy"), key_hash=None),
    ),
)


def test_a_key_is_new_each_time_long_and_fit_for_a_link() -> None:
    made = {keys.new_key() for _ in range(50)}
    assert len(made) == 50
    assert all(re.fullmatch(r"[A-Za-z0-9_-]{43,}", key) for key in made)


def test_only_the_hash_of_a_key_is_kept() -> None:
    assert re.fullmatch(r"[0-9a-f]{64}", keys.hash_of(KEY))
    assert KEY not in repr(REQUEST)


def test_a_key_finds_the_person_who_got_it() -> None:
    for key, person in ((KEY, "ana"), (OTHER, "bo")):
        found = keys.holder(REQUEST, key)
        assert found is not None
        assert found.person_id == person


def test_each_of_two_keys_of_one_person_finds_him() -> None:
    twice = replace(REQUEST, asked=(*REQUEST.asked, replace(asked("ana", 1), key_hash=keys.hash_of("later"))))
    for key in (KEY, "later"):
        found = keys.holder(twice, key)
        assert found is not None
        assert found.person_id == "ana"


@given(st.text(st.characters(), max_size=60))
def test_a_key_that_nobody_got_finds_nobody_whatever_it_looks_like(key: str) -> None:
    assert keys.holder(REQUEST, key) is None
    assert keys.holder(None, key) is None


@pytest.mark.parametrize("key", [keys.hash_of(KEY), keys.DUMMY, KEY[:-1], KEY + "=", "", "\ud800", KEY.lower()])
def test_neither_a_hash_nor_a_part_of_a_key_is_a_key(key: str) -> None:
    assert keys.holder(REQUEST, key) is None


def test_a_right_key_of_another_request_is_none_here() -> None:
    assert keys.holder(replace(REQUEST, asked=()), KEY) is None
    assert keys.holder(None, KEY) is None


def test_every_hash_is_compared_wherever_the_right_one_stands(monkeypatch: pytest.MonkeyPatch) -> None:
    compared: list[bytes] = []
    real = hmac.compare_digest

    def counting(one: bytes, other: bytes) -> bool:
        compared.append(one)
        return real(one, other)

    monkeypatch.setattr(hmac, "compare_digest", counting)
    lengths = set()
    for key in (KEY, OTHER, "wrong"):
        compared.clear()
        keys.holder(REQUEST, key)
        lengths.add(len(compared))
    assert lengths == {1 + len(REQUEST.asked)}
    compared.clear()
    keys.holder(None, KEY)
    assert len(compared) == 1


FORM = ("key", "apr-1", "ana", 0, 0)


@pytest.mark.parametrize(
    "other",
    [
        ("other", "apr-1", "ana", 0, 0),
        ("key", "apr-2", "ana", 0, 0),
        ("key", "apr-1", "bo", 0, 0),
        ("key", "apr-1", "ana", 1, 0),
        ("key", "apr-1", "ana", 0, 1),
        ("key", "apr-1a", "na", 0, 0),
    ],
)
def test_a_form_belongs_to_one_key_request_person_turn_and_page(other: tuple[str, str, str, int, int]) -> None:
    assert keys.form_value(*FORM) == keys.form_value(*FORM)
    assert keys.form_value(*FORM) != keys.form_value(*other)


def test_a_form_value_does_not_tell_the_key() -> None:
    value = keys.form_value(KEY, "apr-1", "ana", 0, 0)
    assert re.fullmatch(r"[0-9a-f]{64}", value)
    assert value not in (KEY, keys.hash_of(KEY))


@pytest.mark.parametrize(
    ("one", "other", "equal"), [("a", "a", True), ("a", "b", False), ("ü", "ü", True), ("ü", "u", False)]
)
def test_any_two_texts_can_be_compared(one: str, other: str, equal: bool) -> None:
    assert keys.same(one, other) is equal


ARN = "arn:aws:states:eu-central-1:000000000000:execution:tradai-local-raise-memory:x"


def test_a_request_has_one_id_for_each_entry_of_its_state() -> None:
    made = approval_id_for(ARN, "AskAPerson", NOW, 0)
    assert re.fullmatch(r"apr-[0-9a-f]{26}", made)
    assert made == approval_id_for(ARN, "AskAPerson", NOW.astimezone(timezone(timedelta(hours=2))), 0)
    others = {
        approval_id_for(ARN + "y", "AskAPerson", NOW, 0),
        approval_id_for(ARN, "AskAgain", NOW, 0),
        approval_id_for(ARN, "AskAPerson", NOW + timedelta(milliseconds=1), 0),
        approval_id_for(ARN, "AskAPerson", NOW, 1),
    }
    assert len(others | {made}) == 5


def test_a_time_without_a_zone_gets_no_id() -> None:
    with pytest.raises(ValueError, match="time zone"):
        approval_id_for(ARN, "AskAPerson", datetime(2026, 3, 1, tzinfo=UTC).replace(tzinfo=None), 0)
