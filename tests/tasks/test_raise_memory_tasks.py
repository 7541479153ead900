"""The tasks of raise-memory, in the order in which the machine calls them."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from functions.adapters.memory import twins
from functions.approvers import Approvers
from functions.contracts import Answer, Run
from functions.errors import Broken, Refused, Transient, Uncertain
from functions.facts import Result
from functions.ports import Ports
from functions.raising import RaisePlan, desk_of
from functions.redeploying import RedeployJob, paid
from functions.rules.pieces import AfterAsking
from functions.rules.plan import Cause, Remedy
from functions.settings import Account, FargatePrice, Platform
from functions.stages import GroupResult
from functions.tasks import plan_raise_memory, plan_redeploy, redeploy, register_revision, scale_to_zero, tell_raise
from tests.rules import facts
from tests.tasks.rig import GUARD, INCIDENT, SERVICE, SETTINGS, Rig, job

FAMILY = "tradai-strategy"
PREFIX = "arn:aws:ecs:eu-central-1:000000000000:task-definition/"
BASE = f"{PREFIX}{FAMILY}:7"
IMAGE = "000000000000.dkr.ecr.eu-central-1.amazonaws.com/strategy:live"
OOM = "OutOfMemoryError: Container killed due to memory usage"
AN_HOUR = SETTINGS.limits.redeploys_an_hour
DEFINITION: dict[str, Any] = {
    "taskDefinitionArn": BASE,
    "family": FAMILY,
    "revision": 7,
    "cpu": "1024",
    "memory": "2048",
    "taskRoleArn": "arn:aws:iam::000000000000:role/tradai-strategy-task-local",
    "executionRoleArn": "arn:aws:iam::000000000000:role/tradai-strategy-execution-local",
    "containerDefinitions": [{"name": "strategy", "image": IMAGE, "essential": True, "memory": 2048}],
}
REVISIONS = ("task_definitions.register",)


@pytest.fixture
def ill(rig: Rig) -> Rig:
    """No task runs; the last two ended by memory. Three strategies, none beats."""
    for name in ("s1", "s2", "s3"):
        rig.strategy(name, age=3600)
    rig.world.definitions.append(deepcopy(DEFINITION))
    primary = replace(facts.deployment(), task_definition=BASE)
    dead = [facts.task(f"d{n}", "STOPPED", stopped_reason=OOM, stopped_at=facts.ago(60 * n)) for n in (1, 2)]
    rig.world.service = replace(
        facts.service(*dead), running=0, pending=0, deployments=(primary,), image=IMAGE, service=SERVICE
    )
    rig.world.digests[IMAGE] = "sha256:same"
    return rig


def plan(rig: Rig, run: Run | None = None, **group: Any) -> RaisePlan:
    given = {"redeploy_unasked": True, "cause": Cause.MEMORY_EXHAUSTED, "remedy": Remedy.RAISE_MEMORY, **group}
    answer = rig.work(plan_raise_memory, job=job(run or rig.opened(), "s1", **given))
    return RaisePlan(**{name: getattr(answer, name) for name in RaisePlan.model_fields})


def run_of(run: Run, incident_id: str) -> Run:
    return run.model_copy(update={"incident_id": incident_id})


def spend(rig: Rig, run: Run, incident_id: str) -> None:
    """A redeploy of another run."""
    assert paid(job(run_of(run, incident_id)), _ports(rig), rig.settings, None)


def register(rig: Rig, of: RaisePlan) -> str | None:
    made: str | None = rig.work(register_revision, plan=of).task_definition
    return made


# --- the question


def test_the_question_is_put_with_the_next_size_and_all_that_a_yes_would_touch(ill: Rig) -> None:
    found = plan(ill)
    assert found.question is not None
    assert (found.cpu, found.memory_mb, found.base, found.family) == (1024, 3072, BASE, FAMILY)
    assert (found.may_interrupt, found.redeploys, found.guard_id) == (3, True, GUARD)
    assert (found.question.target, found.question.desk) == ("3072", "default")
    assert "2 times" in found.question.facts[0].value
    assert ill.evidence() == [("asks", f"{found.question.title}: desk default")]
    assert '"memory": "3072" (now 1024 and 2048)' in found.undone_by


def test_nobody_is_asked_while_the_kill_switch_is_engaged_or_unreadable(ill: Rig) -> None:
    ill.world.trouble["guards.kill_switch"] = Transient("throttled")
    assert (plan(ill).question, plan(ill).reason) == (None, "the kill switch could not be read")
    del ill.world.trouble["guards.kill_switch"]
    ill.engage()
    found = plan(ill)
    assert (found.question, found.redeploys) == (None, False)
    assert found.reason.startswith("the kill switch is engaged")
    assert ill.evidence()[-1] == ("more memory is not asked for", found.reason)


def test_nobody_is_asked_about_a_definition_that_cannot_be_read(ill: Rig) -> None:
    ill.world.trouble["task_definitions.describe"] = Broken("AccessDenied")
    assert plan(ill).reason == "which task definition the service runs is not known"


def test_nobody_is_asked_for_what_the_budget_would_refuse(ill: Rig) -> None:
    run = ill.opened()
    first = ill.now
    for n in range(AN_HOUR):
        spend(ill, run, f"inc-{n}")
        ill.world.now += timedelta(minutes=10)
    found = plan(ill, run)
    again = f"{first + timedelta(hours=1):%H:%M:%S} UTC"
    assert (found.question, found.redeploys) == (None, False)
    assert found.reason == f"the budget of redeploys of this hour is spent: a person can be asked from {again} on"
    ill.world.now = first + timedelta(hours=1)
    assert plan(ill, run).question is not None


def test_to_ask_costs_nothing_and_each_redeploy_pays_for_itself(ill: Rig) -> None:
    run = ill.opened()
    plan(ill, run)
    assert ill.called("guards.spend") == []
    for revision in (None, BASE):
        for _ in ("first", "retry"):
            assert approved(ill, run, revision).method == "plain"
    others = [f"inc-{n}" for n in range(AN_HOUR)]
    taken = [paid(job(run_of(run, one)), _ports(ill), ill.settings, None) for one in others]
    assert taken == [*[True] * (AN_HOUR - 2), False, False]


def test_runs_that_nobody_says_yes_to_never_spend_the_redeploy_that_a_yes_needs(ill: Rig) -> None:
    """Each in turn asks, redeploys at the present size where it may, and gets no answer."""
    run = ill.opened()
    asked = []
    for n in range(AN_HOUR + 2):
        found = plan(ill, run)
        asked.append((found.question is not None, found.redeploys))
        if found.redeploys:
            spend(ill, run, f"inc-{n}")
    assert asked == [*[(True, True)] * (AN_HOUR - 1), *[(True, False)] * 3]
    assert found.question is not None
    assert {line.name: line.value for line in found.question.facts}["Until you answer"] == "nothing is restarted"
    assert approved(ill, run, register(ill, found)).method == "plain"


def test_nobody_is_asked_where_the_redeploy_after_a_yes_would_bring_another_image(ill: Rig) -> None:
    ill.world.digests[IMAGE] = "sha256:other"
    found = plan(ill)
    assert (found.question, found.redeploys) == (None, False)
    assert found.reason == "the registry's image (other) is not the one that ran (same)"
    assert ill.evidence()[-1] == ("more memory is not asked for", found.reason)


def test_a_dry_run_asks_nobody_pays_nothing_and_tells_what_it_would_ask(ill: Rig) -> None:
    found = plan(ill, ill.opened(dry_run=True))
    assert (found.question, found.reason) == (None, "a dry run asks nobody")
    assert ill.evidence()[0][0] == "would ask"
    assert ill.called("guards.spend") == []


def test_healthy_strategies_are_named_and_nothing_is_redeployed_unasked_beside_them(ill: Rig) -> None:
    ill.strategy("s2", age=1)
    ill.world.service = replace(ill.world.service or facts.service(), tasks=(facts.task(),), running=1)
    found = plan(ill)
    assert found.question is not None
    assert not found.redeploys
    assert "1 healthy strategies are interrupted: s2" in found.question.options[0].consequence


def test_it_is_not_redeployed_unasked_where_the_remedy_does_not_allow_it(ill: Rig) -> None:
    assert not plan(ill, redeploy_unasked=False).redeploys


def test_price_desk_and_number_of_people_are_the_settings(ill: Rig) -> None:
    price = FargatePrice(
        vcpu_hour=Decimal("0.04"), gb_hour=Decimal("0.004"), currency="EUR", source="invoice 10/2026"
    )
    theirs = {name: Account(account="a", mode="live", desk="fx", owner="o") for name in ("s1", "s2", "s3")}
    platform = Platform(service=SERVICE, accounts=theirs, fargate_price=price)
    approvals = Approvers(needed={"close": 1, "change": 2, "resume": 2})
    ill.settings = SETTINGS.model_copy(update={"platform": platform, "approvals": approvals})
    found = plan(ill)
    assert found.question is not None
    assert found.question.desk == "fx"
    assert found.question.options[0].needed == 2
    assert "2.92 EUR more a month for each task (invoice 10/2026)" in {line.value for line in found.question.facts}


def test_strategies_of_several_desks_ask_the_default_one() -> None:
    fx = Account(account="a", mode="live", desk="fx", owner="o")
    assert desk_of({"a": fx, "b": fx}, ["a", "b"]) == "fx"
    assert desk_of({"a": fx}, ["a", "b"]) == "default"
    assert desk_of({}, []) == "default"


# --- the revision


def test_the_new_revision_is_the_old_one_with_another_size_and_the_mark_of_its_incident(ill: Rig) -> None:
    made = register(ill, plan(ill))
    assert made == f"{PREFIX}{FAMILY}:8"
    new = ill.world.definitions[-1]
    assert (new["cpu"], new["memory"], new["containerDefinitions"][0]["memory"]) == ("1024", "3072", 3072)
    for kept in ("taskRoleArn", "executionRoleArn", "family"):
        assert new[kept] == DEFINITION[kept]
    assert new["containerDefinitions"][0]["image"] == IMAGE
    assert {"key": "tradai:incident", "value": INCIDENT} in new["tags"]
    act = ill.intents()["register-revision/g1"]
    assert (act["result"], act["after"]) == ("done", made)
    assert act["before"] == "tradai-strategy:7 with 1024 CPU units and 2048 MiB"


def test_a_retry_finds_its_own_revision_and_registers_no_second_one(ill: Rig) -> None:
    of = plan(ill)
    ill.world.trouble["incidents.settle"] = Transient("lost")
    with pytest.raises(Transient):
        register(ill, of)
    del ill.world.trouble["incidents.settle"]
    assert register(ill, of) == f"{PREFIX}{FAMILY}:8"
    assert register(ill, of) == f"{PREFIX}{FAMILY}:8"
    assert ill.called(*REVISIONS) == [*REVISIONS]
    assert len(ill.world.definitions) == 2


def test_anothers_revision_is_not_taken_for_ones_own(ill: Rig) -> None:
    of = plan(ill)
    ill.world.trouble["incidents.settle"] = Transient("lost")
    with pytest.raises(Transient):
        register(ill, of)
    del ill.world.trouble["incidents.settle"]
    ill.world.definitions[-1]["memory"] = "4096"
    assert register(ill, of) == f"{PREFIX}{FAMILY}:9"


def test_an_uncertain_registration_is_never_repeated(ill: Rig) -> None:
    of = plan(ill)
    ill.world.trouble["task_definitions.register"] = Uncertain("timed out")
    with pytest.raises(Uncertain):
        register(ill, of)
    del ill.world.trouble["task_definitions.register"]
    with pytest.raises(Uncertain):
        register(ill, of)
    assert len(ill.world.definitions) == 1


@pytest.mark.parametrize(
    ("moved", "why"),
    [
        ({"desired": 0}, "the desired count is 0: somebody scaled the service down"),
        ({"deployments": (facts.deployment(),)}, "the service runs tradai-strategy:7 by now"),
        ({"deployments": (facts.deployment("IN_PROGRESS"),)}, "a deployment is in progress"),
        ({"status": "INACTIVE"}, "the service is INACTIVE"),
    ],
)
def test_what_moved_while_the_question_stood_makes_the_act_refused(ill: Rig, moved: Any, why: str) -> None:
    of = plan(ill)
    assert ill.world.service is not None
    of = of.model_copy(update={"base": f"{PREFIX}{FAMILY}:6"}) if "by now" in why else of
    ill.world.definitions.append(
        {**deepcopy(DEFINITION), "taskDefinitionArn": f"{PREFIX}{FAMILY}:6", "revision": 6}
    )
    ill.world.service = replace(ill.world.service, **moved)
    with pytest.raises(Refused, match=why):
        register(ill, of)
    assert ill.called(*REVISIONS) == []
    assert ill.intents()["register-revision/g1"]["result"] == "not_done"


def test_an_image_pushed_while_the_question_stood_leaves_no_larger_revision_behind(ill: Rig) -> None:
    of = plan(ill)
    ill.world.digests[IMAGE] = "sha256:other"
    with pytest.raises(Refused, match="is not the one that ran"):
        register(ill, of)
    assert ill.called(*REVISIONS) == []
    assert ill.intents()["register-revision/g1"]["result"] == "not_done"


def test_a_kill_switch_engaged_while_the_question_stood_makes_the_act_refused(ill: Rig) -> None:
    of = plan(ill)
    ill.engage()
    with pytest.raises(Refused, match="the kill switch is engaged"):
        register(ill, of)
    assert ill.called(*REVISIONS) == []


def test_a_run_that_lost_its_guard_registers_nothing(ill: Rig) -> None:
    of = plan(ill)
    ill.lock("arn:other", "inc-other")
    with pytest.raises(Refused, match="no longer owns the guard"):
        register(ill, of)
    assert ill.called(*REVISIONS) == []


# --- the redeploy with it


def approved(rig: Rig, run: Run, revision: str | None, may_interrupt: int = 3) -> RedeployJob:
    given = job(run, "s1").model_dump() | {"task_definition": revision, "may_interrupt": may_interrupt}
    answer = rig.work(plan_redeploy, job=given)
    return RedeployJob(**{name: getattr(answer, name) for name in RedeployJob.model_fields})


def test_the_service_is_redeployed_with_the_new_revision(ill: Rig) -> None:
    run = ill.opened()
    made = register(ill, plan(ill, run))
    of = approved(ill, run, made)
    assert of.task_definition == made
    rig_answer = ill.work(redeploy, plan=of)
    assert ill.world.service is not None
    assert ill.world.service.deployments[0].task_definition == made
    assert ill.world.service.memory_mb == 3072
    assert rig_answer.deployment_id == ill.world.service.deployments[0].deployment_id
    act = ill.intents()[f"redeploy/g1/{FAMILY}:8"]
    assert (act["result"], act["before"]) == ("done", f"desired count 1, old tasks none, from now on {made}")


def test_the_redeploy_at_the_present_size_and_the_one_after_it_are_two_acts(ill: Rig) -> None:
    run = ill.opened()
    asked = plan(ill, run)
    ill.work(redeploy, plan=approved(ill, run, None, 0))
    ill.world.now += timedelta(minutes=3)
    # The deployment of this run is still on its way: the task ends by memory again and again.
    made = register(ill, asked)
    of = approved(ill, run, made)
    assert of.method == "plain"
    ill.work(redeploy, plan=of)
    assert ill.called("service.redeploy") == ["service.redeploy"] * 2
    assert set(ill.intents()) == {"register-revision/g1", "redeploy/g1", f"redeploy/g1/{FAMILY}:8"}


def test_another_ones_deployment_on_its_way_refuses_the_larger_one(ill: Rig) -> None:
    run = ill.opened()
    made = register(ill, plan(ill, run))
    assert ill.world.service is not None
    ill.world.service = replace(
        ill.world.service, deployments=(facts.deployment("IN_PROGRESS", name="ecs-svc/77"),)
    )
    assert approved(ill, run, made).reason == "a deployment is in progress"


def test_more_healthy_strategies_than_the_question_spoke_of_refuse_the_redeploy(ill: Rig) -> None:
    run = ill.opened()
    made = register(ill, plan(ill, run))
    assert ill.world.service is not None
    ill.world.service = replace(ill.world.service, tasks=(facts.task(),), running=1)
    for name in ("s1", "s2", "s3"):
        ill.strategy(name, age=1)
    assert approved(ill, run, made).method == "via_zero"
    ill.strategy("s4", age=1)
    of = approved(ill, run, made)
    assert (of.method, of.reason.endswith("and a person allowed 3")) == ("refuse", True)


def test_another_image_than_the_one_that_ran_still_needs_a_person(ill: Rig) -> None:
    run = ill.opened()
    made = register(ill, plan(ill, run))
    ill.world.digests[IMAGE] = "sha256:other"
    assert "is not the one that ran" in approved(ill, run, made).reason


def test_a_way_to_zero_before_the_larger_one_is_an_act_of_its_own(ill: Rig) -> None:
    run = ill.opened()
    made = register(ill, plan(ill, run))
    assert ill.world.service is not None
    ill.world.service = replace(ill.world.service, tasks=(facts.task(),), running=1)
    ill.work(scale_to_zero, plan=approved(ill, run, made))
    assert f"scale-to-zero/g1/{FAMILY}:8" in ill.intents()


def test_a_retry_of_the_redeploy_does_not_take_the_other_one_for_its_own(ill: Rig) -> None:
    run = ill.opened()
    asked = plan(ill, run)
    made = register(ill, asked)
    of = approved(ill, run, made)
    ill.world.trouble["service.redeploy"] = Transient("throttled")
    with pytest.raises(Transient):
        ill.work(redeploy, plan=of)
    del ill.world.trouble["service.redeploy"]
    assert ill.world.service is not None
    theirs = replace(facts.deployment(name="ecs-svc/5", created_at=ill.now), task_definition=BASE)
    ill.world.service = replace(ill.world.service, deployments=(theirs,))
    ill.work(redeploy, plan=of)
    assert ill.world.service.deployments[0].task_definition == made


# --- what came of it

DONE = {"group_id": "g1", "remedy": "redeploy", "result": "done", "why": "1 new tasks run", "strategies": []}


def answer(rig: Rig, decision: str) -> Answer:
    return Answer(
        approval_id="apr-1", decision=decision, decided_by=("ana",), decided_at=rig.now, note=None, until=None,
        why_alone=None,
    )  # fmt: skip


def told(rig: Rig, of: RaisePlan, said: str, **more: Any) -> GroupResult:
    given: dict[str, Any] = {
        "asked": {"said": said, "answer": None if said == "nobody" else answer(rig, said), "error": None},
        "kept": {"outcome": None, "error": None},
        "did": {"registered": None, "outcome": None, "error": None},
        **more,
    }
    result: GroupResult = rig.work(tell_raise, plan=of, **given)
    return result


def test_a_yes_that_was_carried_out_carries_its_answer_and_what_undoes_it(ill: Rig) -> None:
    of = plan(ill)
    outcome = {**DONE, "at": ill.now}
    end = told(ill, of, "raise", did={"registered": None, "outcome": outcome, "error": None})
    assert (end.result, end.at, end.ending, end.remedy) == (
        Result.DONE, ill.now, AfterAsking.ACTED, "raise_memory",
    )  # fmt: skip
    assert end.answer is not None
    assert end.answer.decided_by == ("ana",)
    assert end.known == (of.undone_by,)
    assert ill.evidence()[-1] == ("what undoes it", of.undone_by)


def test_a_no_and_a_silence_end_differently(ill: Rig) -> None:
    of = plan(ill)
    assert told(ill, of, "reject").ending is AfterAsking.DECLINED
    assert "what undoes it" not in dict(ill.evidence())
    assert told(ill, of, "lapsed").ending is AfterAsking.UNANSWERED
    error = {"Error": "Refused", "Cause": '{"errorMessage": "nobody could be asked: no desk"}'}
    silent = told(ill, of, "nobody", asked={"said": "nobody", "answer": None, "error": error})
    assert (silent.ending, silent.answer) == (AfterAsking.UNANSWERED, None)
    assert silent.why == "nobody could be asked: no desk"


def test_a_question_that_was_never_put_is_not_done_with_its_reason(ill: Rig) -> None:
    ill.engage()
    of = plan(ill)
    end = told(ill, of, "nobody")
    assert (end.result, end.why, end.ending, end.tried) == (Result.NOT_DONE, of.reason, None, False)


def test_a_refused_act_says_why_and_an_uncertain_one_is_unknown(ill: Rig) -> None:
    of = plan(ill)
    refused = {"Error": "Refused", "Cause": '{"errorMessage": "the service runs x:8 by now"}'}
    end = told(ill, of, "raise", did={"registered": None, "outcome": None, "error": refused})
    assert (end.result, end.why) == (Result.NOT_DONE, "the service runs x:8 by now")
    lost = {"Error": "States.Timeout", "Cause": ""}
    end = told(ill, of, "raise", did={"registered": None, "outcome": None, "error": lost})
    assert (end.result, end.why) == (Result.UNKNOWN, "States.Timeout")


def test_the_redeploy_beside_the_question_is_told_with_a_no(ill: Rig) -> None:
    of = plan(ill)
    end = told(ill, of, "reject", kept={"outcome": {**DONE, "at": ill.now}, "error": None})
    assert (end.result, end.at, end.why) == (
        Result.DONE, ill.now, "redeployed at its present size: 1 new tasks run",
    )  # fmt: skip
    grief = {"Error": "States.TaskFailed", "Cause": "gone"}
    assert told(ill, of, "reject", kept={"outcome": None, "error": grief}).result is Result.UNKNOWN


def _ports(rig: Rig) -> Ports:
    return twins(rig.world)
