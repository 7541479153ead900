"""Entries paused while a position is closed and going on afterwards; nobody started in the middle of a close."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from functions.errors import Broken
from tests.adapters.conftest import NOW
from tests.adapters.rigs import Rig

INCIDENT = "inc-1"
UNTIL = NOW + timedelta(seconds=60)
STARTED = {"started_by": "halt-1", "started_as": "running", "started_at": "x"}


def strategy(rig: Rig, **more: Any) -> None:
    rig.put("trading_state", {"strategy_id": "s1", "status": "running", "last_heartbeat": "x", **more})


def pause(rig: Rig, **changes: str) -> bool:
    given = {"expected_status": "running", "status": "paused", "paused_by": INCIDENT, **changes}
    return rig.ports.trading_state.pause("s1", **given)


def unpause(rig: Rig, paused_by: str = INCIDENT) -> bool:
    return rig.ports.trading_state.unpause("s1", paused_by=paused_by, paused="paused")


def status(rig: Rig) -> str:
    state = rig.ports.trading_state.get("s1")
    assert state is not None
    return state.status


def test_a_pause_is_marked_as_ours_and_keeps_what_it_was(rig: Rig) -> None:
    strategy(rig)
    for _ in range(2):
        assert pause(rig)
        assert rig.item("trading_state", "s1") == {
            "strategy_id": "s1",
            "status": "paused",
            "last_heartbeat": "x",
            "paused_by": INCIDENT,
            "paused_at": "2026-01-31T03:00:00.000000Z",
            "paused_from": "running",
        }


@pytest.mark.parametrize(
    "item",
    [
        {"status": "warmup"},
        {"status": "paused"},
        {"status": "paused", "paused_by": "inc-2"},
        {"status": "stopped", "stopped_by": INCIDENT},
    ],
)
def test_pauses_only_what_still_is_what_was_seen(rig: Rig, item: dict[str, str]) -> None:
    strategy(rig, **item)
    before = rig.item("trading_state", "s1")
    assert not pause(rig)
    assert rig.item("trading_state", "s1") == before


def test_a_strategy_that_there_is_not_is_not_made(rig: Rig) -> None:
    assert not pause(rig)
    assert not unpause(rig)
    assert rig.item("trading_state", "s1") is None


def test_what_is_paused_already_is_not_claimed(rig: Rig) -> None:
    strategy(rig, status="paused")
    with pytest.raises(Broken, match="paused already"):
        pause(rig, expected_status="paused")


@pytest.mark.parametrize("was", ["running", "warmup"])
def test_goes_back_to_what_it_was_and_says_by_whom(rig: Rig, was: str) -> None:
    strategy(rig, status=was, **STARTED)
    assert pause(rig, expected_status=was)
    for _ in range(2):
        assert unpause(rig)
        assert rig.item("trading_state", "s1") == {
            "strategy_id": "s1",
            "status": was,
            "last_heartbeat": "x",
            **STARTED,
            "unpaused_by": INCIDENT,
            "unpaused_at": "2026-01-31T03:00:00.000000Z",
            "unpaused_as": was,
        }


def test_a_second_pause_of_the_same_incident_can_be_ended_again(rig: Rig) -> None:
    strategy(rig)
    for _ in range(2):
        assert pause(rig)
        assert unpause(rig)
    assert pause(rig)
    assert status(rig) == "paused"
    assert "unpaused_by" not in (rig.item("trading_state", "s1") or {})


@pytest.mark.parametrize(
    "item",
    [
        {"status": "paused"},
        {"status": "paused", "paused_by": "inc-2", "paused_from": "running"},
        {"status": "paused", "paused_by": INCIDENT},
        {"status": "stopped", "paused_by": INCIDENT, "paused_from": "running"},
        {"status": "stopped", "unpaused_by": INCIDENT, "unpaused_as": "running"},
        {"status": "running"},
    ],
)
def test_ends_only_a_pause_that_is_still_ours(rig: Rig, item: dict[str, str]) -> None:
    strategy(rig, **item)
    before = rig.item("trading_state", "s1")
    assert not unpause(rig)
    assert rig.item("trading_state", "s1") == before


@pytest.mark.parametrize(
    "switch", [{"engaged": True}, {"engaged": True, "strategy_ids": {"s1"}}, {"engaged": "no"}]
)
def test_stays_paused_while_the_kill_switch_is_engaged_for_it(rig: Rig, switch: dict[str, Any]) -> None:
    strategy(rig)
    pause(rig)
    rig.put("guards", {"guard_id": "kill-switch", **switch})
    assert not unpause(rig)
    assert status(rig) == "paused"


def test_goes_on_where_the_kill_switch_leaves_it_out(rig: Rig) -> None:
    strategy(rig)
    pause(rig)
    rig.put("guards", {"guard_id": "kill-switch", "engaged": True, "strategy_ids": {"s2"}})
    assert unpause(rig)
    assert status(rig) == "running"


@pytest.mark.parametrize("whose", [INCIDENT, "inc-2"])
def test_stays_paused_while_a_close_of_it_is_in_progress(rig: Rig, whose: str) -> None:
    strategy(rig)
    pause(rig)
    rig.ports.closes.begin("s1", whose, until=UNTIL)
    assert not unpause(rig)
    assert status(rig) == "paused"
    rig.ports.closes.over("s1", whose)
    assert unpause(rig)
    assert status(rig) == "running"


def hand_over(rig: Rig, paused_by: str = INCIDENT) -> str | None:
    return rig.ports.trading_state.hand_over("s1", paused_by=paused_by, paused="paused")


def test_the_pause_is_handed_to_the_close_that_goes_on_and_ended_by_it(rig: Rig) -> None:
    strategy(rig)
    pause(rig)
    rig.ports.closes.begin("s1", INCIDENT, until=UNTIL + timedelta(seconds=90))
    rig.ports.closes.begin("s1", "inc-2", until=UNTIL)
    rig.ports.closes.begin("s1", "inc-3", until=UNTIL + timedelta(seconds=30))
    for _ in range(2):
        assert hand_over(rig) == "inc-3"
    state = rig.ports.trading_state.get("s1")
    assert state is not None
    assert (state.status, state.paused_by, state.paused_from) == ("paused", "inc-3", "running")
    for one in (INCIDENT, "inc-2", "inc-3"):
        rig.ports.closes.over("s1", one)
    assert not unpause(rig)
    assert unpause(rig, "inc-3")
    assert status(rig) == "running"


@pytest.mark.parametrize(
    ("item", "whose"),
    [
        ({"status": "paused", "paused_by": INCIDENT, "paused_from": "running"}, INCIDENT),
        ({"status": "paused", "paused_by": INCIDENT, "paused_from": "running"}, None),
        ({"status": "paused", "paused_by": "ana", "paused_from": "running"}, "inc-2"),
        ({"status": "paused"}, "inc-2"),
        ({"status": "running", "paused_by": INCIDENT, "paused_from": "running"}, "inc-2"),
    ],
)
def test_nothing_is_handed_to_nobody_and_nobody_elses_pause(
    rig: Rig, item: dict[str, Any], whose: str | None
) -> None:
    strategy(rig, **item)
    if whose is not None:
        rig.ports.closes.begin("s1", whose, until=UNTIL)
    before = rig.item("trading_state", "s1")
    assert hand_over(rig) is None
    assert rig.item("trading_state", "s1") == before


def test_nothing_is_handed_to_a_close_whose_time_is_over(rig: Rig) -> None:
    strategy(rig)
    pause(rig)
    rig.ports.closes.begin("s1", "inc-2", until=UNTIL)
    rig.set_time(UNTIL + timedelta(seconds=1))
    assert hand_over(rig) is None


def back(rig: Rig, by: str) -> bool:
    state = rig.ports.trading_state
    if by == "start":
        return state.start("s1", stopped_by=INCIDENT, status="running")
    return state.bring_back("s1", halt_id=INCIDENT, expected=["stopped"], status="running", managing=True)


BY = pytest.mark.parametrize("by", ["start", "bring_back"])


@BY
@pytest.mark.parametrize("whose", [INCIDENT, "inc-2"])
def test_nobody_is_started_while_his_position_is_being_closed(rig: Rig, by: str, whose: str) -> None:
    strategy(rig, status="stopped", stopped_by=INCIDENT)
    assert rig.ports.closes.begin("s1", whose, until=UNTIL)
    rig.set_time(UNTIL)
    assert not back(rig, by)
    assert status(rig) == "stopped"
    rig.ports.closes.over("s1", whose)
    assert back(rig, by)
    assert status(rig) == "running"


@BY
def test_a_mark_whose_time_is_over_holds_nobody_back(rig: Rig, by: str) -> None:
    strategy(rig, status="stopped", stopped_by=INCIDENT)
    assert rig.ports.closes.begin("s1", "inc-2", until=UNTIL)
    rig.set_time(UNTIL + timedelta(seconds=1))
    assert back(rig, by)


@BY
def test_a_mark_that_cannot_be_read_holds_back(rig: Rig, by: str) -> None:
    strategy(rig, status="stopped", stopped_by=INCIDENT)
    rig.put("guards", {"guard_id": "closing/s1", "incident_id": "inc-2"})
    assert not back(rig, by)


@BY
def test_a_close_of_another_strategy_holds_nobody_back(rig: Rig, by: str) -> None:
    strategy(rig, status="stopped", stopped_by=INCIDENT)
    assert rig.ports.closes.begin("s2", INCIDENT, until=UNTIL)
    assert back(rig, by)
