"""One run at a time for the service."""

from __future__ import annotations

from datetime import timedelta

import pytest

from functions.adapters.memory import twins
from functions.errors import Refused, Transient
from functions.tasks import take_guard
from tests.tasks.rig import EXECUTION, GUARD, INCIDENT, Rig

OTHER = f"{EXECUTION}-other"


def take(rig: Rig, **run: object) -> take_guard.Response:
    answer: take_guard.Response = rig.work(take_guard, run=rig.run(**run))
    return answer


def owner(rig: Rig) -> str | None:
    held = twins(rig.world).guards.held(GUARD)
    return held.owner if held else None


def test_a_free_guard_is_taken(rig: Rig) -> None:
    answer = take(rig)
    assert (answer.guard_id, answer.owned, answer.why) == (GUARD, True, "taken")
    assert owner(rig) == EXECUTION


def test_a_retry_finds_that_the_guard_is_its_own(rig: Rig) -> None:
    take(rig)
    assert take(rig).owned


@pytest.mark.parametrize("dry_run", [False, True])
def test_a_guard_that_a_running_execution_holds_refuses_and_names_it(rig: Rig, dry_run: bool) -> None:
    rig.lock(OTHER, "inc-other")
    rig.execution(OTHER)
    with pytest.raises(Refused, match=f"incident inc-other, execution {OTHER}, since 03:00:00 UTC"):
        take(rig, dry_run=dry_run)
    assert owner(rig) == OTHER


@pytest.mark.parametrize("status", ["FAILED", "ABORTED", "TIMED_OUT", "SUCCEEDED", None])
def test_a_guard_left_by_an_ended_execution_is_taken_over(rig: Rig, status: str | None) -> None:
    rig.lock(OTHER, "inc-other")
    if status:
        rig.execution(OTHER, status)
    answer = take(rig)
    assert (answer.owned, answer.why) == (True, "taken over from inc-other, whose execution has ended")
    assert owner(rig) == EXECUTION


def test_a_guard_left_by_an_ended_execution_stands_while_its_act_may_still_run(rig: Rig) -> None:
    rig.lock(OTHER, "inc-other", act_until=rig.now + timedelta(seconds=60))
    rig.execution(OTHER, "ABORTED")
    with pytest.raises(Refused, match="inc-other"):
        take(rig)
    rig.world.advance(seconds=60)
    assert take(rig).owned


def test_an_owner_of_whom_nothing_can_be_learnt_keeps_its_guard(rig: Rig) -> None:
    rig.lock(OTHER, "inc-other")
    rig.world.trouble["executions.status"] = Transient("throttled")
    with pytest.raises(Transient):
        take(rig)
    assert owner(rig) == OTHER


def test_a_dry_run_takes_nothing(rig: Rig) -> None:
    answer = take(rig, dry_run=True)
    assert (answer.owned, owner(rig)) == (False, None)


def test_a_dry_run_is_no_duplicate_of_a_run_that_has_ended(rig: Rig) -> None:
    rig.lock(OTHER, "inc-other")
    rig.execution(OTHER, "ABORTED")
    assert not take(rig, dry_run=True).owned
    assert owner(rig) == OTHER


@pytest.mark.parametrize(("why", "told"), [("switched off", "switched off"), (None, "the run may not proceed")])
def test_a_run_that_may_not_proceed_takes_nothing(rig: Rig, why: str | None, told: str) -> None:
    with pytest.raises(Refused, match=told):
        take(rig, proceed=False, why_not=why)
    assert owner(rig) is None


def test_the_guard_carries_the_incident_that_its_acts_are_written_in(rig: Rig) -> None:
    take(rig)
    held = twins(rig.world).guards.held(GUARD)
    assert held is not None
    assert (held.incident_id, held.taken_at, held.act_until) == (INCIDENT, rig.now, rig.now)
