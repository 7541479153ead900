from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from functions.facts import ServiceFact
from functions.rules.took_effect import TookEffect, look_at_redeploy
from tests.rules.facts import ago, deployment, service, task
from tests.rules.worlds import services

SINCE = ago(100)
OLD = task("old", "STOPPED", stopped_at=ago(80), deployment_id="d1")
NEW = task("new", started_at=ago(30), deployment_id="d2")
OURS = (deployment(name="d2"),)


def look(of: ServiceFact | None, **more: Any) -> TookEffect:
    given: dict[str, Any] = {
        "old_task_arns": (OLD.task_arn,), "deployment_id": "d2", "since": SINCE, **more,
    }  # fmt: skip
    return look_at_redeploy(of, **given)


def test_it_took_effect_when_the_new_task_runs_and_the_old_one_is_stopped() -> None:
    assert look(service(OLD, NEW, deployments=OURS)) == TookEffect(
        "took_effect", ago(30), "1 new tasks run and no old one"
    )


def test_an_old_task_that_stopped_later_is_the_moment_that_counts() -> None:
    late = replace(OLD, stopped_at=ago(10))
    assert look(service(late, NEW, deployments=OURS)).at == ago(10)


def test_it_took_effect_when_ecs_no_longer_lists_the_old_task() -> None:
    assert look(service(NEW, deployments=OURS)).at == ago(30)


@pytest.mark.parametrize("last", ["RUNNING", "DEPROVISIONING"])
def test_an_old_task_that_is_only_told_to_stop_holds_it_up(last: str) -> None:
    stopping = task("old", last, desired_status="STOPPED", deployment_id="d1")
    found = look(service(stopping, NEW, deployments=OURS))
    assert (found.state, found.at) == ("waiting", None)
    assert "not STOPPED" in found.why


def test_a_task_of_another_deployment_that_came_between_is_an_old_one() -> None:
    between = task("between", started_at=ago(90), deployment_id="d1")
    assert look(service(between, NEW, deployments=OURS)).state == "waiting"


@pytest.mark.parametrize(
    "new",
    [
        replace(NEW, last_status="PENDING", started_at=None),
        replace(NEW, started_at=None),
        replace(NEW, started_at=ago(101)),
        replace(NEW, desired_status="STOPPED"),
    ],
)
def test_a_new_task_that_does_not_run_yet_is_waited_for(new: Any) -> None:
    assert look(service(OLD, new, deployments=OURS)).state == "waiting"


def test_every_desired_task_must_run() -> None:
    assert look(service(NEW, deployments=OURS, desired=2)).state == "waiting"


def test_a_new_task_that_fell_over_is_named() -> None:
    fell = task("new", "STOPPED", started_at=ago(50), stopped_reason="Essential container exited")
    found = look(service(OLD, fell, deployments=OURS))
    assert found.state == "waiting"
    assert "a new task stopped: Essential container exited" in found.why
    assert "no reason" in look(service(replace(fell, stopped_reason=None), deployments=OURS)).why


def test_without_deployment_ids_the_start_after_the_act_decides() -> None:
    assert look(service(OLD, replace(NEW, deployment_id=None), deployments=OURS)).state == "took_effect"
    assert look(service(OLD, NEW), deployment_id=None).state == "took_effect"


def test_an_unreadable_service_is_looked_at_again() -> None:
    assert look(None).state == "waiting"


@pytest.mark.parametrize(
    ("of", "why"),
    [
        (service(OLD, desired=0), "scaled the service down"),
        (replace(service(OLD), status="INACTIVE"), "INACTIVE"),
        (service(OLD, deployments=(deployment("FAILED", name="d2"),)), "deployment d2 failed"),
        (service(OLD, deployments=(deployment(name="d3"),)), "another deployment (d3)"),
    ],
)
def test_it_failed_for_good_and_says_why(of: ServiceFact, why: str) -> None:
    found = look(of)
    assert (found.state, found.at) == ("failed", None)
    assert why in found.why


@settings(max_examples=200, deadline=None)
@given(st.none() | services(), st.sampled_from([None, "d1", "d2"]))
def test_no_effect_is_claimed_while_an_old_task_is_left_or_before_the_act(
    of: ServiceFact | None, deployment_id: str | None
) -> None:
    old = ("arn:aws:ecs:r:0:task/c/1",)
    found = look(of, old_task_arns=old, deployment_id=deployment_id)
    assert (found.at is not None) == (found.state == "took_effect")
    if found.state == "took_effect":
        assert of is not None
        assert found.at is not None
        assert found.at >= SINCE
        assert all(t.last_status == "STOPPED" for t in of.tasks if t.task_arn in old)
        assert any(t.last_status == "RUNNING" and t.task_arn not in old for t in of.tasks)
