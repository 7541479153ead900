"""Whether more memory is asked for, what the question says, and what becomes of its answer."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.approvals import Question, Risk
from functions.facts import DeploymentFact, Result, ServiceFact, TaskDefinitionFact
from functions.rules.asking.phrase import distinct, matches
from functions.rules.fargate import SIZES, Size
from functions.rules.pieces import AfterAsking
from functions.rules.raise_end import RaiseEnd, Redeployed, Trouble, end_of
from functions.rules.raise_memory import (
    Price,
    deaths,
    monthly_cost,
    plan_raise,
    why_not_as_asked,
    why_not_this_revision,
)
from functions.rules.raise_question import Asking, question, undone_by
from functions.rules.service_state import revision_of
from tests.rules.facts import ENGAGED, NOW, RELEASED, ago, crashed, deployment, service, task

BASE = "arn:aws:ecs:eu-central-1:000000000000:task-definition/tradai-strategy:7"
OOM = "OutOfMemoryError: Container killed due to memory usage"
DEFINITION = TaskDefinitionFact(BASE, "tradai-strategy", 7, 1024, 2048, "registry/strategy:live", "role", "exec")
LARGER = Size(1024, 3072)
PRICE = Price(Decimal("0.04048"), Decimal("0.004445"), "USD", "AWS's price list, us-east-1")


def running(*deployments: DeploymentFact, **more: Any) -> ServiceFact:
    primary = replace(deployment(), task_definition=BASE)
    return service(deployments=deployments or (primary,), **more)


# --- whether it is asked


def test_the_next_size_is_asked_for_where_the_service_stands_still() -> None:
    found = plan_raise(running(), DEFINITION, RELEASED, "sha256:same")
    assert (found.size, found.refusal) == (LARGER, None)


@pytest.mark.parametrize(
    ("facts", "definition", "switch", "why"),
    [
        ({}, DEFINITION, ENGAGED, "the kill switch is engaged"),
        ({}, DEFINITION, None, "the kill switch could not be read"),
        ({"desired": 0}, DEFINITION, RELEASED, "the desired count is 0"),
        ({"status": "DRAINING"}, DEFINITION, RELEASED, "the service is DRAINING"),
        ({"deployments": (deployment("IN_PROGRESS"),)}, DEFINITION, RELEASED, "a deployment is in progress"),
        ({}, None, RELEASED, "which task definition the service runs is not known"),
        ({}, replace(DEFINITION, memory_mb=None), RELEASED, "follows from 1024 CPU units and unknown MiB"),
        ({}, replace(DEFINITION, cpu=16384, memory_mb=122_880), RELEASED, "no larger valid Fargate size"),
    ],
)
def test_nobody_is_asked_for_what_could_not_be_done(
    facts: dict[str, Any], definition: TaskDefinitionFact | None, switch: Any, why: str
) -> None:
    found = plan_raise(replace(running(), **facts), definition, switch, "sha256:same")
    assert found.size is None
    assert why in str(found.refusal)


@pytest.mark.parametrize(
    ("image", "digest", "why"),
    [
        ("registry/strategy:live", "sha256:other", "the registry's image (other) is not the one that ran (same)"),
        ("registry/strategy:live", None, "the image digest of the registry is not known"),
        ("registry/strategy@sha256:same", None, None),
    ],
)
def test_nobody_is_asked_where_the_redeploy_would_bring_another_image(
    image: str, digest: str | None, why: str | None
) -> None:
    found = plan_raise(running(image=image), DEFINITION, RELEASED, digest)
    assert (found.size is None) is (why is not None)
    assert found.refusal is None if why is None else why in str(found.refusal)


def test_the_revision_in_use_is_that_of_the_primary_deployment() -> None:
    old = replace(deployment(name="ecs-svc/0"), status="ACTIVE", task_definition="x:1")
    assert revision_of(running(old, replace(deployment(), task_definition=BASE))) == BASE
    assert revision_of(running(old)) is None


def test_deaths_are_counted_over_all_that_ecs_lists() -> None:
    dead = [task(f"d{n}", "STOPPED", stopped_reason=OOM, stopped_at=ago(60 * n)) for n in (3, 1, 2)]
    other = task("o", "STOPPED", stopped_reason="Essential container exited", stopped_at=ago(1))
    assert deaths(service(*dead, other)) == (3, ago(60))
    assert deaths(crashed()) == (0, None)
    assert deaths(service(replace(dead[0], stopped_at=None))) == (1, None)


# --- whether it still stands


def test_what_still_stands_as_asked_may_be_done() -> None:
    assert why_not_as_asked(running(), RELEASED, base=BASE, ours=()) is None


@pytest.mark.parametrize(
    ("facts", "switch", "why"),
    [
        ({}, ENGAGED, "the kill switch is engaged"),
        ({"desired": 0}, RELEASED, "the desired count is 0"),
        ({"deployments": (deployment(),)}, RELEASED, "the service runs tradai-strategy:7 by now"),
        ({"deployments": ()}, RELEASED, "the service runs an unknown revision by now"),
        ({"deployments": (deployment("FAILED"),)}, RELEASED, "the last deployment failed"),
    ],
)
def test_what_moved_since_the_question_refuses_the_act(facts: dict[str, Any], switch: Any, why: str) -> None:
    other = BASE.replace(":7", ":6")
    assert why in str(why_not_as_asked(replace(running(), **facts), switch, base=other, ours=()))


@pytest.mark.parametrize("rollout", ["IN_PROGRESS", "FAILED"])
def test_the_redeploy_of_this_run_has_not_moved_anything(rollout: str) -> None:
    ours = replace(deployment(rollout), deployment_id="ecs-svc/9", task_definition=BASE)
    assert why_not_as_asked(running(ours), RELEASED, base=BASE, ours={"ecs-svc/9"}) is None
    assert why_not_as_asked(running(ours), RELEASED, base=BASE, ours={"ecs-svc/8"}) is not None


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({}, None),
        ({"memory_mb": 4096}, "has 1024 CPU units and 4096 MiB and not 1024 CPU units and 3072 MiB"),
        ({"cpu": None}, "has unknown CPU units"),
        ({"image": "registry/strategy:next"}, "has another image (registry/strategy:next)"),
        ({"task_role": None}, "has another task role (None)"),
        ({"execution_role": "admin"}, "has another execution role (admin)"),
    ],
)
def test_a_revision_may_differ_in_its_size_alone(changed: dict[str, Any], why: str | None) -> None:
    made = replace(DEFINITION, arn=BASE.replace(":7", ":8"), revision=8, memory_mb=3072)
    found = why_not_this_revision(DEFINITION, replace(made, **changed), LARGER)
    assert found is None if why is None else why in str(found)


# --- what it costs and says


def test_the_cost_of_a_larger_size_is_that_of_its_cpu_and_memory_over_a_month() -> None:
    assert monthly_cost(Size(1024, 2048), LARGER, PRICE) == Decimal("3.24")
    assert monthly_cost(Size(1024, 8192), Size(2048, 9216), PRICE) == Decimal("32.80")


def asking(**changed: Any) -> Asking:
    given: dict[str, Any] = {
        "service": "svc", "present": DEFINITION, "new": LARGER, "restarts": ("a", "b", "c"), "beating": (),
        "died": 2, "died_last": NOW, "redeploys": True, "evidence": (), "desk": "default", "needed": 1, **changed,
    }  # fmt: skip
    return Asking(**given)


def facts(put: Question) -> dict[str, str]:
    return {line.name: line.value for line in put.facts}


def test_the_question_says_what_a_person_must_know() -> None:
    put = question(asking(price=PRICE))
    told = facts(put)
    assert put.title == "Memory ran out: give svc 3072 MiB instead of 2048"
    assert told["Died for want of memory"].startswith("2 times within the hour that ECS lists, last at ")
    assert told["Present size"] == "1024 CPU units and 2048 MiB (tradai-strategy:7)"
    assert told["New size"] == "1024 CPU units and 3072 MiB, the next valid Fargate size"
    assert told["Cost"] == "3.24 USD more a month for each task (AWS's price list, us-east-1)"
    assert told["Interrupted"] == (
        "No strategy beats now. All 3 strategies of the service start again, and those that beat by the time you "
        "answer are interrupted."
    )
    assert told["Image"] == "unchanged: registry/strategy:live"
    assert "redeployed once at its present size" in told["Until you answer"]
    assert 'set "cpu": "1024" and "memory": "3072" (now 1024 and 2048)' in told["Afterwards"]
    assert (put.kind, put.cause, put.desk, put.venue) == ("change", "memory_exhausted", "default", None)


def test_a_cost_that_nobody_told_us_is_left_out() -> None:
    assert "Cost" not in facts(question(asking()))


def test_healthy_strategies_are_named_and_counted_before_a_yes() -> None:
    put = question(asking(beating=("b", "c"), redeploys=False))
    told = (
        "2 healthy strategies are interrupted: b, c. All 3 strategies of the service start again, and those that "
        "beat by the time you answer are interrupted."
    )
    assert facts(put)["Interrupted"] == told
    assert told in put.options[0].consequence
    assert facts(put)["Until you answer"] == "nothing is restarted"


def test_an_end_by_memory_that_only_the_log_knows_is_told_so() -> None:
    assert "the log says so" in facts(question(asking(died=0, died_last=None)))["Died for want of memory"]
    once = facts(question(asking(died=1, died_last=None)))["Died for want of memory"]
    assert once == "1 time within the hour that ECS lists"


def test_a_yes_adds_risk_and_needs_as_many_people_as_the_settings_say() -> None:
    put = question(asking(needed=2))
    assert [(o.id, o.risk, o.act, o.needed) for o in put.options] == [
        ("raise", Risk.ADDS, "RAISE", 2),
        ("reject", Risk.NONE, "LEAVE", 1),
    ]
    assert put.options[1].label == "Leave it as it is"


@given(st.sampled_from([Size(cpu, memory) for cpu, row in SIZES.items() for memory in row[1:]]))
def test_the_phrase_of_every_size_holds_the_size_and_stands_nowhere_in_the_question(new: Size) -> None:
    put = distinct(question(asking(new=new)))
    assert put.target == str(new.memory_mb)
    assert matches(f"raise {new.memory_mb}", put.options[0], put)
    assert matches(f"Leave {new.memory_mb}", put.options[1], put)
    assert not matches("raise", put.options[0], put)


# --- what becomes of it

DONE = Redeployed(Result.DONE, NOW, "1 new tasks run and no old one")
FAILED = Redeployed(Result.NOT_DONE, None, "0 of 1 new tasks run")
NO = Redeployed(Result.NOT_DONE, None, "it would interrupt 1 strategies that beat (b)", tried=False)
GRIEF = Trouble(False, "States.Timeout")
UNDONE = undone_by(DEFINITION, LARGER)


def ended(said: str, **given: Any) -> RaiseEnd:
    whole: dict[str, Any] = {
        "why_nobody": None, "kept": None, "kept_trouble": None, "larger": None, "trouble": None, **given,
    }  # fmt: skip
    return end_of(said, undone_by=UNDONE, **whole)


def test_a_yes_that_was_carried_out_is_done_and_says_what_undoes_it() -> None:
    end = ended("raise", larger=DONE)
    assert (end.result, end.at, end.ending) == (Result.DONE, NOW, AfterAsking.ACTED)
    assert end.known == (UNDONE,)
    assert ended("raise", larger=DONE, kept=DONE).known == (
        f"while the question stood: redeployed at its present size: {DONE.why}",
        UNDONE,
    )


def test_a_yes_that_could_not_be_carried_out_is_not_done_and_nothing_has_to_be_kept() -> None:
    end = ended("raise", larger=NO)
    assert (end.result, end.why, end.known) == (Result.NOT_DONE, NO.why, ())
    moved = ended("raise", trouble=Trouble(True, "the service runs x:8 by now"))
    assert (moved.result, moved.why) == (Result.NOT_DONE, "the service runs x:8 by now")
    assert ended("raise", trouble=GRIEF).result is Result.UNKNOWN
    assert ended("raise").result is Result.UNKNOWN
    unknown = ended("raise", larger=Redeployed(Result.UNKNOWN, None, "ECS did not say"))
    assert UNDONE in unknown.known


def test_a_no_changes_nothing() -> None:
    assert ended("reject") == RaiseEnd(None, None, "nothing was changed", AfterAsking.DECLINED)


@pytest.mark.parametrize("said", ["lapsed", "unreached", "revoked", "nobody", "something else"])
def test_everything_but_an_answer_is_no_answer(said: str) -> None:
    assert ended(said).ending is AfterAsking.UNANSWERED
    assert ended(said, why_nobody="Refused: nobody could be asked: no desk").why.endswith("no desk")


@pytest.mark.parametrize("said", ["reject", "lapsed"])
@pytest.mark.parametrize(
    ("kept", "result", "at"), [(DONE, Result.DONE, NOW), (FAILED, Result.NOT_DONE, None)], ids=["done", "failed"]
)
def test_the_redeploy_beside_the_question_counts_by_itself(
    said: str, kept: Redeployed, result: Result, at: datetime | None
) -> None:
    end = ended(said, kept=kept, why_nobody="States.Timeout")
    assert (end.result, end.at, end.why) == (result, at, f"redeployed at its present size: {kept.why}")
    assert end.known == ("nobody answered: States.Timeout",)


def test_a_redeploy_that_was_refused_at_its_door_is_worth_knowing_and_no_failure() -> None:
    end = ended("reject", kept=NO)
    assert (end.result, end.known) == (None, (f"not redeployed at its present size: {NO.why}",))


def test_what_is_not_known_of_the_redeploy_beside_is_unknown() -> None:
    assert ended("reject", kept_trouble=GRIEF).result is Result.UNKNOWN
    lost = ended("nobody", trouble=GRIEF)
    assert (lost.result, lost.why) == (Result.UNKNOWN, "the question came to grief: States.Timeout")
