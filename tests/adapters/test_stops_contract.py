"""Strategies read in segments, stopped in batches, and brought back one by one."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from functions.errors import Broken
from functions.facts import Result
from functions.ports import Stop, Stopped
from tests.adapters.conftest import NOW
from tests.adapters.rigs import Rig

HALT = "inc-1"
UNTIL = NOW + timedelta(seconds=5)
MARKED = {"stopped_by": HALT, "stopped_at": "2026-01-31T03:00:00.000000Z", "status_before": "running"}


def running(rig: Rig, *strategy_ids: str, **more: Any) -> None:
    for strategy_id in strategy_ids:
        rig.put("trading_state", {"strategy_id": strategy_id, "status": "running", **more})


def stopped(rig: Rig, *stops: Stop) -> dict[str, Stopped]:
    answers = rig.ports.trading_state.stop_many(stops, stopped_by=HALT, until=UNTIL)
    assert len(answers) == len(stops)
    return {answer.strategy_id: answer for answer in answers}


def back(rig: Rig, *expected: str, status: str = "warmup", managing: bool = False) -> bool:
    return rig.ports.trading_state.bring_back(
        "s1", halt_id=HALT, expected=expected or ("stopped",), status=status, managing=managing
    )


@pytest.mark.parametrize("page", [3, 1000])
def test_the_segments_together_are_every_strategy_once(rig: Rig, page: int) -> None:
    running(
        rig, *(f"s{n}" for n in range(60)), last_heartbeat="2026-01-31T02:59:00Z", acknowledged_status="running"
    )
    rig.pages_of(page)
    seen: list[str] = []
    for number in range(8):
        key: str | None = None
        for _ in range(60):
            states, key = rig.ports.trading_state.segment(number, 8, key)
            assert len(states) <= page
            seen += [state.strategy_id for state in states]
            if key is None:
                break
        assert key is None
    assert sorted(seen) == sorted(f"s{n}" for n in range(60))


def test_a_segment_tells_of_a_strategy_what_a_look_at_it_tells(rig: Rig) -> None:
    running(rig, "s1", **MARKED, last_heartbeat="2026-01-31T02:59:00Z", acknowledged_status="stopped", note="x")
    states, key = rig.ports.trading_state.segment(0, 1, None)
    assert (list(states), key) == ([rig.ports.trading_state.get("s1")], None)


def test_sixty_strategies_are_stopped_with_their_marks(rig: Rig) -> None:
    running(rig, *(f"s{n}" for n in range(60)), last_heartbeat="x")
    answers = stopped(rig, *(Stop(f"s{n}", "running") for n in range(60)))
    assert set(answers) == {f"s{n}" for n in range(60)}
    assert {answer.result for answer in answers.values()} == {Result.DONE}
    for number in range(60):
        assert rig.item("trading_state", f"s{number}") == {
            "strategy_id": f"s{number}",
            "status": "stopped",
            "last_heartbeat": "x",
            **MARKED,
        }


def test_one_that_changed_or_is_gone_is_told_and_the_rest_is_stopped(rig: Rig) -> None:
    running(rig, "s1", "s2")
    rig.put("trading_state", {"strategy_id": "s3", "status": "paused"})
    answers = stopped(rig, *(Stop(name, "running") for name in ("s1", "s2", "s3", "gone")))
    assert {name: (each.result, each.changed) for name, each in answers.items()} == {
        "s1": (Result.DONE, False),
        "s2": (Result.DONE, False),
        "s3": (Result.NOT_DONE, True),
        "gone": (Result.NOT_DONE, True),
    }
    assert "not running" in (answers["s3"].why or "")
    assert rig.item("trading_state", "s3") == {"strategy_id": "s3", "status": "paused"}
    assert rig.item("trading_state", "gone") is None


def test_a_batch_that_is_said_twice_stands_and_keeps_the_status_before(rig: Rig) -> None:
    running(rig, "s1")
    assert stopped(rig, Stop("s1", "running"))["s1"].result is Result.DONE
    before = rig.item("trading_state", "s1")
    rig.set_time(NOW + timedelta(seconds=9))
    assert stopped(rig, Stop("s1", "running"))["s1"].result is Result.DONE
    assert rig.item("trading_state", "s1") == before


def test_what_somebody_else_stopped_is_not_claimed(rig: Rig) -> None:
    rig.put("trading_state", {"strategy_id": "s1", "status": "stopped", "stopped_by": "inc-2"})
    answer = stopped(rig, Stop("s1", "running"))["s1"]
    assert (answer.result, answer.changed) == (Result.NOT_DONE, True)
    with pytest.raises(Broken, match="claim"):
        stopped(rig, Stop("s1", "stopped"))


def test_nothing_to_stop_is_nothing_done(rig: Rig) -> None:
    assert list(rig.ports.trading_state.stop_many([], stopped_by=HALT, until=UNTIL)) == []


def test_a_strategy_comes_back_in_two_steps_and_each_may_be_said_twice(rig: Rig) -> None:
    running(rig, "s1")
    stopped(rig, Stop("s1", "running"))
    for _ in range(2):
        assert back(rig)
    for _ in range(2):
        assert back(rig, "warmup", status="running")
    assert rig.item("trading_state", "s1") == {
        "strategy_id": "s1",
        "status": "running",
        "started_by": HALT,
        "started_at": "2026-01-31T03:00:00.000000Z",
        "started_as": "running",
    }


@pytest.mark.parametrize(("started_as", "comes"), [("paused", True), ("running", False), (None, False)])
def test_what_a_person_paused_since_does_not_come_back(rig: Rig, started_as: str | None, comes: bool) -> None:
    marks = {"started_by": HALT} | ({"started_as": started_as} if started_as else {})
    rig.put("trading_state", {"strategy_id": "s1", "status": "paused", **marks})
    assert back(rig, "stopped", "paused", status="warmup") is comes


def test_what_its_bot_acknowledged_before_says_nothing_about_a_stop(rig: Rig) -> None:
    running(rig, "s1", acknowledged_status="stopped")
    stopped(rig, Stop("s1", "running"))
    state = rig.ports.trading_state.get("s1")
    assert state is not None
    assert (state.acknowledged_status, state.status_before) == (None, "running")


@pytest.mark.parametrize(
    "item",
    [
        {"status": "stopped", "stopped_by": "inc-2"},
        {"status": "stopped", "stopped_by": "inc-2", "started_by": HALT},
        {"status": "stopped", "started_by": HALT},
        {"status": "stopped"},
        {"status": "paused", "stopped_by": HALT},
        {"status": "running", "started_by": HALT},
        {"status": "warmup", "started_by": "inc-2"},
        {"status": "warmup", "started_by": HALT, "stopped_by": "inc-2"},
    ],
)
def test_only_what_this_halt_stopped_comes_back(rig: Rig, item: dict[str, Any]) -> None:
    rig.put("trading_state", {"strategy_id": "s1", **item})
    assert not back(rig)
    assert rig.item("trading_state", "s1") == {"strategy_id": "s1", **item}


def test_a_strategy_that_is_gone_does_not_come_back(rig: Rig) -> None:
    assert not back(rig)
    assert rig.item("trading_state", "s1") is None


HALTED: dict[str, Any] = {"engaged": True, "halt_id": HALT}
REFUSING = [
    HALTED,
    {**HALTED, "strategy_ids": {"s1"}},
    {**HALTED, "released_ids": {"s2", "s10"}},
    {**HALTED, "released_ids": "s1"},
    {**HALTED, "strategy_ids": {"s1"}, "released_ids": {"s1"}},
    {**HALTED, "manage_only": True},
    {},
]
LETTING = [
    {"engaged": False},
    {**HALTED, "strategy_ids": {"s2", "s10"}},
    {**HALTED, "released_ids": {"s1"}},
    {**HALTED, "released_ids": ["s1"]},
    {**HALTED, "strategy_ids": [], "released_ids": {"s1"}},
]


@pytest.mark.parametrize("by", ["bring_back", "start"])
@pytest.mark.parametrize("switch", REFUSING)
def test_nobody_comes_back_while_the_kill_switch_is_engaged_for_him(
    rig: Rig, switch: dict[str, Any], by: str
) -> None:
    rig.put("trading_state", {"strategy_id": "s1", "status": "stopped", **MARKED})
    rig.put("guards", {"guard_id": "kill-switch", **switch})
    state = rig.ports.trading_state
    assert not (back(rig) if by == "bring_back" else state.start("s1", stopped_by=HALT, status="warmup"))
    assert (rig.item("trading_state", "s1") or {})["status"] == "stopped"


@pytest.mark.parametrize("by", ["bring_back", "start"])
@pytest.mark.parametrize("switch", LETTING)
def test_whoever_the_kill_switch_leaves_out_comes_back(rig: Rig, switch: dict[str, Any], by: str) -> None:
    rig.put("trading_state", {"strategy_id": "s1", "status": "stopped", **MARKED})
    rig.put("guards", {"guard_id": "kill-switch", **switch})
    state = rig.ports.trading_state
    assert back(rig) if by == "bring_back" else state.start("s1", stopped_by=HALT, status="warmup")


@pytest.mark.parametrize(
    ("switch", "managed"),
    [
        ({**HALTED, "manage_only": True}, True),
        ({**HALTED, "strategy_ids": {"s1"}, "manage_only": True}, True),
        ({**HALTED, "manage_only": True, "stopped_since": {"s2"}}, True),
        ({**HALTED, "manage_only": True, "stopped_since": {"s1"}}, False),
        ({**HALTED, "manage_only": "yes"}, False),
        ({**HALTED, "halt_id": "inc-2", "manage_only": True}, False),
        (HALTED, False),
        ({"engaged": False}, True),
    ],
)
def test_exits_are_managed_only_where_this_very_halt_allows_it(
    rig: Rig, switch: dict[str, Any], managed: bool
) -> None:
    rig.put("trading_state", {"strategy_id": "s1", "status": "stopped", **MARKED})
    rig.put("guards", {"guard_id": "kill-switch", **switch})
    assert back(rig, status="paused", managing=True) == managed
    assert (rig.item("trading_state", "s1") or {})["status"] == ("paused" if managed else "stopped")
