from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from functions.errors import Broken
from tests.adapters.conftest import NOW
from tests.adapters.rigs import Rig

INCIDENT = "inc-1"


def running(strategy_id: str = "s1", **more: Any) -> dict[str, Any]:
    return {"strategy_id": strategy_id, "status": "running", **more}


def test_reads_every_strategy_over_all_pages(rig: Rig) -> None:
    padding = "x" * 60_000
    for number in range(40):
        rig.put("trading_state", running(f"s{number}", note=padding))
    assert {state.strategy_id for state in rig.ports.trading_state.all()} == {f"s{n}" for n in range(40)}


@pytest.mark.parametrize(
    "written",
    ["2026-01-31T02:59:00Z", "2026-01-31T03:59:00+01:00", "2026-01-31T02:59:00.000+00:00"],
)
def test_reads_a_heartbeat_with_z_or_an_offset(rig: Rig, written: str) -> None:
    rig.put("trading_state", running(last_heartbeat=written))
    state = rig.ports.trading_state.get("s1")
    assert state is not None
    assert state.last_heartbeat == NOW - timedelta(minutes=1)
    assert state.heartbeat_text == written


@pytest.mark.parametrize("written", ["", "yesterday", "2026-01-31T02:59:00", "1769828340", 1769828340, True])
def test_keeps_an_unreadable_heartbeat_as_text_and_reads_no_time_from_it(rig: Rig, written: Any) -> None:
    rig.put("trading_state", running(last_heartbeat=written))
    state = rig.ports.trading_state.get("s1")
    assert state is not None
    assert state.last_heartbeat is None
    assert state.heartbeat_text == str(written)


def test_a_missing_heartbeat_and_a_missing_status_are_told_as_missing(rig: Rig) -> None:
    rig.put("trading_state", {"strategy_id": "s1"})
    (state,) = rig.ports.trading_state.all()
    assert (state.status, state.last_heartbeat, state.heartbeat_text) == ("", None, None)


def test_an_unknown_strategy_is_none(rig: Rig) -> None:
    assert rig.ports.trading_state.get("nobody") is None


def test_a_stop_is_marked_as_ours_and_keeps_the_status_before(rig: Rig) -> None:
    rig.put("trading_state", running(last_heartbeat="x", acknowledged_status="running"))
    assert rig.ports.trading_state.stop("s1", expected_status="running", stopped_by=INCIDENT)
    item = rig.item("trading_state", "s1")
    assert item is not None
    assert item == {
        "strategy_id": "s1",
        "status": "stopped",
        "stopped_by": INCIDENT,
        "stopped_at": "2026-01-31T03:00:00.000000Z",
        "status_before": "running",
        "last_heartbeat": "x",
        "acknowledged_status": "running",
    }
    state = rig.ports.trading_state.get("s1")
    assert state is not None
    assert (state.stopped_by, state.acknowledged_status) == (INCIDENT, "running")


def test_a_repeated_stop_of_the_same_incident_stands(rig: Rig) -> None:
    rig.put("trading_state", running())
    for _ in range(2):
        assert rig.ports.trading_state.stop("s1", expected_status="running", stopped_by=INCIDENT)


def test_a_stop_from_another_status_or_after_another_stop_does_not_hold(rig: Rig) -> None:
    rig.put("trading_state", {"strategy_id": "s1", "status": "paused"})
    assert not rig.ports.trading_state.stop("s1", expected_status="running", stopped_by=INCIDENT)
    rig.put("trading_state", {"strategy_id": "s2", "status": "stopped", "stopped_by": "inc-2"})
    assert not rig.ports.trading_state.stop("s2", expected_status="running", stopped_by=INCIDENT)
    assert not rig.ports.trading_state.stop("nobody", expected_status="running", stopped_by=INCIDENT)
    assert rig.item("trading_state", "nobody") is None


