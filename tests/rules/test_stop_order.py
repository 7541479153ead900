"""What an emergency stop was told, whatever it was told."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from functions.rules.stop_order import (
    MOST_IDS,
    MOST_NAME,
    MOST_TEXT,
    MOST_UNREAD,
    NO_REASON,
    NotReadable,
    StopOrder,
    read,
)

FIELDS = ("reason", "requested_by", "strategy_ids", "cancel_entry_orders", "dry_run", "unread", "Comment", "x")
SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=400)
JSON = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4)
)
ORDERS = st.dictionaries(
    st.sampled_from(FIELDS) | st.text(max_size=300), JSON | st.lists(st.text(max_size=300), max_size=5), max_size=8
)
MANY = settings(max_examples=300, deadline=None)


def test_nothing_is_needed_to_stop_everything() -> None:
    order = read({})
    assert (order.everything, order.dry_run, order.cancel_entry_orders, order.unread) == (True, False, True, ())
    assert (order.reason, order.requested_by) == ("no reason given", "nobody named")


def test_what_can_be_read_is_taken_as_it_stands() -> None:
    told = {
        "reason": "  prices\nare wrong ",
        "requested_by": "ana",
        "strategy_ids": ["s1", "s2", "s1"],
        "cancel_entry_orders": False,
        "dry_run": True,
        "Comment": "from the console",
        "AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID": "arn",
    }
    assert read(told) == StopOrder(("s1", "s2"), False, True, "prices are wrong", "ana", comment="from the console")


@pytest.mark.parametrize("comment", [None, 5, [], {}, "", "\n"])
def test_a_comment_that_cannot_be_read_keeps_nothing_from_stopping(comment: Any) -> None:
    order = read({"Comment": comment, "strategy_ids": ["s1"]})
    assert (order.comment, order.unread, order.strategy_ids) == (None, (), ("s1",))


def test_only_those_named_are_concerned_and_all_where_nobody_is_named() -> None:
    order = read({"strategy_ids": ["s1"]})
    assert (order.concerns("s1"), order.concerns("s2"), order.everything) == (True, False, False)
    assert read({}).concerns("s2")


@pytest.mark.parametrize("dry_run", [None, 0, 1, "true", "false", "", [], {}, 1.0])
def test_a_dry_run_that_is_no_boolean_is_refused(dry_run: Any) -> None:
    with pytest.raises(NotReadable, match="dry_run: must be true or false, is"):
        read({"dry_run": dry_run, "strategy_ids": 5})


@pytest.mark.parametrize(
    ("told", "says"),
    [
        (None, "input: no JSON object, is None"),
        (["s1"], "input: no JSON object"),
        ("stop", "input: no JSON object, is 'stop'"),
        (True, "input: no JSON object, is True"),
        ({"strategy_ids": ["s1"], "strategies": ["s2"]}, "strategies: unknown field"),
        ({"strategy_ids": ["s1"], "Strategy_ids": []}, "Strategy_ids: unknown field"),
        ({"strategy_ids": []}, "strategy_ids: must be a list of names that is not empty, is []"),
        ({"strategy_ids": "s1"}, "strategy_ids: must be a list of names"),
        ({"strategy_ids": None}, "strategy_ids: must be a list of names"),
        ({"strategy_ids": {"s1": True}}, "strategy_ids: must be a list of names"),
        ({"strategy_ids": ["s1", 7]}, "strategy_ids: 7 is no name"),
        ({"strategy_ids": ["s1", ""]}, "strategy_ids: '' is no name"),
        ({"strategy_ids": ["s1", "x" * (MOST_NAME + 1)]}, "is no name"),
        ({"strategy_ids": ["s1", "ä" * 128]}, "is no name"),
        ({"strategy_ids": ["s1", "\ud800"]}, "strategy_ids: '\\ud800' is no name"),
        ({"strategy_ids": [f"s{n}" for n in range(MOST_IDS + 1)]}, "strategy_ids: 201 names, at most 200"),
        (
            {"strategy_ids": ["s1"], "cancel_entry_orders": "no"},
            "cancel_entry_orders: must be true or false, is 'no'",
        ),
        ({"strategy_ids": ["s1"], "reason": 5}, "reason: must be text, is 5"),
        ({"strategy_ids": ["s1"], "reason": "  "}, "reason: must be text, is ' '"),
        ({"strategy_ids": ["s1"], "requested_by": None}, "requested_by: must be text, is None"),
        ({"strategy_ids": ["s1"], "unread": "nothing"}, "unread: unknown field, is 'nothing'"),
        ({"strategy_ids": ["s1"], "unread": [5]}, "unread: unknown field, is [5]"),
    ],
)
def test_whatever_cannot_be_read_stops_all_and_is_named(told: Any, says: str) -> None:
    order = read(told)
    assert order.everything
    assert len(order.unread) == 1
    assert says in order.unread[0]


def test_all_that_cannot_be_read_is_named_and_a_rehearsal_stays_one() -> None:
    order = read({"dry_run": True, "strategy_ids": 5, "reason": 5, "what": 5, "cancel_entry_orders": 5})
    assert (order.everything, order.dry_run, order.cancel_entry_orders) == (True, True, True)
    fields = [one.partition(":")[0] for one in order.unread]
    assert fields == ["what", "strategy_ids", "cancel_entry_orders", "reason"]


def test_told_not_to_cancel_holds_although_something_else_cannot_be_read() -> None:
    assert not read({"cancel_entry_orders": False, "what": 5}).cancel_entry_orders


@pytest.mark.parametrize("names", [1, 200])
def test_as_many_names_as_the_kill_switch_keeps_one_by_one_are_taken(names: int) -> None:
    ids = tuple(f"s{n:03}".ljust(MOST_NAME, "x") for n in range(names))
    assert read({"strategy_ids": list(ids)}).strategy_ids == ids


def test_a_text_that_ends_in_a_blank_where_it_is_cut_is_read_the_same_again() -> None:
    order = read({"reason": "a" * (MOST_TEXT - 1) + " b"})
    assert order.reason == "a" * (MOST_TEXT - 1)
    assert read(order.as_json()) == order


def test_a_thousand_unknown_fields_are_counted_and_not_carried() -> None:
    order = read({f"field{n:04}" + "x" * 300: n for n in range(1000)})
    assert len(order.unread) == MOST_UNREAD
    assert order.unread[-1] == "and 981 more"
    assert len(json.dumps(order.as_json())) < 8_000
    assert read(order.as_json()) == order


@MANY
@given(JSON | ORDERS)
def test_reads_whatever_it_is_given_and_the_same_again_from_its_own_result(told: Any) -> None:
    try:
        order = read(told)
    except NotReadable:
        assert not isinstance(told.get("dry_run"), bool)
        return
    handed_on = json.loads(json.dumps(order.as_json()))
    assert read(handed_on) == order


@MANY
@given(JSON | ORDERS)
def test_never_rehearses_unasked_and_never_stops_fewer_than_it_read(told: Any) -> None:
    try:
        order = read(told)
    except NotReadable:
        return
    assert order.dry_run is (isinstance(told, dict) and told.get("dry_run") is True)
    if order.strategy_ids is not None:
        assert order.strategy_ids == tuple(dict.fromkeys(told["strategy_ids"]))
    assert order.everything or not order.unread


@MANY
@given(JSON | ORDERS)
def test_an_order_is_small_and_can_be_sent_whatever_stood_in_the_input(told: Any) -> None:
    try:
        order = read(told)
    except NotReadable:
        return
    texts = (order.reason, order.requested_by, *order.unread, *(order.strategy_ids or ()))
    assert all(text == text.encode().decode() and len(text) <= MOST_TEXT for text in texts)
    assert len(order.unread) <= MOST_UNREAD


def test_what_rings_a_bell_or_turns_a_line_around_is_dropped_from_a_reason() -> None:
    assert read({"reason": "flash\x07 \u202ecrash"}).reason == "flash crash"
    assert read({"reason": "\u202e"}).reason == NO_REASON
