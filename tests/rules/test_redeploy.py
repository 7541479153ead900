from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from functions.facts import KillSwitchFact, ServiceFact, TaskFact
from functions.rules.redeploy import RedeployPlan, old_gone, plan_redeploy, running_digest
from tests.rules.facts import ENGAGED, RELEASED, ago, crashed, deployment, service, task
from tests.rules.worlds import kill_switches, services, tasks

DIGEST = "sha256:" + "1" * 64
OTHER = "sha256:" + "2" * 64


def plan(of: ServiceFact | None, **more: Any) -> RedeployPlan:
    given: dict[str, Any] = {
        "kill_switch": RELEASED, "running_digest": DIGEST, "registry_digest": DIGEST, "budget_left": True, **more,
    }  # fmt: skip
    return plan_redeploy(of, **given)


def test_a_service_without_any_task_is_redeployed_plainly() -> None:
    found = plan(crashed())
    assert (found.method, found.desired, found.old_task_arns) == ("plain", 1, ())


def test_an_old_task_is_taken_through_zero_so_that_two_copies_never_run() -> None:
    running = service(task("x"))
    found = plan(running)
    assert (found.method, found.old_task_arns) == ("via_zero", (running.tasks[0].task_arn,))


def test_at_a_maximum_of_100_percent_ecs_itself_stops_the_old_task_first() -> None:
    found = plan(service(task("x"), maximum_percent=100, minimum_healthy_percent=0))
    assert found.method == "plain"


def test_a_maximum_of_100_percent_that_could_never_stop_anything_goes_through_zero() -> None:
    assert plan(service(maximum_percent=100, minimum_healthy_percent=100)).method == "via_zero"
    assert plan(service(maximum_percent=100, minimum_healthy_percent=50)).method == "via_zero"
    assert plan(service(desired=2, maximum_percent=100, minimum_healthy_percent=50)).method == "plain"


@pytest.mark.parametrize("maximum", [101, 150, 200])
def test_above_a_maximum_of_100_percent_ecs_might_start_before_it_stops(maximum: int) -> None:
    assert plan(service(maximum_percent=maximum, minimum_healthy_percent=0)).method == "via_zero"


def test_a_task_that_is_starting_or_still_stopping_is_an_old_one_too() -> None:
    starting = service(task("x", "PENDING"), running=0)
    assert plan(starting).method == "via_zero"
    stopping = service(task("x", desired_status="STOPPED"), running=0, pending=0)
    assert plan(stopping).method == "via_zero"


def test_counts_without_a_listed_task_are_believed() -> None:
    assert plan(service(task("x", "STOPPED"), running=1)).method == "via_zero"
    assert plan(service(task("x", "STOPPED"), pending=1)).method == "via_zero"


@pytest.mark.parametrize(
    ("facts", "why"),
    [
        ({"kill_switch": None}, "kill switch could not be read"),
        ({"kill_switch": ENGAGED}, "kill switch is engaged"),
        ({"kill_switch": KillSwitchFact(engaged=True, strategy_ids=("z",))}, "kill switch is engaged for z"),
        ({"running_digest": None}, "that ran is not known"),
        ({"registry_digest": None}, "of the registry is not known"),
        ({"registry_digest": OTHER}, "222222222222) is not the one that ran (111111111111)"),
        ({"budget_left": False}, "budget"),
        ({"beating": ("b", "c")}, "interrupt 2 strategies that beat (b, c)"),
    ],
)
def test_a_redeploy_is_refused_with_its_reason(facts: dict[str, Any], why: str) -> None:
    found = plan(service(), **facts)
    assert found.method == "refuse"
    assert why in found.reason


@pytest.mark.parametrize(
    ("of", "why"),
    [
        (None, "could not be read"),
        (service(desired=0), "somebody scaled the service down"),
        (replace(service(), status="DRAINING"), "DRAINING"),
        (service(deployments=(deployment("IN_PROGRESS"),)), "in progress"),
        (service(deployments=(deployment("FAILED"),)), "failed"),
    ],
)
def test_a_service_in_such_a_state_is_not_redeployed(of: ServiceFact | None, why: str) -> None:
    found = plan(of)
    assert found.method == "refuse"
    assert why in found.reason


def test_a_deployment_of_the_past_does_not_stand_in_the_way() -> None:
    assert plan(service(deployments=(deployment(), deployment("FAILED", status="INACTIVE")))).method == "via_zero"


