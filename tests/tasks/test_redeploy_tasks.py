"""The tasks of redeploy-service, in the order in which the machine calls them: never two copies, and the way
back from a desired count of 0 always stands in the incident."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from functions.contracts import Run
from functions.errors import Broken, Refused, RunbookError, Transient, Uncertain
from functions.facts import TaskFact
from functions.redeploying import RedeployJob
from functions.tasks import look_at_old_tasks, look_at_redeploy, plan_redeploy, redeploy, scale_to_zero
from tests.rules import facts
from tests.tasks.rig import GUARD, SERVICE, Rig, job

IMAGE = "000000000000.dkr.ecr.eu-central-1.amazonaws.com/strategy:live"
ACTS = ("service.scale", "service.redeploy")


@pytest.fixture
def ill(rig: Rig) -> Rig:
    """One task runs and nobody beats; the registry holds the image that runs."""
    rig.strategy("s1", age=3600)
    rig.world.service = facts.service(image=IMAGE)
    rig.world.digests[IMAGE] = "sha256:same"
    return rig


def plan(rig: Rig, run: Run) -> RedeployJob:
    answer: RedeployJob = rig.work(plan_redeploy, job=job(run))
    return RedeployJob(**answer.model_dump(include=set(RedeployJob.model_fields)))


def planned(rig: Rig, **more: Any) -> RedeployJob:
    return plan(rig, rig.opened(**more))


def the(rig: Rig, *names: str, **more: Any) -> None:
    """ECS as it stands now: these tasks, each with its last status."""
    tasks = [facts.task(name, last) for name, last in zip(names[::2], names[1::2], strict=True)]
    assert rig.world.service is not None
    counts = facts.service(*tasks) if tasks else replace(facts.service(), running=0)
    rig.world.service = replace(
        rig.world.service, tasks=tuple(tasks), running=counts.running, pending=counts.pending, **more
    )


def old(rig: Rig) -> TaskFact:
    assert rig.world.service is not None
    return rig.world.service.tasks[0]


# --- plan


def test_a_service_that_may_run_two_copies_goes_by_way_of_zero(ill: Rig) -> None:
    found = planned(ill)
    assert (found.method, found.desired, found.old_task_arns) == ("via_zero", 1, (old(ill).task_arn,))
    assert found.guard_id == GUARD
    assert ill.evidence() == [("how to redeploy", f"via_zero: {found.reason}")]


def test_a_service_without_a_task_is_redeployed_plainly(ill: Rig) -> None:
    ill.world.service = replace(facts.crashed(), image=IMAGE)
    assert planned(ill).method == "plain"


def test_a_kill_switch_engaged_for_anybody_refuses_the_plan(ill: Rig) -> None:
    ill.engage(strategy_ids=["s9"])
    found = planned(ill)
    assert found.method == "refuse"
    assert found.reason.startswith("the kill switch is engaged for s9 by ana")


def test_a_kill_switch_that_cannot_be_read_refuses_the_plan(ill: Rig) -> None:
    ill.world.trouble["guards.kill_switch"] = Transient("throttled")
    found = planned(ill)
    assert (found.method, found.reason) == ("refuse", "the kill switch could not be read")


def test_an_image_that_differs_from_the_one_that_runs_needs_a_person(ill: Rig) -> None:
    ill.world.digests[IMAGE] = "sha256:other"
    found = planned(ill)
    assert found.method == "refuse"
    assert "is not the one that ran" in found.reason


@pytest.mark.parametrize("image", [None, "registry/strategy:gone"])
def test_an_image_that_nobody_can_compare_needs_a_person(ill: Rig, image: str | None) -> None:
    ill.world.service = facts.service(image=image)
    found = planned(ill)
    assert found.method == "refuse"
    assert "is not known" in found.reason


def test_a_strategy_that_beats_by_now_is_not_interrupted(ill: Rig) -> None:
    ill.strategy("s2", age=10)
    found = planned(ill)
    assert found.method == "refuse"
    assert "interrupt 1 strategies that beat (s2)" in found.reason


def test_the_fourth_redeploy_of_an_hour_is_refused_and_a_fifth_an_hour_later_is_not(ill: Rig) -> None:
    methods = []
    for n in range(4):
        run = ill.run(incident_id=f"inc-{n}")
        ill.incident(run)
        methods.append(plan(ill, run).method)
        ill.world.advance(minutes=10)
    assert methods == ["via_zero"] * 3 + ["refuse"]
    ill.world.advance(minutes=31)
    ill.incident(ill.run(incident_id="inc-5"))
    assert plan(ill, ill.run(incident_id="inc-5")).method == "via_zero"


def test_a_redeploy_that_is_refused_does_not_use_up_the_budget(ill: Rig) -> None:
    ill.engage()
    for n in range(5):
        run = ill.run(incident_id=f"inc-{n}")
        ill.incident(run)
        assert plan(ill, run).method == "refuse"
    del ill.world.tables["guards"][("kill-switch",)]
    assert planned(ill).method == "via_zero"


def test_a_retry_of_the_plan_does_not_pay_twice(ill: Rig) -> None:
    run = ill.opened()
    assert {plan(ill, run).method for _ in range(6)} == {"via_zero"}


def test_a_dry_run_plans_and_pays_nothing(ill: Rig) -> None:
    run = ill.opened(dry_run=True)
    assert {plan(ill, run).method for _ in range(5)} == {"via_zero"}
    assert not ill.called("guards.spend")


def test_a_child_takes_the_execution_that_started_it_along(ill: Rig) -> None:
    given = job(ill.opened()).model_dump()
    answer = ill.work(plan_redeploy, job={**given, "AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID": "arn:parent"})
    assert answer.job == job(ill.run())


# --- scale to zero


def test_the_desired_count_of_before_stands_in_the_intent_before_the_service_is_emptied(ill: Rig) -> None:
    ill.world.service = facts.service(facts.task("a"), facts.task("b"), desired=2, image=IMAGE)
    asked = planned(ill)
    ill.world.calls.clear()
    answer = ill.work(scale_to_zero, plan=asked)
    assert ill.world.service.desired == 0
    assert ill.world.calls.index("incidents.intend") < ill.world.calls.index("service.scale")
    [intent] = ill.intents().values()
    assert (intent["before"], intent["after"], intent["result"]) == ("desired count 2", "desired count 0", "done")
    assert (answer.gone, answer.again, answer.looks_left) == (False, True, 40)


def test_a_run_that_ends_at_zero_leaves_the_desired_count_of_before_in_its_incident(ill: Rig) -> None:
    ill.work(scale_to_zero, plan=planned(ill))
    [action] = ill.item()["actions"]
    assert (action["target"], action["before"]) == (SERVICE, "desired count 1")


@pytest.mark.parametrize("task", [scale_to_zero, redeploy])
def test_a_kill_switch_engaged_after_the_plan_stops_the_act(ill: Rig, task: Any) -> None:
    asked = planned(ill)
    ill.engage()
    with pytest.raises(Refused, match="the kill switch is engaged by ana: drill"):
        ill.work(task, plan=asked)
    assert not ill.called(*ACTS)
    [intent] = ill.intents().values()
    assert intent["result"] == "not_done"


@pytest.mark.parametrize("word", [Transient("throttled"), Broken("no grant"), Refused("no")])
@pytest.mark.parametrize("task", [scale_to_zero, redeploy])
def test_a_kill_switch_that_cannot_be_read_at_the_act_is_as_good_as_engaged(
    ill: Rig, task: Any, word: RunbookError
) -> None:
    asked = planned(ill)
    ill.world.trouble["guards.kill_switch"] = word
    with pytest.raises(Refused, match="the kill switch could not be read"):
        ill.work(task, plan=asked)
    assert not ill.called(*ACTS)


@pytest.mark.parametrize("task", [scale_to_zero, redeploy])
def test_a_run_that_lost_its_guard_does_nothing(ill: Rig, task: Any) -> None:
    asked = planned(ill)
    ill.lock("arn:of-another", "inc-of-another")
    with pytest.raises(Refused, match="no longer owns the guard"):
        ill.work(task, plan=asked)
    assert not ill.called(*ACTS)


def test_a_retry_of_the_scaling_finds_that_it_stands_and_does_not_repeat_it(ill: Rig) -> None:
    asked = planned(ill)
    ill.world.trouble["incidents.settle"] = Transient("throttled")
    with pytest.raises(Transient):
        ill.work(scale_to_zero, plan=asked)
    del ill.world.trouble["incidents.settle"]
    ill.work(scale_to_zero, plan=asked)
    assert ill.called(*ACTS) == ["service.scale"]


def test_a_retry_of_a_scaling_that_never_happened_does_it(ill: Rig) -> None:
    asked = planned(ill)
    ill.world.trouble["service.scale"] = Transient("throttled")
    with pytest.raises(Transient):
        ill.work(scale_to_zero, plan=asked)
    del ill.world.trouble["service.scale"]
    ill.work(scale_to_zero, plan=asked)
    assert ill.world.service is not None
    assert ill.world.service.desired == 0


def test_a_scaling_whose_answer_was_lost_for_good_is_unknown_and_never_repeated(ill: Rig) -> None:
    asked = planned(ill)
    ill.world.trouble["service.scale"] = Uncertain("read timeout")
    for _ in range(2):
        with pytest.raises(Uncertain):
            ill.work(scale_to_zero, plan=asked)
    assert ill.called(*ACTS) == ["service.scale"]
    [intent] = ill.intents().values()
    assert intent["result"] == "unknown"


# --- old tasks


def look_at_old(rig: Rig, asked: RedeployJob, looks_left: int = 40) -> look_at_old_tasks.Response:
    answer: look_at_old_tasks.Response = rig.work(look_at_old_tasks, plan=asked, looks_left=looks_left)
    return answer


@pytest.mark.parametrize("last", ["RUNNING", "DEPROVISIONING", "STOPPING"])
def test_an_old_task_is_waited_for_until_it_is_seen_stopped(ill: Rig, last: str) -> None:
    asked = planned(ill)
    ill.work(scale_to_zero, plan=asked)
    the(ill, "old", last)
    answer = look_at_old(ill, asked)
    assert (answer.gone, answer.again, answer.looks_left) == (False, True, 39)
    the(ill, "old", "STOPPED")
    answer = look_at_old(ill, asked, answer.looks_left)
    assert (answer.gone, answer.again, answer.why) == (True, False, "the old tasks are STOPPED")


def test_the_last_look_at_an_old_task_says_what_the_service_has_to_come_back_to(ill: Rig) -> None:
    asked = planned(ill)
    ill.work(scale_to_zero, plan=asked)
    answer = look_at_old(ill, asked, 1)
    assert (answer.gone, answer.again) == (False, False)
    assert answer.why.endswith("stands at a desired count of 0, before it was 1")


def test_an_old_task_that_ecs_no_longer_lists_is_not_taken_for_stopped(ill: Rig) -> None:
    asked = planned(ill)
    the(ill)
    assert not look_at_old(ill, asked).gone


# --- redeploy and the look at it


def emptied(rig: Rig) -> None:
    """The service as the scaling to zero leaves it."""
    service = rig.world.service
    assert service is not None
    stopped = tuple(replace(task, last_status="STOPPED") for task in service.tasks)
    rig.world.service = replace(service, desired=0, running=0, tasks=stopped)


def deploy(rig: Rig, asked: RedeployJob) -> redeploy.Response:
    if asked.method == "via_zero" and not asked.job.run.dry_run:
        emptied(rig)
    answer: redeploy.Response = rig.work(redeploy, plan=asked)
    return answer


def look_at_new(rig: Rig, asked: RedeployJob, new: Any) -> look_at_redeploy.Response:
    answer: look_at_redeploy.Response = rig.work(
        look_at_redeploy,
        plan=asked,
        began=new.began,
        deployment_id=new.deployment_id,
        looks_left=new.looks_left,
    )
    return answer


def test_a_redeploy_by_way_of_zero_comes_back_to_the_count_of_before_and_then_has_taken_effect(ill: Rig) -> None:
    asked = planned(ill)
    ill.work(scale_to_zero, plan=asked)
    the(ill, "old", "STOPPED")
    assert look_at_old(ill, asked).gone
    new: Any = deploy(ill, asked)
    assert ill.world.service is not None
    assert (ill.world.service.desired, new.state, new.began, new.looks_left) == (1, "waiting", ill.now, 40)
    new = look_at_new(ill, asked, new)
    assert (new.state, new.again, new.looks_left) == ("waiting", True, 39)
    ill.world.advance(seconds=50)
    started = facts.task("new", started_at=ill.now, deployment_id=new.deployment_id)
    ill.world.service = replace(ill.world.service, tasks=(facts.task("old", "STOPPED"), started), running=1)
    new = look_at_new(ill, asked, new)
    assert (new.state, new.again, new.at) == ("took_effect", False, ill.now)


def test_a_count_that_somebody_raised_while_the_old_tasks_stopped_is_theirs(ill: Rig) -> None:
    asked = planned(ill)
    emptied(ill)
    assert ill.world.service is not None
    ill.world.service = replace(ill.world.service, desired=4)
    with pytest.raises(Refused, match="the desired count is 4 and not 0: somebody else changed it"):
        ill.work(redeploy, plan=asked)
    assert not ill.called(*ACTS)


# A revision that a person or a deployment gave to the service after the plan.
THEIRS = "arn:x/tradai-strategy:9"


def theirs(rig: Rig) -> None:
    """Somebody else has deployed another revision by now; where nothing is desired that is over at once."""
    assert rig.world.service is not None
    deployed = replace(facts.deployment(name="ecs-svc/9"), task_definition=THEIRS)
    rig.world.service = replace(rig.world.service, deployments=(deployed,))


def larger(rig: Rig) -> RedeployJob:
    """The plan with a revision that a person approved."""
    given = job(rig.opened()).model_dump() | {"task_definition": "arn:x/tradai-strategy:8", "may_interrupt": 1}
    answer = rig.work(plan_redeploy, job=given)
    return RedeployJob(**answer.model_dump(include=set(RedeployJob.model_fields)))


def test_a_revision_that_somebody_deployed_after_the_plan_is_not_scaled_over(ill: Rig) -> None:
    asked = planned(ill)
    theirs(ill)
    with pytest.raises(Refused, match="the service runs tradai-strategy:9 by now and not tradai-strategy:7"):
        ill.work(scale_to_zero, plan=asked)
    assert not ill.called(*ACTS)


def test_a_revision_that_somebody_deployed_while_the_old_tasks_stopped_is_not_written_over(ill: Rig) -> None:
    asked = larger(ill)
    ill.work(scale_to_zero, plan=asked)
    emptied(ill)
    theirs(ill)
    with pytest.raises(Refused, match="the service runs tradai-strategy:9 by now and not tradai-strategy:7"):
        ill.work(redeploy, plan=asked)
    assert ill.called(*ACTS) == ["service.scale"]


def test_a_service_that_was_emptied_comes_back_with_whatever_somebody_deployed_meanwhile(ill: Rig) -> None:
    asked = planned(ill)
    ill.work(scale_to_zero, plan=asked)
    theirs(ill)
    deploy(ill, asked)
    assert ill.world.service is not None
    assert ill.world.service.desired == 1


def test_a_plain_redeploy_does_not_write_over_what_somebody_deployed_meanwhile(ill: Rig) -> None:
    ill.world.service = replace(facts.crashed(), image=IMAGE)
    asked = larger(ill)
    assert asked.method == "plain"
    theirs(ill)
    with pytest.raises(Refused, match="the service runs tradai-strategy:9 by now"):
        ill.work(redeploy, plan=asked)
    assert not ill.called(*ACTS)


@pytest.mark.parametrize("desired", [0, 3])
def test_a_count_that_somebody_changed_after_the_plan_is_not_scaled_over(ill: Rig, desired: int) -> None:
    asked = planned(ill)
    assert ill.world.service is not None
    ill.world.service = replace(ill.world.service, desired=desired)
    with pytest.raises(Refused, match=f"the desired count is {desired} and not 1"):
        ill.work(scale_to_zero, plan=asked)
    assert not ill.called(*ACTS)


def test_a_service_scaled_down_on_purpose_after_the_plan_is_not_brought_back(ill: Rig) -> None:
    ill.world.service = replace(facts.crashed(), image=IMAGE)
    asked = planned(ill)
    ill.world.service = replace(ill.world.service, desired=0)
    with pytest.raises(Refused, match="the desired count is 0 and not 1"):
        ill.work(redeploy, plan=asked)
    assert not ill.called(*ACTS)


@pytest.mark.parametrize("last", ["PROVISIONING", "PENDING", "RUNNING"])
def test_no_second_copy_is_started_beside_a_task_that_ecs_brought_back_by_itself(ill: Rig, last: str) -> None:
    ill.world.service = replace(facts.crashed(), image=IMAGE)
    asked = planned(ill)
    assert asked.method == "plain"
    the(ill, "dead", "STOPPED", "back", last)
    with pytest.raises(Refused, match="runs or starts by now"):
        ill.work(redeploy, plan=asked)
    assert not ill.called(*ACTS)


def test_an_old_task_that_is_not_stopped_after_all_keeps_a_new_one_from_starting(ill: Rig) -> None:
    asked = planned(ill)
    emptied(ill)
    the(ill, "old", "DEPROVISIONING")
    with pytest.raises(Refused, match="runs or starts by now"):
        ill.work(redeploy, plan=asked)


def test_a_retry_after_a_lost_answer_finds_its_own_deployment(ill: Rig) -> None:
    asked = planned(ill)
    ill.world.trouble["incidents.settle"] = Transient("throttled")
    with pytest.raises(Transient):
        deploy(ill, asked)
    del ill.world.trouble["incidents.settle"]
    assert ill.world.service is not None
    made = ill.world.service.deployments[0].deployment_id
    began = ill.now
    ill.world.advance(seconds=5)
    again = deploy(ill, asked)
    assert (again.deployment_id, again.began) == (made, began)
    assert ill.called(*ACTS) == ["service.redeploy"]


def test_a_retry_takes_no_older_deployment_for_its_own(ill: Rig) -> None:
    asked = planned(ill)
    ill.world.trouble["service.redeploy"] = Transient("throttled")
    with pytest.raises(Transient):
        deploy(ill, asked)
    del ill.world.trouble["service.redeploy"]
    assert ill.world.service is not None
    ill.world.service = replace(
        ill.world.service, deployments=(facts.deployment(), facts.deployment(created_at=None, name="b"))
    )
    assert deploy(ill, asked).deployment_id == "ecs-svc/0000000000000000003"


def test_a_redeploy_that_stands_is_reported_again_and_not_repeated(ill: Rig) -> None:
    asked = planned(ill)
    first = deploy(ill, asked)
    ill.world.advance(seconds=5)
    assert deploy(ill, asked) == first
    assert ill.called(*ACTS) == ["service.redeploy"]


def test_the_intent_of_a_redeploy_names_the_count_and_the_tasks_of_before(ill: Rig) -> None:
    deploy(ill, planned(ill))
    [intent] = ill.intents().values()
    assert intent["before"] == f"desired count 1, old tasks {old(ill).task_arn}"


def test_the_intent_of_a_redeploy_without_old_tasks_says_so(ill: Rig) -> None:
    ill.world.service = replace(facts.crashed(), image=IMAGE)
    deploy(ill, planned(ill))
    [intent] = ill.intents().values()
    assert intent["before"] == "desired count 1, old tasks none"


def test_a_deployment_that_failed_is_no_longer_waited_for(ill: Rig) -> None:
    asked = planned(ill)
    new: Any = deploy(ill, asked)
    assert ill.world.service is not None
    first, *others = ill.world.service.deployments
    ill.world.service = replace(ill.world.service, deployments=(replace(first, rollout="FAILED"), *others))
    new = look_at_new(ill, asked, new)
    assert (new.state, new.again) == ("failed", False)


def test_the_looks_at_a_new_task_end(ill: Rig) -> None:
    asked = planned(ill)
    new: Any = deploy(ill, asked)
    looks = 0
    while new.again:
        new, looks = look_at_new(ill, asked, new), looks + 1
    assert (looks, new.state, new.looks_left) == (40, "waiting", 0)


# --- dry run


def test_a_dry_run_walks_through_all_of_it_and_changes_nothing(ill: Rig) -> None:
    before = ill.world.service
    asked = planned(ill, dry_run=True)
    assert ill.work(scale_to_zero, plan=asked).gone
    seen = look_at_old(ill, asked)
    assert (seen.gone, seen.again, seen.why) == (True, False, "dry run: nothing was stopped")
    new = deploy(ill, asked)
    assert (new.again, new.began, new.deployment_id) == (False, None, None)
    end = look_at_new(ill, asked, new)
    assert (end.state, end.again, end.why) == ("failed", False, "dry run: nothing was redeployed")
    assert ill.world.service == before
    assert not ill.called(*ACTS)
    assert [what for what, _ in ill.evidence()] == [
        "how to redeploy",
        "would scale the service to 0 before its redeploy",
        "would redeploy the service",
    ]
    assert not ill.intents()
