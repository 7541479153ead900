"""What the stand-in platform may do to the embedded ECS, in-process: break a service, see its tasks.

AWS has no such calls; they stand for what happens inside containers, which do not exist here.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from ministack.services import ecs

from local.engine.ecs.scheduler import Scheduler, alive, stopped
from local.engine.ecs.tasks import End

scheduler: Scheduler | None = None


class NoSuchService(LookupError):
    """The cluster or service does not exist, or the lifecycle fix is left out."""


@dataclass(frozen=True)
class LiveTask:
    """A task that is not STOPPED.

    Attributes:
        arn: its name.
        deployment_id: `ecs-svc/...`.
        last_status: PENDING, RUNNING or DEPROVISIONING.
        desired_status: RUNNING, or STOPPED where it is on its way out.
        started_at: aware UTC, None while it is pending.
    """

    arn: str
    deployment_id: str
    last_status: str
    desired_status: str
    started_at: datetime | None

    @property
    def has_processes(self) -> bool:
        """Whether its containers run: from RUNNING until STOPPED, its stop time included."""
        return self.started_at is not None


def live_tasks(cluster: str, service: str) -> tuple[LiveTask, ...]:
    """The service's tasks that are not STOPPED; empty if there is no such service."""
    try:
        control, found = _find(cluster, service)
    except NoSuchService:
        return ()
    with control.lock:
        return tuple(
            LiveTask(
                arn=task["taskArn"],
                deployment_id=str(task.get("_deployment_id")),
                last_status=task["lastStatus"],
                desired_status=task["desiredStatus"],
                started_at=datetime.fromisoformat(task["startedAt"]) if task.get("startedAt") else None,
            )
            for task in alive(found)
        )


def crash_service(
    cluster: str,
    service: str,
    reason: str = "Essential container in task exited",
    exit_code: int = 1,
    container_reason: str | None = None,
) -> tuple[str, ...]:
    """End every task of the service at once; it stays without one until a new deployment.

    Args:
        cluster: its name.
        service: its name.
        reason: the tasks' stoppedReason.
        exit_code: of their containers (137 for one that was killed).
        container_reason: the containers' reason, such as
            `OutOfMemoryError: Container killed due to memory usage`.

    Returns:
        The ended tasks' ARNs.

    Raises:
        NoSuchService.
    """
    control, found = _find(cluster, service)
    with control.lock:
        found["_crashed"] = ecs._primary_deployment(found)["id"]
        ended = tuple(alive(found))
        for task in ended:
            control.exited(task, End(reason, "EssentialContainerExited", exit_code, container_reason))
        event = {
            "id": ecs.new_uuid(),
            "createdAt": ecs._iso(),
            "message": f"(service {service}) is unable to consistently start tasks successfully.",
        }
        found["events"].insert(0, event)
        return tuple(task["taskArn"] for task in ended)


def run_pending(cluster: str, service: str) -> None:
    """The service's pending tasks run now, as if their start time had passed.

    Raises:
        NoSuchService.
    """
    control, found = _find(cluster, service)
    control.run_pending(found)


def age_tasks(cluster: str, service: str, seconds: float) -> None:
    """The tasks of the service that run or have ended look as if they had done so that much earlier.

    Raises:
        NoSuchService.
    """
    control, found = _find(cluster, service)
    with control.lock:
        for task in (*stopped(found), *(one for one in alive(found) if one["lastStatus"] == "RUNNING")):
            for name in ("createdAt", "startedAt", "stoppingAt", "stoppedAt", "executionStoppedAt"):
                if task.get(name):
                    earlier = datetime.fromisoformat(task[name]) - timedelta(seconds=seconds)
                    task[name] = earlier.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def exit_task(
    cluster: str, task_arn: str, reason: str, exit_code: int, container_reason: str | None = None
) -> None:
    """End one task as if its essential container had; its service replaces it.

    Raises:
        NoSuchService: there is no such task.
    """
    task = ecs._resolve_task(task_arn, cluster)
    if scheduler is None or task is None:
        raise NoSuchService(task_arn)
    scheduler.exited(task, End(reason, "EssentialContainerExited", exit_code, container_reason))


def fail_deployment(cluster: str, service: str, reason: str) -> None:
    """Mark the primary deployment FAILED: it starts no more tasks until a new one is made.

    Raises:
        NoSuchService.
    """
    control, found = _find(cluster, service)
    with control.lock:
        primary = ecs._primary_deployment(found)
        primary.update(rolloutState="FAILED", rolloutStateReason=reason, updatedAt=ecs._iso())
        primary["failedTasks"] = int(primary.get("failedTasks", 0)) + 1


def _find(cluster: str, service: str) -> tuple[Scheduler, dict[str, Any]]:
    found = ecs._services.get(f"{cluster}/{service}")
    if scheduler is None or found is None:
        raise NoSuchService(f"{cluster}/{service}")
    return scheduler, found
