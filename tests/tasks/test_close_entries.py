"""The entries of a strategy while its positions are closed: two closes at once, and what stays paused."""

from __future__ import annotations

from datetime import timedelta

import pytest

from functions.adapters.memory import twins
from functions.closing.job import Look, Resumed
from functions.errors import Transient
from functions.facts import Result
from functions.ports import Ports
from functions.rules.left_behind import PAUSE, RESUME
from functions.tasks import pause_entries, resume_entries
from tests.tasks.close_rig import STRATEGY, CloseRig, closes
from tests.tasks.rig import INCIDENT

OTHER = "inc-other"


def ports(rig: CloseRig) -> Ports:
    return twins(rig.world)


def state(rig: CloseRig) -> tuple[str, str | None]:
    found = ports(rig).trading_state.get(STRATEGY)
    assert found is not None
    return found.status, found.paused_by


def other_begins(rig: CloseRig) -> None:
    """A close of another position of the same strategy, under another incident."""
    ports(rig).closes.begin(STRATEGY, OTHER, until=rig.now + timedelta(hours=1))


def test_the_last_close_of_a_strategy_to_end_brings_its_entries_back() -> None:
    rig = CloseRig()
    began: list[bool] = []

    def between(name: str) -> None:
        if name == "SendAttempt" and not began:
            other_begins(rig)
            began.append(True)

    assert closes(rig, between=between).error is None
    assert state(rig) == ("paused", OTHER)
    result = rig.result()
    assert (result.entries, result.pause_stands) == (
        f"paused: the close of incident {OTHER} goes on, and ends the pause",
        False,
    )
    ports(rig).closes.over(STRATEGY, OTHER)
    assert ports(rig).trading_state.unpause(STRATEGY, paused_by=OTHER, paused="paused")
    assert state(rig) == ("running", None)


def test_a_close_that_found_it_paused_by_another_ends_the_pause_when_it_is_the_last() -> None:
    rig = CloseRig()
    other_begins(rig)
    assert ports(rig).trading_state.pause(STRATEGY, expected_status="running", status="paused", paused_by=OTHER)

    def between(name: str) -> None:
        if name == "WatchStrategy":
            ports(rig).closes.over(STRATEGY, OTHER)
            assert not ports(rig).trading_state.unpause(STRATEGY, paused_by=OTHER, paused="paused")
            assert ports(rig).trading_state.hand_over(STRATEGY, paused_by=OTHER, paused="paused") == INCIDENT

    assert closes(rig, between=between).error is None
    assert state(rig) == ("running", None)
    assert (rig.result().entries, rig.result().pause_stands) == ("running", False)


def test_a_close_that_is_not_the_last_leaves_the_pause_of_the_other() -> None:
    rig = CloseRig()
    other_begins(rig)
    ports(rig).trading_state.pause(STRATEGY, expected_status="running", status="paused", paused_by=OTHER)
    assert closes(rig).error is None
    assert state(rig) == ("paused", OTHER)
    assert rig.result().entries == f"paused: the close of incident {OTHER} goes on, and ends the pause"
    assert rig.result().pause_stands is False


def test_a_pause_that_a_close_has_left_behind_is_told_and_not_ended_by_another() -> None:
    rig = CloseRig()
    ports(rig).trading_state.pause(STRATEGY, expected_status="running", status="paused", paused_by=OTHER)
    assert closes(rig).error is None
    assert state(rig) == ("paused", OTHER)
    assert (rig.result().entries, rig.result().pause_stands) == (f"paused by incident {OTHER}", False)


def test_a_pause_is_written_down_by_every_close_that_it_is_for_with_its_end() -> None:
    rig = CloseRig()
    other_begins(rig)
    ports(rig).trading_state.pause(STRATEGY, expected_status="running", status="paused", paused_by=OTHER)
    paused = rig.work(pause_entries, job=rig.job())
    assert (paused.status, paused.ours) == ("paused", False)
    assert acts(rig) == [(PAUSE, Result.DONE.value)]
    closes(rig)
    assert acts(rig)[-1] == (RESUME, Result.DONE.value)


def test_a_pause_by_a_person_is_nobodys_to_end() -> None:
    rig = CloseRig()
    rig.strategy(STRATEGY, age=5, status="paused")
    other_begins(rig)
    assert closes(rig).error is None
    assert state(rig) == ("paused", None)
    assert (rig.result().entries, rig.result().pause_stands) == ("paused: it was paused by somebody else", False)
    assert (PAUSE, Result.DONE.value) not in acts(rig)


def test_a_pause_that_the_kill_switch_keeps_is_told_as_our_own() -> None:
    rig = CloseRig()

    def between(name: str) -> None:
        if name == "ResumeEntries":
            rig.world.put("guards", {"guard_id": "kill-switch", "engaged": True})

    ended = closes(rig, between=between)
    assert ended.error is None
    assert (state(rig)[0], rig.result().pause_stands) == ("paused", True)
    assert "entries of the strategy: paused: the kill switch" in " ".join(ended.output["not_proven"])


@pytest.mark.parametrize("down", ["trading_state.unpause", "closes.over"])
def test_entries_that_nobody_knows_of_are_not_told_as_running(down: str) -> None:
    rig = CloseRig()
    rig.world.trouble[down] = Transient("the table is down")
    assert closes(rig).error is None
    assert (state(rig)[0], rig.result().entries, rig.result().pause_stands) == ("paused", "not known", None)


def test_a_close_that_ends_without_a_proof_keeps_its_pause_and_says_so() -> None:
    rig = CloseRig()
    rig.work(pause_entries, job=rig.job())
    nothing: Look | None = None
    resumed = rig.work(resume_entries, job=rig.job(), look=nothing, watched=None, restored=None)
    assert Resumed(**dict(resumed)) == Resumed(
        entries="paused: how the position stands is not known", pause_stands=True
    )


def acts(rig: CloseRig) -> list[tuple[str, str | None]]:
    """Of the strategy's entries, as the incident keeps them."""
    incident = ports(rig).incidents.get(INCIDENT)
    assert incident is not None
    done = [one for one in incident.get("actions", ()) if one["action"] in (PAUSE, RESUME)]
    return [(one["action"], one.get("result")) for one in done]
