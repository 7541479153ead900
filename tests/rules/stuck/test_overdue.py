"""When a position is stuck: by its age, by its exit, and by neither."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.facts import OrderFact, PositionFact
from functions.rules.stuck.overdue import BY_BOT, BY_LOG, BY_ORDER, BY_RECORD, Policy, exits_of, overdue

NOW = datetime(2026, 3, 1, 3, tzinfo=UTC)
POLICY = Policy(max_age_minutes=60, overdue_after=timedelta(seconds=300))


def position(**more: Any) -> PositionFact:
    given_: dict[str, Any] = {"position_id": "p", "strategy_id": "s", "symbol": "BTC/USDT:USDT", "side": "long"}
    return PositionFact(**{**given_, "amount": Decimal(1), "status": "open", **more})


def order(seconds: float | None, **more: Any) -> OrderFact:
    made = None if seconds is None else NOW - timedelta(seconds=seconds)
    given_: dict[str, Any] = {"position_id": "p", "order_id": "o", "strategy_id": "s", "side": "sell"}
    given_ |= {"type": "limit", "status": "open", "protective": False, "reducing": True, "created_at": made}
    return OrderFact(**{**given_, **more})


def ago(seconds: float) -> datetime:
    return NOW - timedelta(seconds=seconds)


@pytest.mark.parametrize(
    ("facts", "orders", "stuck"),
    [
        ({"opened_at": ago(3600)}, (), False),
        ({"opened_at": ago(3601)}, (), True),
        ({"opened_at": ago(60), "exit_signal_at": ago(299)}, (), False),
        ({"opened_at": ago(60), "exit_signal_at": ago(300)}, (), True),
        ({"exit_signal_at": ago(10)}, (order(900),), False),
        ({"opened_at": ago(60)}, (order(900), order(10)), True),
        ({"opened_at": ago(60)}, (order(900, protective=True),), False),
        ({"opened_at": ago(60)}, (order(900, side="buy", reducing=None),), False),
        ({"opened_at": ago(60)}, (order(900, reducing=None),), True),
        ({"opened_at": ago(60)}, (order(900, reducing=False),), False),
        ({}, (), None),
        ({}, (order(None),), None),
        ({"status": "closed", "exit_signal_at": ago(9_000)}, (), False),
        ({"status": "closing", "opened_at": ago(9_000)}, (), True),
    ],
)
def test_stuck_is_told_by_age_and_by_exit(
    facts: dict[str, Any], orders: tuple[OrderFact, ...], stuck: bool | None
) -> None:
    found = overdue(position(**facts), orders, POLICY, NOW)
    assert found.stuck is stuck
    assert found.told


def test_the_log_says_when_the_exit_was_due_where_nothing_else_does() -> None:
    found = overdue(position(opened_at=ago(60)), (), POLICY, NOW, logged_at=ago(400))
    assert (found.stuck, found.due_at) == (True, ago(400))
    signalled = overdue(position(opened_at=ago(60), exit_signal_at=ago(10)), (), POLICY, NOW, logged_at=ago(400))
    assert (signalled.stuck, signalled.due_at) == (False, ago(10))


def test_the_bots_exit_signal_is_the_last_to_say_when_the_exit_was_due() -> None:
    young = position(opened_at=ago(60))
    asked = {"logged_at": ago(400), "signalled_at": ago(500)}
    found = [
        overdue(position(opened_at=ago(60), exit_signal_at=ago(310)), (order(350),), POLICY, NOW, **asked),
        overdue(young, (order(350),), POLICY, NOW, **asked),
        overdue(young, (), POLICY, NOW, **asked),
        overdue(young, (), POLICY, NOW, signalled_at=ago(500)),
        overdue(young, (), POLICY, NOW),
    ]
    assert [one.due_at for one in found] == [ago(310), ago(350), ago(400), ago(500), None]
    assert [one.source for one in found] == [BY_RECORD, BY_ORDER, BY_LOG, BY_BOT, None]
    assert found[3].stuck
    assert f"by {BY_BOT}, and it is still open" in found[3].told


def test_exits_are_listed_the_oldest_first_and_one_without_a_time_last() -> None:
    orders = (order(None, order_id="c"), order(5, order_id="b"), order(9, order_id="a"))
    assert [one.order_id for one in exits_of(position(), orders)] == ["a", "b", "c"]


@given(st.integers(0, 20_000), st.integers(0, 20_000), st.integers(0, 5_000))
def test_what_is_stuck_stays_stuck(opened: int, due: int, later: int) -> None:
    facts = position(opened_at=ago(opened), exit_signal_at=ago(due))
    before, after = (overdue(facts, (), POLICY, at).stuck for at in (NOW, NOW + timedelta(seconds=later)))
    assert after or not before
