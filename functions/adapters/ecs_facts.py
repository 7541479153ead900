"""What ECS answers, as facts."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from functions.facts import DeploymentFact, ServiceFact, TaskFact

_WHOLE: Final = re.compile(r"[1-9][0-9]{0,8}")


def service_of(
    service: Mapping[str, Any], tasks: Sequence[Mapping[str, Any]], definition: Mapping[str, Any]
) -> ServiceFact:
    """From DescribeServices, DescribeTasks and DescribeTaskDefinition; the registry is asked elsewhere."""
    rollout = service.get("deploymentConfiguration", {})
    main = main_container(definition)
    return ServiceFact(
        service=str(service["serviceName"]),
        status=str(service.get("status", "")),
        desired=int(service["desiredCount"]),
        running=int(service["runningCount"]),
        pending=int(service["pendingCount"]),
        # ECS's defaults for a service that states nothing.
        maximum_percent=int(rollout.get("maximumPercent", 200)),
        minimum_healthy_percent=int(rollout.get("minimumHealthyPercent", 100)),
        deployments=tuple(deployment_of(each) for each in service.get("deployments", ())),
        tasks=tuple(task_of(each, str(main.get("name", ""))) for each in tasks),
        image=main.get("image"),
        cpu=whole(definition.get("cpu") or main.get("cpu")),
        memory_mb=whole(definition.get("memory") or main.get("memory")),
    )


def main_container(definition: Mapping[str, Any]) -> Mapping[str, Any]:
    """The first essential container: ECS takes one for essential unless it says otherwise."""
    containers: Sequence[Mapping[str, Any]] = definition.get("containerDefinitions", ())
    return next((each for each in containers if each.get("essential", True)), {})


def deployment_of(deployment: Mapping[str, Any]) -> DeploymentFact:
    return DeploymentFact(
        deployment_id=str(deployment["id"]),
        status=str(deployment.get("status", "")),
        rollout=deployment.get("rolloutState"),
        created_at=_time(deployment.get("createdAt")),
        task_definition=deployment.get("taskDefinition"),
    )


def task_of(task: Mapping[str, Any], main: str) -> TaskFact:
    """Exit code, reason and image are those of the container `main`, else of the first one."""
    containers: Sequence[Mapping[str, Any]] = task.get("containers", ())
    chosen = [each for each in containers if each.get("name") == main] or list(containers[:1])
    container: Mapping[str, Any] = chosen[0] if chosen else {}
    return TaskFact(
        task_arn=str(task["taskArn"]),
        last_status=str(task.get("lastStatus", "")),
        desired_status=str(task.get("desiredStatus", "")),
        started_at=_time(task.get("startedAt")),
        stopped_at=_time(task.get("stoppedAt")),
        stopped_reason=task.get("stoppedReason"),
        container_reason=container.get("reason"),
        exit_code=container.get("exitCode"),
        image_digest=container.get("imageDigest"),
        task_definition=task.get("taskDefinitionArn"),
        deployment_id=task.get("startedBy"),
    )


def _time(value: Any) -> datetime | None:
    return value.astimezone(UTC) if isinstance(value, datetime) else None


def whole(value: Any) -> int | None:
    """Of a size; None where there is none, or it is no whole number."""
    return int(value) if _WHOLE.fullmatch(str(value)) else None