def test_an_image_pinned_by_its_digest_cannot_differ() -> None:
    pinned = service(image=f"registry/strategy@{DIGEST}")
    assert plan(pinned, running_digest=None, registry_digest=None).method == "via_zero"


def test_no_more_healthy_strategies_are_interrupted_than_a_person_allowed() -> None:
    assert plan(service(), beating=("b", "c"), may_interrupt=2).method == "via_zero"
    refused = plan(service(), beating=("b", "c"), may_interrupt=1)
    assert refused.method == "refuse"
    assert refused.reason == "it would interrupt 2 strategies that beat (b, c), and a person allowed 1"


@pytest.mark.parametrize("rollout", ["IN_PROGRESS", "FAILED"])
def test_a_deployment_of_our_own_holds_up_no_other_revision(rollout: str) -> None:
    mine = replace(deployment(rollout), deployment_id="ecs-svc/7")
    assert plan(service(deployments=(mine,)), ours=("ecs-svc/7",)).method == "via_zero"
    assert plan(service(deployments=(mine,)), ours=("ecs-svc/6",)).method == "refuse"


def test_young_heartbeats_of_a_service_whose_tasks_all_end_already_hold_nothing_up() -> None:
    assert plan(crashed(), beating=("b",)).method == "plain"
    ending = service(task("x", desired_status="STOPPED"), running=0)
    assert plan(ending, beating=("b",)).method == "via_zero"


@pytest.mark.parametrize(
    ("listed", "digest"),
    [
        ((), None),
        ((task("1", image_digest="d1"),), "d1"),
        ((task("1", image_digest="d1"), task("2", image_digest="d2")), None),
        ((task("1", image_digest="d1"), task("2", image_digest=None)), None),
        ((task("1", image_digest="d1"), task("2", "STOPPED", image_digest="d2", stopped_at=ago(1))), "d1"),
        (
            (
                task("1", "STOPPED", image_digest="d1", stopped_at=ago(9)),
                task("2", "STOPPED", image_digest="d2", stopped_at=ago(1)),
            ),
            "d2",
        ),
        ((task("1", "STOPPED", image_digest="d1", stopped_at=None),), None),
    ],
)
def test_the_image_that_ran_is_told_by_running_tasks_else_by_the_last_stopped(
    listed: tuple[TaskFact, ...], digest: str | None
) -> None:
    assert running_digest(listed) == digest


def test_old_tasks_are_gone_when_every_one_is_seen_stopped_and_no_other_runs() -> None:
    old = task("old", "STOPPED")
    arns = (old.task_arn,)
    assert old_gone(service(old), arns)
    assert not old_gone(None, arns)
    assert not old_gone(service(task("old", desired_status="STOPPED"), running=0), arns)
    assert not old_gone(service(task("old", "DEPROVISIONING", desired_status="STOPPED")), arns)
    assert not old_gone(service(task("other", "STOPPED")), arns), "not listed is not seen"
    assert not old_gone(service(old, task("new", "PENDING"), pending=0), arns)
    assert not old_gone(service(old, running=1), arns)
    assert not old_gone(service(old, pending=1), arns)


@settings(max_examples=200, deadline=None)
@given(
    st.none() | services(),
    st.none() | kill_switches(),
    st.sampled_from([None, DIGEST, OTHER]),
    st.sampled_from([None, DIGEST, OTHER]),
    st.booleans(),
)
def test_no_redeploy_while_halted_unread_without_budget_or_with_another_image(
    of: ServiceFact | None, switch: KillSwitchFact | None, running: str | None, registry: str | None, budget: bool
) -> None:
    found = plan(of, kill_switch=switch, running_digest=running, registry_digest=registry, budget_left=budget)
    if found.method == "refuse":
        assert found.reason
        return
    assert of is not None
    assert budget
    assert switch is not None
    assert not switch.engaged
    assert found.desired == of.desired > 0
    assert (running is not None and running == registry) or "@sha256:" in (of.image or "")
    left = [t for t in of.tasks if t.last_status != "STOPPED"]
    if found.method == "plain" and left:
        assert of.maximum_percent == 100


@given(st.lists(tasks(), max_size=4))
def test_any_list_of_tasks_has_at_most_one_digest(listed: list[TaskFact]) -> None:
    assert running_digest(listed) in {None, *(t.image_digest for t in listed)}
