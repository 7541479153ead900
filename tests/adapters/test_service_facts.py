"""What only the real adapter can meet: ECS's answers in the shapes that AWS documents."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from functions.adapters import ecs_facts
from functions.adapters.aws import Aws
from functions.adapters.memory import World, twins
from functions.adapters.service import EcsService
from functions.errors import Broken
from functions.facts import TaskFact
from tests.adapters.aws_rig import AwsRig

AT = datetime(2026, 1, 31, 4, tzinfo=timezone(timedelta(hours=1)))


def test_a_service_that_is_not_there_is_our_fault_and_named(aws_rig: AwsRig) -> None:
    with pytest.raises(Broken, match="no service nobody in the cluster tradai-local: MISSING"):
        EcsService(Aws("eu-central-1"), cluster="tradai-local", service="nobody").describe()
    with pytest.raises(Broken, match="no service"):
        twins(World()).service.describe()


def test_a_stopped_task_tells_the_reasons_and_exit_code_of_the_main_container() -> None:
    task: dict[str, Any] = {
        "taskArn": "arn:task/1",
        "lastStatus": "STOPPED",
        "desiredStatus": "STOPPED",
        "startedAt": AT,
        "stoppedAt": AT + timedelta(minutes=5),
        "stoppedReason": "Essential container in task exited",
        "startedBy": "ecs-svc/1",
        "taskDefinitionArn": "arn:definition:3",
        "containers": [
            {"name": "log-router", "exitCode": 0},
            {"name": "strategy", "exitCode": 137, "reason": "OutOfMemoryError", "imageDigest": "sha256:a"},
        ],
    }
    assert ecs_facts.task_of(task, "strategy") == TaskFact(
        "arn:task/1",
        "STOPPED",
        "STOPPED",
        datetime(2026, 1, 31, 3, tzinfo=UTC),
        datetime(2026, 1, 31, 3, 5, tzinfo=UTC),
        "Essential container in task exited",
        "OutOfMemoryError",
        137,
        "sha256:a",
        "arn:definition:3",
        "ecs-svc/1",
    )


def test_a_task_that_has_not_begun_says_nothing_of_it() -> None:
    fact = ecs_facts.task_of({"taskArn": "arn:task/1", "lastStatus": "PROVISIONING"}, "strategy")
    assert (fact.started_at, fact.stopped_at, fact.exit_code, fact.image_digest) == (None, None, None, None)


def test_the_main_container_is_the_first_essential_one() -> None:
    containers = [{"name": "init", "essential": False}, {"name": "strategy"}, {"name": "proxy"}]
    assert ecs_facts.main_container({"containerDefinitions": containers}) == {"name": "strategy"}
    assert ecs_facts.main_container({}) == {}


def test_tasks_are_read_over_all_pages_and_in_calls_of_100(
    aws_rig: AwsRig, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Ecs:
        def __init__(self) -> None:
            self.asked: list[int] = []

        def list_tasks(self, **request: Any) -> dict[str, Any]:
            if request["desiredStatus"] == "STOPPED":
                return {"taskArns": []}
            page = int(request.get("nextToken", "0"))
            arns = [f"arn:task/{page}-{number}" for number in range(100)]
            return {"taskArns": arns, "nextToken": "1"} if page == 0 else {"taskArns": arns[:30]}

        def describe_tasks(self, **request: Any) -> dict[str, Any]:
            self.asked.append(len(request["tasks"]))
            return {"tasks": [{"taskArn": arn} for arn in request["tasks"]]}

        def describe_services(self, **request: Any) -> dict[str, Any]:
            counts = {"desiredCount": 130, "runningCount": 130, "pendingCount": 0}
            return {"services": [{"serviceName": "s", "taskDefinition": "d", **counts}]}

        def describe_task_definition(self, **request: Any) -> dict[str, Any]:
            return {"taskDefinition": {}}

    aws, ecs = Aws("eu-central-1"), Ecs()
    monkeypatch.setattr(aws, "client", lambda *_: ecs)
    fact = EcsService(aws, cluster="c", service="s").describe()
    assert len(fact.tasks) == 130
    assert ecs.asked == [100, 30]
    assert (fact.maximum_percent, fact.minimum_healthy_percent) == (200, 100)
