"""What the stand-in does to ECS: what happens inside of containers by hooks of the engine, the rest by API."""

from __future__ import annotations

from typing import Any

from local.platform.aws import Aws
from local.platform.names import CLUSTER, SERVICE
from local.platform.seeding.service import push_image


class EcsControl:
    """The hooks work in the engine's own process only; they are imported when used, because ministack reads
    its settings when it is imported."""

    def __init__(self, aws: Aws) -> None:
        self._aws = aws
        self._usual_start: tuple[float, float] | None = None

    def crash(self, reason: str, exit_code: int, container_reason: str | None) -> None:
        """Every task of the service ends at once, and none comes back without a new deployment."""
        from local.engine import ecs_control

        ecs_control.crash_service(CLUSTER, SERVICE, reason, exit_code, container_reason)

    def run_pending(self) -> None:
        """Tasks that are starting run now."""
        from local.engine import ecs_control

        ecs_control.run_pending(CLUSTER, SERVICE)

    def age_tasks(self, seconds: float) -> None:
        """Tasks that run or have ended look as if they had done so that much earlier: ages are never scaled."""
        from local.engine import ecs_control

        ecs_control.age_tasks(CLUSTER, SERVICE, seconds)

    def start_seconds(self, seconds: float) -> None:
        """Tasks that are made from now on take so many platform seconds to start."""
        clock = self._clock()
        self._usual_start = self._usual_start or clock.start
        clock.start = (seconds, seconds)

    def usual_start(self) -> None:
        """Undoes `start_seconds`; tasks that are still waiting are replaced by new ones."""
        from local.engine import ecs_control

        if self._usual_start is None:
            return
        self._clock().start, self._usual_start = self._usual_start, None
        for task in ecs_control.live_tasks(CLUSTER, SERVICE):
            if not task.has_processes:
                ecs_control.exit_task(CLUSTER, task.arn, "Task failed to start", 1)

    def fail_deployment(self, reason: str) -> None:
        """The deployment that is under way ends FAILED."""
        from local.engine import ecs_control

        ecs_control.fail_deployment(CLUSTER, SERVICE, reason)

    def scale(self, desired: int, *, redeploy: bool = False) -> None:
        self._aws.client("ecs").update_service(
            cluster=CLUSTER, service=SERVICE, desiredCount=desired, forceNewDeployment=redeploy
        )

    def redeploy(self) -> None:
        """A new deployment, if the service is wanted and has no task."""
        service = self.service()
        if service["desiredCount"] and not service["runningCount"] + service["pendingCount"]:
            self.scale(service["desiredCount"], redeploy=True)

    def deployment_id(self) -> str:
        """Of the primary deployment."""
        found: str = next(one["id"] for one in self.service()["deployments"] if one["status"] == "PRIMARY")
        return found

    def memory_mb(self) -> int:
        """The size that the present task definition asks for."""
        definition = self._aws.client("ecs").describe_task_definition(
            taskDefinition=self.service()["taskDefinition"]
        )
        return int(definition["taskDefinition"]["memory"])

    def push_image(self, build: str) -> str:
        """Moves the tag that the task definition names. Returns the digest."""
        return push_image(self._aws, build)

    def service(self) -> dict[str, Any]:
        answer = self._aws.client("ecs").describe_services(cluster=CLUSTER, services=[SERVICE])
        found: dict[str, Any] = answer["services"][0]
        return found

    def _clock(self) -> Any:
        from local.engine import ecs_control

        if ecs_control.scheduler is None:
            raise RuntimeError("the engine runs without its ECS lifecycle")
        return ecs_control.scheduler.clock
