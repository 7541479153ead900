"""What people may add to an incident, and whose questions are open."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from functions.ports import MOST_FOLLOW_UPS, FollowUp
from functions.rules.follow_up import LONGEST, BadFollowUp, entries, has_room, unanswered

NOW = datetime(2026, 1, 31, 3, tzinfo=UTC)


def test_what_was_given_is_kept_in_the_order_of_a_post_mortem() -> None:
    given = {"note": "seen twice", "root_cause": " a leak\r\nin the feed ", "prevention": "an alarm"}
    assert entries(given, "ana", NOW) == (
        FollowUp("root_cause", "a leak\nin the feed", "ana", NOW),
        FollowUp("prevention", "an alarm", "ana", NOW),
        FollowUp("note", "seen twice", "ana", NOW),
    )


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({}, "Nothing was given"),
        ({"note": ""}, "The note says nothing"),
        ({"note": None}, "The note says nothing"),
        ({"prevention": " \n .. "}, "The prevention says nothing"),
        ({"root_cause": "x" * (LONGEST + 1)}, "has 2,001 characters. Shorten it to 2,000"),
        ({"note": "red\x1b[31m"}, "control characters"),
        ({"note": "turned\u202e around"}, "control characters"),
        ({"note": "half \ud800"}, "control characters"),
        ({"root_cause": "good", "note": "bad\x07"}, "control characters"),
    ],
)
def test_what_cannot_be_kept_is_refused_whole_in_words(given: dict[str, str | None], says: str) -> None:
    with pytest.raises(BadFollowUp, match=says):
        entries(given, "ana", NOW)


def test_the_longest_text_is_kept() -> None:
    (kept,) = entries({"note": f"  {'x' * LONGEST}\n"}, "ana", NOW)
    assert len(kept.text) == LONGEST


@pytest.mark.parametrize(("standing", "new", "room"), [(0, 3, True), (37, 3, True), (38, 3, False), (40, 1, False)])
def test_room_is_counted_for_all_of_one_call(standing: int, new: int, room: bool) -> None:
    assert MOST_FOLLOW_UPS == 40
    item: dict[str, Any] = {"follow_up": [{}] * standing} if standing else {}
    assert has_room(item, [FollowUp("note", "x", "ana", NOW)] * new) is room


@pytest.mark.parametrize(
    ("item", "left"),
    [
        ({}, ()),
        ({"open_questions": ["why?"]}, ("why?",)),
        ({"open_questions": ["why?", "who?"], "follow_up": [{"field": "note"}]}, ("why?", "who?")),
        ({"open_questions": ["why?"], "follow_up": [{"field": "note"}, {"field": "root_cause"}]}, ()),
        ({"open_questions": ["why?"], "follow_up": [{"field": "prevention"}]}, ()),
        ({"open_questions": [], "root_cause": "found by the run"}, ()),
        ({"open_questions": ["why?"], "root_cause": "found by the run"}, ("why?",)),
    ],
)
def test_questions_are_open_until_a_person_says_cause_or_prevention(item: dict[str, Any], left: Any) -> None:
    assert unanswered(item) == left
