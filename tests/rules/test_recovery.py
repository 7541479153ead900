from __future__ import annotations

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.facts import StrategyState
from functions.rules.heartbeats import Heartbeats
from functions.rules.recovery import judge_monitor_look, judge_recovery
from tests.rules.facts import NOW, ago, state
from tests.rules.worlds import IDS, states, times


def test_a_heartbeat_newer_than_the_remedy_proves_the_recovery() -> None:
    look = judge_recovery({"a": ago(60), "b": ago(60)}, [state("a", age=59), state("b", age=10)], 3, now=NOW)
    assert (look.recovered, look.missing, look.again) == (("a", "b"), (), False)


@pytest.mark.parametrize("age", [60, 61, 300, None, -301])
def test_an_old_equal_missing_or_impossible_heartbeat_proves_nothing(age: float | None) -> None:
    look = judge_recovery({"a": ago(60)}, [state("a", age=age)], 3, now=NOW)
    assert (look.recovered, look.missing, look.again) == ((), ("a",), True)


def test_a_strategy_that_left_the_table_is_missing() -> None:
    assert judge_recovery({"a": ago(60)}, [], 0, now=NOW).missing == ("a",)


def test_the_last_look_is_not_followed_by_another() -> None:
    assert not judge_recovery({"a": ago(60)}, [], 0, now=NOW).again
    assert judge_recovery({"a": ago(60)}, [], 1).again


def test_without_the_time_a_future_heartbeat_is_taken_as_it_stands() -> None:
    assert judge_recovery({"a": ago(60)}, [state("a", age=-301)], 0).recovered == ("a",)


@given(
    st.dictionaries(st.sampled_from(IDS), times()),
    st.lists(states(), unique_by=lambda s: s.strategy_id),
    st.integers(-1, 3),
)
def test_everything_wanted_is_recovered_or_missing_and_never_both(
    wanted: dict[str, datetime], given_states: list[StrategyState], left: int
) -> None:
    look = judge_recovery(wanted, given_states, left, now=NOW)
    assert sorted([*look.recovered, *look.missing]) == sorted(wanted)
    beats = {s.strategy_id: s.last_heartbeat for s in given_states}
    for strategy_id in look.recovered:
        heartbeat = beats[strategy_id]
        assert heartbeat is not None
        assert heartbeat > wanted[strategy_id]
    assert not look.again or (look.missing and left > 0)


def beats(**lists: tuple[str, ...]) -> Heartbeats:
    names = ("stale", "beating", "not_trading", "unknown_status", "stale_besides")
    return Heartbeats(*(tuple(state(i) for i in lists.get(name, ())) for name in names))


def test_a_look_tells_our_own_failures_from_those_of_others() -> None:
    look = judge_monitor_look(beats(stale=("a", "x"), beating=("b",), unknown_status=("y",)), own={"a", "b"})
    assert (look.beating, look.trading, look.own, look.others) == (1, 3, ("a",), ("x", "y"))
    assert not look.well


def test_a_cured_strategy_that_no_longer_trades_or_is_gone_fails_the_look() -> None:
    look = judge_monitor_look(beats(beating=("b",), not_trading=("a",)), own={"a", "b", "gone"})
    assert look.own == ("a", "gone")


def test_a_look_at_a_service_where_everybody_beats_is_well() -> None:
    assert judge_monitor_look(beats(beating=("a", "b"), not_trading=("c",)), own={"a"}).well
    assert not judge_monitor_look(beats(beating=("a",), stale_besides=("b",)), own={"a"}).well
