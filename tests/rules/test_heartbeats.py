from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.rules.heartbeats import Heartbeats, judge_heartbeats
from tests.rules.facts import NOW, state
from tests.rules.worlds import states

TRADING = frozenset({"running", "warmup"})
KNOWN = TRADING | {"paused", "stopped", "failed", "terminated"}


def judge(*given: object, only: frozenset[str] | None = None) -> Heartbeats:
    return judge_heartbeats(
        given,  # type: ignore[arg-type]  # the table below hands over states only
        now=NOW,
        stale_after_seconds=120,
        trading_statuses=TRADING,
        known_statuses=KNOWN,
        only=only,
    )


@pytest.mark.parametrize(
    ("age", "stale"),
    [(0, False), (119, False), (120, False), (120.001, True), (86_400, True), (None, True)],
)
def test_a_heartbeat_is_stale_when_it_is_older_than_the_limit_or_not_readable(
    age: float | None, stale: bool
) -> None:
    beats = judge(state(age=age))
    assert bool(beats.stale) is stale
    assert bool(beats.beating) is not stale


@pytest.mark.parametrize(("ahead", "stale"), [(1, False), (300, False), (301, True), (86_400, True)])
def test_a_heartbeat_from_the_future_proves_nothing_beyond_the_skew_of_two_clocks(
    ahead: float, stale: bool
) -> None:
    assert bool(judge(state(age=-ahead)).stale) is stale


def test_warm_up_owes_a_heartbeat_as_running_does() -> None:
    assert judge(state(status="warmup")).stale


@pytest.mark.parametrize("status", ["paused", "stopped", "failed", "terminated"])
def test_a_status_that_does_not_trade_owes_no_heartbeat(status: str) -> None:
    beats = judge(state(status=status))
    assert not beats.stale
    assert [s.strategy_id for s in beats.not_trading] == ["a"]


def test_an_unknown_status_is_reported_and_never_guessed() -> None:
    beats = judge(state(status="Running"))
    assert [s.strategy_id for s in beats.unknown_status] == ["a"]
    assert not beats.stale
    assert not beats.beating


def test_a_run_for_one_strategy_names_other_stale_ones_besides_and_counts_all_that_beat() -> None:
    beats = judge(state("a"), state("b"), state("c", age=1), only=frozenset({"a"}))
    assert [s.strategy_id for s in beats.stale] == ["a"]
    assert [s.strategy_id for s in beats.stale_besides] == ["b"]
    assert [s.strategy_id for s in beats.beating] == ["c"]


@given(st.lists(states(), unique_by=lambda s: s.strategy_id), st.none() | st.frozensets(st.sampled_from("abcd")))
def test_every_strategy_is_judged_exactly_once_in_any_order(
    given_states: list[object], only: frozenset[str] | None
) -> None:
    beats = judge(*given_states, only=only)
    listed = [*beats.stale, *beats.beating, *beats.not_trading, *beats.unknown_status, *beats.stale_besides]
    assert len(listed) == len(given_states)
    assert set(listed) == set(given_states)
    assert judge(*reversed(given_states), only=only) == beats
