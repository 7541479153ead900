from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.facts import KillSwitchFact, StrategyState
from functions.rules.restart import MayRestart, MayStart, may_restart, may_start
from tests.rules.facts import ENGAGED, NOW, RELEASED, state
from tests.rules.worlds import kill_switches, states

TRADING = frozenset({"running", "warmup"})


def restart(of: StrategyState | None, **more: Any) -> MayRestart:
    given: dict[str, Any] = {
        "strategy_id": "a", "kill_switch": RELEASED, "now": NOW, "stale_after_seconds": 120,
        "trading_statuses": TRADING, **more,
    }  # fmt: skip
    return may_restart(of, **given)


def start(of: StrategyState | None, **more: Any) -> MayStart:
    given: dict[str, Any] = {
        "strategy_id": "a", "kill_switch": RELEASED, "incident_id": "inc-1", "status": "running", **more,
    }  # fmt: skip
    return may_start(of, **given)


@pytest.mark.parametrize("status", ["running", "warmup"])
def test_a_stale_strategy_is_restarted_into_the_status_that_it_had(status: str) -> None:
    assert restart(state(status=status)) == MayRestart(True, status, f"it is {status} and stale")


def test_a_strategy_that_beats_again_by_itself_is_not_interrupted() -> None:
    assert not restart(state(age=10)).allowed


@pytest.mark.parametrize("status", ["stopped", "paused", "terminated", "odd"])
def test_a_strategy_that_somebody_took_out_of_trading_is_left_alone(status: str) -> None:
    assert "does not trade" in restart(state(status=status)).reason


def test_a_status_changed_meanwhile_is_somebody_elses_will() -> None:
    found = restart(state(status="running"), expected_status="warmup")
    assert not found.allowed
    assert "it was warmup and is running now" in found.reason
    assert restart(state(status="warmup"), expected_status="warmup").allowed


@pytest.mark.parametrize(
    "switch",
    [
        None,
        ENGAGED,
        KillSwitchFact(engaged=True, strategy_ids=("a",)),
        # An empty list must not read as "for nobody".
        KillSwitchFact(engaged=True, strategy_ids=()),
    ],
)
def test_nothing_is_stopped_or_started_while_halted_or_unread(switch: KillSwitchFact | None) -> None:
    assert not restart(state(), kill_switch=switch).allowed
    ours = state(status="stopped", stopped_by="inc-1")
    assert start(ours, kill_switch=switch).action == "leave"


def test_a_kill_switch_for_others_does_not_concern_this_strategy() -> None:
    assert restart(state(), kill_switch=KillSwitchFact(engaged=True, strategy_ids=("b",))).allowed


def test_a_strategy_that_left_the_table_is_neither_stopped_nor_started() -> None:
    assert not restart(None).allowed
    assert start(None).action == "leave"


def test_our_own_stop_is_ours_to_start_again() -> None:
    assert start(state(status="stopped", stopped_by="inc-1")).action == "start"


@pytest.mark.parametrize(
    ("status", "stopped_by"), [("stopped", "inc-2"), ("stopped", None), ("paused", "inc-1"), ("running", "inc-1")]
)
def test_what_somebody_else_stopped_or_changed_is_left(status: str, stopped_by: str | None) -> None:
    assert start(state(status=status, stopped_by=stopped_by)).action == "leave"


def test_the_one_who_stopped_it_is_named() -> None:
    assert "by inc-2" in start(state(status="stopped", stopped_by="inc-2")).reason
    assert "by somebody else" in start(state(status="stopped")).reason


def test_a_start_that_an_earlier_try_did_is_seen() -> None:
    assert start(state(status="running")).action == "already"


@given(states(), st.none() | kill_switches())
def test_only_stale_trading_strategies_under_a_released_switch_are_stopped(
    of: StrategyState, switch: KillSwitchFact | None
) -> None:
    found = restart(of, strategy_id=of.strategy_id, kill_switch=switch)
    assert found == restart(of, strategy_id=of.strategy_id, kill_switch=switch)
    if found.allowed:
        assert switch is not None
        assert not switch.engaged or (switch.strategy_ids and of.strategy_id not in switch.strategy_ids)
        assert of.status in TRADING
        assert found.status == of.status
    else:
        assert found.status == ""


@given(states(), st.none() | kill_switches())
def test_only_our_own_stop_under_a_released_switch_is_started(
    of: StrategyState, switch: KillSwitchFact | None
) -> None:
    if start(of, strategy_id=of.strategy_id, kill_switch=switch).action == "start":
        assert switch is not None
        assert not switch.engaged or (switch.strategy_ids and of.strategy_id not in switch.strategy_ids)
        assert (of.status, of.stopped_by) == ("stopped", "inc-1")
