"""Registering a task definition: sizes that exist, roles that one may pass, lists of one family."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import boto3
import pytest
from botocore.credentials import Credentials
from botocore.exceptions import ClientError

from functions.rules.fargate import SIZES
from local.engine.ecs.sizes import possible
from tests.local.engine.http_api import role, user
from tests.local.engine.lab import Lab

DEFINITIONS = "arn:aws:ecs:eu-central-1:000000000000:task-definition/*:*"
REGISTER = {"Effect": "Allow", "Action": "ecs:RegisterTaskDefinition", "Resource": DEFINITIONS}


def register(ecs: Any, family: str, *, cpu: str = "1024", memory: str = "2048", **more: Any) -> str:
    definition = {
        "family": family,
        "requiresCompatibilities": ["FARGATE"],
        "networkMode": "awsvpc",
        "cpu": cpu,
        "memory": memory,
        "containerDefinitions": [{"name": "c", "image": "i"}],
        **more,
    }
    return str(ecs.register_task_definition(**definition)["taskDefinition"]["taskDefinitionArn"])


def code(call: Callable[[], object]) -> str | None:
    try:
        call()
    except ClientError as error:
        return str(error.response["Error"]["Code"])
    return None


def test_the_engine_and_the_product_know_the_same_sizes() -> None:
    for cpu in (128, 256, 512, 1024, 2048, 4096, 8192, 16384, 32768):
        ours = [memory for memory in range(256, 131073, 256) if possible(cpu, memory)]
        assert tuple(ours) == SIZES.get(cpu, ()), cpu


@pytest.mark.parametrize(
    ("wish", "says"),
    [
        ({"cpu": "256", "memory": "8192"}, "No Fargate configuration"),
        ({"cpu": "1024", "memory": "2500"}, "No Fargate configuration"),
        ({"cpu": "300", "memory": "512"}, "No Fargate configuration"),
        ({"networkMode": "bridge"}, "awsvpc"),
        ({"containerDefinitions": [{"name": "c", "image": "i", "memory": 4096}]}, "larger than the task"),
        (
            {"containerDefinitions": [{"name": n, "image": "i", "memory": 2000} for n in "ab"]},
            "all containers together",
        ),
    ],
)
def test_a_size_that_fargate_does_not_have_is_refused(lab: Lab, wish: dict[str, Any], says: str) -> None:
    family = lab.name("family")
    with pytest.raises(ClientError, match=says) as caught:
        register(lab.client("ecs"), family, **wish)
    assert caught.value.response["Error"]["Code"] == "ClientException"
    assert lab.client("ecs").list_task_definitions(familyPrefix=family)["taskDefinitionArns"] == []


def test_a_family_is_listed_by_its_whole_name_and_by_revision(lab: Lab) -> None:
    ecs, family = lab.client("ecs"), lab.name("family")
    arns = [register(ecs, family) for _ in range(11)]
    register(ecs, f"{family}-other")
    newest = ecs.list_task_definitions(familyPrefix=family, sort="DESC", maxResults=3)
    assert newest["taskDefinitionArns"] == arns[:-4:-1]
    rest = ecs.list_task_definitions(familyPrefix=family, sort="DESC", nextToken=newest["nextToken"])
    assert rest["taskDefinitionArns"] == arns[-4::-1]


def test_the_tags_of_a_revision_can_be_read(lab: Lab) -> None:
    ecs = lab.client("ecs")
    arn = register(ecs, lab.name("family"), tags=[{"key": "incident", "value": "inc-1"}])
    found = ecs.describe_task_definition(taskDefinition=arn, include=["TAGS"])
    assert found["tags"] == [{"key": "incident", "value": "inc-1"}]


def client(lab: Lab, keys: Credentials) -> Any:
    return boto3.client(
        "ecs",
        endpoint_url=lab.engine.endpoint_url,
        region_name="eu-central-1",
        aws_access_key_id=keys.access_key,
        aws_secret_access_key=keys.secret_key,
    )


def passing(*roles: str, to: str = "ecs-tasks.amazonaws.com") -> dict[str, Any]:
    condition = {"StringEquals": {"iam:PassedToService": to}}
    return {"Effect": "Allow", "Action": "iam:PassRole", "Resource": list(roles), "Condition": condition}


def test_each_role_of_a_task_must_be_passed_by_permission(guarded: Lab) -> None:
    task, execution = role(guarded, "ecs-tasks.amazonaws.com"), role(guarded, "ecs-tasks.amazonaws.com")
    roles = {"taskRoleArn": task, "executionRoleArn": execution}
    family = guarded.name("family")

    def tried(*statements: dict[str, Any], **more: Any) -> str | None:
        ecs = client(guarded, user(guarded, REGISTER, *statements))
        return code(lambda: register(ecs, family, **more))

    assert tried() is None
    assert tried(**roles) == "AccessDeniedException"
    assert tried(passing(task), **roles) == "AccessDeniedException"
    assert tried(passing(task, execution, to="lambda.amazonaws.com"), **roles) == "AccessDeniedException"
    assert tried(passing(task, execution), **roles) is None
    assert tried(passing(task, execution), tags=[{"key": "k", "value": "v"}], **roles) == "AccessDeniedException"
    tagging = {
        "Effect": "Allow",
        "Action": "ecs:TagResource",
        "Resource": f"arn:aws:ecs:eu-central-1:000000000000:task-definition/{family}:*",
        "Condition": {"StringEquals": {"ecs:CreateAction": "RegisterTaskDefinition"}},
    }
    assert tried(passing(task, execution), tagging, tags=[{"key": "k", "value": "v"}], **roles) is None


def test_one_who_may_register_a_family_registers_no_other_one(guarded: Lab) -> None:
    family = guarded.name("family")
    ecs = client(guarded, user(guarded, {**REGISTER, "Resource": DEFINITIONS.replace("*:*", f"{family}:*")}))
    assert code(lambda: register(ecs, family)) is None
    assert code(lambda: register(ecs, f"{family}-other")) == "AccessDeniedException"


@pytest.mark.parametrize("fix", ["ecs-fargate-sizes", "ecs-definition-lists"])
def test_ministack_alone_takes_any_size_and_lists_what_begins_alike(
    lab_without: Callable[[str], Lab], fix: str
) -> None:
    ecs = lab_without(fix).client("ecs")
    if fix == "ecs-fargate-sizes":
        assert code(lambda: register(ecs, "family", cpu="256", memory="8192")) is None
        return
    register(ecs, "family-other")
    assert ecs.list_task_definitions(familyPrefix="family")["taskDefinitionArns"]


def test_ministack_alone_lets_anybody_pass_a_role(guarded_without: Callable[[str], Lab]) -> None:
    lab = guarded_without("iam-pass-role")
    ecs, task = client(lab, user(lab, REGISTER)), role(lab, "ecs-tasks.amazonaws.com")
    assert code(lambda: register(ecs, "family", taskRoleArn=task)) is None
