from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.rules.remedied import Remedy, remedy_of, took_effect, window_of
from tests.rules.facts import NOW

EARLIEST = NOW - timedelta(minutes=15)


def ago(minutes: float) -> str:
    return (NOW - timedelta(minutes=minutes)).isoformat()


def remedy(name: str, minutes: float) -> Remedy:
    return Remedy(name, NOW - timedelta(minutes=minutes))


RESOLVED = {"outcome": "resolved", "opened_at": ago(9), "cured_at": ago(5)}


def test_a_remedy_is_when_it_took_effect_and_else_when_its_run_began() -> None:
    assert remedy_of("inc-1", RESOLVED) == remedy("inc-1", 5)
    assert remedy_of("inc-1", {**RESOLVED, "cured_at": None}) == remedy("inc-1", 9)
    assert took_effect({}) is None


@pytest.mark.parametrize(
    "item",
    [
        None,
        {},
        {"outcome": "resolved"},
        {**RESOLVED, "dry_run": True},
        *({**RESOLVED, "outcome": one} for one in ("escalated", "nothing_to_do", "left_open", "dry_run", None)),
    ],
)
def test_what_did_not_resolve_is_no_remedy(item: dict[str, Any] | None) -> None:
    assert remedy_of("inc-1", item) is None


def window(ids: list[str], known: dict[str, list[Remedy]]) -> Remedy | None:
    return window_of(ids, known, earliest=EARLIEST, now=NOW)


def test_the_window_begins_at_the_newest_remedy_of_the_strategy() -> None:
    assert window(["a"], {"a": [remedy("new", 3), remedy("old", 9)]}) == remedy("new", 3)
    assert window(["a"], {"a": [remedy("old", 9), remedy("new", 3)]}) == remedy("new", 3)


def test_of_several_strategies_it_begins_at_the_oldest_of_these() -> None:
    assert window(["a", "b"], {"a": [remedy("one", 3)], "b": [remedy("two", 6)]}) == remedy("two", 6)


def test_one_that_was_not_remedied_keeps_the_whole_window() -> None:
    assert window(["a", "b"], {"a": [remedy("one", 3)]}) is None
    assert window(["a", "b"], {"a": [remedy("one", 3)], "b": [remedy("two", 15)]}) is None
    assert window([], {}) is None


def test_a_remedy_that_is_yet_to_come_is_none() -> None:
    assert window(["a"], {"a": [remedy("odd", -1), remedy("one", 3)]}) == remedy("one", 3)
    assert window(["a"], {"a": [remedy("odd", -1)]}) is None


@given(st.dictionaries(st.sampled_from("abc"), st.lists(st.integers(-5, 30).map(lambda m: remedy(f"i{m}", m)))))
def test_it_never_begins_before_the_window_nor_after_the_last_remedy_of_any(known: dict[str, list[Remedy]]) -> None:
    found = window(["a", "b"], known)
    if found is not None:
        assert EARLIEST < found.at <= NOW
        for one in ("a", "b"):
            assert any(found.at <= each.at <= NOW for each in known[one])
