"""Scalable targets as a plain boto3 client sees them."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from tests.local.engine.http_api import user
from tests.local.engine.lab import Lab

ECS = {"ServiceNamespace": "ecs", "ScalableDimension": "ecs:service:DesiredCount"}
NONE_SUSPENDED = {
    "DynamicScalingInSuspended": False,
    "DynamicScalingOutSuspended": False,
    "ScheduledScalingSuspended": False,
}
REGISTER = {"Effect": "Allow", "Action": "application-autoscaling:RegisterScalableTarget"}


def scaling(lab: Lab) -> Any:
    return lab.client("application-autoscaling")


def a_service(lab: Lab) -> str:
    """Its resource id."""
    ecs, name = lab.client("ecs"), lab.name("service")
    ecs.create_cluster(clusterName=name)
    family = ecs.register_task_definition(family=name, containerDefinitions=[{"name": "c", "image": "i"}])
    revision = family["taskDefinition"]["taskDefinitionArn"]
    ecs.create_service(cluster=name, serviceName=name, taskDefinition=revision, desiredCount=0)
    return f"service/{name}/{name}"


def described(lab: Lab, resource_id: str) -> dict[str, Any]:
    found = scaling(lab).describe_scalable_targets(**ECS, ResourceIds=[resource_id])["ScalableTargets"]
    return dict(found[0])


def code_of(call: Callable[[], object]) -> str:
    with pytest.raises(ClientError) as refused:
        call()
    return str(refused.value.response["Error"]["Code"])


def test_what_an_update_does_not_name_stays_as_it_was(lab: Lab) -> None:
    name = a_service(lab)
    made = scaling(lab).register_scalable_target(**ECS, ResourceId=name, MinCapacity=1, MaxCapacity=4)
    target = described(lab, name)
    assert (target["MinCapacity"], target["MaxCapacity"]) == (1, 4)
    assert target["SuspendedState"] == NONE_SUSPENDED
    assert target["ScalableTargetARN"] == made["ScalableTargetARN"]
    scaling(lab).register_scalable_target(
        **ECS, ResourceId=name, SuspendedState={"DynamicScalingOutSuspended": True}
    )
    after = described(lab, name)
    assert (after["MinCapacity"], after["MaxCapacity"]) == (1, 4)
    assert after["SuspendedState"] == {**NONE_SUSPENDED, "DynamicScalingOutSuspended": True}
    scaling(lab).deregister_scalable_target(**ECS, ResourceId=name)
    assert scaling(lab).describe_scalable_targets(**ECS, ResourceIds=[name])["ScalableTargets"] == []


def test_targets_come_in_pages(lab: Lab) -> None:
    names = sorted(a_service(lab) for _ in range(3))
    for name in names:
        scaling(lab).register_scalable_target(**ECS, ResourceId=name, MinCapacity=0, MaxCapacity=1)
    first = scaling(lab).describe_scalable_targets(ServiceNamespace="ecs", ResourceIds=names, MaxResults=2)
    rest = scaling(lab).describe_scalable_targets(
        ServiceNamespace="ecs", ResourceIds=names, MaxResults=2, NextToken=first["NextToken"]
    )
    assert [one["ResourceId"] for one in (*first["ScalableTargets"], *rest["ScalableTargets"])] == names
    assert "NextToken" not in rest
    assert code_of(
        lambda: scaling(lab).describe_scalable_targets(ServiceNamespace="ecs", NextToken="elsewhere")
    ) == ("InvalidNextTokenException")


def test_what_aws_refuses_is_refused(lab: Lab) -> None:
    name, call = a_service(lab), scaling(lab)
    wrong: list[dict[str, Any]] = [
        {"ResourceId": name},
        {"ResourceId": name, "MinCapacity": 5, "MaxCapacity": 4},
        {"ResourceId": "service/none/none", "MinCapacity": 1, "MaxCapacity": 4},
    ]
    for one in wrong:
        assert code_of(partial(call.register_scalable_target, **ECS, **one)) == "ValidationException"
    assert code_of(lambda: call.deregister_scalable_target(**ECS, ResourceId=name)) == "ObjectNotFoundException"
    assert (
        code_of(
            lambda: call.describe_scalable_targets(
                ServiceNamespace="ecs", ScalableDimension="ecs:service:DesiredCount"
            )
        )
        == "ValidationException"
    )
    assert code_of(lambda: call.describe_scalable_targets(ServiceNamespace="rds")) == "ValidationException"


def test_a_grant_on_one_target_holds_for_that_target_alone(guarded: Lab) -> None:
    ours, theirs = a_service(guarded), a_service(guarded)
    arns = [
        scaling(guarded).register_scalable_target(**ECS, ResourceId=one, MinCapacity=1, MaxCapacity=4)[
            "ScalableTargetARN"
        ]
        for one in (ours, theirs)
    ]
    dimension = {"StringEquals": {"application-autoscaling:scalable-dimension": ECS["ScalableDimension"]}}
    person = client(guarded, {**REGISTER, "Resource": arns[0], "Condition": dimension})
    suspend = {**ECS, "SuspendedState": {"DynamicScalingOutSuspended": True}}
    person.register_scalable_target(**suspend, ResourceId=ours)
    assert described(guarded, ours)["SuspendedState"]["DynamicScalingOutSuspended"]
    assert code_of(lambda: person.register_scalable_target(**suspend, ResourceId=theirs)) == "AccessDeniedException"
    assert code_of(lambda: person.describe_scalable_targets(ServiceNamespace="ecs")) == "AccessDeniedException"


def client(lab: Lab, statement: dict[str, Any]) -> Any:
    keys = user(lab, statement)
    return boto3.client(
        "application-autoscaling",
        endpoint_url=lab.engine.endpoint_url,
        region_name="eu-central-1",
        aws_access_key_id=keys.access_key,
        aws_secret_access_key=keys.secret_key,
    )


def test_ministack_alone_knows_no_scalable_targets(lab_without: Callable[[str], Lab]) -> None:
    lab = lab_without("app-autoscaling")
    with pytest.raises(ClientError, match="400"):
        scaling(lab).describe_scalable_targets(ServiceNamespace="ecs")
