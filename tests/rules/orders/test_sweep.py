"""When order-failures is started again while its alarm stays up."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from functions.facts import AlarmFact, KillSwitchFact
from functions.rules.orders.sweep import OrderSweep, judge_sweep
from tests.rules.facts import NOW

UP = AlarmFact("orders", "ALARM", since=NOW - timedelta(minutes=10))


def judged(**more: Any) -> OrderSweep:
    given: dict[str, Any] = {
        "alarm": UP,
        "failing": 3,
        "at_work": False,
        "act_until": None,
        "rests_until": None,
        "kill_switch": KillSwitchFact(engaged=False),
        "mode": "act",
        "now": NOW,
        **more,
    }
    return judge_sweep(**given)


def test_orders_that_fail_and_that_nobody_is_at_work_on_are_looked_at_again() -> None:
    assert judged().start


def test_a_kill_switch_that_cannot_be_read_starts_a_run_that_reads_it_again() -> None:
    assert judged(kill_switch=None).start


def test_a_halt_of_some_strategies_stops_no_run_for_the_others() -> None:
    assert judged(kill_switch=KillSwitchFact(engaged=True, strategy_ids=("s9",))).start


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"mode": "off"}, "switched off"),
        ({"alarm": AlarmFact("orders", "OK")}, "is OK"),
        ({"alarm": AlarmFact("orders", None)}, "unreadable"),
        ({"failing": 0}, "no order fails any more"),
        ({"kill_switch": KillSwitchFact(engaged=True)}, "kill switch"),
        ({"at_work": True}, "at work"),
        ({"rests_until": NOW + timedelta(minutes=5)}, "a person leaves them"),
        ({"act_until": NOW + timedelta(seconds=5)}, "last act"),
        ({"alarm": AlarmFact("orders", "ALARM", since=NOW - timedelta(seconds=10))}, "own event"),
    ],
)
def test_nothing_is_started_where_it_would_be_in_vain_or_against_somebody(given: dict[str, Any], told: str) -> None:
    verdict = judged(**given)
    assert not verdict.start
    assert told in verdict.reason