def test_a_stopped_strategy_cannot_be_claimed_by_a_stop(rig: Rig) -> None:
    rig.put("trading_state", {"strategy_id": "s1", "status": "stopped"})
    with pytest.raises(Broken):
        rig.ports.trading_state.stop("s1", expected_status="stopped", stopped_by=INCIDENT)


def test_a_start_takes_the_marks_away_and_leaves_its_own(rig: Rig) -> None:
    rig.put("trading_state", running())
    rig.ports.trading_state.stop("s1", expected_status="running", stopped_by=INCIDENT)
    assert rig.ports.trading_state.start("s1", stopped_by=INCIDENT, status="warmup")
    assert rig.item("trading_state", "s1") == {
        "strategy_id": "s1",
        "status": "warmup",
        "started_by": INCIDENT,
        "started_at": "2026-01-31T03:00:00.000000Z",
        "started_as": "warmup",
    }


def test_a_repeated_start_of_the_same_incident_stands(rig: Rig) -> None:
    rig.put("trading_state", running())
    rig.ports.trading_state.stop("s1", expected_status="running", stopped_by=INCIDENT)
    for _ in range(2):
        assert rig.ports.trading_state.start("s1", stopped_by=INCIDENT, status="running")


@pytest.mark.parametrize(
    "item",
    [
        {"strategy_id": "s1", "status": "stopped", "stopped_by": "inc-2"},
        {"strategy_id": "s1", "status": "stopped"},
        {"strategy_id": "s1", "status": "paused", "stopped_by": INCIDENT},
        {"strategy_id": "s1", "status": "running", "stopped_by": INCIDENT},
        {"strategy_id": "s1", "status": "running", "started_by": "inc-2"},
    ],
)
def test_starts_only_what_is_still_stopped_by_us(rig: Rig, item: dict[str, Any]) -> None:
    rig.put("trading_state", item)
    assert not rig.ports.trading_state.start("s1", stopped_by=INCIDENT, status="running")
    assert rig.item("trading_state", "s1") == item


ENGAGED = [
    {"engaged": True},
    {"engaged": True, "strategy_ids": {"s1", "s2"}},
    {"engaged": True, "strategy_ids": ["s1"]},
    {"engaged": True, "strategy_ids": []},
    {"engaged": True, "strategy_ids": "s2"},
    {"engaged": "no"},
    {},
]
LEFT_OUT = [
    {"engaged": False},
    {"engaged": False, "strategy_ids": ["s1"]},
    {"engaged": True, "strategy_ids": ["s2"]},
    {"engaged": True, "strategy_ids": {"s10", "s2"}},
]


@pytest.mark.parametrize("switch", ENGAGED)
def test_starts_nothing_while_the_kill_switch_is_engaged_for_it(rig: Rig, switch: dict[str, Any]) -> None:
    rig.put("trading_state", running())
    rig.ports.trading_state.stop("s1", expected_status="running", stopped_by=INCIDENT)
    rig.put("guards", {"guard_id": "kill-switch", **switch})
    assert not rig.ports.trading_state.start("s1", stopped_by=INCIDENT, status="running")
    state = rig.ports.trading_state.get("s1")
    assert state is not None
    assert state.status == "stopped"
    fact = rig.ports.guards.kill_switch()
    assert fact.engaged
    assert fact.strategy_ids is None or "s1" in fact.strategy_ids


@pytest.mark.parametrize("switch", LEFT_OUT)
def test_starts_what_the_kill_switch_leaves_out(rig: Rig, switch: dict[str, Any]) -> None:
    rig.put("trading_state", running())
    rig.ports.trading_state.stop("s1", expected_status="running", stopped_by=INCIDENT)
    rig.put("guards", {"guard_id": "kill-switch", **switch})
    assert rig.ports.trading_state.start("s1", stopped_by=INCIDENT, status="running")
    fact = rig.ports.guards.kill_switch()
    assert not fact.engaged or (fact.strategy_ids is not None and "s1" not in fact.strategy_ids)
