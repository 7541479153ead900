"""What the stand-in does to ECS: crashes by the engine's hook, everything else as any client would."""

from __future__ import annotations

import importlib
from typing import Any

from local.platform.aws import Aws
from local.platform.names import CLUSTER, SERVICE


class EcsControl:
    def __init__(self, aws: Aws) -> None:
        self._aws = aws

    def crash(self, reason: str, exit_code: int, container_reason: str | None) -> None:
        """Every task of the service ends at once, without its stop time."""
        # In this process only: the engine that serves ECS and the stand-in live in one.
        try:
            control = importlib.import_module("local.engine.ecs_control")
        except ModuleNotFoundError:
            self._stop_tasks(reason)
            return
        control.crash_service(CLUSTER, SERVICE, reason, exit_code, container_reason)

    def _stop_tasks(self, reason: str) -> None:
        ecs = self._aws.client("ecs")
        for arn in ecs.list_tasks(cluster=CLUSTER, serviceName=SERVICE)["taskArns"]:
            ecs.stop_task(cluster=CLUSTER, task=arn, reason=reason)

    def redeploy(self) -> None:
        """A new deployment, if the service is wanted and has no task."""
        service = self.service()
        if service["desiredCount"] and not service["runningCount"] + service["pendingCount"]:
            self._aws.client("ecs").update_service(cluster=CLUSTER, service=SERVICE, forceNewDeployment=True)

    def memory_mb(self) -> int:
        """The size that the present task definition asks for."""
        definition = self._aws.client("ecs").describe_task_definition(
            taskDefinition=self.service()["taskDefinition"]
        )
        return int(definition["taskDefinition"]["memory"])

    def service(self) -> dict[str, Any]:
        answer = self._aws.client("ecs").describe_services(cluster=CLUSTER, services=[SERVICE])
        found: dict[str, Any] = answer["services"][0]
        return found
