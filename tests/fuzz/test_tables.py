"""Items that nobody means: whoever can write a table makes no run blind, healthy or talkative by it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.adapters import (
    approval_items,
    budgets,
    close_items,
    halt_items,
    incident_items,
    items,
    overrides,
    remedy_items,
    stop_marks,
)
from functions.adapters.attribute_values import packed_item, unpacked_item
from functions.adapters.values import time_of
from functions.errors import Broken, Refused
from functions.facts import Evidence, Result
from functions.ports import FollowUp
from functions.rules import kill_switch
from functions.rules.heartbeats import judge_heartbeats
from functions.settings import Env, Settings
from tests.fuzz import items as plain
from tests.fuzz.hostile import LEAK, SECRET, mutated, stored
from tests.fuzz.lawful import Unread, fuzzed, lawfully

SETTINGS = Settings(env=Env.LOCAL, account_id="000000000000", region="eu-central-1")
# Later than every time that a hostile item holds and earlier than the calendar's end.
NOW = datetime(2027, 1, 31, 3, tzinfo=UTC)
RANDOM = st.randoms(use_true_random=False)

# Every reader of an item, with an item that it reads.
READERS: dict[str, tuple[str, dict[str, Any], Any]] = {
    "items.strategy_of": ("trading_state", plain.STRATEGY, lambda i: items.strategy_of(i, "acknowledged_status")),
    "items.position_of": ("positions", plain.POSITION, items.position_of),
    "items.positions_of": ("positions", plain.POSITION, lambda i: items.positions_of([i])),
    "items.order_of": ("orders", plain.ORDER, items.order_of),
    "items.held_of": ("guards", plain.LOCK, items.held_of),
    "items.kill_switch_of": ("guards", plain.KILL_SWITCH, items.kill_switch_of),
    "halt_items.record_of": ("guards", plain.RECORD, halt_items.record_of),
    "halt_items.service_of": ("guards", plain.SERVICE, halt_items.service_of),
    "close_items.attempt_of": ("guards", plain.ATTEMPT, close_items.attempt_of),
    "close_items.protection_of": ("guards", plain.PROTECTION, close_items.protection_of),
    "close_items.result_of": ("guards", plain.RESULT, close_items.result_of),
    "close_items.closes_of": ("guards", plain.CLOSES, close_items.closes_of),
    "close_items.incidents_of": ("guards", plain.CLOSING, close_items.incidents_of),
    "budgets.paid_at": ("guards", plain.BUDGET, budgets.paid_at),
    "remedy_items.incidents_of": ("guards", plain.REMEDY, remedy_items.incidents_of),
    "approval_items.approval_of": ("approvals", plain.APPROVAL, approval_items.approval_of),
    "overrides.standing": ("strategy_config", plain.CONFIG, lambda i: list(overrides.standing(i))),
    "overrides.changed": ("strategy_config", plain.CONFIG, lambda i: list(overrides.changed(i))),
    "overrides.traded_by": ("strategy_config", plain.CONFIG, overrides.traded_by),
    "incident_items.shown": ("incidents", plain.INCIDENT, incident_items.shown),
    "incident_items.ending": ("incidents", plain.INCIDENT, lambda i: incident_items.ending(i, {}, NOW)),
    "incident_items.with_approval": (
        "incidents",
        plain.INCIDENT,
        lambda i: incident_items.with_approval(i, {"approval_id": "apr-1", "version": 3}),
    ),
    "incident_items.with_follow_up": (
        "incidents",
        plain.INCIDENT,
        lambda i: incident_items.with_follow_up(i, FollowUp("note", "seen", "ana", NOW)),
    ),
    "stop_marks.carries": ("trading_state", plain.STRATEGY, lambda i: stop_marks.carries(i, "inc-1")),
    "stop_marks.handed_to": ("trading_state", plain.STRATEGY, lambda i: stop_marks.handed_to(i, "inc-1", "paused")),
    "stop_marks.stopped_by_us": ("trading_state", plain.STRATEGY, lambda i: stop_marks.stopped_by_us(i, "inc-1")),
    "stop_marks.unpaused_by_us": ("trading_state", plain.STRATEGY, lambda i: stop_marks.unpaused_by_us(i, "inc-1")),
}


@pytest.mark.parametrize("reader", READERS)
def test_a_plain_item_is_read(reader: str) -> None:
    """Else the tests below would prove something of items that nobody has."""
    _, item, read = READERS[reader]
    assert not isinstance(lawfully(lambda: read(item)), Unread)


@pytest.mark.parametrize("reader", READERS)
@fuzzed(60)
@given(rng=RANDOM)
def test_a_poisoned_item_is_read_or_named_by_one_of_the_four_words(reader: str, rng: Random) -> None:
    table, item, read = READERS[reader]
    found = lawfully(lambda: read(plain.poisoned(rng, table, item)))
    if isinstance(found, Unread):
        assert len(str(found.word)) < 500, "a whole item stands in an error"


@fuzzed(60)
@given(RANDOM)
def test_what_a_table_holds_comes_back_as_it_went(rng: Random) -> None:
    item = {"k": stored(rng)}
    if not _of_other_kinds(item):
        assert unpacked_item(packed_item(item)) == item


def _of_other_kinds(value: Any) -> bool:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list | set) else ()
    number = isinstance(value, set) and any(isinstance(one, Decimal) for one in value)
    return number or value == set() or isinstance(value, bytes) or any(map(_of_other_kinds, inner))


# --- nothing that cannot be read is healthy


@fuzzed(60)
@given(RANDOM)
def test_a_heartbeat_that_nobody_means_never_beats(rng: Random) -> None:
    item = {**plain.STRATEGY, "last_heartbeat": stored(rng)}
    judged = judge_heartbeats(
        [items.strategy_of(item, "acknowledged_status")],
        now=NOW,
        stale_after_seconds=120,
        trading_statuses=SETTINGS.trading_statuses,
        known_statuses=SETTINGS.known_statuses,
    )
    assert [one.strategy_id for one in judged.stale] == ["s1"]


@fuzzed(60)
@given(RANDOM)
def test_a_status_that_nobody_defined_is_unknown_and_neither_trades_nor_rests(rng: Random) -> None:
    status = stored(rng)
    state = items.strategy_of({**plain.STRATEGY, "status": status}, "acknowledged_status")
    judged = judge_heartbeats(
        [state],
        now=NOW,
        stale_after_seconds=120,
        trading_statuses=SETTINGS.trading_statuses,
        known_statuses=SETTINGS.known_statuses,
    )
    assert (len(judged.unknown_status) == 1) == (status not in SETTINGS.known_statuses if _word(status) else True)


def _word(value: Any) -> bool:
    return isinstance(value, str)


@fuzzed(60)
@given(RANDOM)
def test_a_kill_switch_lets_nobody_trade_unless_it_plainly_says_so(rng: Random) -> None:
    """Released are: no item, `engaged: false`, whoever a list of names leaves out, whoever a list releases."""
    item = plain.poisoned(rng, "guards", plain.KILL_SWITCH)
    switch = items.kill_switch_of(item)
    assert switch.engaged == (item.get("engaged") is not False)
    for name in ("s1", "s3", "somebody"):
        named = _names(item.get("strategy_ids"))
        released = not named and name in _names(item.get("released_ids"))
        let = item.get("engaged") is False or (bool(named) and name not in named) or released
        assert kill_switch.halts(switch, name) == (not let)


def _names(value: Any) -> set[str]:
    return set(map(str, value)) if isinstance(value, set | list) else set()


@fuzzed(60)
@given(RANDOM)
def test_a_positions_amount_is_the_one_that_stands_there_or_none(rng: Random) -> None:
    amount = stored(rng)
    found = lawfully(lambda: items.position_of({**plain.POSITION, "amount": amount}))
    if isinstance(found, Unread):
        assert not isinstance(amount, Decimal) or amount < 0
    else:
        assert (found.amount, type(amount)) == (amount, Decimal)
        assert found.amount >= 0, "exposure looks smaller than it is"


@fuzzed(60)
@given(RANDOM)
def test_one_position_that_cannot_be_read_hides_no_other(rng: Random) -> None:
    poison = {**plain.poisoned(rng, "positions", plain.POSITION), "position_id": "p2"}
    found = items.positions_of([poison, plain.POSITION])
    assert [one.position_id for one in found.readable][-1] == "p1"
    assert len(found.readable) + len(found.broken) == 2


@fuzzed(60)
@given(RANDOM)
def test_a_time_that_cannot_be_read_counts_as_spent(rng: Random) -> None:
    paid = {"a": stored(rng), "b": stored(rng), "c": stored(rng)}
    asked: Any = {"limit": 3, "window": timedelta(hours=1), "now": NOW, "token": "d"}
    spent = [one for one in paid.values() if time_of(one) is None]
    if len(spent) == 3:
        assert not budgets.paid(paid, **asked).allowed
    assert len(budgets.payments(paid, window=timedelta(hours=1), now=NOW)) >= len(spent)


@fuzzed(60)
@given(RANDOM)
def test_a_close_whose_end_cannot_be_read_is_in_progress(rng: Random) -> None:
    until = stored(rng)
    mark = {**plain.CLOSING, "act_until": until}
    over = isinstance(until, str) and until < "2027-01-31T03:00:00.000000Z"
    assert close_items.in_progress(mark, NOW) == (not over)


@fuzzed(60)
@given(RANDOM)
def test_an_act_that_cannot_be_read_is_never_done(rng: Random) -> None:
    intent = mutated(rng, plain.INTENT, stored)
    item = {**plain.INCIDENT, "intents": {"act": intent}}
    (act,) = incident_items.actions_of(item, unsettled=Result.UNKNOWN)
    if act["result"] == Result.DONE:
        assert intent["result"] == Result.DONE


# --- what the search has found, as it was found


@pytest.mark.parametrize("attribute", ["owner", "incident_id", "taken_at", "act_until"])
def test_a_lock_without_one_of_its_attributes_is_named(attribute: str) -> None:
    lock = {name: value for name, value in plain.LOCK.items() if name != attribute}
    with pytest.raises(Broken, match=attribute):
        items.held_of(lock)


@pytest.mark.parametrize("amount", [Decimal(-1), Decimal("-0.000001")])
def test_a_negative_amount_is_no_amount_for_it_would_make_exposure_smaller(amount: Decimal) -> None:
    with pytest.raises(Refused, match="its amount cannot be read"):
        items.position_of({**plain.POSITION, "amount": amount})


@pytest.mark.parametrize("scaling", ["none", {"minimum": "a"}, {"minimum": {}, "maximum": Decimal(1)}, [], True])
def test_auto_scaling_that_cannot_be_read_is_not_taken_for_none(scaling: Any) -> None:
    record = halt_items.service_of({**plain.SERVICE, "scaling": scaling})
    assert (record.scaling, record.scaling_unread) == (None, halt_items.UNREADABLE)


def test_a_halts_record_is_about_whom_its_key_names() -> None:
    forged = {**plain.RECORD, "strategy_id": "s2"}
    assert halt_items.record_of(forged).strategy_id == "s1"


def test_closes_that_stand_there_without_their_list_are_not_taken_for_none() -> None:
    with pytest.raises(Broken):
        close_items.closes_of({"guard_id": "closes/p1"})
    assert close_items.closes_of(None) == ()


@pytest.mark.parametrize("intents", [{"act": "done"}, {"act": []}, ["act"], "act", {"act": {"target": ["s1"]}}])
def test_an_incident_with_acts_that_cannot_be_read_can_be_ended(intents: Any) -> None:
    end = incident_items.ending({**plain.INCIDENT, "intents": intents}, {"outcome": "resolved"}, NOW)
    assert end["actions_counts"] == {"unknown": 1}


@pytest.mark.parametrize("stand", ["x", {"a": 1}, ["x"], [["x"]], True])
def test_records_that_are_none_keep_no_record_out(stand: Any) -> None:
    item = {**plain.INCIDENT, "approvals": stand, "follow_up": stand}
    assert incident_items.with_approval(item, {"approval_id": "apr-9"})[-1] == {"approval_id": "apr-9"}
    kept = incident_items.with_follow_up(item, FollowUp("note", "seen", "ana", NOW))
    assert kept is not None
    assert kept[-1]["text"] == "seen"


def test_what_an_incident_takes_over_from_a_table_holds_no_secret() -> None:
    item = incident_items.new_item({"cause": LEAK, "evidence": [Evidence("its error", "orders", LEAK, NOW)]})
    assert SECRET not in str(item)


@pytest.mark.parametrize("poison", [{"at": "x"}, {"at": ["a"]}, {"at": {}, "version": "1"}, {"at": None}])
def test_nothing_is_paid_from_a_budget_that_cannot_be_read(poison: Any) -> None:
    with pytest.raises(Broken, match="what was paid from it cannot be read"):
        budgets.paid_at({"guard_id": "b", **poison})
