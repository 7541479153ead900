from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.facts import AlarmFact, KillSwitchFact
from functions.rules.sweep import SweepVerdict, judge_sweep
from tests.rules.facts import ENGAGED, NOW, RELEASED, ago
from tests.rules.worlds import alarms, ids, kill_switches

UP = AlarmFact("heartbeat-stale", "ALARM", since=ago(90))


def sweep(**more: Any) -> SweepVerdict:
    given: dict[str, Any] = {
        "alarm": UP, "stale_ids": ["b", "a"], "guard_held": False, "owner_running": False, "known_ids": (),
        "kill_switch": RELEASED, "mode": "act", "now": NOW, **more,
    }  # fmt: skip
    return judge_sweep(**given)


def test_an_alarm_that_is_up_with_a_real_symptom_and_nobody_at_work_starts_a_run() -> None:
    assert (sweep().action, sweep().new_ids) == ("start", ("a", "b"))
    assert sweep(mode="observe").action == "start"


@pytest.mark.parametrize(
    ("facts", "told"),
    [
        ({"mode": "off"}, "switched off"),
        ({"alarm": None}, "unreadable"),
        ({"alarm": AlarmFact("h", None)}, "unreadable"),
        ({"alarm": AlarmFact("h", "OK")}, "OK"),
        ({"alarm": AlarmFact("h", "INSUFFICIENT_DATA")}, "INSUFFICIENT_DATA"),
        ({"stale_ids": []}, "no heartbeat is stale"),
        ({"kill_switch": ENGAGED}, "the kill switch is engaged by ana"),
        ({"guard_held": True, "owner_running": True, "known_ids": ["a", "b", "c"]}, "a run is at work"),
        ({"alarm": AlarmFact("h", "ALARM", since=ago(44))}, "the transition's own event"),
    ],
)
def test_nothing_is_started_and_the_reason_is_said(facts: dict[str, Any], told: str) -> None:
    assert sweep(**facts).action == "none"
    assert told in sweep(**facts).reason


def test_the_transitions_own_event_is_given_time_and_no_more() -> None:
    assert sweep(alarm=AlarmFact("h", "ALARM", since=ago(45))).action == "start"
    assert sweep(alarm=AlarmFact("h", "ALARM")).action == "start"


def test_a_strategy_that_went_stale_while_a_run_is_at_work_is_told() -> None:
    verdict = sweep(guard_held=True, owner_running=True, known_ids=["a"])
    assert (verdict.action, verdict.new_ids) == ("tell", ("b",))


def test_a_guard_whose_owner_has_ended_does_not_keep_a_run_from_starting() -> None:
    assert sweep(guard_held=True, owner_running=False).action == "start"


def test_a_sweep_is_not_spent_while_the_last_act_of_an_ended_run_may_be_at_work() -> None:
    waiting = sweep(guard_held=True, act_until=ago(-30))
    assert waiting.action == "none"
    assert "may be at work until 03:00:30 UTC" in waiting.reason
    assert sweep(guard_held=True, act_until=NOW).action == "start"
    assert sweep(guard_held=False, act_until=ago(-30)).action == "start"


def test_halted_strategies_are_no_reason_to_start() -> None:
    some = KillSwitchFact(engaged=True, strategy_ids=("a",))
    assert sweep(kill_switch=some).new_ids == ("b",)
    assert sweep(kill_switch=some, stale_ids=["a"]).action == "none"


def test_an_unreadable_kill_switch_starts_a_run_that_fails_closed_itself() -> None:
    assert sweep(kill_switch=None).action == "start"


def test_after_the_last_sweep_it_pages_once() -> None:
    assert sweep(sweeps_done=2, limit=3).action == "start"
    assert sweep(sweeps_done=3, limit=3).action == "page"
    assert sweep(sweeps_done=4, limit=3).action == "none"


@given(
    st.none() | alarms(), st.lists(ids), st.booleans(), st.booleans(), st.frozensets(ids),
    st.none() | kill_switches(), st.sampled_from(["off", "observe", "act"]), st.integers(0, 5),
)  # fmt: skip
def test_a_run_only_starts_for_an_alarm_that_is_up_and_a_strategy_that_is_not_halted(
    alarm: AlarmFact | None, stale: list[str], held: bool, running: bool, known: frozenset[str],
    switch: KillSwitchFact | None, mode: str, done: int,
) -> None:  # fmt: skip
    verdict = sweep(
        alarm=alarm, stale_ids=stale, guard_held=held, owner_running=running, known_ids=known,
        kill_switch=switch, mode=mode, sweeps_done=done, limit=3,
    )  # fmt: skip
    assert verdict.reason
    if verdict.action in ("start", "page"):
        assert mode != "off"
        assert alarm is not None
        assert alarm.state == "ALARM"
        assert not (held and running)
        assert verdict.new_ids
        assert set(verdict.new_ids) <= set(stale)
        assert switch is None or not switch.engaged or switch.strategy_ids
    if verdict.action == "start":
        assert done < 3
    if verdict.action == "tell":
        assert not set(verdict.new_ids) & known
